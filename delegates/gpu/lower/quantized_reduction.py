"""AVERAGE_POOL_2D, MAX_POOL_2D, MEAN and SUM of codes."""

from __future__ import annotations

import math

import numpy as np

from ....core.arithmetic.numerics import quantize_multiplier
from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from ....shaders.parts.requantize import RealSum, Rescale
from ....shaders.parts.wide_sums import Joined
from ..program import ir
from .checks import demand, operand, shape_of
from .code_checks import centred_range, demand_code_node, demand_float_twin, scale_of
from .context import Lowering
from .quantized_movement import clamp_steps, demand_one_zero_point
from .reduction import LONG
from .registry import lowering
from .twin import zero_point
from .twin_products import EXACT, add_twin
from .wide_products import add_bytes


def _demand_exact(count: int, tensor: TensorInfo) -> None:
    reason = f"sums of {count} codes may leave what float32 adds up exactly"
    demand(count * max(map(abs, centred_range(tensor))) < EXACT, "exactness", reason)


def _check_pool(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    demand_float_twin(node, graph)
    demand_one_zero_point(node, graph)
    _demand_exact(node.options.filter_height * node.options.filter_width, operand(node, graph, 0))


@lowering("AVERAGE_POOL_2D", "MAX_POOL_2D", check=_check_pool, codes=True)
def pool_2d(node: Node, lowered: Lowering) -> None:
    zero = zero_point(lowered.tensor(node, 0)) if node.op == "AVERAGE_POOL_2D" else None
    add_twin(node, lowered, (ir.Pool2D,), steps=clamp_steps(node, lowered), zero_point=zero)


def _axes(node: Node, graph: Graph) -> tuple[int, ...]:
    data, rank = operand(node, graph, 1).data, len(shape_of(operand(node, graph, 0)))
    return () if data is None else tuple(sorted({int(a) % rank for a in np.reshape(data, -1)}))


def _count(node: Node, graph: Graph) -> int:
    shape = shape_of(operand(node, graph, 0))
    return math.prod(shape[a] for a in _axes(node, graph))


def _is_wide(node: Node, graph: Graph) -> bool:
    """Whether bytes are added up apart: sums of so many 16-bit codes are not exact in float32."""
    x = operand(node, graph, 0)
    return x.type == TensorType.INT16 and zero_point(x) == 0 and _count(node, graph) << 15 >= EXACT


def _check_sum(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    demand_float_twin(node, graph)
    _demand_exact(2 * _count(node, graph), operand(node, graph, 0))


@lowering("SUM", check=_check_sum, codes=True)
def sum_of_codes(node: Node, lowered: Lowering) -> None:
    """Sums scaled by integer arithmetic (uint8), or by float32: `core.kernels.reduce` says why."""
    x, output = lowered.tensor(node, 0), lowered.graph.tensors[node.outputs[0]]
    count, axes = _count(node, lowered.graph), _axes(node, lowered.graph)
    step: ir.Step
    if x.type == TensorType.UINT8:
        m, s = quantize_multiplier(float(np.float64(scale_of(x)) / np.float64(scale_of(output))))
        step = ir.CodeUnary("RESCALE", arithmetic=Rescale(m, s, centred_range(output)))
    else:
        scale = scale_of(x) / scale_of(output)
        bias = np.float32(-zero_point(x)) * scale * np.float32(count)
        sums = RealSum(zero_point(x) * count, scale, bias, centred_range(output))
        step = ir.CodeUnary("REAL_SUM", arithmetic=sums)
    source, nodes = lowered.input(node, 0), (node.index,)
    source = _sums(source, axes, lowered, nodes) if axes else source
    scaled = ir.Elementwise(inputs=(source,), output=lowered.new(lowered.shape(source)), nodes=nodes, steps=(step,))
    lowered.reshape(lowered.add(scaled), shape_of(output), nodes, lowered.output(node))


def _first_axes(node: Node, graph: Graph) -> tuple[int, ...]:
    """The last axes of a mean: those whose sums are exact in float32, but no more than make up `LONG` rows, unless
    there were too many left."""
    x, taken = operand(node, graph, 0), list[int]()
    shape, rows, left = shape_of(x), 1, _count(node, graph)
    for axis in reversed(_axes(node, graph)):
        rows *= shape[axis]
        if not _is_exact(rows, x) or (taken and rows > LONG and left << 8 < EXACT):
            break
        left //= max(shape[axis], 1)
        taken.append(axis)
    return tuple(sorted(taken))


def _is_exact(count: int, x: TensorInfo) -> bool:
    """Whether float32 has room for sums of so many codes."""
    return count * max(map(abs, centred_range(x))) < EXACT


def _check_mean(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    demand_float_twin(node, graph)
    x, count = operand(node, graph, 0), _count(node, graph)
    joined = count
    if not _is_wide(node, graph):
        first = _first_axes(node, graph)
        demand(first or not _axes(node, graph), "exactness", f"sums of codes along an axis of {x} leave float32")
        joined //= math.prod(shape_of(x)[a] for a in first)
    fits = joined << 8 < EXACT and count * max(map(abs, centred_range(x))) < 1 << 31
    demand(fits, "exactness", f"sums of {count} codes may leave 32 bits")


@lowering("MEAN", check=_check_mean, codes=True)
def mean(node: Node, lowered: Lowering) -> None:
    """Sums, scaled by a multiplier that 1 / count is folded into (`QuantizedMeanOrSum`, LiteRT's reduce.h).

    Sums that float32 has no room for come in halves: 256 times the one plus the other.
    """
    x, output = lowered.tensor(node, 0), lowered.graph.tensors[node.outputs[0]]
    count, axes = _count(node, lowered.graph), _axes(node, lowered.graph)
    m, s = quantize_multiplier(float(np.float64(scale_of(x)) / np.float64(scale_of(output))))
    shift = min(max(count, 1).bit_length() - 1, 32, 31 + s)
    rescale = Rescale((m << shift) // max(count, 1), s - shift, centred_range(output))
    source, nodes = lowered.input(node, 0), (node.index,)
    step: ir.Step = ir.CodeUnary("RESCALE", arithmetic=rescale)
    halves, rest = None, axes
    if _is_wide(node, lowered.graph):
        halves = add_bytes(source, lowered, nodes)
    elif axes:
        first = _first_axes(node, lowered.graph)
        source, rest = _sums(source, first, lowered, nodes), tuple(a for a in axes if a not in first)
        if rest and _is_exact(count, x):
            source = _sums(source, rest, lowered, nodes)
        elif rest:
            halves = _halves(source, lowered, nodes)
    if halves is not None:
        high, low = (_sums(half, rest, lowered, nodes) for half in halves)
        step, source = ir.CodeBinary("JOIN", high, arithmetic=Joined(rescale)), low
    scaled = ir.Elementwise(inputs=(source,), output=lowered.new(lowered.shape(source)), nodes=nodes, steps=(step,))
    lowered.reshape(lowered.add(scaled), shape_of(output), nodes, lowered.output(node))


def _sums(value: int, axes: tuple[int, ...], lowered: Lowering, nodes: tuple[int, ...]) -> int:
    made = lowered.new(tuple(1 if a in axes else n for a, n in enumerate(lowered.shape(value))), whole=True)
    return lowered.add(ir.Reduce(inputs=(value,), output=made, nodes=nodes, kind="sum", axes=axes))


def _halves(sums: int, lowered: Lowering, nodes: tuple[int, ...]) -> tuple[int, int]:
    """1/256 of whole numbers rounded down, and what is left of them."""
    made = []
    for function in ("HIGH_BYTE", "LOW_BYTE"):
        value, steps = lowered.new(lowered.shape(sums), whole=True), (ir.Unary(function),)
        made.append(lowered.add(ir.Elementwise(inputs=(sums,), output=value, nodes=nodes, steps=steps)))
    high, low = made
    return high, low
