"""What claims about data make public, and the lineage that they establish."""

from .data_fit import Fit
from .data_rows import Anonymity, Deduplicate, Disjoint, Filter, Join
from .data_split import Split
from .data_statistics import Statistics
from .data_optimum import Optimum
from .data_training import Training
from .data_transform import Transform
from .tree_training import TreeTraining
from .errors import require

LISTED = 24


def entry(field, extent, value=""):
    return {"field": field, "extent": extent, "value": value}


def listed(texts, separator=", "):
    """The first texts of a list, and the number of the others."""
    shown = separator.join(texts[:LISTED])
    return shown + (f"{separator}… and {len(texts) - LISTED} more, all in the statement" if len(texts) > LISTED else "")


def decimal(value, digits):
    """value / 10^digits with exactly `digits` digits after the point."""
    if not digits:
        return str(value)
    text = str(abs(value)).rjust(digits + 1, "0")
    return ("-" if value < 0 else "") + text[:-digits] + "." + text[-digits:]


def cell(value, column):
    """A stored value as people write it."""
    if column.kind == "category":
        return column.categories[value] if 0 <= value < len(column.categories) else str(value)
    return decimal(value, column.scale or 0)


def reveals(claim, artefacts):
    return REVEALS[type(claim)](claim, artefacts)


def edges(claim):
    """[(kind, from, to)]."""
    if isinstance(claim, Fit):
        return [("fittedOn", claim.parameters, claim.table)]
    if isinstance(claim, Training):
        return [("trainedOn", claim.end, claim.table)]
    if isinstance(claim, Optimum):
        return [("trainedOn", claim.model, name) for name in claim.tables]
    if isinstance(claim, TreeTraining):
        # Of an ensemble a claim speaks of one tree, of a forest of all; `_tree_training` has looked.
        return [("trainedOn", claim.model, claim.table)] if claim.is_whole else []
    pairs = {Split: lambda: [(part, claim.table) for part in claim.parts], Filter: lambda: [(claim.output, claim.table)],
             Deduplicate: lambda: [(claim.output, claim.table)], Join: lambda: [(claim.output, claim.left), (claim.output, claim.right)],
             Transform: lambda: [(claim.output, claim.input)] + ([(claim.output, claim.parameters)] if claim.parameters else [])}
    return [("derivedFrom", a, b) for a, b in pairs.get(type(claim), list)()]


def _split(claim, artefacts):
    out = []
    if claim.kind == "stratified":
        column = artefacts[claim.table].table()[0].column(claim.column)
        require(column.kind == "category" and len(column.categories) == len(claim.counts) and len(claim.parts) == 2, "a split by class")
        first, second = claim.parts
        texts = [f"{name}: {a} in {first}, {b} in {second}" for name, (a, b) in zip(column.categories, claim.counts)]
        out.append(entry(f"counts of {claim.table}.{claim.column} by part", "exact", listed(texts, "; ")))
    elif claim.kind == "groups":
        out.append(entry(f"distinct values of {claim.table}.{claim.column}", "exact", str(claim.groups)))
    return out + [entry(f"cells of {claim.table} and its parts", "hidden")]


def _statistics(claim, artefacts):
    schema, rows = artefacts[claim.table].table()
    out = []
    for x in claim.statistics:
        own = _statistic(x, [schema.column(name) for name in x.columns], rows.count)
        out.append({**own, "field": f"{own['field']} ({claim.table})"})
    return out + [entry(f"cells of {claim.table} that are not listed" if rows.count == 1 else f"single cells of {claim.table}", "hidden")]


def _bounds(x, columns, rows):
    """Counts of which only intervals are public; an interval that every count lies in says nothing."""
    told = [i for i, n in enumerate(x.counts) if n.lower > 0 or n.upper < rows]
    if x.kind == "histogram":
        require(2 <= len(x.edges) == len(x.counts), f"a histogram of {x.columns[0]} has one interval for each bin and one for missing cells")
        own = columns[0]

        def what(i):
            if i + 1 == len(x.edges):
                return "missing"
            a, b = x.edges[i], x.edges[i + 1]
            return cell(a, own) if own.kind == "category" and b - a == 1 else f"from {cell(a, own)} to below {cell(b, own)}"
        field = f"histogram of {x.columns[0]}"
    else:
        a, b = (c.categories or [] for c in columns)
        require(a and len(a) * len(b) == len(x.counts), "bounds of pairs are one for each pair of classes")
        field = f"counts of {' by '.join(x.columns)}"

        def what(i):
            return f"{a[i // len(b)]} and {b[i % len(b)]}"
    return entry(field, "bounded", listed([f"{x.counts[i].lower} to {x.counts[i].upper} {what(i)}" for i in told]))


