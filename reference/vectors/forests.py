#!/usr/bin/env python3
"""Vectors for regression trees and forests on binned integers.

numbers: what scikit-learn's DecisionTreeRegressor grows.  It agrees on every split but two kinds: of splits that are worth the same it takes one
at random, and it goes on where no split lowers the error (then ours stops; no case has such a node).
forests: scikit-learn draws rows and features from a generator of its own, which cannot be given draws.  So the rows are drawn here, by the formula
of a forest's seed, and where a node may compare all features scikit-learn's DecisionTreeClassifier grows each tree on the drawn rows; with fewer
features a plain search over fractions stands for it, which is first held against scikit-learn's on the cases of all features.

Writes Tests/Vectors/forests.json. Versions are pinned in ../requirements.txt.
"""
import json
import pathlib
import sys
from fractions import Fraction

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import auditor  # noqa: E402,F401
from auditor.tree_training import draws, subsets  # noqa: E402
from trees import generator  # noqa: E402

#          rows, features, bins, depth, minimum split, minimum leaf, range of the number
NUMBERS = [(60, 3, 5, 3, 2, 1, (0, 50)), (200, 6, 16, 4, 5, 2, (-300, 700)), (300, 4, 8, 5, 12, 6, (-9000, -1000)), (150, 5, 32, 3, 2, 10, (0, 30))]
#          rows, features, bins, classes, depth, minimum split, minimum leaf, trees, features at a node
FORESTS = [(80, 4, 6, 2, 3, 2, 1, 4, 4), (120, 6, 8, 3, 4, 6, 2, 3, 2), (90, 5, 10, 2, 2, 4, 3, 5, 1)]


def worth(rows, y):
    counts = {}
    for r in rows:
        counts[y[r]] = counts.get(y[r], 0) + 1
    return Fraction(sum(c * c for c in counts.values()), len(rows))


def grow(x, y, rows, place, level, depth, split, leaf, allowed, classes):
    """[feature, threshold, first, second] or [class]; first feature, then least threshold, of the best."""
    counts = [sum(y[r] == c for r in rows) for c in range(classes)]
    said = [counts.index(max(counts))]
    if level == depth or len(rows) < split or max(counts) == len(rows):
        return said
    best = None
    for f in sorted(allowed[place]):
        for t in sorted({x[r][f] for r in rows}):
            first, second = [r for r in rows if x[r][f] <= t], [r for r in rows if x[r][f] > t]
            if min(len(first), len(second)) < max(1, leaf):
                continue
            own = worth(first, y) + worth(second, y)
            if best is None or own > best[0]:
                best = own, f, t, first, second
    if best is None:
        return said
    _, f, t, first, second = best
    more = (level + 1, depth, split, leaf, allowed, classes)
    return [f, t, grow(x, y, first, 2 * place, *more), grow(x, y, second, 2 * place + 1, *more)]


def same(own, tree, node, x, y, rows):
    """Whether scikit-learn's tree is ours, or splits as well."""
    if tree.children_left[node] == -1 or len(own) == 1:
        return tree.children_left[node] == -1 and len(own) == 1
    f, t = tree.feature[node], tree.threshold[node]
    theirs = [r for r in rows if x[r][f] <= t], [r for r in rows if x[r][f] > t]
    mine = [r for r in rows if x[r][own[0]] <= own[1]], [r for r in rows if x[r][own[0]] > own[1]]
    if mine != theirs:
        return sum(worth(s, y) for s in mine) == sum(worth(s, y) for s in theirs)
    return same(own[2], tree, tree.children_left[node], x, y, mine[0]) and same(own[3], tree, tree.children_right[node], x, y, mine[1])


def numbers(draw):
    for rows, features, bins, depth, split, leaf, (low, high) in NUMBERS:
        x = np.array([[next(draw) % bins for _ in range(features)] for _ in range(rows)])
        lean = 2 * x[:, 0] + x[:, 1] + np.array([next(draw) % bins for _ in range(rows)])
        y = np.minimum(high, low + lean * (high - low) // (4 * bins))
        tree = DecisionTreeRegressor(max_depth=depth, min_samples_split=split, min_samples_leaf=leaf, random_state=0).fit(x, y).tree_
        yield {"bins": bins, "depth": depth, "minimumSplit": split, "minimumLeaf": leaf, "range": [low, high], "features": x.T.tolist(),
               "numbers": y.tolist(), "left": tree.children_left.tolist(), "right": tree.children_right.tolist(), "feature": tree.feature.tolist(),
               "threshold": [int(np.floor(t)) for t in tree.threshold], "mean": [float(v) for v in tree.value[:, 0, 0]]}


def forests(draw):
    for case, (rows, features, bins, classes, depth, split, leaf, trees, kept) in enumerate(FORESTS):
        seed = bytes([case + 1]) * 32
        x = [[next(draw) % bins for _ in range(features)] for _ in range(rows)]
        y = [min(classes - 1, (r[0] + r[1] // 2 + next(draw) % bins) * classes // (2 * bins)) for r in x]
        grown = []
        for tree in range(trees):
            drawn = [w % rows for w in draws(seed, tree, 0, rows)]
            own_x, own_y = [x[r] for r in drawn], [y[r] for r in drawn]
            allowed = subsets(seed, tree, features, kept, depth)
            grown.append(grow(own_x, own_y, list(range(rows)), 1, 0, depth, split, leaf, allowed, classes))
            if kept == features:
                model = DecisionTreeClassifier(max_depth=depth, min_samples_split=split, min_samples_leaf=leaf, random_state=0).fit(own_x, own_y)
                assert same(grown[-1], model.tree_, 0, own_x, own_y, list(range(rows))), (case, tree)
        yield {"seed": seed.hex(), "bins": bins, "classes": classes, "depth": depth, "minimumSplit": split, "minimumLeaf": leaf, "kept": kept,
               "features": [list(c) for c in zip(*x)], "labels": y, "trees": [json.dumps(t) for t in grown]}


def main():
    draw = generator(6)
    out = {"numbers": list(numbers(draw)), "forests": list(forests(draw))}
    path = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Vectors" / "forests.json"
    path.write_text(json.dumps(out, separators=(", ", ": ")) + "\n")
    print(f"{path.name}: {sum(len(c['left']) for c in out['numbers'])} nodes, {sum(len(c['trees']) for c in out['forests'])} trees")


if __name__ == "__main__":
    main()
