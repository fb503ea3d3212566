#!/usr/bin/env python3
"""Vectors for metrics and fairness: what scikit-learn, scipy and Fairlearn compute on the same integers, in floating point.

Writes Tests/Vectors/metrics.json. Versions are pinned in ../requirements.txt.
"""
import json
import pathlib

import numpy as np
from fairlearn import metrics as fair
from scipy.stats import ks_2samp
from sklearn import metrics

UNIT = 255


def generator(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def main():
    draw = generator(20)
    rows = 240
    score = np.array([next(draw) % (UNIT + 1) for _ in range(rows)])
    score[3], score[4], score[5], score[6] = 0, UNIT, 0, UNIT
    label = np.array([int(next(draw) % UNIT < 40 + s * 2 // 3) for s in score])
    label[3], label[4], label[5], label[6] = 1, 0, 0, 1
    prediction = (score >= 128).astype(int)
    group = np.array([min(next(draw) % 7, 3) if next(draw) % 40 else 4 for _ in range(rows)])
    classes = np.array([next(draw) % 3 for _ in range(rows)])
    guessed = np.array([c if next(draw) % 3 else next(draw) % 3 for c in classes])
    truth = np.array([int(next(draw) % 900) - 300 for _ in range(rows)])
    estimate = np.array([int(t + next(draw) % 101) - 50 for t in truth])
    probability = score / UNIT
    edges = list(range(0, 256, 32)) + [256]
    bins = np.digitize(score, edges) - 1
    ece = sum(abs((label[bins == b].sum() - probability[bins == b].sum())) for b in range(8)) / rows
    shown = [g for g in range(5) if (group == g).sum() >= 30]
    mask = np.isin(group, shown)
    sensitive = {"sensitive_features": group[mask]}
    pair = (label[mask], prediction[mask])

    def scores(y, p, labels):
        out = {"accuracy": metrics.accuracy_score(y, p), "balanced": metrics.balanced_accuracy_score(y, p)}
        for average in ["macro", "weighted", None]:
            values = metrics.precision_recall_fscore_support(y, p, labels=labels, average=average, zero_division=0)
            for name, value in zip(["precision", "recall", "f1"], values):
                out[f"{name}.{average or 'class'}"] = value.tolist() if average is None else float(value)
        return out

    def slice_of(g):
        """Scores and errors of the rows of one group."""
        own = group == g
        y, s, p = label[own], score[own], probability[own]
        off = sum(abs(y[bins[own] == b].sum() - p[bins[own] == b].sum()) for b in range(8)) / own.sum()
        return {
            "group": g, "auc": metrics.roc_auc_score(y, s), "ks": ks_2samp(s[y == 1], s[y == 0]).statistic, "brier": metrics.brier_score_loss(y, p),
            "logLoss": metrics.log_loss(y, p), "ece": off, "mse": metrics.mean_squared_error(truth[own], estimate[own]),
            "mae": metrics.mean_absolute_error(truth[own], estimate[own]), "r2": metrics.r2_score(truth[own], estimate[own])}

    vectors = {
        "unit": UNIT, "score": score.tolist(), "label": label.tolist(), "prediction": prediction.tolist(), "group": group.tolist(),
        "classes": classes.tolist(), "guessed": guessed.tolist(), "truth": truth.tolist(), "estimate": estimate.tolist(),
        "edges": edges, "shown": shown,
        "binary": scores(label, prediction, [0, 1]), "multi": scores(classes, guessed, [0, 1, 2]),
        "ranking": {
            "auc": metrics.roc_auc_score(label, score), "ks": ks_2samp(score[label == 1], score[label == 0]).statistic,
            "brier": metrics.brier_score_loss(label, probability), "logLoss": metrics.log_loss(label, probability), "ece": ece},
        "errors": {
            "mse": metrics.mean_squared_error(truth, estimate), "mae": metrics.mean_absolute_error(truth, estimate),
            "r2": metrics.r2_score(truth, estimate)},
        "slices": [slice_of(g) for g in range(4)],
        "fairness": {
            "demographicParityDifference": fair.demographic_parity_difference(*pair, **sensitive),
            "demographicParityRatio": fair.demographic_parity_ratio(*pair, **sensitive),
            "equalOpportunityDifference": fair.equal_opportunity_difference(*pair, **sensitive),
            "equalOpportunityRatio": fair.equal_opportunity_ratio(*pair, **sensitive),
            "equalisedOddsDifference": fair.equalized_odds_difference(*pair, **sensitive),
            "equalisedOddsRatio": fair.equalized_odds_ratio(*pair, **sensitive)},
    }
    path = pathlib.Path(__file__).parents[2] / "Tests" / "Vectors" / "metrics.json"
    path.write_text(json.dumps(vectors, default=float) + "\n")


main()
