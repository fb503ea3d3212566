"""python3 test_data_claims.py: claims about data, the parts that need no bundle."""

import random
import unittest
from decimal import ROUND_HALF_UP, Decimal, localcontext

import auditor  # noqa: F401
import logup
from auditor import logarithm
from auditor.artefacts import Committed
from auditor.claims import read_claim
from auditor.data_meaning import edges, reveals
from auditor.data_split import Nonce
from auditor.errors import Rejection
from auditor.expressions import Builder, Extent
from auditor.relation import ClaimRelation, indicator, successor
from auditor.wide_numbers import BASE, Wide, non_negative, product
from field import Ext3 as EXT
from weights import Tensor, eq_value, evaluate_at_indices

CODE = {"m": 11, "p": 256, "logN": 13}
COLUMNS = [{"name": "id", "type": "integer", "range": [0, 999], "missing": "refuse", "key": True},
           {"name": "amount", "type": "decimal", "digits": 2, "range": ["0.00", "999.99"], "missing": "refuse"},
           {"name": "age", "type": "integer", "range": [0, 120], "missing": "presence"},
           {"name": "class", "type": "category", "categories": ["bad", "good"], "missing": "refuse"},
           {"name": "job", "type": "category", "categories": ["clerk", "farmer", "nurse"], "missing": "refuse"}]


def table(name, columns=COLUMNS, rows=20):
    bits = (rows - 1).bit_length()
    stored = sum(1 + (c["missing"] == "presence") for c in columns)
    return Committed(name, "table", {"rows": rows, "columns": columns}, [{"name": f"c{i}", "logDimensions": [bits]} for i in range(stored)], CODE,
                     bytes(31) + bytes([len(name)]))


SPLIT = {"table": "all", "parts": ["train", "test"], "rule": {"random": {"auditor": "00ff"}}}
STATISTICS = {"table": "all", "statistics": [
    {"missing": "age", "value": 4}, {"sum": "amount", "within": [0, 1000]}, {"sumOfSquares": "age", "centre": 40, "value": 1600},
    {"productSum": ["age", "amount"], "centres": [40, 20000], "value": -5}, {"order": "age", "rank": 0, "present": 16, "value": 20},
    {"histogram": "age", "edges": [0, 18, 121], "counts": [1, 15, 4]}, {"pairs": ["job", "class"], "counts": [3, 3, 3, 4, 4, 3]}]}
FIT = {"table": "train", "parameters": "parameters", "present": {"age": 12}, "fit": [
    {"mean": "amount", "scale": 4}, {"standardDeviation": "amount", "scale": 4}, {"quantile": "age", "position": [1, 2], "scale": 1},
    {"minimum": "age"}, {"maximum": "amount"}, {"range": "amount"}, {"interquartileRange": "age", "scale": 1}, {"mode": "job"}, {"seen": "job"}]}
RUN = {"features": [{"number": "amount", "centre": 5000, "shift": 0}, {"number": "age", "centre": 40, "shift": 4}, {"presence": "age"},
                    {"category": "job", "classes": 3, "missing": False}, {"constant": True}], "target": {"binary": "class", "positive": 1},
       "batch": 4, "epochs": 3, "rate": [1, 10], "schedule": {"inverse": [1, 2]}, "momentum": [9, 10], "penalty": [1, 100], "penalisedIntercept": False,
       "formats": {"feature": 10, "weight": [24, 32], "score": [8, 13], "probability": 12, "update": 24}}
