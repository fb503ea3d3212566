"""python3 test_metric_claims.py: claims about metrics, the parts that need no bundle."""

import unittest

import auditor  # noqa: F401
from auditor.claims import read_claim
from auditor.data_optimum import Account, Problem
from auditor.errors import Rejection
from auditor.logarithm import rounded
from auditor.meaning import Rows, edges, predictors, reveals
from auditor.metric_meaning import quotient
from auditor.relation import ClaimRelation
from test_data_claims import table

COLUMNS = [{"name": "age", "type": "integer", "range": [0, 120], "missing": "presence"},
           {"name": "sex", "type": "category", "categories": ["f", "m"], "missing": "refuse"},
           {"name": "class", "type": "category", "categories": ["bad", "good"], "missing": "refuse"},
           {"name": "price", "type": "decimal", "digits": 1, "range": ["0.0", "99.9"], "missing": "refuse"}]
ANSWERS = [{"name": "prediction", "type": "category", "categories": ["bad", "good"], "missing": "refuse"},
           {"name": "probability", "type": "integer", "range": [0, 255], "missing": "refuse"},
           {"name": "price", "type": "decimal", "digits": 1, "range": ["-20.0", "120.0"], "missing": "refuse"}]
LABELS, PREDICTIONS = {"artefact": "test", "column": "class"}, {"artefact": "predictions", "column": "prediction"}
BY_AGE = {"of": {"artefact": "test", "column": "age"}, "edges": [26, 60]}
CONFUSION = {"labels": LABELS, "predictions": PREDICTIONS, "shown": [0], "minimumGroup": 1, "counts": [5, 3, 2, 10]}
GROUPED = {**CONFUSION, "groups": BY_AGE, "shown": [0, 2], "minimumGroup": 5, "counts": [1, 2, 3, 4, 0, 1, 2, 3]}
BOUNDED = {k: v for k, v in {**GROUPED, "rows": [3, 7, 1, 5]}.items() if k != "counts"} | {"bounds": [
    {"metric": "accuracy", "bound": [1, 2]}, *({"metric": m, "class": 1, "bound": [1, 5]} for m in (
        "precision", "recall", "f1", "demographicParityDifference", "demographicParityRatio", "equalOpportunityDifference", "equalisedOddsDifference"))]}
RANKING = {"labels": LABELS, "scores": {"artefact": "predictions", "column": "probability"}, "positive": 1, "positives": 12, "unit": 256, "measures": [
    {"measure": "rankSum", "value": 150}, {"measure": "distance", "within": [3, 96]}, {"measure": "squaredError", "value": 90_000},
    {"measure": "logLoss", "within": [0, 10 ** 12]}, {"measure": "calibration", "edges": [0, 128, 256], "counts": [8, 3, 500, 12, 9, 2000]}]}
ERRORS = {"labels": {"artefact": "test", "column": "price"}, "predictions": {"artefact": "predictions", "column": "price"}, "measures": [
    {"measure": "squared", "value": 5000}, {"measure": "absolute", "within": [0, 400]}, {"measure": "labels", "sum": 9000, "centre": 500, "squares": 100}]}
SLICE = {**BY_AGE, "group": 1, "rows": 15}
BY_SEX = {"of": {"artefact": "test", "column": "sex"}, "edges": [], "group": 0, "rows": 14}
SLICED_RANKING = {**RANKING, "slice": SLICE, "measures": [*RANKING["measures"][:4], {"measure": "calibration", "edges": [0, 128, 256],
                                                                                    "counts": [6, 3, 500, 9, 9, 2000]}]}
SLICED_ERRORS = {**ERRORS, "slice": BY_SEX}
CLAIMS = [("confusion", CONFUSION), ("confusion", GROUPED), ("confusion", BOUNDED), ("ranking", RANKING), ("errors", ERRORS),
          ("ranking", SLICED_RANKING), ("ranking", {**SLICED_RANKING, "positive": 0, "slice": BY_SEX}), ("errors", SLICED_ERRORS)]


def artefacts():
    return {"test": table("test", COLUMNS), "predictions": table("predictions", ANSWERS)}


