"""The claim networkInference: the outputs of a committed network on some rows, inputs and outputs each hidden, published or columns of a table."""

import unicodedata

from .errors import require
from .expressions import Expression, Extent, log2_ceil
from .json_text import elements, fields, integer, text
from .names import bundle_name
from .network_architecture import unit_text
from .network_compiler import Network, NetworkCompiler, add_lookups
from .network_program import signed
from .network_tables import add_tables
from .schema import Range, distinct

MAXIMUM_ROWS, MAXIMUM_PUBLISHED, MAXIMUM_COLUMNS, LISTED = 1 << 20, 1 << 22, 1 << 16, 24


def ordered(parts):
    """The entries of a dictionary by name."""
    return {name: parts[name] for name in sorted(parts, key=lambda n: unicodedata.normalize("NFC", n))}


def read_part(value, place):
    """("published", [integers]) or ("columns", table, [names])."""
    values, table, columns = fields(value, (), place, optional=("published", "table", "columns"))
    if set(value) == {"published"}:
        return "published", [signed(x, place) for x in elements(values, place, MAXIMUM_PUBLISHED)]
    require(set(value) == {"table", "columns"}, f"{place}: must have published, or table and columns")
    return "columns", bundle_name(table, place), [text(x, place) for x in elements(columns, place, MAXIMUM_COLUMNS)]


def listed(values):
    shown = ", ".join(map(str, values[:LISTED]))
    return shown + (f", … and {len(values) - LISTED} more, all in the statement" if len(values) > LISTED else "")