FORMATS = {"featureFractionBits": 17, "weightBits": 24, "weightFractionBits": 16, "scoreFractionBits": 11, "saturationBits": 16}
TRAINING = {"table": "train", "run": RUN, "nonce": {"auditor": "07"}, "steps": [0, 5], "checkpoint": "checkpoint"}
CLAIMS = [
    ("training", TRAINING), ("training", {**TRAINING, "start": "start", "steps": [5, 7]}),
    ("training", {**TRAINING, "run": {**RUN, "target": {"classes": "job", "count": 3}, "features": RUN["features"][:3] + RUN["features"][4:]},
                  "checkpoint": "wide"}),
    ("split", SPLIT),
    ("split", {**SPLIT, "rule": {"stratified": {"nonce": {"prover": ""}, "column": "class", "share": [1, 4], "counts": [[6, 2], [9, 3]]}}}),
    ("split", {**SPLIT, "rule": {"cutoff": {"column": "amount", "from": 500}}}),
    ("split", {**SPLIT, "rule": {"groups": {"nonce": {"dated": "aa", "date": "2026-01-01T00:00:00Z"}, "column": "id", "share": [1, 4], "groups": 9}}}),
    ("statistics", STATISTICS), ("fit", FIT), ("deduplicate", {"table": "all", "output": "train"}),
    ("filter", {"table": "all", "output": "train", "conditions": [{"within": "amount", "range": [0, 500]}, {"present": "age"}]}),
    ("disjoint", {"tables": ["train", "test"], "columns": ["id"], "distinct": 20}), ("disjoint", {"tables": ["train", "test"], "columns": [], "distinct": 20}),
    ("anonymity", {"table": "all", "quasiIdentifiers": ["class", "job"], "minimum": 2, "classes": 6}),
]


def artefacts():
    parameters = [
        {"name": "amount.mean", "type": "decimal", "digits": 4, "range": ["0.0000", "999.9900"]},
        {"name": "amount.std", "type": "decimal", "digits": 4, "range": ["0.0001", "999.9900"]},
        {"name": "age.median", "type": "decimal", "digits": 1, "range": ["0.0", "120.0"]}, {"name": "age.min", "type": "integer", "range": [0, 120]},
        {"name": "amount.max", "type": "decimal", "digits": 2, "range": ["0.00", "999.99"]},
        {"name": "amount.range", "type": "decimal", "digits": 2, "range": ["0.01", "999.99"]},
        {"name": "age.iqr", "type": "decimal", "digits": 1, "range": ["0.1", "120.0"]},
        {"name": "job.mode", "type": "category", "categories": ["clerk", "farmer", "nurse"]},
        *({"name": f"job.seen.{i}", "type": "integer", "range": [0, 1]} for i in range(3))]
    def state(outputs):
        return [{"name": f"{part}.{k}", "type": "integer", "range": [-(1 << 31), (1 << 31) - 1], "missing": "refuse"}
                for part in ("weight", "previous") for k in range(outputs)]
    return {"checkpoint": table("checkpoint", state(1), 7), "start": table("start", state(1), 7), "wide": table("wide", state(3), 4), "all": table("all"), "train": table("train", rows=15), "test": table("test", rows=5),
            "parameters": table("parameters", [{**c, "missing": "refuse"} for c in parameters], 1)}


