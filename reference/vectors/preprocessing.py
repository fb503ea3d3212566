#!/usr/bin/env python3
"""Vectors for fitting and transforming: parameters and features as scikit-learn and numpy compute them, in floating point.

Writes Tests/Vectors/preprocessing.json. Versions are pinned in ../requirements.txt. The tables come from a fixed congruential generator, so
that the file does not depend on the random generator of a library.
"""
import json
import math
import pathlib
import warnings

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler

COLOURS = ["red", "green", "blue", "grey", "black"]
SIZES = ["large", "small", "medium"]
ORDER = ["small", "medium", "large"]
QUANTILES = [(1, 10), (1, 4), (1, 3), (1, 2), (3, 4), (95, 100)]


def generator(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def table(rows, numbers, colours):
    """amount: hundredths, may be missing; age: whole; balance: whole, negative too; constant; colour may be missing; size."""
    out = {"amount": [], "age": [], "balance": [], "constant": [], "colour": [], "size": []}
    for _ in range(rows):
        missing = next(numbers) % 6 == 0
        out["amount"].append(None if missing else next(numbers) % 500_000 - 100_000)
        out["age"].append(18 + next(numbers) % 60)
        out["balance"].append(next(numbers) % 3_000_000 - 1_000_000)
        out["constant"].append(7)
        missing = next(numbers) % 7 == 0
        out["colour"].append(None if missing else next(numbers) % colours)
        out["size"].append(next(numbers) % len(SIZES))
    return out


def real(values, scale):
    return np.array([[math.nan if v is None else v / 10**scale] for v in values])


def texts(values, names):
    return np.array([[None if v is None else names[v]] for v in values], dtype=object)


def clean(values):
    return [None if isinstance(v, float) and math.isnan(v) else float(v) for v in np.ravel(values)]


def main():
    warnings.simplefilter("error")
    numbers = generator(20260101)
    train, test = table(53, numbers, 3), table(29, numbers, 5)
    parameters, features = {}, {}
    for name, scale in [("amount", 2), ("age", 0), ("balance", 0), ("constant", 0)]:
        fitted, fresh = real(train[name], scale), real(test[name], scale)
        standard, minmax, robust = StandardScaler().fit(fitted), MinMaxScaler().fit(fitted), RobustScaler().fit(fitted)
        parameters[f"{name}.mean"] = float(standard.mean_[0])
        parameters[f"{name}.std"] = float(standard.scale_[0])
        parameters[f"{name}.min"] = float(minmax.data_min_[0])
        parameters[f"{name}.max"] = float(minmax.data_max_[0])
        parameters[f"{name}.range"] = float(minmax.data_range_[0]) or 1.0
        parameters[f"{name}.iqr"] = float(robust.scale_[0])
        for a, b in QUANTILES:
            label = f"{name}.median" if (a, b) == (1, 2) else f"{name}.quantile.{a}/{b}"
            parameters[label] = float(np.nanquantile(fitted, a / b, method="linear"))
        features[f"{name}.standard"] = clean(standard.transform(fresh))
        features[f"{name}.minmax"] = clean(minmax.transform(fresh))
        features[f"{name}.robust"] = clean(robust.transform(fresh))
        for strategy in ["mean", "median"]:
            features[f"{name}.impute.{strategy}"] = clean(SimpleImputer(strategy=strategy).fit(fitted).transform(fresh))
        parameters[f"{name}.mode"] = float(SimpleImputer(strategy="most_frequent").fit(fitted).statistics_[0])
        low, high = np.nanquantile(fitted, [0.25, 0.75])
        features[f"{name}.clipped"] = clean(np.clip(fresh, low, high))
    features["age.log1p"] = clean(np.log1p(real(test["age"], 0)))
    features["balance.log1p"] = clean(np.log1p(np.maximum(real(test["balance"], 0), 0)))
    features["age.log2p1"] = clean(np.log2(1 + real(test["age"], 0)))
    features["age.bins"] = clean(np.digitize(real(test["age"], 0), [25, 40, 60]).astype(float))
    quartiles = np.quantile(real(train["balance"], 0), [0.25, 0.5, 0.75])
    features["balance.bins"] = clean(np.digitize(real(test["balance"], 0), quartiles).astype(float))
    # Imputed by the most frequent colour of the training rows (ties: scikit-learn takes the least text, here the vectors have none).
    filler = SimpleImputer(strategy="most_frequent", missing_values=None).fit(texts(train["colour"], COLOURS))
    parameters["colour.mode"] = float(COLOURS.index(filler.statistics_[0]))
    filled, fresh = filler.transform(texts(train["colour"], COLOURS)), filler.transform(texts(test["colour"], COLOURS))
    onehot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(filled)
    encoded = onehot.transform(fresh)
    for code, name in enumerate(COLOURS):
        known = list(onehot.categories_[0])
        column = encoded[:, known.index(name)] if name in known else np.zeros(len(fresh))
        features[f"colour.onehot.{code}"] = clean(column)
        parameters[f"colour.seen.{code}"] = float(name in known)
    known = [name for name in COLOURS if name in set(filled[:, 0])]
    ordinal = OrdinalEncoder(categories=[known], handle_unknown="use_encoded_value", unknown_value=len(COLOURS)).fit(filled)
    features["colour.ordinal"] = clean(ordinal.transform(fresh))
    sizes = OrdinalEncoder(categories=[ORDER]).fit(texts(train["size"], SIZES))
    features["size.ordinal"] = clean(sizes.transform(texts(test["size"], SIZES)))
    out = {
        "colours": COLOURS, "sizes": SIZES, "order": ORDER, "train": train, "test": test, "parameters": parameters, "features": features,
    }
    path = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors" / "preprocessing.json"
    path.write_text(json.dumps(out, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