class NetworkInference:
    def __init__(self, value):
        model, rows, inputs, outputs = fields(value, ("model", "rows", "inputs", "outputs"), "statement")
        self.model, self.rows = bundle_name(model, "model"), integer(rows, "rows", 1, MAXIMUM_ROWS)
        require(isinstance(inputs, dict) and isinstance(outputs, dict), "inputs and outputs are objects")
        require(distinct(list(inputs)) and distinct(list(outputs)), "one part is named twice")
        self.inputs = ordered({n: ("hidden",) if x == "hidden" else read_part(x, f"input {n}") for n, x in inputs.items()})
        self.outputs = ordered({n: read_part(x, f"output {n}") for n, x in outputs.items()})
        require(self.outputs, "an inference binds at least one output")
        self.tables = list(dict.fromkeys(x[1] for x in self.inputs.values() if x[0] == "columns"))
        self.filled = list(dict.fromkeys(x[1] for x in self.outputs.values() if x[0] == "columns"))
        self.artefacts = list(dict.fromkeys([self.model] + self.tables + self.filled))
        self.row_bits = min(20, log2_ceil(self.rows))

    def canonical(self):
        def part(x):
            return [x[0], [v % (1 << 64) for v in x[1]]] if x[0] == "published" else list(x)
        return ["network inference/v1", self.model, self.rows, {n: part(x) for n, x in self.inputs.items()},
                {n: part(x) for n, x in self.outputs.items()}]

    def network(self, artefacts):
        require(artefacts[self.model].network is not None, f"artefact {self.model} is not a network")
        return artefacts[self.model].network

    def compile(self, artefacts, builder, prefix):
        architecture = self.network(artefacts)
        known = {x.name: x for x in architecture.inputs}
        for name in self.inputs:
            require(name in known and architecture.reads(known[name]), f"the network has no input {name}, or does not read it")
        require(self.inputs, "the network reads no input")
        compiler = NetworkCompiler(self, architecture, prefix, lambda *own: self.resolve(artefacts, *own))
        compiler.compile()
        columns, made = [], {}
        for cells in compiler.kinds.values():
            own = [builder.column(f"{prefix}.cells{c}", Extent(cells.count).bits) for c in range(cells.first, cells.first + cells.width)]
            columns += own
            add_tables(builder, cells, columns, compiler.tables, made, prefix, self.model)
            add_lookups(builder, cells, own, f"{prefix}.cells{cells.first}", made)
        builder.networks.append(Network(compiler, columns, architecture, self.model))

    def resolve(self, artefacts, what, table, columns, interval):
        """Stored integers of whole columns without missing cells."""
        schema, rows = artefacts[table].table()
        require(rows.count == self.rows, f"{what}: table {table} has {rows.count} rows, not {self.rows}")
        for name in columns:
            own = schema.column(name)
            require(own.missing == "refuse", f"{what}: column {name} of {table} may have missing cells")
            require(own.kind != "decimal", f"{what}: column {name} of {table} holds decimals")
            have = own.range if own.kind == "integer" else Range(0, len(own.categories) - 1)
            require(interval is None or interval.holds(have), f"{what}: column {name} of {table} has the range {have}, not {interval}")
        return [artefacts[table].column(name) for name in columns]

    def answers(self):
        """(table, {columns read}, [(table, column)] of outputs of one number) when all inputs are columns of one table, else None."""
        if len(self.tables) != 1 or any(x[0] != "columns" for x in self.inputs.values()):
            return None
        filled = [(x[1], x[2][0]) for x in self.outputs.values() if x[0] == "columns" and len(x[2]) == 1]
        return self.tables[0], frozenset(c for x in self.inputs.values() for c in x[2]), filled

    def edges(self):
        out = []
        for table in (x[1] for x in self.outputs.values() if x[0] == "columns"):
            out += [("predictedBy", table, self.model)] + [("derivedFrom", table, source) for source in self.tables]
        return out

    def reveals(self, artefacts):
        """[(field, extent, value)]."""
        architecture, out = self.network(artefacts), []
        for own in architecture.inputs:
            if not architecture.reads(own):
                continue
            source = self.inputs.get(own.name, ("hidden",))
            if source[0] == "published":
                out.append((f"input {own.name}", "exact", listed(source[1])))
            else:
                out.append((f"rows of {source[1]} that the model reads" if source[0] == "columns" else f"input {own.name}", "hidden", ""))
        for own in architecture.outputs:
            target = self.outputs.get(own.name)
            if target is None:
                out.append((own.name, "hidden", ""))
            elif target[0] == "published":
                out.append((own.name, "exact", f"{listed(target[1])} ({self.unit(own)})"))
            else:
                out.append((f"{own.name} of every row", "hidden", ""))
        return out + [(f"weights of {self.model}", "hidden", "")]

    @staticmethod
    def unit(own):
        return "codes of texts" if own.is_text else f"in steps of {unit_text(own.unit)}"

    def words(self, artefacts):
        architecture, out = self.network(artefacts), []
        for own in architecture.inputs:
            if not architecture.reads(own):
                out.append(f"Input {own.name} is not read by the network.")
                continue
            source = self.inputs.get(own.name, ("hidden",))
            where = {"hidden": lambda: f"known to the prover alone, integers in {own.range}", "published": lambda: f"{listed(source[1])}",
                     "columns": lambda: f"the columns {', '.join(source[2][:8])} of {source[1]}"}[source[0]]()
            out.append(f"Input {own.name} of {self.rows} rows: {where} (in steps of {unit_text(own.unit)}).")
        for own in architecture.outputs:
            target = self.outputs.get(own.name)
            if target is not None:
                where = listed(target[1]) if target[0] == "published" else f"stored in the columns {', '.join(target[2][:8])} of {target[1]}"
                out.append(f"The {own.name} of the committed network {self.model}: {where} ({self.unit(own)}).")
        return out


def well_formed(artefact, builder, prefix):
    """Every entry of every hidden tensor in its declared range; padding stays out."""
    for place, own in enumerate(artefact.network.parameters):
        label, entry = f"{prefix}.{artefact.name}.w{place}", Expression.of((artefact.name, f"w{place}", ()))
        grid, bits = [Extent(d) for d in own.dimensions], max(1, own.range.bits)
        builder.bits_grid(f"{label}.from-below", entry.plus(-own.range.lower), bits, grid)
        if own.range.upper - own.range.lower != (1 << bits) - 1:
            builder.bits_grid(f"{label}.from-above", Expression(own.range.upper).plus(entry, -1), bits, grid)


def same_data(a, b, builder, prefix):
    """d and -d in {0, 1} in every entry: d = 0."""
    for place, own in enumerate(a.network.parameters):
        grid = [Extent(d) for d in own.dimensions]
        one, other = (Expression.of((x.name, f"w{place}", ())) for x in (a, b))
        builder.bits_grid(f"{prefix}.w{place}.up", one.plus(other, -1), 1, grid)
        builder.bits_grid(f"{prefix}.w{place}.down", other.plus(one, -1), 1, grid)
