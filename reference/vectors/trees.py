#!/usr/bin/env python3
"""Vectors for decision trees: what scikit-learn's DecisionTreeClassifier grows on binned integers.

Writes Tests/Vectors/trees.json. Versions are pinned in ../requirements.txt.
"""
import json
import pathlib

import numpy as np
from sklearn.tree import DecisionTreeClassifier

#            rows, features, bins, classes, depth, minimum split, minimum leaf
SIZES = [(60, 3, 5, 2, 3, 2, 1), (200, 6, 16, 3, 4, 5, 2), (400, 8, 31, 2, 6, 2, 1), (300, 4, 8, 4, 5, 12, 6), (150, 5, 32, 3, 3, 2, 10)]


def generator(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def main():
    draw, cases = generator(5), []
    for rows, features, bins, classes, depth, split, leaf in SIZES:
        x = np.array([[next(draw) % bins for _ in range(features)] for _ in range(rows)])
        lean = x[:, 0] + x[:, 1] // 2 + np.array([next(draw) % bins for _ in range(rows)])
        y = np.minimum(classes - 1, lean * classes // (2 * bins))
        model = DecisionTreeClassifier(criterion="gini", max_depth=depth, min_samples_split=split, min_samples_leaf=leaf, random_state=0).fit(x, y)
        assert list(model.classes_) == list(range(classes))
        tree = model.tree_
        cases.append({
            "bins": bins, "classes": classes, "depth": depth, "minimumSplit": split, "minimumLeaf": leaf, "features": x.T.tolist(),
            "labels": y.tolist(), "left": tree.children_left.tolist(), "right": tree.children_right.tolist(), "feature": tree.feature.tolist(),
            "threshold": [int(np.floor(t)) for t in tree.threshold], "said": tree.value[:, 0, :].argmax(axis=1).tolist(),
            "predictions": model.predict(x).tolist()})
    path = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors" / "trees.json"
    path.write_text(json.dumps(cases, separators=(", ", ": ")) + "\n")
    print(f"{path.name}: {sum(len(c['left']) for c in cases)} nodes")


if __name__ == "__main__":
    main()
