"""Linear models: what is public of one, and the program that it stands for.

Features, in order: for every feature column in schema order its numeric feature and then its presence, or its classes; last the
constant.  F fraction bits: a feature v stands for v / 2^F.  b = bits of (upper - lower) of a numeric column:
  numeric    (x - lower) 2^(F-b) for b <= F, else floor((x - lower) / 2^(b-F) + 1/2)
  presence   2^F where the cell is present
  category   2^F in the column of the row's class; with missing cells a first class more: index = x + presence
  constant   2^F
acc = features W; score = round(acc / 2^s), s = F + weight fraction bits - score fraction bits, saturated if declared; then
  binary      probability = sigmoid(score) with 16 fraction bits, class `positive` where probability >= 1/2, else the other
  classes     the class of the largest score, ties to the lowest index
  regression  lower + 2^unitShift score
"""

from .errors import Rejection, require
from .json_text import elements, fields, integer, text
from .program import Program
from .schema import Range, Schema

KEYS = ("schema", "features", "featureFractionBits", "target", "task", "weightBits", "weightFractionBits", "scoreFractionBits",
        "saturationBits")
PROBABILITY_BITS = 16


class Architecture:
    def __init__(self, value):
        """From the entry `architecture` of a model's format in a manifest."""
        schema, names, feature_bits, target, task, weight_bits, weight_fraction, score_bits, saturation = fields(value, KEYS, "architecture")
        self.schema = Schema.read(schema)
        names = [text(x, "features") for x in elements(names, "features")]
        require(len(set(names)) == len(names), "a feature column is listed twice")
        chosen = {name: self.schema.column(name) for name in names}
        self.features = [c for c in self.schema.columns if c.name in chosen]
        require([c.name for c in self.features] == names, "feature columns must be in the order of the schema")
        self.feature_bits = integer(feature_bits, "feature fraction bits", 1, 30)
        self.target = text(target, "target")
        self.weight_bits = integer(weight_bits, "weight bits", 2, 32)
        self.weight_fraction = integer(weight_fraction, "weight fraction bits", -64, 64)
        self.score_bits = integer(score_bits, "score fraction bits", 0, 30)
        self.saturation = None if saturation is None else integer(saturation, "saturation bits", 1, 61)
        self.shift = self.feature_bits + self.weight_fraction - self.score_bits
        require(0 <= self.shift <= 61, f"a shift of {self.shift} bits from accumulator to score; 0 to 61 are possible")
        self.read_task(task)
        self.feature_count = sum(n for _, n in self.groups())
        require(self.feature_count <= 1 << 14 and self.feature_count * self.outputs <= 1 << 20, "too many weights")
        self.weights = Range.signed(self.weight_bits)
        self.program(1).analyse()

    def read_task(self, task):
        require(self.target not in [c.name for c in self.features], f"the target {self.target!r} is a feature")
        target = self.schema.column(self.target)
        require(target.missing == "refuse", f"the target {self.target!r} may be missing")
        self.task, self.classes = task.get("type") if isinstance(task, dict) else None, None
        if self.task == "binary":
            _, positive = fields(task, ("type", "positive"), "task")
            require(target.kind == "category" and len(target.categories) == 2, "a binary model needs a target of two classes")
            require(positive in target.categories, "the positive class must be a category of the target")
            self.positive, self.classes, self.outputs = target.categories.index(positive), 2, 1
        elif self.task == "classes":
            fields(task, ("type",), "task")
            require(target.kind == "category" and len(target.categories) <= 1_024, "a classifier needs a target of at most 1024 classes")
            self.classes = self.outputs = len(target.categories)
        elif self.task == "regression":
            _, unit_shift = fields(task, ("type", "unitShift"), "task")
            require(target.kind in ("integer", "decimal"), "a regression needs a numeric target")
            self.target_range, self.unit_shift, self.outputs = target.range, integer(unit_shift, "unit shift", 0, 61), 1
        else:
            raise Rejection("unknown task of the model")

    def canonical(self):
        """What the identity of a model binds."""
        if self.task == "binary":
            task = ["binary", self.positive]
        elif self.task == "classes":
            task = ["classes", self.classes]
        else:
            task = ["regression", self.target_range.canonical(), self.unit_shift]
        return {"schema": self.schema.canonical(), "features": [c.name for c in self.features],
                "featureFractionBits": self.feature_bits, "target": self.target, "task": task, "weightBits": self.weight_bits,
                "weightFractionBits": str(self.weight_fraction), "scoreFractionBits": self.score_bits,
                "saturationBits": "none" if self.saturation is None else self.saturation}

    def groups(self):
        """[(kind, features)] per feature column and for the constant."""
        out = []
        for c in self.features:
            if c.kind == "category":
                out.append(("category", len(c.categories) + (c.missing == "presence")))
            else:
                out.append(("numeric", 1))
                if c.missing == "presence":
                    out.append(("presence", 1))
        return out + [("constant", 1)]

    def accepts(self, schema):
        """Whether a table of this schema has every feature column with the same meaning."""
        return all(c.name in schema.by_name and schema.by_name[c.name].means() == c.means() for c in self.features)

    def program(self, rows):
        """Batch inference over stored columns; inputs named ("column", name, part) and ("weights",)."""
        p, parts, one = Program(), [], 1 << self.feature_bits
        for c in self.features:
            self.add_feature(p, c, rows, one, parts)
        parts.append(p.constant("constant", one, rows))
        features = p.concatenate("features", parts)
        weights = p.input("weights", ("weights",), self.weights, self.feature_count, self.outputs)
        score = p.round("score", p.product("accumulator", features, weights), self.shift)
        if self.saturation is not None:
            score = p.saturate("score", score, Range.signed(self.saturation))
        p.outputs["score"] = score
        if self.task == "binary":
            probability = p.sigmoid("probability", score, self.score_bits, PROBABILITY_BITS)
            p.outputs["probability"] = probability
            prediction = p.compare("is-positive", probability, 1 << (PROBABILITY_BITS - 1))
            if self.positive == 0:
                prediction = p.affine("prediction", [(-1, prediction)], 1)
        elif self.task == "classes":
            prediction = p.argmax("prediction", score)
        else:
            prediction = p.affine("prediction", [(1 << self.unit_shift, score)], self.target_range.lower)
        p.outputs["prediction"] = prediction
        return p

    def add_feature(self, p, c, rows, one, parts):
        def source(part, interval):
            return p.input(f"{part}({c.name})", ("column", c.name, part), interval, rows)
        if c.kind == "category":
            index, classes = source("value", c.range), len(c.categories)
            if c.missing == "presence":
                index = p.affine(f"class({c.name})", [(1, index), (1, source("presence", Range(0, 1)))])
                classes += 1
            parts.append(p.affine(f"feature({c.name})", [(one, p.one_hot(f"one-hot({c.name})", index, classes))]))
            return
        value, wide = source("value", c.range), c.range.bits - self.feature_bits
        factor = 1 << max(0, -wide)
        offset = p.affine(f"offset({c.name})", [(factor, value)], -c.range.lower * factor)
        parts.append(p.round(f"feature({c.name})", offset, wide) if wide > 0 else offset)
        if c.missing == "presence":
            parts.append(p.affine(f"present({c.name})", [(one, source("presence", Range(0, 1)))]))


def accuracy_program(rows, classes):
    """Counts of (label, prediction) over two columns of classes, and their trace."""
    p = Program()
    labels = p.input("labels", ("labels",), Range(0, classes - 1), rows)
    predictions = p.input("predictions", ("predictions",), Range(0, classes - 1), rows)
    p.outputs["confusion"] = p.counts("confusion", labels, predictions, classes)
    trace = [int(i == j) for i in range(classes) for j in range(classes)]
    p.outputs["correct"] = p.weighted("correct", p.outputs["confusion"], trace)
    return p