class ClaimTests(unittest.TestCase):
    def test_every_claim_compiles(self):
        known = artefacts()
        for kind, value in CLAIMS:
            claim = read_claim(kind, value)
            relation = ClaimRelation([claim], [known[a] for a in claim.artefacts])
            relation.place(11)
            self.assertTrue(relation.tree is not None and relation.builder.columns, kind)
            self.assertTrue(claim.words(known) and reveals(claim, known), kind)

    def test_transform(self):
        value = {"input": "train", "parameters": "parameters", "output": "prepared", "columns": [
            {"name": "a", "source": "amount", "steps": [{"divide": {"centre": {"parameter": "amount.mean"}, "divisor": {"parameter": "amount.std"},
                                                                   "scale": 2, "saturate": [-800, 800]}}]},
            {"name": "l", "source": "amount", "steps": [{"logarithm": {"base": "natural", "scale": 2}}]},
            {"name": "j", "source": "job", "steps": [{"oneHot": {"unseen": "zeros"}}]},
            {"name": "age", "source": "age", "steps": [{"impute": {"parameter": "age.median"}}, {"bucketise": ["18.0", "65", "100.00"]}]}]}
        claim, known = read_claim("transform", value), artefacts()
        from auditor.transform_plan import plan
        columns, schema = plan(claim.columns, known["train"].schema, known["parameters"].schema)
        self.assertEqual([c.name for c in schema.columns], ["a", "l", "j=clerk", "j=farmer", "j=nurse", "age"])
        self.assertEqual((columns[3].steps[0][2].upper, schema.columns[0].scale), (1200, 2))
        # The columns of the plan, as a manifest writes them.
        made = [{"name": c.name, "type": c.kind, "missing": c.missing, **({"digits": c.scale} if c.scale else {}),
                 "range": [f"{v / 100:.2f}" for v in (c.range.lower, c.range.upper)] if c.scale else [c.range.lower, c.range.upper]} for c in schema.columns]
        known["prepared"] = table("prepared", made, 15)
        relation = ClaimRelation([claim], [known[a] for a in claim.artefacts])
        relation.place(11)
        self.assertEqual(edges(claim), [("derivedFrom", "prepared", "train"), ("derivedFrom", "prepared", "parameters")])

    def test_statements_that_are_refused(self):
        known = artefacts()
        for kind, value in [
            ("training", {**TRAINING, "steps": [1, 5]}), ("training", {**TRAINING, "steps": [0, 13]}), ("training", {**TRAINING, "start": "start"}),
            ("training", {**TRAINING, "checkpoint": "wide"}), ("training", {**TRAINING, "model": "train"}),
            ("training", {**TRAINING, "run": {**RUN, "formats": {**RUN["formats"], "weight": [24, 44], "feature": 24}}}),
            ("training", {**TRAINING, "run": {**RUN, "rate": [-1, 10]}}), ("training", {**TRAINING, "run": {**RUN, "batch": 0}}),
            ("split", {**SPLIT, "parts": ["train"]}), ("split", {**SPLIT, "parts": ["train", "train"]}),
            ("split", {**SPLIT, "rule": {"random": {"auditor": "0F"}}}), ("split", {**SPLIT, "rule": {"random": {"dated": "00"}}}),
            ("split", {**SPLIT, "rule": {"stratified": {"nonce": {"prover": ""}, "column": "class", "share": [1, 4], "counts": [[5, 3], [9, 3]]}}}),
            ("split", {**SPLIT, "rule": {"cutoff": {"column": "age", "from": 3}}}), ("fit", {**FIT, "present": {}}), ("fit", {**FIT, "fit": FIT["fit"][1:]}),
            ("statistics", {"table": "all", "statistics": [{"sum": "age", "value": 1, "within": [0, 1]}]}),
            ("statistics", {"table": "all", "statistics": [{"sumOfSquares": "age", "centre": 121, "value": 1}]}),
            ("statistics", {"table": "all", "statistics": [{"histogram": "age", "edges": [1, 121], "counts": [20, 0]}]}),
            ("disjoint", {"tables": ["train", "parameters"], "columns": [], "distinct": 20}),
            ("anonymity", {"table": "all", "quasiIdentifiers": ["class"], "minimum": 11, "classes": 2}),
            ("deduplicate", {"table": "test", "output": "train"}), ("join", {"left": "all", "right": "train", "output": "test", "key": "id"}),
        ]:
            with self.assertRaises(Rejection, msg=value):
                claim = read_claim(kind, value)
                ClaimRelation([claim], [known[a] for a in claim.artefacts])

    def test_reveals(self):
        own = reveals(read_claim("statistics", STATISTICS), artefacts())
        self.assertEqual(own[1], {"field": "sum of amount (all)", "extent": "bounded", "value": "0.00 to 10.00"})
        self.assertEqual(own[3]["field"], "sum of products of age about 40 and amount about 200.00 (all)")
        self.assertEqual((own[3]["value"], own[5]["value"]), ("-0.05", "1 from 0 to below 18, 15 from 18 to below 121, 4 missing"))


