"""What claims about metrics make public: the proved integers, and the quotients that follow from them, with four digits after the point."""

import math

from .data_meaning import cell, decimal, entry, listed
from .errors import require


def quotient(value):
    """Four digits, halves away from zero; "undefined" where a quotient has no denominator."""
    if value is None or not math.isfinite(value) or abs(value) >= 1e12:
        return "undefined"
    scaled = abs(value * 10_000)
    whole = math.floor(scaled)
    nearest = whole + (scaled - whole >= 0.5)
    return decimal(-nearest if value < 0 else nearest, 4)


def percent(value):
    scaled = value * 10_000
    whole = math.floor(scaled)
    return decimal(whole + (scaled - whole >= 0.5), 2) + " %"


def group_names(group, schema):
    column = schema.column(group.column)
    count = group.count(schema)
    missing = ["missing"] if column.missing == "presence" else []
    if column.kind == "category":
        return list(column.categories) + missing
    edges = [cell(e, column) for e in group.edges]
    out = [f"below {edges[0]}"] + [f"{a} to below {b}" for a, b in zip(edges, edges[1:])] + [f"{edges[-1]} and above"] + missing
    require(len(out) == count, f"bands of {group.column}")
    return out


def confusion(claim, artefacts):
    own, _ = claim.sizes(artefacts)
    names = own.column.categories
    k = len(names)
    out = [entry("labels and predictions of single rows", "hidden")]
    groups = None
    if claim.group:
        groups = group_names(claim.group, artefacts[claim.group.artefact].table()[0])
        require(all(0 <= g < len(groups) for g in claim.shown), "a group that does not exist")
        small = [x for g, x in enumerate(groups) if g not in claim.shown]
        if small:
            out.append(entry(f"rows of {listed(small)}", "bounded", f"fewer than {claim.minimum} each"))
    if claim.bounds is None:
        require(len(claim.counts) == len(claim.shown) * k * k and all(c >= 0 for c in claim.counts), "one count for each pair of classes")
        require(groups or sum(claim.counts) == own.rows.count, "the counts are not those of all rows")
        for place, g in enumerate(claim.shown):
            counts = claim.counts[place * k * k:(place + 1) * k * k]
            require(sum(counts) <= own.rows.count, "counts of more rows than there are")
            texts = [f"{names[i // k]} as {names[i % k]}: {c}" for i, c in enumerate(counts)]
            out.append(entry("confusion matrix" + (f" of {groups[g]}" if groups else ""), "exact", listed(texts, "; ")))
        return out
    require(len(claim.rows) == len(claim.shown) * k, "rows by shown group and label")
    texts = [f"{n} {names[i % k]}" + (f" of {groups[claim.shown[i // k]]}" if groups else "") for i, n in enumerate(claim.rows)]
    out.append(entry("rows by label" + (" and group" if groups else ""), "exact", listed(texts)))
    for metric, selected, (p, q) in claim.bounds:
        require(q > 0 and (selected is None or selected < k), "a bound on a class that is none")
        side = "at most" if metric.endswith("Difference") else "at least"
        out.append(entry(metric, "bounded", f"{side} {p}/{q} ({percent(p / q)})"))
    return out


def shown(name, measure, value):
    if measure.within is None:
        return entry(name, "exact", f"{quotient(value(measure.value))} ({measure.value})")
    return entry(name, "bounded", f"{quotient(value(measure.within.lower))} to {quotient(value(measure.within.upper))}")


def sliced(claim, artefacts, rows):
    """What the size of the group tells, where a metric is about one."""
    if claim.slice is None:
        return []
    names = group_names(claim.slice.group, artefacts[claim.slice.group.artefact].table()[0])
    require(claim.slice.index < len(names) and claim.slice.rows <= rows.count, "a group that does not exist, or of more rows than there are")
    return [entry(f"rows with {claim.slice.group.column} = {names[claim.slice.index]}", "exact", str(claim.slice.rows))]


def ranking(claim, artefacts):
    own, scores = claim.sizes(artefacts)
    rows, name = claim.count(own.rows), own.column.categories[claim.positive]
    positives, negatives = claim.positives, rows - claim.positives
    both = positives > 0 and negatives > 0
    out = [entry("labels and scores of single rows", "hidden"), *sliced(claim, artefacts, own.rows), entry(f"rows that are {name}", "exact", str(positives))]
    quotients = {
        "rankSum": ("ROC-AUC", lambda v: float(v) / (2.0 * positives * negatives) if both else None),
        "distance": ("KS distance", lambda v: float(v) / (float(positives) * negatives) if both else None),
        "squaredError": ("Brier score", lambda v: float(v) / claim.unit / claim.unit / rows),
        "logLoss": ("log-loss", lambda v: float(v) / 1e10 / rows)}
    for kind, measure in claim.measures:
        if kind == "squaredError":
            require(claim.unit is not None, "a Brier score needs a unit")
        if kind != "calibration":
            out.append(shown(quotients[kind][0], measure, quotients[kind][1]))
            continue
        edges, counts = measure
        require(claim.unit is not None and len(edges) >= 2 and len(counts) == 3 * (len(edges) - 1), "calibration needs a unit, bins, and three numbers for each")
        texts = [f"scores {cell(a, scores.column)} to below {cell(b, scores.column)}: {counts[3 * i]} rows, {counts[3 * i + 1]} {name}, "
                 f"scores {cell(counts[3 * i + 2], scores.column)} in all" for i, (a, b) in enumerate(zip(edges, edges[1:]))]
        out.append(entry("calibration", "exact", listed(texts, "; ")))
    return out


def errors(claim, artefacts):
    own, _ = claim.sizes(artefacts)
    rows, unit = claim.count(own.rows), 1.0
    for _ in range(own.column.scale or 0):
        unit /= 10
    out = [entry("labels and predictions of single rows", "hidden"), *sliced(claim, artefacts, own.rows)]
    for kind, measure in claim.measures:
        if kind == "squared":
            out.append(shown("mean squared error", measure, lambda v: float(v) * unit * unit / rows))
        elif kind == "absolute":
            out.append(shown("mean absolute error", measure, lambda v: float(v) * unit / rows))
        else:
            total, centre, squares = measure
            out.append(entry(f"sum and squares of {claim.labels[1]}", "exact", f"{total}, {squares} about {centre}"))
    return out
