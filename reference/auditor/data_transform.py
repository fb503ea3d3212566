"""Columns of a table as functions of another's and of fitted parameters, row by row and exactly.

impute: x where present, else the operand.  clip: min(max(x, lower), upper).  divide: floor(10^scale (x - centre) / divisor + 1/2), refused
outside its limit or cut to it.  logarithm of 1 + x.  bucketise: number of edges <= x.  ordinal, oneHot: encodings of categories, with a
rule for those that the training rows did not contain.
"""

from .data_columns import Cells
from .data_fit import MAXIMUM_COUNT, MAXIMUM_SCALE
from .data_rows import texts
from .errors import require
from .json_text import boolean, elements, fields, integer, text
from .names import bundle_name
from .schema import Range, decimal_text
from .transform_chain import Chain
from .transform_plan import MAXIMUM_CATEGORIES, plan

STEPS = ("impute", "imputeCategory", "missingIndicator", "clip", "divide", "logarithm", "bucketise", "ordinal", "oneHot")
MAXIMUM_STEPS = 16


class Operand:
    """A decimal text, its digits after the point the scale, or the name of a parameter."""

    def __init__(self, value):
        self.parameter = self.mantissa = self.scale = None
        if isinstance(value, dict):
            self.parameter = text(fields(value, ("parameter",), "an operand")[0], "parameter")
            return
        self.scale = len(text(value, "an operand").partition(".")[2])
        require(self.scale <= MAXIMUM_SCALE, "an operand has more than 18 digits after the point")
        self.mantissa = decimal_text(value, self.scale, "an operand")

    def canonical(self):
        return ["parameter", self.parameter] if self.parameter is not None else ["number", str(self.mantissa), str(self.scale)]


class Step:
    def __init__(self, value):
        fields(value, (), "a step", STEPS)
        require(len(value) == 1, "a step has one of " + ", ".join(STEPS))
        (self.kind, body), = value.items()
        getattr(self, "read_" + self.kind)(body)

    def read_impute(self, body):
        self.operand = Operand(body)

    def read_imputeCategory(self, body):
        self.text = text(body, "imputeCategory")

    def read_missingIndicator(self, body):
        require(boolean(body, "missingIndicator"), "missingIndicator: must be true")

    def read_clip(self, body):
        fields(body, (), "clip", ("lower", "upper"))
        self.lower, self.upper = (Operand(body[k]) if k in body else None for k in ("lower", "upper"))

    def read_divide(self, body):
        fields(body, ("centre", "divisor", "scale"), "divide", ("refuse", "saturate"))
        require(("refuse" in body) != ("saturate" in body), "divide: must have either refuse or saturate")
        self.centre, self.divisor, self.scale = Operand(body["centre"]), Operand(body["divisor"]), integer(body["scale"], "scale", 0, MAXIMUM_SCALE)
        self.saturates = "saturate" in body
        self.limit = Range.read(body["saturate" if self.saturates else "refuse"], "divide")

    def read_logarithm(self, body):
        self.base, scale = fields(body, ("base", "scale"), "logarithm")
        require(self.base in ("natural", "two"), "base: must be natural or two")
        self.scale = integer(scale, "scale", 0, MAXIMUM_SCALE)

    def read_bucketise(self, body):
        self.edges = [Operand(x) for x in elements(body, "bucketise", 4_096)]

    def read_ordinal(self, body):
        order, unseen = fields(body, ("order", "unseen"), "ordinal")
        self.order, self.unseen = texts(order, "order", MAXIMUM_CATEGORIES), self.read_unseen(unseen)

    def read_oneHot(self, body):
        self.unseen = self.read_unseen(fields(body, ("unseen",), "oneHot")[0])

    @staticmethod
    def read_unseen(value):
        """One of three texts, or ("other", name)."""
        if isinstance(value, dict):
            return "other", text(fields(value, ("other",), "unseen")[0], "other")
        require(value in ("allKnown", "zeros", "error"), "unseen: must be allKnown, zeros, error or other")
        return value

    def canonical(self):
        def unseen():
            return ["other", self.unseen[1]] if isinstance(self.unseen, tuple) else ["all known" if self.unseen == "allKnown" else self.unseen]
        return {"impute": lambda: ["impute", self.operand.canonical()], "imputeCategory": lambda: ["impute category", self.text],
                "missingIndicator": lambda: ["missing indicator"],
                "clip": lambda: ["clip", *(x.canonical() if x else ["none"] for x in (self.lower, self.upper))],
                "divide": lambda: ["divide", self.centre.canonical(), self.divisor.canonical(), str(self.scale),
                                   ["saturate" if self.saturates else "refuse", self.limit.canonical()]],
                "logarithm": lambda: ["logarithm of one plus", self.base, str(self.scale)],
                "bucketise": lambda: ["bucketise", [x.canonical() for x in self.edges]],
                "ordinal": lambda: ["ordinal", list(self.order), unseen()], "oneHot": lambda: ["one-hot", unseen()]}[self.kind]()


class ColumnTransform:
    def __init__(self, value):
        name, source, steps = fields(value, ("name", "source", "steps"), "a column")
        self.name, self.source = text(name, "name"), text(source, "source")
        self.steps = [Step(x) for x in elements(steps, "steps", MAXIMUM_STEPS)]


class Transform:
    def __init__(self, value):
        source, output, columns, parameters = fields(value, ("input", "output", "columns"), "statement", ("parameters",))
        self.input, self.output = bundle_name(source, "input"), bundle_name(output, "output")
        self.parameters = bundle_name(parameters, "parameters") if "parameters" in value else None
        self.columns = [ColumnTransform(x) for x in elements(columns, "columns", MAXIMUM_COUNT)]
        self.artefacts = list(dict.fromkeys([self.input] + ([self.parameters] if self.parameters else []) + [self.output]))

    def canonical(self):
        return ["transform/v1", self.input, [self.parameters] if self.parameters else [], self.output,
                ["transform specification/v1", [[c.name, c.source, [s.canonical() for s in c.steps]] for c in self.columns]]]

    def compile(self, artefacts, builder, prefix):
        source, target = artefacts[self.input], artefacts[self.output]
        fitted = artefacts[self.parameters] if self.parameters else None
        (schema, rows), (made, own_rows) = source.table(), target.table()
        require(len(self.artefacts) == (3 if fitted else 2) and (fitted is None or fitted.table()[1].count == 1),
                "input, parameters and output are different tables, and the parameters have one row")
        columns, expected = plan(self.columns, schema, fitted.table()[0] if fitted else None)
        require(made.canonical() == expected.canonical() and own_rows == rows,
                f"{self.output} does not have the rows of {self.input} and the columns that its transformation gives")
        for place, column in enumerate(columns):
            Chain(builder, f"{prefix}.{place}", rows, Cells(column.source.name, source), fitted).compile(column, target)

    def words(self, artefacts):
        rows = artefacts[self.input].table()[1].count
        fitted = f" and of the numbers in {self.parameters}" if self.parameters else ""
        return [f"Row by row, {self.output} has {len(self.columns)} stated functions of the {rows} rows of {self.input}{fitted}: "
                + ", ".join(f"{c.name} from {c.source}" for c in self.columns[:24]) + "."]
