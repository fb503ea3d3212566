"""python3 descent_quality.py: what scikit-learn 1.8 makes of the data of TrainingQualityTests.swift; prints the numbers that are pinned there."""

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score

ROWS, TRAIN, COLUMNS = 1_000, 600, 12


def data():
    state = 88_172_645_463_325_252

    def draw(bound):
        nonlocal state
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % (1 << 64)
        return (state >> 33) % bound
    x = np.array([[sum(draw(1_000) for _ in range(4)) - 1_998 for _ in range(ROWS)] for _ in range(COLUMNS)]).T
    score = 3 * x[:, 0] - 2 * x[:, 1] + x[:, 2] + np.array([draw(4_000) - 2_000 for _ in range(ROWS)])
    return x, score


x, score = data()
z = x / 1_000
for name, y in (("binary", (score > 500).astype(int)), ("classes", np.where(score > 1_500, 2, np.where(score < -1_500, 0, 1)))):
    model = LogisticRegression(C=1.0, max_iter=10_000, tol=1e-10).fit(z[:TRAIN], y[:TRAIN])
    right = int((model.predict(z[TRAIN:]) == y[TRAIN:]).sum())
    print(name, right, "of", ROWS - TRAIN, *([round(roc_auc_score(y[TRAIN:], model.decision_function(z[TRAIN:])), 6)] if name == "binary" else []))
    print(" ", np.round(model.coef_, 6).tolist()[0][:3], np.round(model.intercept_, 6).tolist())
y = score // 10
model = Ridge(alpha=1.0).fit(z[:TRAIN], y[:TRAIN])
print("number", round(float(((model.predict(z[TRAIN:]) - y[TRAIN:]) ** 2).mean()), 3), np.round(model.coef_[:3], 4).tolist(), round(model.intercept_, 4),
      int(y.min()), int(y.max()))