class MetricTests(unittest.TestCase):
    def test_every_claim_compiles(self):
        known = artefacts()
        for kind, value in CLAIMS:
            claim = read_claim(kind, value)
            relation = ClaimRelation([claim], [known[a] for a in claim.artefacts])
            relation.place(11)
            self.assertTrue(relation.tree is not None or kind == "errors", kind)
            self.assertEqual(len(claim.canonical()) - (claim.slice is not None if kind != "confusion" else 0),
                             {"confusion": 7, "ranking": 7, "errors": 4}[kind])
            self.assertTrue(claim.words(known) and reveals(claim, known), kind)

    def test_reveals(self):
        known = artefacts()
        fields = [x["field"] for x in reveals(read_claim("confusion", GROUPED), known)]
        self.assertEqual(fields, ["labels and predictions of single rows", "rows of 26 to below 60, missing", "confusion matrix of below 26",
                                  "confusion matrix of 60 and above"])
        bounds = reveals(read_claim("confusion", BOUNDED), known)
        self.assertEqual(bounds[2]["value"], "3 bad of below 26, 7 good of below 26, 1 bad of 60 and above, 5 good of 60 and above")
        self.assertEqual((bounds[3]["value"], bounds[-1]["value"]), ("at least 1/2 (50.00 %)", "at most 1/5 (20.00 %)"))
        ranking = reveals(read_claim("ranking", RANKING), known)
        self.assertEqual([x["value"] for x in ranking[1:4]], ["12", "0.7813 (150)", "0.0313 to 1.0000"])
        errors = reveals(read_claim("errors", ERRORS), known)
        self.assertEqual([x["value"] for x in errors[1:]], ["2.5000 (5000)", "0.0000 to 2.0000", "9000, 100 about 500"])
        sliced = reveals(read_claim("ranking", SLICED_RANKING), known)
        self.assertEqual([(x["field"], x["value"]) for x in sliced[1:3]], [("rows with age = 26 to below 60", "15"), ("rows that are good", "12")])
        self.assertEqual(sliced[3]["value"], f"{quotient(150 / 72)} (150)")
        sliced = reveals(read_claim("errors", SLICED_ERRORS), known)
        self.assertEqual([x["value"] for x in sliced[1:3]], ["14", f"{quotient(50 / 14)} (5000)"])
        self.assertEqual([quotient(x) for x in (0.00005, -0.00005, None, 1e13)], ["0.0001", "-0.0001", "undefined", "undefined"])

    def test_rows_that_belong_together(self):
        """A metric is a model's when its answers are bound to the same rows: those of the labels, before or after a transformation."""
        claim = read_claim("confusion", {**CONFUSION, "labels": {"artefact": "prepared", "column": "class"}})
        answered = {("predictions", "prediction"): {("test", frozenset())}}
        step = read_claim("transform", {"input": "test", "output": "prepared", "columns": [{"name": "class", "source": "class", "steps": []}]})
        self.assertEqual(edges(claim, answered, Rows([step])), [("evaluatedOn", "predictions", "prepared")])
        self.assertEqual(edges(claim, answered, Rows([])), [])
        self.assertEqual(edges(claim, {("predictions", "prediction"): {("test", frozenset(["class"]))}}, Rows([step])), [])
        other = read_claim("transform", {"input": "train", "output": "prepared", "columns": [{"name": "class", "source": "class", "steps": []}]})
        self.assertEqual(edges(claim, answered, Rows([step, other])), [])
        self.assertEqual(predictors([]), {})

    def test_statements_that_are_refused(self):
        known = artefacts()
        bound = {"metric": "recall", "class": 1, "bound": [1, 2]}
        for kind, value in [
            ("confusion", {**CONFUSION, "counts": [1, 2, 3]}), ("confusion", {**CONFUSION, "shown": [1]}), ("confusion", {**CONFUSION, "rows": [8, 12]}),
            ("confusion", {**GROUPED, "shown": [2, 0]}), ("confusion", {**GROUPED, "shown": [0, 4]}), ("confusion", {**GROUPED, "minimumGroup": 0}),
            ("confusion", {**GROUPED, "groups": {**BY_AGE, "edges": []}}), ("confusion", {**GROUPED, "groups": {**BY_AGE, "edges": [26, 121]}}),
            ("confusion", {**GROUPED, "groups": {"of": {"artefact": "test", "column": "sex"}, "edges": [1]}}),
            ("confusion", {**CONFUSION, "predictions": {"artefact": "test", "column": "sex"}}),
            ("confusion", {**BOUNDED, "bounds": []}), ("confusion", {**BOUNDED, "bounds": [{**bound, "bound": [3, 2]}]}),
            ("confusion", {**BOUNDED, "bounds": [{**bound, "class": 2}]}), ("confusion", {**BOUNDED, "bounds": [{**bound, "metric": "accuracy"}]}),
            ("confusion", {**BOUNDED, "rows": [0, 0, 1, 5]}), ("ranking", {**RANKING, "unit": 0}), ("ranking", {**RANKING, "positive": 2}),
            ("ranking", {**RANKING, "positives": 21}), ("ranking", {**RANKING, "measures": []}), ("ranking", {k: v for k, v in RANKING.items() if k != "unit"}),
            ("ranking", {**RANKING, "measures": [{"measure": "calibration", "edges": [0, 255], "counts": [1, 1, 1]}]}),
            ("ranking", {**SLICED_RANKING, "positives": 16}), ("ranking", {**RANKING, "slice": {**SLICE, "rows": 0}}),
            ("ranking", {**RANKING, "slice": {**SLICE, "rows": 21}}), ("ranking", {**RANKING, "slice": {**SLICE, "group": 4}}),
            ("ranking", {**RANKING, "slice": {**SLICE, "more": 1}}), ("ranking", {**RANKING, "slice": {**SLICE, "edges": []}}),
            ("errors", {**ERRORS, "slice": {**BY_SEX, "group": 2}}), ("errors", {**ERRORS, "slice": {**BY_SEX, "edges": [1]}}),
            ("errors", {**ERRORS, "labels": LABELS}), ("errors", {**ERRORS, "measures": [{"measure": "labels", "sum": 1, "centre": 5000, "squares": 1}]}),
            ("errors", {**ERRORS, "measures": [{"measure": "squared", "value": 1, "within": [0, 1]}]}),
        ]:
            with self.assertRaises(Rejection, msg=value):
                claim = read_claim(kind, value)
                ClaimRelation([claim], [known[a] for a in claim.artefacts])

    def test_free_intercept(self):
        """The account of an intercept without penalty, beside its formula in floating point; what the statement may say of the curvature."""
        problem = {"features": [{"number": "x", "centre": 0, "shift": 0}, {"constant": True}], "target": {"binary": "y", "positive": 1}, "penalty": [1, 2],
                   "formats": {"feature": 10, "score": [11, 16], "probability": 28, "slope": 18}, "intercept": "eliminated"}
        own = Problem(problem)
        plan = type("Plan", (), {"problem": own, "rows": 1_000, "scale": 40, "square": 5 << 20, "short_square": 4 << 20, "sigma": 5})()
        t, curvature = 20, 120 << 18
        account = Account(plan, t, curvature)
        row = 2 ** -22 / 83 + (2 ** -29 + 2 ** -31 + 2 ** -41) + 2 ** -29
        tolerance, length = 2.0 ** (t - 41), 2.0
        base = tolerance + 1_000 * row
        left = 120 - 1_000 * (2 ** -19 + 2 ** -29 + 2 ** -11 / 20) - base
        total = tolerance + tolerance * length + 2 * 1_000 * row * length
        distance = 2 * total + base / left + 2 * total * length
        gap = total * total + base * base / left
        self.assertLess(abs(account.distance.units / 2 ** 64 / distance - 1), 1e-9)
        self.assertLess(abs(account.gap.units / 2 ** 64 / gap - 1), 1e-9)
        for wrong in (None, 0, -1, 1):
            with self.assertRaises(Rejection):
                Account(plan, t, wrong)
        with self.assertRaises(Rejection):
            Account(plan, 48, curvature)
        with self.assertRaises(Rejection):
            Account(type("Plan", (), {**vars(plan), "problem": Problem({**problem, "intercept": "penalised"}), "rows": 1_000, "scale": 40,
                                      "square": 5 << 20, "short_square": 4 << 20})(), t, curvature)
        with self.assertRaises(Rejection):
            Problem({**problem, "target": {"classes": "y", "count": 3}})

    def test_loss_table(self):
        """The logarithms of all probabilities of 16 bits, as the other implementation has them too."""
        total = sum(w * rounded("natural", w, 0, 10) for w in range(1, 65_537)) % (1 << 64)
        self.assertEqual(total, 6_068_844_720_272_383_429)


if __name__ == "__main__":
    unittest.main()
