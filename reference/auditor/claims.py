"""Claim statements: their JSON, their encoding for the relation digest, their constraints, and what they make public.

A claim is checked against artefacts by name only after the identities of these artefacts have been recomputed from their
public descriptions, so everything below is a function of the bundle's public files.
"""

import re

from . import network_claim, trees
from .architecture import accuracy_program
from .data_fit import Fit
from .data_metrics import Confusion, Errors, Ranking
from .data_rows import Anonymity, Deduplicate, Disjoint, Filter, Join
from .data_split import Split
from .data_statistics import Statistics
from .data_optimum import Optimum
from .data_training import Training
from .data_transform import Transform
from .errors import Rejection, require
from .expressions import SCALAR, Expression, Extent
from .json_text import elements, fields, text
from .names import bundle_name
from .network_claim import NetworkInference
from .operators import Operators
from .schema import Range, Schema, integer64
from .tree_training import TreeTraining

def numbers(values):
    """Signed integers in the encoding of public objects: two's complement of 64 bits."""
    return [v % (1 << 64) for v in values]


def integers(value, place):
    return [integer64(x, place) for x in elements(value, place)]


def column_name(value, place):
    artefact, column = fields(value, ("artefact", "column"), place)
    return bundle_name(artefact, place), text(column, place)


class WellFormed:
    """Every cell of a table, or every weight of a model, lies in its declared interval; missing cells are stored as declared."""

    def __init__(self, value):
        self.artefact, = fields(value, ("artefact",), "statement")
        self.artefacts = [bundle_name(self.artefact, "statement")]

    def canonical(self):
        return ["well-formed/v1", self.artefact]

    def compile(self, artefacts, builder, prefix):
        artefact = artefacts[self.artefact]
        if artefact.trees is not None:
            return trees.well_formed(artefact, artefact.trees, builder, prefix)
        if artefact.network is not None:
            return network_claim.well_formed(artefact, builder, prefix)
        if artefact.architecture is not None:
            model = artefact.architecture
            inner, columns = Extent(model.feature_count), Extent(model.outputs)
            for k in range(inner.count):
                # One row of weights after the other: padding stays out.
                fixed = tuple(k >> (inner.bits - 1 - i) & 1 for i in range(inner.bits))
                builder.interval(f"{prefix}.{artefact.name}.{k}", Expression.of((artefact.name, "W", fixed)), model.weights, columns)
            return
        schema, rows = artefact.table()
        lower = {}
        for column, part, interval in schema.stored():
            label = f"{prefix}.{artefact.name}.{column}.{part}"
            cell = Expression.of(artefact.column(column, part))
            builder.interval(label, cell, interval, rows)
            if part == "value":
                lower[column] = interval
            else:
                # value - lower <= presence (2^b - 1)
                own = lower[column]
                require(own.bits <= 60, f"{label}: {own.bits} bits are too wide")
                slack = cell.times((1 << own.bits) - 1).plus(Expression.of(artefact.column(column)), -1).plus(own.lower)
                builder.bits(f"{label}.missing", slack, own.bits, rows)

    def words(self, artefacts):
        artefact = artefacts[self.artefact]
        if artefact.trees is not None:
            return [f"{artefact.name}: an ensemble of {artefact.trees.trees} decision trees in a table of {artefact.trees.node_count} well-formed nodes."]
        if artefact.network is not None:
            count = sum(x.count for x in artefact.network.parameters)
            source = f" It is bound to a file by {artefact.network.source[:16]}…." if artefact.network.has_source else ""
            return [f"{artefact.name}: a network with the public program of the manifest; each of its {count} hidden numbers, in "
                    f"{len(artefact.network.parameters)} tensors, lies in its declared range.{source}"]
        if artefact.architecture is not None:
            return [f"{artefact.name}: every weight of the model is an integer of {artefact.architecture.weight_bits} bits."]
        return [f"{artefact.name}: every cell of its {artefact.rows.count} rows lies in the declared range or category list of its column."]


