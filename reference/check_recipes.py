"""Runs one recipe of Docs/Recipes.md on a small model trained for it, and imports the result.

`check_recipes.py NAME --probe` tells by its exit code whether the packages are there; `--program zkmlops` runs the recipe. The lines are those of the
document, word for word: nothing of a recipe is repeated here.
"""

import argparse
import importlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "Docs" / "Recipes.md"
PACKAGES = {
    "scikit-learn": ["numpy", "sklearn", "joblib", "skl2onnx"],
    "xgboost": ["numpy", "sklearn", "xgboost", "onnxmltools", "skl2onnx"],
    "lightgbm": ["numpy", "sklearn", "lightgbm", "onnxmltools", "skl2onnx"],
    "pytorch": ["numpy", "torch", "onnx"],
    "keras": ["numpy", "tensorflow", "tf2onnx"],
}
# A word of the code block that tells which recipe it is.
MARKS = {
    "scikit-learn": "skl2onnx", "xgboost": "convert_xgboost", "lightgbm": "convert_lightgbm", "pytorch": "torch.onnx.export", "keras": "tf2onnx.convert",
}


def blocks():
    return re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.S)


def prepare(name, X, y):
    """Trains a model and saves it as the recipe expects; gives the names that the recipe uses."""
    if name == "scikit-learn":
        import joblib
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        joblib.dump(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y), "model.joblib")
    elif name == "xgboost":
        import xgboost

        model = xgboost.XGBClassifier(n_estimators=5, max_depth=3).fit(X, y)
        model.get_booster().save_model("model.json")
    elif name == "lightgbm":
        import lightgbm

        lightgbm.LGBMClassifier(n_estimators=5, max_depth=3, verbose=-1).fit(X, y).booster_.save_model("model.txt")
    elif name == "pytorch":
        import torch

        model = torch.nn.Sequential(torch.nn.Linear(X.shape[1], 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
        return {"model": model, "example": torch.tensor(X[:1])}
    elif name == "keras":
        import tensorflow

        model = tensorflow.keras.Sequential([tensorflow.keras.layers.Dense(4, activation="relu", input_shape=(X.shape[1],))])
        model.save("model.h5")
    return {"X": X}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(PACKAGES))
    parser.add_argument("--probe", action="store_true")
    parser.add_argument("--program")
    options = parser.parse_args()
    for package in PACKAGES[options.name]:
        importlib.import_module(package)
    if options.probe:
        return 0
    import numpy

    chosen = [block for block in blocks() if MARKS[options.name] in block]
    if len(chosen) != 1:
        sys.exit(f"check_recipes: Docs/Recipes.md has {len(chosen)} recipes for {options.name}")
    source = numpy.random.default_rng(1)
    X = source.normal(size=(200, 5)).astype("float32")
    y = (X[:, 0] + 0.5 * X[:, 1] > 0).astype("int64")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        names = prepare(options.name, X, y)
        exec(compile(chosen[0], str(DOCUMENT), "exec"), names)
        described = subprocess.run([options.program, "import", "model.onnx", "--json"], capture_output=True, text=True, check=False)
        if described.returncode != 0:
            sys.exit(f"check_recipes: {options.name}: {described.stderr}")
        inputs = json.loads(described.stdout)["inputs"]
        if len(inputs) != 1:
            sys.exit(f"check_recipes: {options.name}: {len(inputs)} inputs")
        numpy.savez("rows.npz", **{inputs[0]["name"]: X})
        imported = subprocess.run(
            [options.program, "import", "model.onnx", "--rows", "rows.npz", "--json"], capture_output=True, text=True, check=False)
        if imported.returncode != 0:
            sys.exit(f"check_recipes: {options.name}: {imported.stderr}")
        result = json.loads(imported.stdout)
        for output in result["errors"]:
            if (output["differingDecisions"] or 0) > max(1, output["decisions"] // 200):
                sys.exit(f"check_recipes: {options.name}: {output}")
        print(f"check-recipes: {options.name}: converted and imported, {result['nodes']} nodes, {result['hidden']} hidden numbers")
        os.chdir("/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
