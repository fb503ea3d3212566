"""python3 test_auditor.py: the parts that need no bundle."""

import random
import unittest
from decimal import ROUND_HALF_UP, Decimal, localcontext

import auditor  # noqa: F401
from auditor import ed25519, json_text, mldsa65, sigmoid, signatures
from auditor.architecture import Architecture
from auditor.artefacts import Committed, check_trees
from auditor.claims import read_claim
from auditor.errors import Rejection
from auditor.expressions import Builder, Expression, Extent
from auditor.program import Program
from auditor.relation import ClaimRelation
from auditor.schema import Column, Range, decimal_text, integer64

CODE = {"m": 11, "p": 256, "logN": 13}
CLASS = {"name": "class", "type": "category", "categories": ["bad", "good"], "missing": "refuse"}
COLUMNS = [{"name": "age", "type": "integer", "range": [18, 97], "missing": "refuse"}, CLASS]


def architecture(**changes):
    return {"schema": COLUMNS, "features": ["age"], "featureFractionBits": 8, "target": "class",
            "task": {"type": "binary", "positive": "good"}, "weightBits": 16, "weightFractionBits": 14,
            "scoreFractionBits": 10, "saturationBits": None, **changes}


def table(name, columns, rows=10, tree=None, root=bytes(32)):
    stored = sum(1 + (c["missing"] == "presence") for c in columns)
    tensors = [{"name": f"c{i}", "logDimensions": [4]} for i in range(stored)]
    return Committed(name, "table", {"rows": rows, "columns": columns}, tensors, CODE, root, tree)


def model(**changes):
    tensors = [{"name": "W", "logDimensions": [1, 0]}]
    return Committed("model", "linear-model", {"architecture": architecture(**changes)}, tensors, CODE, bytes(32))


class SigmoidTests(unittest.TestCase):
    def test_against_decimal_arithmetic(self):
        rng = random.Random(1)
        with localcontext() as context:
            context.prec = 80
            for f, o in ((0, 16), (6, 16), (12, 16), (30, 30), (3, 1)):
                values = sigmoid.table(f, o)
                self.assertEqual(len(values), 1 << 16)
                for x in [-32768, -1, 0, 1, 32767] + rng.sample(range(-32768, 32768), 100):
                    exact = Decimal(1 << o) / (1 + (-Decimal(x) / (1 << f)).exp())
                    self.assertEqual(values[x + 32768], int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), (f, o, x))

    def test_monotone_and_symmetric(self):
        values = sigmoid.table(10, 16)
        self.assertTrue(all(a <= b for a, b in zip(values, values[1:])))
        self.assertTrue(all(values[32768 + x] + values[32768 - x] == 1 << 16 for x in range(1, 32768)))


class TextTests(unittest.TestCase):
    def test_canonical_json(self):
        value = {"\U0001d11e": 1, "\ufb33": [None, True, "a\"\\\n\x01é"], "a": {}}
        self.assertEqual(json_text.canonical(value).decode(), '{"a":{},"\U0001d11e":1,"\ufb33":[null,true,"a\\"\\\\\\n\\u0001é"]}')
        self.assertEqual(json_text.parse(json_text.canonical(value), "x"), value)

    def test_refused_json(self):
        for raw in (b'{"a":1,"a":2}', b"1.0", b"1e3", b"9007199254740992", b"NaN", b'"\\ud800"', b"[" * 65 + b"]" * 65, b"\xff",
                    b"\xef\xbb\xbf1", b"01", b"1 2", b'"\x01"', b"", b"-"):
            with self.assertRaises(Rejection, msg=raw):
                json_text.parse(raw, "x")

    def test_numbers_have_one_form(self):
        self.assertEqual(integer64("9007199254740992", "x"), 1 << 53)
        self.assertEqual(decimal_text("-0.05", 2, "x"), -5)
        for value in ("5", "-0", "09007199254740993", True, 1.0, None, str(1 << 63)):
            with self.assertRaises(Rejection, msg=value):
                integer64(value, "x")
        for text in ("1", "1.5", "01.50", "-0.00", "+1.50", "1.500", ".50"):
            with self.assertRaises(Rejection, msg=text):
                decimal_text(text, 2, "x")

    def test_refused_columns(self):
        for change in ({"type": "text"}, {"range": [5, 4]}, {"range": [-(1 << 62), 0]}, {"missing": "maybe"}, {"key": False},
                       {"name": ""}, {"extra": 1}):
            with self.assertRaises(Rejection, msg=change):
                Column.read({**COLUMNS[0], **change})
        with self.assertRaises(Rejection):
            Column.read({**CLASS, "categories": ["é", "e\u0301"]})


