"""What a claim makes public, as its file must list it under `reveals`, and the lineage edges that it establishes.

`reveals` is derived here from the statement and the public formats alone and compared with the list in the file.
"""

from . import data_meaning, metric_meaning
from .claims import Accuracy, Inference, SameData, WellFormed
from .data_meaning import LISTED, cell, entry
from .data_metrics import Confusion, Errors, Ranking
from .data_transform import Transform
from .errors import require
from .network_claim import NetworkInference


def reveals(claim, artefacts):
    own = {WellFormed: _well_formed, SameData: _same_data, Accuracy: _accuracy, Inference: _inference, Confusion: metric_meaning.confusion,
           Ranking: metric_meaning.ranking, Errors: metric_meaning.errors,
           NetworkInference: lambda claim, artefacts: [entry(*x) for x in claim.reveals(artefacts)]}
    return own.get(type(claim), data_meaning.reveals)(claim, artefacts)


def predictors(claims):
    """{(artefact, column)} -> {(table, columns read)}: columns that hold a model's answers, and for the rows of which tables."""
    out = {}
    for claim in claims:
        if isinstance(claim, Inference) and claim.table:
            for kind, *rest in claim.outputs.values():
                if kind == "committed":
                    out.setdefault(tuple(rest[:2]), set()).add((claim.table, frozenset()))
        if isinstance(claim, NetworkInference) and claim.answers():
            table, reads, filled = claim.answers()
            for column in filled:
                out.setdefault(column, set()).add((table, reads))
    return out


class Rows:
    """Which tables hold the same rows in the same order: a transformation keeps them, and so do equal values.

    Two tables may have one image and still be of other rows, so a table that comes from several is linked to none of them."""

    def __init__(self, claims):
        self.parent, sources = {}, {}
        for claim in claims:
            if isinstance(claim, SameData):
                self.join(claim.artefact, claim.original)
        steps = [(self.root(c.output), self.root(c.input)) for c in claims if isinstance(c, Transform)]
        for output, source in steps:
            sources.setdefault(output, set()).add(source)
        for output, source in steps:
            if len(sources[output]) == 1:
                self.join(output, source)

    def join(self, a, b):
        if self.root(a) != self.root(b):
            self.parent[self.root(a)] = self.root(b)

    def root(self, name):
        while self.parent.get(name, name) != name:
            name = self.parent[name]
        return name

    def same(self, a, b):
        return a == b or self.root(a) == self.root(b)


def edges(claim, predicted, rows):
    """[(kind, from, to)], from the later artefact to the earlier one; `predicted`, `rows`: what `predictors` and `Rows` give for the bundle."""
    out = []
    if isinstance(claim, (Confusion, Ranking, Errors)):
        answers = claim.scores if isinstance(claim, Ranking) else claim.predictions
        known = answers[0] != claim.labels[0] and any(
            rows.same(t, claim.labels[0]) and claim.labels[1] not in reads for t, reads in predicted.get(tuple(answers), ()))
        return [("evaluatedOn", answers[0], claim.labels[0])] if known else []
    if isinstance(claim, SameData):
        return [("sameDataAs", claim.artefact, claim.original)]
    if isinstance(claim, Accuracy) and claim.labels[0] != claim.predictions[0] and not claim.counted:
        if not any(t == claim.labels[0] and claim.labels[1] not in reads for t, reads in predicted.get(tuple(claim.predictions), ())):
            return []
        return [("evaluatedOn", claim.predictions[0], claim.labels[0])]
    if type(claim) in data_meaning.REVEALS:
        out = data_meaning.edges(claim)
    if isinstance(claim, Inference):
        for name, (kind, *rest) in claim.outputs.items():
            if kind == "committed":
                out += ([("predictedBy", rest[0], claim.model)] if name == "prediction" else []) + ([("derivedFrom", rest[0], claim.table)] if claim.table else [])
    if isinstance(claim, NetworkInference):
        out = claim.edges()
    return [e for e in dict.fromkeys(out) if e[1] != e[2]]


def _well_formed(claim, artefacts):
    a = artefacts[claim.artefact]
    if a.trees is not None:
        return [entry(f"features, task, sizes and number formats of {a.name}", "exact", "as in the manifest"),
                entry(f"topology, thresholds and leaves of {a.name}", "hidden")]
    if a.network is not None:
        return [entry(f"operators, shapes and number formats of {a.name}", "exact", "as in the manifest"), entry(f"weights of {a.name}", "hidden")] + (
            [entry(f"file of {a.name}", "hidden")] if a.network.has_source else [])
    if a.architecture is not None:
        return [entry(f"features, task and number formats of {a.name}", "exact", "as in the manifest"), entry(f"weights of {a.name}", "hidden")]
    return [entry(f"rows of {a.name}", "exact", str(a.rows.count)),
            entry(f"columns of {a.name}, with types, ranges and categories", "exact", "as in the manifest"), entry(f"cells of {a.name}", "hidden")]


def _same_data(claim, artefacts):
    return [entry(f"values of {claim.artefact} and {claim.original}", "hidden")]


def _accuracy(claim, artefacts):
    rows, classes = claim.sizes(artefacts)
    k = len(classes)
    hidden = entry("labels and predictions of single rows", "hidden")
    if claim.counts is None:
        return [entry("correct predictions", "bounded", f"{claim.least} or more of {rows.count}"), hidden]
    require(len(claim.counts) == k * k, f"{len(claim.counts)} counts for {k} classes")
    require(min(claim.counts) >= 0 and sum(claim.counts) == rows.count or claim.counted, "the counts are not those of all rows")
    if claim.counted:
        text = ", ".join(f"{claim.counts[i * k + i]} {c}" for i, c in enumerate(classes))
        return [entry(f"class counts of {'.'.join(claim.labels)}", "exact", text), entry("classes of single rows", "hidden")]
    text = "; ".join(f"{a}: " + ", ".join(f"{claim.counts[i * k + j]} as {b}" for j, b in enumerate(classes)) for i, a in enumerate(classes))
    return [entry("confusion matrix", "exact", text), hidden]


def _inference(claim, artefacts):
    model = artefacts[claim.model].model()
    if claim.table:
        out = [entry(f"rows of {claim.table} that the model reads", "hidden")]
    else:
        cells = claim.public_cells()
        out = [entry("input row", "exact", ", ".join(f"{c.name} = " + (
            "missing" if cells.get((c.name, "presence")) == 0 else cell(cells[c.name, "value"], c)) for c in claim.row[0].columns))]
    for name, (kind, *rest) in claim.outputs.items():
        if kind == "committed":
            out.append(entry(f"{name} of every row", "hidden"))
        elif kind == "bounded":
            out.append(entry(name, "bounded", f"{rest[0].lower}…{rest[0].upper}"))
        else:
            out.append(entry(name, "exact", published(name, rest[0], model)))
    hidden = "weights" if artefacts[claim.model].trees is None else "topology, thresholds and leaves"
    return out + [entry(f"{hidden} of {claim.model}", "hidden")]


def published(name, values, model):
    target = model.schema.column(model.target)
    shown = [cell(v, target) if name == "prediction" else f"{v}/65536" if name == "probability" else str(v) for v in values[:LISTED]]
    return ", ".join(shown) + (f", … and {len(values) - LISTED} more, all in the statement" if len(values) > LISTED else "")