def _statistic(x, columns, rows):
    digits = [c.scale or 0 for c in columns]
    name = x.columns[0]
    if getattr(x, "is_bounded", False):
        return _bounds(x, columns, rows)
    if x.kind == "histogram":
        require(2 <= len(x.edges) == len(x.counts), f"a histogram of {name} has one count for each bin and one for missing cells")
        bins = [f"{n} from {cell(a, columns[0])} to below {cell(b, columns[0])}" for n, a, b in zip(x.counts, x.edges, x.edges[1:])]
        return entry(f"histogram of {name}", "exact", listed(bins + [f"{x.counts[-1]} missing"]))
    if x.kind == "pairs":
        a, b = (c.categories or [] for c in columns)
        require(a and len(a) * len(b) == len(x.counts), "counts of pairs are one for each pair of classes")
        texts = [f"{n} {a[i // len(b)]} and {b[i % len(b)]}" for i, n in enumerate(x.counts)]
        return entry(f"counts of {name} by {x.columns[1]}", "exact", listed(texts))
    about = [decimal(c, d) for c, d in zip(x.centres, digits)]
    field, text = {
        "missing": lambda: (f"missing cells of {name}", str),
        "sum": lambda: (f"sum of {name}", lambda v: decimal(v, digits[0])),
        "sumOfSquares": lambda: (f"sum of squares of {name} about {about[0]}", lambda v: decimal(v, 2 * digits[0])),
        "productSum": lambda: (f"sum of products of {name} about {about[0]} and {x.columns[1]} about {about[1]}", lambda v: decimal(v, sum(digits))),
        "order": lambda: (f"value of rank {x.rank} of {x.present} in {name}", lambda v: cell(v, columns[0])),
    }[x.kind]()
    if x.within:
        return entry(field, "bounded", f"{text(x.within.lower)} to {text(x.within.upper)}")
    return entry(field, "exact", text(x.value))


def _disjoint(claim, artefacts):
    return [entry(f"different keys of {', '.join(claim.tables)}", "exact", str(claim.distinct)), entry("keys of single rows", "hidden")]


def _anonymity(claim, artefacts):
    return [entry(f"different combinations of {listed(claim.columns)} in {claim.table}", "exact", str(claim.classes)),
            entry("rows of each combination", "bounded", f"{claim.minimum} or more")]


def _fit(claim, artefacts):
    counts = [entry(f"present cells of {claim.table}.{name}", "exact", str(count)) for name, count in claim.present.items()]
    return counts + [entry(f"parameters in {claim.parameters}", "hidden")]


def _tree_training(claim, artefacts):
    trees = artefacts[claim.model].trees
    require(trees is not None, f"{claim.model} is no tree ensemble")
    claim.is_whole = trees.trees == 1 or claim.nonce is not None
    return [entry(f"topology, thresholds and leaves of {claim.model}", "hidden")]


def _optimum(claim, artefacts):
    account = claim.account(artefacts)
    curvature = [] if claim.curvature is None else [
        entry("curvature along the intercept", "bounded", f"at least {claim.curvature}/{1 << claim.problem.beta}")]
    return [entry("largest coordinate of the gradient", "bounded", f"at most {account.tolerance}"),
            entry("distance to the optimum", "bounded", f"at most {claim.radius_text()}"), *curvature, entry("weights, scores and gradient", "hidden")]


REVEALS = {
    Split: _split, Statistics: _statistics, Disjoint: _disjoint, Anonymity: _anonymity, Fit: _fit,
    Filter: lambda claim, _: [entry(f"which rows of {claim.table} stay", "hidden")],
    Deduplicate: lambda claim, _: [entry(f"which rows of {claim.table} are repeated", "hidden")],
    Join: lambda claim, _: [entry(f"cells of {claim.left}, {claim.right} and {claim.output}", "hidden")],
    Optimum: _optimum,
    Training: lambda claim, _: [entry("weights, gradients and predictions of every step", "hidden")],
    Transform: lambda claim, _: [entry(f"cells of {', '.join(claim.artefacts)}", "hidden")],
    TreeTraining: _tree_training,
}