class SameData:
    """Two artefacts of one format hold the same values."""

    def __init__(self, value):
        self.artefact, self.original = (bundle_name(x, "statement") for x in fields(value, ("artefact", "original"), "statement"))
        self.artefacts = list(dict.fromkeys([self.artefact, self.original]))

    def canonical(self):
        return ["same data/v1", self.artefact, self.original]

    def compile(self, artefacts, builder, prefix):
        a, b = artefacts[self.artefact], artefacts[self.original]
        require((a.kind, a.format) == (b.kind, b.format), f"{a.name} and {b.name} have different formats")
        if a.network is not None:
            return network_claim.same_data(a, b, builder, prefix)
        if a.architecture is not None:
            rows, columns = Extent(a.architecture.feature_count), Extent(a.architecture.outputs)
        else:
            rows, columns = a.rows if a.schema is not None else Extent(a.trees.node_count), SCALAR
        for tensor, _ in a.tensors:
            for j in range(columns.count):
                # One column of the tensor after the other: padding stays out.
                fixed = (None,) * rows.bits + tuple(j >> (columns.bits - 1 - i) & 1 for i in range(columns.bits))
                builder.equal(rows, Expression.of((a.name, tensor, fixed)).plus(Expression.of((b.name, tensor, fixed)), -1))

    def words(self, artefacts):
        return [f"{self.artefact} holds exactly the values of {self.original}."]


class Accuracy:
    """Counts of (label, prediction) over two committed columns: all of them, or a lower bound on the trace.

    A column counted against itself is the claim type classCounts; its matrix is diagonal."""

    def __init__(self, value, counted=False):
        self.counts = self.least = None
        self.counted = counted
        if counted:
            of, counts = fields(value, ("of", "counts"), "statement")
            self.labels = self.predictions = column_name(of, "of")
            counts = integers(counts, "counts")
            require(1 <= len(counts) <= 1_024, "counts: must be 1 to 1024")
            self.counts = [c if i == j else 0 for i, c in enumerate(counts) for j in range(len(counts))]
        else:
            labels, predictions, revealed, least = fields(value, ("labels", "predictions"), "statement", optional=("revealed", "atLeast"))
            self.labels, self.predictions = column_name(labels, "labels"), column_name(predictions, "predictions")
            require(self.labels != self.predictions, "labels and predictions are one column; that is a claim of type classCounts")
            require(("revealed" in value) != ("atLeast" in value), "statement: must have either revealed or atLeast")
            if "revealed" in value:
                rows = [integers(row, "revealed") for row in elements(revealed, "revealed", 1_024)]
                require(all(len(row) == len(rows) for row in rows), "revealed: must be a square matrix")
                self.counts = [c for row in rows for c in row]
            else:
                self.least = integer64(least, "atLeast")
        self.artefacts = list(dict.fromkeys([self.labels[0], self.predictions[0]]))

    def canonical(self):
        shown = ["at least", *numbers([self.least])] if self.counts is None else ["revealed", numbers(self.counts)]
        return ["accuracy/v1", *self.labels, *self.predictions, shown]

    def sizes(self, artefacts):
        (schema, rows), (other, other_rows) = (artefacts[x[0]].table() for x in (self.labels, self.predictions))
        a, b = schema.column(self.labels[1]), other.column(self.predictions[1])
        require(a.kind == b.kind == "category" and a.categories == b.categories and rows == other_rows,
                "labels and predictions are columns of equal length with the same classes in the same order")
        require(a.missing == b.missing == "refuse", "a column with missing cells cannot be counted: they are stored as the first class")
        return rows, a.categories

    def compile(self, artefacts, builder, prefix):
        rows, classes = self.sizes(artefacts)
        program = accuracy_program(rows.count, len(classes))
        source = {"labels": self.labels, "predictions": self.predictions}

        def read(node):
            artefact, column = source[node["source"][0]]
            return "column", artefacts[artefact].column(column)
        values = Operators(program, prefix, read, builder).compile()
        (_, column, count), (_, (total,)) = values[program.outputs["confusion"]], values[program.outputs["correct"]]
        if self.counts is not None:
            require(len(self.counts) == count, f"{len(self.counts)} counts for {len(classes)} classes")
            builder.equal(Extent(count), Expression.of(column), self.counts)
        else:
            require(0 <= self.least <= rows.count, f"a threshold of {self.least} of {rows.count} rows")
            builder.bits(f"{prefix}.slack", total.plus(-self.least), rows.count.bit_length(), SCALAR)

    def words(self, artefacts):
        rows, classes = self.sizes(artefacts)
        what = f"the column {self.labels[1]} of {self.labels[0]}"
        k = len(classes)
        if self.counted:
            return [f"Of {rows.count} rows, {what} has: " + ", ".join(f"{c}: {self.counts[i * k + i]}" for i, c in enumerate(classes)) + "."]
        pair = f"{what} and the column {self.predictions[1]} of {self.predictions[0]}"
        if self.counts is None:
            return [f"Of {rows.count} rows, at least {self.least} agree in {pair}."]
        correct = sum(self.counts[i * k + i] for i in range(k))
        out = [f"Of {rows.count} rows, exactly {correct} agree in {pair}."]
        return out + [f"Label {a}: " + ", ".join(f"predicted {b}: {self.counts[i * k + j]}" for j, b in enumerate(classes)) + "."
                      for i, a in enumerate(classes)]


