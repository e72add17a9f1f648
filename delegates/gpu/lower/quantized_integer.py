"""Codes where they meet integers and booleans: comparing, choosing, searching, converting."""

from __future__ import annotations

import numpy as np

from ....core.arithmetic.numerics import quantize_multiplier, rounding_divide_by_pot
from ....core.arithmetic.numerics import saturating_rounding_doubling_high_mul as srdhm
from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from ....shaders.kernels.maps import COMPARISONS
from ....shaders.parts.code_table import Lookup
from ..program import ir
from .checks import CODES, demand, operand
from .code_checks import centred_range, code_range, demand_codes, scale_of
from .context import Lowering
from .integer_elementwise import demand_computed
from .integers import demand_value, demand_values
from .quantized_movement import demand_one_zero_point
from .registry import demand_neighbour, integer_lowering, lowering
from .twin import twin, zero_point

LEFT_SHIFT = 8
FOUND = ("ARG_MAX", "ARG_MIN", "TOPK_V2", "SELECT", "SELECT_V2")
"""Order and choice are the same among codes as among the numbers that they stand for."""


def _check_found(node: Node, graph: Graph) -> None:
    for tensor in (*graph.inputs_of(node), *graph.outputs_of(node)):
        if tensor is not None and tensor.type in CODES:
            demand_codes(tensor, quantized=False)
    for tensor in graph.outputs_of(node)[1:]:
        demand(tensor.type not in CODES, "dtype", f"{tensor} is {tensor.type.name}; the kernel counts in INT32")
    demand_one_zero_point(node, graph)
    integer_lowering(node.op).check(node, twin(graph))


@lowering(*FOUND, check=_check_found, codes=True)
def as_floats(node: Node, lowered: Lowering) -> None:
    """The operations of the float twin."""
    with lowered.seeing(twin(lowered.graph)):
        integer_lowering(node.op).lower(node, lowered)


def compares_codes(node: Node, graph: Graph) -> bool:
    """Whether the codes themselves are compared, whatever their scales: LiteRT orders 16-bit ones so."""
    return operand(node, graph, 0).type == TensorType.INT16 and node.op not in ("EQUAL", "NOT_EQUAL")


def rescaled(tensor: TensorInfo) -> np.ndarray:
    """What LiteRT compares in place of each code from the lowest on; int64 [256 or 65536]."""
    low, high = code_range(tensor)
    m, s = quantize_multiplier(float(scale_of(tensor)))
    value = srdhm((np.arange(low, high + 1) - zero_point(tensor)) << LEFT_SHIFT, m)
    return np.asarray(value << s if s > 0 else rounding_divide_by_pot(value, min(-s, 31)))


def _check_comparison(node: Node, graph: Graph) -> None:
    demand_computed(node, graph)
    demand_values(node, graph)
    for position in range(2):
        tensor = operand(node, graph, position)
        demand_codes(tensor, quantized=not compares_codes(node, graph))
        exact = compares_codes(node, graph) or np.abs(rescaled(tensor)).max() < 2**24
        demand(exact, "exactness", f"float32 cannot hold what the codes of {tensor} are compared as")


@lowering(*COMPARISONS, check=_check_comparison, codes=True)
def comparison(node: Node, lowered: Lowering) -> None:
    """Each operand through a table first, but for the order of 16-bit codes."""
    operands, output = [], lowered.output(node)
    for position in range(2):
        tensor = lowered.tensor(node, position)
        with lowered.seeing(twin(lowered.graph)):
            x = lowered.input(node, position)
        if compares_codes(node, lowered.graph):
            operands.append(x)
            continue
        table = Lookup(rescaled(tensor).astype(np.float32), centred_range(tensor)[0])
        step = ir.CodeUnary("RESCALE", arithmetic=table)
        made = lowered.new(lowered.shape(x), tensor.name)
        operands.append(lowered.add(ir.Elementwise(inputs=(x,), output=made, nodes=(node.index,), steps=(step,))))
    lowered.map(node.op, operands, output, (node.index,))


def check_cast(node: Node, graph: Graph) -> None:
    """From codes to integers or booleans, or from anything to codes."""
    source, output = operand(node, graph, 0), graph.outputs_of(node)[0]
    for tensor in (source, output):
        if tensor.type in CODES:
            demand_codes(tensor, quantized=False)
        else:
            demand_value(graph, tensor)
    demand_neighbour(source, output, graph)


def cast(node: Node, lowered: Lowering) -> None:
    """Of codes what is on the device, and the zero point again; of what does not fit the lowest bits, but that floats
    saturate."""
    source, target = lowered.tensor(node, 0), lowered.graph.tensors[node.outputs[0]]
    x, nodes = lowered.input(node, 0), (node.index,)
    if source.type in CODES:
        x = _shifted(lowered, x, zero_point(source), nodes)
    if target.type == TensorType.BOOL:
        lowered.map("TO_BOOL", (x,), lowered.output(node), nodes)
        return
    whole = lowered.new(lowered.shape(x), storage="i32") if target.type in CODES else lowered.output(node)
    if lowered.storage(x) == "f32":
        x = lowered.map("TO_INTEGER", (x,), whole, nodes)
    if target.type in CODES:
        _store_codes(node, lowered, x, target)


def _shifted(lowered: Lowering, x: int, amount: int, nodes: tuple[int, ...], output: int | None = None) -> int:
    made = lowered.new(lowered.shape(x)) if output is None else output
    step = ir.Binary("ADD", constant=float(amount))
    return lowered.add(ir.Elementwise(inputs=(x,), output=made, nodes=nodes, steps=(step,)))


def _store_codes(node: Node, lowered: Lowering, x: int, target: TensorInfo) -> None:
    """Integers as codes: floats have been cut off and saturate, others keep their lowest bits."""
    nodes, (low, high) = (node.index,), code_range(target)
    saturates = lowered.tensor(node, 0).type == TensorType.FLOAT32
    within = lowered.new(lowered.shape(x), storage="i32")
    lowered.map("INTEGER_CLAMP_BETWEEN" if saturates else "INTEGER_WRAP_BETWEEN", (x,), within, nodes, (low, high))
    real = lowered.map("TO_FLOAT", (within,), lowered.new(lowered.shape(x)), nodes)
    _shifted(lowered, real, -zero_point(target), nodes, lowered.output(node))