class AnalysisTests(unittest.TestCase):
    def test_one_hot_groups_add_one_weight(self):
        p = Program()
        hot = p.one_hot("hot", p.input("x", ("x",), Range(0, 4), 3), 5)
        p.product("y", hot, p.input("w", ("w",), Range(-8, 7), 5))
        self.assertEqual(p.analyse()[-1].values, Range(-8, 7))

    def test_saturation_narrows(self):
        p = Program()
        p.saturate("y", p.input("x", ("x",), Range(-1000, 10), 3), Range(-4, 3))
        self.assertEqual(p.analyse()[-1].values, Range(-4, 3))

    def test_refused_programs(self):
        wide = Program()
        wide.affine("y", [(1 << 31, wide.input("x", ("x",), Range(0, 1 << 31), 3))])
        index = Program()
        index.one_hot("y", index.input("x", ("x",), Range(0, 5), 3), 5)
        for p in (wide, index):
            with self.assertRaises(Rejection):
                p.analyse()

    def test_rounding(self):
        p = Program()
        p.round("y", p.input("x", ("x",), Range(-9, 9), 3), 2)
        bounds = p.analyse()[-1]
        self.assertEqual((bounds.values, bounds.enforced), (Range(-2, 2), Range(-2, 5)))

    def test_refused_architectures(self):
        for change in ({"target": "age"}, {"features": ["age", "class"]}, {"features": ["age", "age"]},
                       {"task": {"type": "classes", "positive": "good"}}, {"task": {"type": "binary", "positive": "better"}},
                       {"scoreFractionBits": 30}, {"weightFractionBits": -30}, {"saturationBits": 0}):
            with self.assertRaises(Rejection, msg=change):
                Architecture(architecture(**change))


class ConstraintTests(unittest.TestCase):
    def test_wide_ranges_are_cut_into_limbs(self):
        builder = Builder(9)
        builder.bits("x", Expression.of(("t", "c0", ())), 30, Extent(300))
        self.assertEqual([c for c in builder.columns], [("x.limb11", 9), ("m.range11", 11), ("x.limb22", 9), ("m.range8", 8)])
        self.assertEqual([table for table, _, _ in builder.lookups], [0, 1, 0])
        low = builder.lookups[-1][1][0].terms
        self.assertEqual(low[("aux", "x.limb22", ())], -(1 << 22))

    def test_an_interval_that_is_no_power_of_two_is_checked_from_both_sides(self):
        builder = Builder(4)
        builder.interval("x", Expression.of(("t", "c0", ())), Range(18, 97), Extent(10))
        self.assertEqual([x[0].constant for _, x, _ in builder.lookups], [-18, 97])


class MeaningTests(unittest.TestCase):
    STORED = {"artefact": "predictions", "column": "class"}
    INFERENCE = {"model": "model", "input": {"table": "test"}, "outputs": {"prediction": {"committed": STORED}}}
    ACCURACY = {"labels": {"artefact": "test", "column": "class"}, "predictions": STORED, "atLeast": 5}

    def relation(self, kind, statement, predictions, test=None, **changes):
        claim = read_claim(kind, statement)
        artefacts = {"test": test or table("test", COLUMNS), "model": model(**changes), "predictions": table("predictions", predictions)}
        return ClaimRelation([claim], [artefacts[n] for n in claim.artefacts])

    def test_accepted(self):
        self.relation("inference", self.INFERENCE, [CLASS])
        self.relation("accuracy", self.ACCURACY, [CLASS])

    def test_predictions_are_read_with_the_models_classes(self):
        swapped = {**CLASS, "categories": ["good", "bad"]}
        for columns in ([swapped], [{**CLASS, "missing": "presence"}], [{**COLUMNS[0], "name": "class", "range": [0, 1]}]):
            with self.assertRaises(Rejection, msg=columns):
                self.relation("inference", self.INFERENCE, columns)

    def test_labels_with_missing_cells_cannot_be_counted(self):
        missing = {**CLASS, "missing": "presence"}
        with self.assertRaises(Rejection):
            self.relation("accuracy", self.ACCURACY, [CLASS], table("test", [COLUMNS[0], missing]))

    def test_rows_must_mean_what_the_model_was_declared_for(self):
        other = table("test", [{**COLUMNS[0], "range": [0, 97]}, CLASS])
        with self.assertRaises(Rejection):
            self.relation("inference", self.INFERENCE, [CLASS], other)

    def test_shared_trees(self):
        one, two = ({"firstRow": first, "rows": 3} for first in (0, 2))
        check_trees([table("a", COLUMNS, tree=one), table("b", COLUMNS, tree=two), table("c", COLUMNS, root=bytes([1]) * 32)])
        self.assertNotEqual(table("a", COLUMNS, tree=one).identity, table("a", COLUMNS, tree=two).identity)
        self.assertNotEqual(table("a", COLUMNS, tree=one).identity, table("a", COLUMNS).identity)
        for other in (one, None, {"firstRow": 1, "rows": 4}):
            with self.assertRaises(Rejection, msg=other):
                check_trees([table("a", COLUMNS, tree=one), table("b", [CLASS], tree=other)])
        for tree in ({"firstRow": 3, "rows": 3}, {"firstRow": -1, "rows": 3}, {"firstRow": 0, "rows": 1 << 15}, {"firstRow": 0}, [0, 3],
                     {"firstRow": 0, "rows": 3, "name": "x"}):
            with self.assertRaises(Rejection, msg=tree):
                table("a", COLUMNS, tree=tree)

    def test_reserved_names(self):
        for name in ("aux", "mask.m11p256n13"):
            with self.assertRaises(Rejection):
                table(name, [CLASS])


