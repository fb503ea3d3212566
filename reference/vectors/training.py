"""python3 training.py ROWS: Tests/Vectors/training.json, what scikit-learn's logistic regression reaches on the prepared rows of the examples.

ROWS is a folder that the Swift test writes when ZKMLOPS_TRAINING_ROWS names it: for every example train.csv and test.csv with one line of column
types (n3: a number of three digits after the point, c5: a category of five, target) and lines of stored integers.  The penalty is the same:
R/2 |w|^2 beside the sum of the losses is C = 1/R.  Versions: reference/requirements.txt.
"""

import json
import pathlib
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score

OUTPUT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors" / "training.json"


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
            features.append(cells[:, j:j + 1] / 10.0 ** int(kind[1:]))
    return np.hstack(features), target


def main(folder):
    out = {}
    for example in sorted(pathlib.Path(folder).iterdir()):
        facts = json.loads((example / "facts.json").read_text())
        (x, y), (u, v) = read(example / "train.csv"), read(example / "test.csv")
        y, v = (z == facts["positive"] for z in (y, v))
        model = LogisticRegression(C=1 / facts["regularisation"], max_iter=10_000, tol=1e-8).fit(x, y)
        out[example.name] = {"rows": len(v), "accuracy": accuracy_score(v, model.predict(u)), "auc": roc_auc_score(v, model.decision_function(u)),
                             "digest": facts["digest"]}
    OUTPUT.write_text(json.dumps(out, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
