"""python3 optimum.py ROWS: Tests/Vectors/optimum.json, scikit-learn's optimum of penalised logistic regressions on the prepared rows of an example.

ROWS as for training.py.  Rows and units are those of a claim about an optimum: a column of 0 and 1 as it is, a number of d digits after the
point over 2^round(3.32 d), a constant 1; every weight has the penalty R/2 |w|^2 beside the sum of the losses, which is C = 1/R without an
intercept of scikit-learn's own.  Under `EXAMPLE, free intercept`: scikit-learn's default, an intercept without penalty.  Versions: reference/requirements.txt.
"""

import json
import pathlib
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

OUTPUT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors" / "optimum.json"
EXAMPLES = ("german-credit",)


def read(path):
    with open(path) as file:
        kinds = file.readline().strip().split(",")
    cells = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.int64, ndmin=2)
    features = []
    for j, kind in enumerate(kinds):
        if kind == "target":
            target = cells[:, j]
        elif kind[0] == "c":
            features.append(np.eye(int(kind[1:]))[cells[:, j]])
        else:
            features.append(cells[:, j:j + 1] / 2.0 ** ((332 * int(kind[1:]) + 50) // 100))
    return np.hstack(features + [np.ones((len(cells), 1))]), target


def main(folder):
    out = {}
    for example in EXAMPLES:
        place = pathlib.Path(folder) / example
        facts = json.loads((place / "facts.json").read_text())
        x, target = read(place / "train.csv")
        y = (target == facts["positive"]).astype(float)
        for name, is_free in ((example, False), (f"{example}, free intercept", True)):
            model = LogisticRegression(C=1 / facts["regularisation"], fit_intercept=is_free, max_iter=10_000, tol=1e-14, solver="newton-cholesky")
            w = model.fit(x[:, :-1], y).coef_[0] if is_free else model.fit(x, y).coef_[0]
            w = np.append(w, model.intercept_) if is_free else w
            penalised = np.append(w[:-1], 0) if is_free else w
            z = x @ w
            gradient = x.T @ (1 / (1 + np.exp(-z)) - y) + facts["regularisation"] * penalised
            loss = np.logaddexp(0, z).sum() - z @ y + facts["regularisation"] / 2 * (penalised @ penalised)
            assert np.linalg.norm(gradient) < 1e-8, np.linalg.norm(gradient)
            out[name] = {"weights": list(w), "loss": loss, "gradient": np.linalg.norm(gradient), "digest": facts["digest"]}
    OUTPUT.write_text(json.dumps(out, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