class Inference:
    """The outputs are what the committed model gives on the rows of a committed table, or on one public row."""

    def __init__(self, value):
        model, source, outputs = fields(value, ("model", "input", "outputs"), "statement")
        self.model = bundle_name(model, "model")
        table, row = fields(source, (), "input", optional=("table", "row"))
        require(len(source) == 1, "input: must have either table or row")
        self.table = self.row = None
        if "table" in source:
            self.table = bundle_name(table, "table")
        else:
            schema, values = fields(row, ("schema", "values"), "row")
            self.row = Schema.read(schema), integers(values, "values")
        require(isinstance(outputs, dict) and 1 <= len(outputs) <= 16, "outputs: must bind 1 to 16 outputs")
        self.outputs = {name: self.read_binding(outputs[name]) for name in sorted(outputs)}
        committed = [b[1] for b in self.outputs.values() if b[0] == "committed"]
        self.artefacts = list(dict.fromkeys([self.model] + ([self.table] if self.table else []) + committed))

    @staticmethod
    def read_binding(value):
        committed, published, bounded = fields(value, (), "output", optional=("committed", "published", "bounded"))
        require(len(value) == 1, "output: must have one of committed, published, bounded")
        if "committed" in value:
            return ("committed", *column_name(committed, "committed"))
        if "published" in value:
            return "published", integers(published, "published")
        return "bounded", Range.read(bounded, "bounded")

    def canonical(self):
        source = ["table", self.table] if self.table else ["public row", self.row[0].canonical(), numbers(self.row[1])]
        shown = {"committed": lambda a, c: [a, c], "published": lambda v: [numbers(v)], "bounded": lambda r: [r.canonical()]}
        return ["linear inference/v1", self.model, source,
                {name: [kind, *shown[kind](*rest)] for name, (kind, *rest) in self.outputs.items()}]

    def public_cells(self):
        """{(column, part): integer} of the public row, which must be well-formed."""
        schema, values = self.row
        stored = schema.stored()
        require(len(values) == len(stored), f"the public row has {len(values)} values; its schema has {len(stored)}")
        cells = {}
        for (column, part, interval), value in zip(stored, values):
            require(interval.contains(value), f"public row: {part}({column}) = {value} leaves {interval}")
            cells[column, part] = value
        for column in schema.columns:
            if cells.get((column.name, "presence")) == 0:
                require(cells[column.name, "value"] == column.range.lower, f"public row: {column.name} is missing but stores a value")
        return cells

    def compile(self, artefacts, builder, prefix):
        model, table = artefacts[self.model].model(), artefacts[self.table] if self.table else None
        schema, rows = table.table() if table else (self.row[0], SCALAR)
        require(model.accepts(schema), f"the rows lack a feature column of {self.model}, or declare it otherwise")
        cells = None if table else self.public_cells()

        def read(node):
            if node["source"] == ("weights",):
                return "tensor", (self.model, "W", ())
            if node["source"][0] == "node":
                return "column", (self.model, node["source"][1], ())
            _, column, part = node["source"]
            return ("column", table.column(column, part)) if table else ("public", [cells[column, part]])
        program = model.program(rows.count)
        values = Operators(program, prefix, read, builder).compile()
        for name, (kind, *rest) in self.outputs.items():
            columns, extent = self.output(program, values, name)
            getattr(self, "bind_" + kind)(artefacts, builder, f"{prefix}.output.{name}", columns, extent, *rest)

    @staticmethod
    def output(program, values, name):
        """An output, or for `output.k` the column k of one that has at least two columns."""
        if name in program.outputs:
            return values[program.outputs[name]][1:]
        whole, dot, digits = name.rpartition(".")
        require(dot and whole in program.outputs and re.fullmatch("0|[1-9][0-9]{0,3}", digits), f"the model has no output {name!r}")
        _, columns, extent = values[program.outputs[whole]]
        require(len(columns) >= 2 and int(digits) < len(columns), f"the model has no output {name!r}")
        return [columns[int(digits)]], extent

    def bind_committed(self, artefacts, builder, label, columns, rows, artefact, column):
        require(len(columns) == 1 and artefacts[artefact].table()[1] == rows, f"output and column {column} of {artefact} have other dimensions")
        self.check_meaning(label.rsplit(".", 1)[1], artefacts[self.model].model(), artefacts[artefact].table()[0].column(column))
        builder.equal(rows, columns[0].plus(Expression.of(artefacts[artefact].column(column)), -1))

    @staticmethod
    def check_meaning(output, model, column):
        """A stored prediction is read through its own column: the same classes in the same order as the model's target, or the same scale."""
        target = model.schema.column(model.target)
        require(column.missing == "refuse", f"column {column.name} of an output may be missing")
        if output == "prediction":
            require((column.kind, column.categories, column.scale) == (target.kind, target.categories, target.scale),
                    f"column {column.name} means something else than the model's target {target.name}")
        else:
            require(column.kind != "category", f"column {column.name} of an output of numbers is a category column")

    def bind_published(self, artefacts, builder, label, columns, rows, values):
        require(len(values) == rows.count * len(columns), f"{label}: {len(values)} published values")
        for j, column in enumerate(columns):
            builder.equal(rows, column, values[j::len(columns)])

    def bind_bounded(self, artefacts, builder, label, columns, rows, interval):
        require(interval.bits <= 60, f"{label}: {interval.bits} bits are too wide")
        for j, column in enumerate(columns):
            builder.interval(f"{label}.{j}", column, interval, rows)

    def words(self, artefacts):
        rows = f"the {artefacts[self.table].rows.count} rows of {self.table}" if self.table else "the public row"
        out = []
        for name, (kind, *rest) in self.outputs.items():
            where = {"committed": lambda: f"stored in the column {rest[1]} of {rest[0]}", "published": lambda: f"{rest[0]}"[:200],
                     "bounded": lambda: f"between {rest[0].lower} and {rest[0].upper}"}[kind]()
            out.append(f"The {name} of the committed model {self.model} on {rows}: {where}.")
        return out


TYPES = {"wellFormed": WellFormed, "sameDataAs": SameData, "accuracy": Accuracy, "inference": Inference,
         "classCounts": lambda value: Accuracy(value, counted=True), "split": Split, "statistics": Statistics, "filter": Filter,
         "deduplicate": Deduplicate, "join": Join, "disjoint": Disjoint, "anonymity": Anonymity, "fit": Fit, "transform": Transform,
         "training": Training, "optimum": Optimum, "treeTraining": TreeTraining, "networkInference": NetworkInference,
         "confusion": Confusion, "ranking": Ranking, "errors": Errors}


def read_claim(kind, value):
    if kind not in TYPES:
        raise Rejection(f"unknown claim type {kind!r}")
    return TYPES[kind](value)