class Signatures(unittest.TestCase):
    KEY = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    SIGNATURE = bytes.fromhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                              "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")

    def test_ed25519(self):
        """RFC 8032, section 7.1, test 2; every flipped bit, an s that is not reduced, a key that is no point."""
        self.assertTrue(ed25519.verify(self.KEY, b"\x72", self.SIGNATURE))
        self.assertFalse(ed25519.verify(self.KEY, b"\x73", self.SIGNATURE))
        for bit in range(0, 512, 31):
            changed = bytearray(self.SIGNATURE)
            changed[bit // 8] ^= 1 << bit % 8
            self.assertFalse(ed25519.verify(self.KEY, b"\x72", bytes(changed)))
        larger = int.from_bytes(self.SIGNATURE[32:], "little") + ed25519.L
        self.assertFalse(ed25519.verify(self.KEY, b"\x72", self.SIGNATURE[:32] + larger.to_bytes(32, "little")))
        self.assertFalse(ed25519.verify(b"\x02" + bytes(31), b"\x72", self.SIGNATURE))
        self.assertFalse(ed25519.verify(self.KEY, b"\x72", self.SIGNATURE[:-1]))

    def test_number_theoretic_transform(self):
        """The product of two transformed polynomials is their product modulo x^256 + 1."""
        random.seed(7)
        a, b = ([random.randrange(mldsa65.Q) for _ in range(256)] for _ in range(2))
        product = [0] * 256
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                product[(i + j) % 256] += x * y if i + j < 256 else -x * y
        transformed = [x * y % mldsa65.Q for x, y in zip(mldsa65.ntt(a), mldsa65.ntt(b))]
        self.assertEqual(mldsa65.inverse_ntt(transformed), [x % mldsa65.Q for x in product])

    def test_hints_have_one_encoding(self):
        good = bytes([3, 7]) + bytes(53) + bytes([2] * 6)
        self.assertEqual(mldsa65.unpack_hints(good)[0], {3, 7})
        for bad in (bytes([7, 3]) + good[2:], bytes([3, 3]) + good[2:], good[:54] + b"\1" + good[55:], good[:-1] + b"\1", good[:-1] + b"\x38"):
            self.assertIsNone(mldsa65.unpack_hints(bad))

    def test_lengths(self):
        self.assertFalse(mldsa65.verify(bytes(1951), b"", bytes(3309)))
        self.assertFalse(mldsa65.verify(bytes(1952), b"", bytes(3308)))
        self.assertFalse(mldsa65.verify(bytes(1952), b"", bytes(3309)))

    def test_encoding_of_messages(self):
        self.assertEqual(signatures.message("http://example.com/HelloWorld", b"hello world"),
                         b"DSSEv1 29 http://example.com/HelloWorld 11 hello world")
        for text in ("AA=", "AAA", "AB==", "A A=", "AA==\n", 3):
            with self.assertRaises(Rejection, msg=text):
                signatures.base64_bytes(text, None, "x")


if __name__ == "__main__":
    unittest.main()
