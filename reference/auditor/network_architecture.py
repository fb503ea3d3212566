"""Imported networks: everything public about one (`Docs/WireFormat.md`, 5.5).

{program, inputs, outputs, parameters, source}: the program of one row; how integers of inputs and outputs stand for numbers; name, logical
dimensions and range of every hidden tensor, committed as w0, w1, ... with each dimension padded to a power of two; and the commitment to
the file that it came from, or none.  The JSON of a manifest has the texts, integers, truth values, lists and dictionaries of the canonical
description, so the one is the other.
"""

import re

from .errors import require
from .expressions import log2_ceil
from .json_text import boolean, elements, fields, integer, public_object, text
from .network_program import Program, count_of, read_range, signed
from .schema import distinct

DIGEST = re.compile(r"[0-9a-f]{64}\Z")
MAXIMUM_PARAMETERS, MAXIMUM_ENDS = 4_096, 1_024


def read_unit(value, place):
    """[mantissa, exponent] of mantissa 2^exponent in lowest terms."""
    require(isinstance(value, list) and len(value) == 2, f"{place}: a unit is [mantissa, exponent]")
    mantissa, exponent = integer(value[0], place, 1), signed(value[1], place)
    require(mantissa % 2 == 1 and abs(exponent) <= 1_100, f"{place}: a unit has an odd mantissa, and an exponent of at most 1,100")
    return mantissa, exponent


def unit_text(unit):
    mantissa, exponent = unit
    if exponent == 0:
        return str(mantissa)
    return f"2^{exponent}" if mantissa == 1 else f"{mantissa}·2^{exponent}"


def read_dimensions(value, place):
    return [integer(x, place, 1) for x in elements(value, place)]


class Input:
    def __init__(self, value):
        name, dimensions, unit, interval, is_text, missing = fields(value, ("name", "dimensions", "unit", "range", "text", "missing"), "an input")
        self.name, self.unit = text(name, "an input"), read_unit(unit, "an input")
        self.count = count_of(read_dimensions(dimensions, "an input"), f"input {name}")
        self.range, self.is_text = read_range(interval, f"input {name}"), boolean(is_text, f"input {name}")
        require(missing == "none" or self.range.contains(signed(missing, f"input {name}")), f"input {name}: the missing value")
        self.source = f"input.{name}"


class Output:
    def __init__(self, value):
        name, dimensions, unit, is_text = fields(value, ("name", "dimensions", "unit", "text"), "an output")
        self.name, self.unit, self.is_text = text(name, "an output"), read_unit(unit, "an output"), boolean(is_text, "an output")
        self.count = count_of(read_dimensions(dimensions, "an output"), f"output {name}")


class Parameter:
    def __init__(self, value):
        name, dimensions, interval = fields(value, ("name", "dimensions", "range"), "a hidden tensor")
        self.name, self.range = text(name, "a hidden tensor"), read_range(interval, f"hidden tensor {name}")
        self.dimensions = read_dimensions(dimensions, f"hidden tensor {name}")
        self.count = count_of(self.dimensions, f"hidden tensor {name}")
        require(1 <= len(self.dimensions) <= 8 and self.range.bits <= 60, f"hidden tensor {name}: 1 to 8 dimensions, ranges of 60 bits")

    def padded_places(self):
        """Place of every entry, row-major in the logical dimensions, in the committed tensor."""
        places = [0]
        for d in self.dimensions:
            places = [(p << log2_ceil(d)) + i for p in places for i in range(d)]
        return places


class NetworkArchitecture:
    def __init__(self, value):
        """From the entry `architecture` of a network's format in a manifest."""
        program, inputs, outputs, parameters, source = fields(value, ("program", "inputs", "outputs", "parameters", "source"), "architecture")
        self.program = Program(program)
        self.inputs = [Input(x) for x in elements(inputs, "inputs", MAXIMUM_ENDS)]
        self.outputs = [Output(x) for x in elements(outputs, "outputs", MAXIMUM_ENDS)]
        self.parameters = [Parameter(x) for x in elements(parameters, "parameters", MAXIMUM_PARAMETERS)]
        require(source == "none" or DIGEST.match(text(source, "source")), "source: none, or a digest in lower-case hexadecimal")
        self.has_source, self.source, self.description = source != "none", source, public_object(value, "architecture")
        require(self.parameters and self.outputs, "a network has hidden tensors and outputs")
        nodes = {}
        for _, node in self.program.inputs():
            require(node["source"] not in nodes, "two input nodes read the same values")
            nodes[node["source"]] = node
        names = [x.source for x in self.inputs] + [x.name for x in self.parameters]
        require(distinct(names), "an input or hidden tensor occurs twice")
        require(set(nodes) <= set(names), "the program reads values that are neither inputs nor hidden tensors")
        self.read = set(nodes)
        for own, name, needed in [(x, x.source, False) for x in self.inputs] + [(x, x.name, True) for x in self.parameters]:
            node = nodes.get(name)
            require(node is not None or not needed, f"the program does not read the hidden tensor {name}")
            require(node is None or node.count == own.count and node["interval"] == own.range, f"{name} differs from the program's")
        require(distinct([x.name for x in self.outputs]), "two outputs have one name")
        for own in self.outputs:
            require(own.name in self.program.outputs and self.program.nodes[self.program.outputs[own.name]].count == own.count,
                    f"output {own.name} differs from the program's")

    def reads(self, own):
        """Whether the program reads an input at all."""
        return own.source in self.read

    def canonical(self):
        return self.description

    def tensors(self):
        return [(f"w{i}", [log2_ceil(d) for d in x.dimensions]) for i, x in enumerate(self.parameters)]