class PartTests(unittest.TestCase):
    def test_logarithms(self):
        rng = random.Random(2)
        with localcontext() as context:
            context.prec = 60
            for _ in range(300):
                w, point, digits = rng.randrange(1, 1 << rng.randrange(1, 46)), rng.randrange(4), rng.randrange(8)
                exact = (Decimal(w) / 10 ** point).ln() * 10 ** digits
                for base, value in (("natural", exact), ("two", exact / Decimal(2).ln())):
                    # Halves go up, but there are none.
                    self.assertEqual(logarithm.rounded(base, w, point, digits), int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def test_seeded_order(self):
        order = Nonce({"prover": "00"}).order("split", bytes(32), 50)
        self.assertEqual(sorted(order), list(range(50)))
        self.assertNotEqual(order, Nonce({"prover": "01"}).order("split", bytes(32), 50))

    def test_successor_and_indicator(self):
        rng = random.Random(3)
        point = [EXT.lift(rng.randrange(1 << 60)) for _ in range(4)]
        dense = evaluate_at_indices([Tensor(EXT.lift(1), f) for f in successor(point)], 16, EXT)
        self.assertEqual([x.c for x in dense], [EXT.lift(0).c] + [eq_value(point, j - 1, EXT).c for j in range(1, 16)])
        for count in range(1, 17):
            ones = evaluate_at_indices([Tensor(EXT.lift(1), f) for f in indicator(Extent(count, 4))], 16, EXT)
            self.assertEqual([x.c for x in ones], [EXT.lift(int(i < count)).c for i in range(16)])

    def test_wide_numbers(self):
        """Public numbers are computed with exactly, and a negative one leaves a constraint that cannot hold."""
        rng = random.Random(4)
        for _ in range(50):
            a, b = rng.randrange(1 << 70), rng.randrange(1 << 50)
            builder = Builder(0)
            out = product(builder, "p", Wide.constant(a), Wide.constant(b))
            self.assertEqual(sum(d.expression.constant * BASE ** i for i, d in enumerate(out.digits)), a * b)
            builder = Builder(0)
            non_negative(builder, "n", Wide.constant(a).minus(Wide.constant(b)))
            self.assertEqual(any(x[1][0].constant < 0 for x in builder.lookups), a < b)

    def test_committed_tables_with_scalars(self):
        """The two leaf claims hold for honest columns: a permutation, a counted table, and a scalar in every row."""
        from blocks import MatrixLayout
        layout = MatrixLayout("a", 3, [("x", [2]), ("y", [2]), ("s", [0]), ("m", [2])])
        values = {"x": [5, 6, 7, 0], "y": [7, 5, 6, 9], "s": [2], "m": [3, 0, 0, 0]}
        flat = [v for row in layout.fill(values) for v in row]

        def read(view):
            return [flat[i] for i in view.indices()]
        x, y, s, m = (layout.view(n) for n in ("x", "y", "s", "m"))
        once = logup.CommittedTable("once", 1, [logup.Expression(0, [(1, x)])], (2, 3), None)
        counted = logup.CommittedTable("counted", 2, [logup.Expression(0, [(1, x)]), logup.Expression(1, [(1, s)])], (2, 3), m)
        lookups = [logup.Lookup("", 0, [logup.Expression(0, [(1, y)])], [(2, 3)]),
                   logup.Lookup("", 1, [logup.Expression(3, [(1, s)]), logup.Expression(3, [])], [(2, 3)])]
        tree = logup.Tree(lookups, [once, counted])
        self.assertEqual(logup.multiplicities(lookups, 1, counted, read), [3, 0, 0, 0])
        rng = random.Random(5)
        random_ext = lambda: EXT(tuple(rng.randrange(1 << 60) for _ in range(EXT.DEGREE)))      # noqa: E731
        omega, alpha, beta, z = random_ext(), random_ext(), random_ext(), [random_ext() for _ in range(tree.depth)]
        numerators, denominators = logup.leaves(tree, read, omega, alpha, beta, EXT)
        total = EXT.lift(0)
        for n, d in zip(numerators, denominators):
            total = total + n * d.inverse()
        self.assertTrue(total.is_zero())

        def at(dense):
            out = EXT.lift(0)
            for i, v in enumerate(dense):
                out = out + eq_value(z, i, EXT) * v
            return out
        for claim in logup.leaf_claims(tree, z, at(numerators), at(denominators), omega, alpha, beta, EXT):
            own = EXT.lift(0)
            for _, tensor in claim.terms:
                for i, w in tensor.entries():
                    own = own + (w * flat[i] if i < len(flat) else EXT.lift(0))
            self.assertTrue((own - claim.value).is_zero())

    def test_numbered_tables(self):
        """The two leaf claims hold for two pieces of three rows with public keys."""
        from blocks import MatrixLayout
        layout = MatrixLayout("a", 3, [("x", [2]), ("y", [2]), ("k", [1]), ("v", [1]), ("m", [3])])
        # Row i of piece f has the key 4 f + i.
        values = {"x": [5, 6, 7, 0], "y": [8, 5, 6, 9], "k": [2, 5], "v": [7, 5], "m": [0, 0, 1, 0, 0, 1, 0, 0]}
        flat = [v for row in layout.fill(values) for v in row]

        def read(view):
            return [flat[i] for i in view.indices()]
        x, y, k, v, m = (layout.view(n) for n in ("x", "y", "k", "v", "m"))
        table = logup.NumberedTable("cells", 1, [[logup.Expression(0, [(1, x)])], [logup.Expression(0, [(1, y)])]], (2, 3), m)
        lookups = [logup.Lookup("", 0, [logup.Expression(0, [(1, k)]), logup.Expression(0, [(1, v)])], [(1, 2)])]
        tree = logup.Tree(lookups, [table])
        self.assertEqual(logup.multiplicities(lookups, 0, table, read), values["m"])
        rng = random.Random(6)
        random_ext = lambda: EXT(tuple(rng.randrange(1 << 60) for _ in range(EXT.DEGREE)))      # noqa: E731
        omega, alpha, beta, z = random_ext(), random_ext(), random_ext(), [random_ext() for _ in range(tree.depth)]
        numerators, denominators = logup.leaves(tree, read, omega, alpha, beta, EXT)
        total = EXT.lift(0)
        for n, d in zip(numerators, denominators):
            total = total + n * d.inverse()
        self.assertTrue(total.is_zero())

        def at(dense):
            out = EXT.lift(0)
            for i, w in enumerate(dense):
                out = out + eq_value(z, i, EXT) * w
            return out
        for claim in logup.leaf_claims(tree, z, at(numerators), at(denominators), omega, alpha, beta, EXT):
            own = EXT.lift(0)
            for _, tensor in claim.terms:
                for i, w in tensor.entries():
                    own = own + (w * flat[i] if i < len(flat) else EXT.lift(0))
            self.assertTrue((own - claim.value).is_zero())

    def test_trees(self):
        """Ensembles are read strictly, and claims about them compile; a training certificate only of what it is about."""
        schema = [{"name": "a", "type": "integer", "range": [0, 6], "missing": "refuse"},
                  {"name": "b", "type": "integer", "range": [-1, 5], "missing": "presence"},
                  {"name": "class", "type": "category", "categories": ["bad", "good"], "missing": "refuse"}]
        entry = {"schema": schema, "features": ["a"], "target": "class", "task": {"type": "classes"}, "comparison": "atMost", "trees": 1, "depth": 2,
                 "nodes": 7, "values": [0, 1]}

        def ensemble(**changes):
            own = {**entry, **changes}
            names = ["variant", "threshold", "child", "leaf"] + [f"value.{k}" for k in range(2)]
            bits = (own["nodes"] - 1).bit_length()
            return Committed("tree", "tree-ensemble", {"architecture": own}, [{"name": n, "logDimensions": [bits]} for n in names], CODE, bytes(32))
        for changes in ({"comparison": "less"}, {"trees": 0}, {"nodes": 0}, {"values": [1, 2]}, {"features": ["a", "class"]}, {"features": ["b", "a"]},
                        {"task": {"type": "regression", "shift": 0}}, {"depth": 65}):
            with self.assertRaises(Rejection, msg=changes):
                ensemble(**changes)
        train, other = table("train", schema, 30), table("train", [{**schema[0], "range": [0, 7]}, *schema[1:]], 30)
        value = {"model": "tree", "table": "train", "tree": 0, "depth": 2, "minimumSplit": 2, "minimumLeaf": 2}
        claims = [("wellFormed", {"artefact": "tree"}), ("treeTraining", value),
                  ("inference", {"model": "tree", "input": {"table": "train"}, "outputs": {"prediction": {"bounded": [0, 1]}}})]
        relation = ClaimRelation([read_claim(*c) for c in claims], [ensemble(), train])
        relation.place(14)
        self.assertEqual(len({name for name, _ in relation.builder.columns}), len(relation.builder.columns))
        several = ensemble(features=["a", "b"], trees=3, comparison="atLeast")
        self.assertEqual(len(several.trees.variants()), 3)
        ClaimRelation([read_claim(*claims[0]), read_claim(*claims[2])], [several, train]).place(14)
        for changes, artefacts_ in (({"tree": 1}, [ensemble(), train]), ({"depth": 3}, [ensemble(), train]), ({}, [several, train]),
                                    ({}, [ensemble(), other]), ({}, [ensemble(comparison="atLeast"), train])):
            with self.assertRaises(Rejection, msg=changes):
                ClaimRelation([read_claim("treeTraining", {**value, **changes})], artefacts_)
        self.forests_and_numbers(schema[:1] + schema[2:], {**entry, "schema": schema[:1] + schema[2:]}, value)
        # A table whose columns mean something else than the model's: another scale, other categories, the same in another order.
        for i, changes in ((0, {"type": "decimal", "digits": 1, "range": ["0.0", "0.6"]}), (0, {"range": [0, 7]}),
                           (2, {"categories": ["good", "bad"]}), (2, {"categories": ["bad", "best"]})):
            changed = [*schema[:i], {**schema[i], **changes}, *schema[i + 1:]]
            with self.assertRaises(Rejection, msg=changes):
                ClaimRelation([read_claim("treeTraining", value)], [ensemble(), table("train", changed, 30)])

    def forests_and_numbers(self, schema, entry, value):
        """Forests on drawn rows and features; numbers, refused where sums of squares could wrap around."""
        def trees(columns, **changes):
            own = {**entry, "schema": columns, **changes}
            outputs = 2 if own["task"]["type"] == "classes" else 1
            names = ["variant", "threshold", "child", "leaf"] + [f"value.{k}" for k in range(outputs)]
            bits = (own["nodes"] - 1).bit_length()
            return Committed("tree", "tree-ensemble", {"architecture": own}, [{"name": n, "logDimensions": [bits]} for n in names], CODE, bytes(32))

        def compiles(model, columns, claim, rows=30):
            train = table("train", columns, rows)
            relation = ClaimRelation([read_claim("treeTraining", claim)], [model, train])
            relation.place(15)
            known = {"tree": model, "train": train}
            own = read_claim("treeTraining", claim)
            self.assertTrue(own.words(known) and reveals(own, known))
            return edges(own)
        forest = {k: v for k, v in value.items() if k != "tree"} | {"forest": {"nonce": {"auditor": "07"}, "features": 1}}
        several = {"trees": 3, "nodes": 21}
        self.assertEqual(compiles(trees(schema, **several), schema, forest), [("trainedOn", "tree", "train")])
        self.assertEqual(compiles(trees(schema, **several), schema, value), [])
        number = {"name": "n", "type": "integer", "range": [-50, 250], "missing": "refuse"}
        wide = {**number, "range": [0, 1 << 26]}
        goal = {"target": "n", "task": {"type": "regression", "shift": 0}, "values": [-50, 250]}
        self.assertEqual(compiles(trees([schema[0], number], **goal), [schema[0], number], value), [("trainedOn", "tree", "train")])
        goal["task"]["shift"] = 16
        compiles(trees([schema[0], number], **goal, **several), [schema[0], number], forest)
        compiles(trees([schema[0], wide], **{**goal, "values": [0, 9]}), [schema[0], wide], {**value, "minimumLeaf": 1}, rows=2)
        for claim, model, columns, rows in (
                ({**forest, "tree": 0}, trees(schema, **several), schema, 30), ({**forest, "forest": {"nonce": {"auditor": "07"}, "features": 2}},
                 trees(schema, **several), schema, 30), ({**forest, "forest": {"nonce": {"auditor": "07"}, "features": 0}}, trees(schema), schema, 30),
                (value, trees([schema[0], wide], **goal), [schema[0], wide], 30), (value, trees([schema[0], number], **goal), [schema[0], wide], 30),
                (value, trees(schema), schema, 1 << 16)):
            with self.assertRaises(Rejection, msg=claim):
                compiles(model, columns, claim, rows)

    def test_trained_model_of_another_table(self):
        """A model and its training table give every column the same meaning."""
        features = [c for c in COLUMNS if c["name"] in ("amount", "age", "job")]
        target = COLUMNS[3]
        claim = {key: value for key, value in TRAINING.items() if key != "checkpoint"} | {"model": "model", "steps": [0, 12]}

        def compiles(columns):
            schema = [*features, target]
            architecture = {"schema": schema, "features": ["amount", "age", "job"], "target": "class", "task": {"type": "binary", "positive": "good"},
                            **FORMATS}
            model = Committed("model", "linear-model", {"architecture": architecture}, [{"name": "W", "logDimensions": [3, 0]}], CODE, bytes(32))
            ClaimRelation([read_claim("training", claim)], [table("train", columns, 15), model])
        compiles(COLUMNS)
        for i, changes in ((1, {"digits": 3, "range": ["0.000", "99.999"]}), (1, {"range": ["0.00", "1000.00"]}), (3, {"categories": ["good", "bad"]}),
                           (4, {"categories": ["nurse", "farmer", "clerk"]})):
            with self.assertRaisesRegex(Rejection, "declares it otherwise", msg=changes):
                compiles([*COLUMNS[:i], {**COLUMNS[i], **changes}, *COLUMNS[i + 1:]])

    def test_numbers_beyond_all_bounds(self):
        """Runs and certificates with numbers as large as they can be are refused, not computed."""
        known = artefacts()
        for size in (1 << 63, -(1 << 63), 1 << 200):
            for changes in ({"batch": size}, {"epochs": size}, {"rate": [size, 1]}, {"rate": [1, size]}, {"schedule": {"halving": size}},
                            {"schedule": {"inverse": [size, 1]}}, {"momentum": [size, 1]}, {"penalty": [1, size]},
                            {"target": {"binary": "class", "positive": size}}, {"target": {"classes": "job", "count": size}},
                            *({"features": [feature, {"constant": True}]} for feature in (
                                {"number": "amount", "centre": size, "shift": 0}, {"number": "amount", "centre": 0, "shift": size},
                                {"category": "job", "classes": size, "missing": False}))):
                with self.assertRaises(Rejection, msg=changes):
                    claim = read_claim("training", {**TRAINING, "run": {**RUN, **changes}})
                    ClaimRelation([claim], [known[a] for a in claim.artefacts])
            for changes in ({"tree": size}, {"depth": size}, {"minimumSplit": size}, {"minimumLeaf": size}):
                with self.assertRaises(Rejection, msg=changes):
                    read_claim("treeTraining", {"model": "tree", "table": "train", "tree": 0, "depth": 2, "minimumSplit": 2, "minimumLeaf": 2, **changes})


if __name__ == "__main__":
    unittest.main()
