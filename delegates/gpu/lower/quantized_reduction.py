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
    count, shape, axes = _count(node, lowered.graph), shape_of(x), _axes(node, lowered.graph)
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
    kept = tuple(1 if a in axes else n for a, n in enumerate(shape))
    if axes:
        made = lowered.new(kept, whole=True)
        source = lowered.add(ir.Reduce(inputs=(source,), output=made, nodes=nodes, kind="sum", axes=axes))
    scaled = ir.Elementwise(inputs=(source,), output=lowered.new(kept), nodes=nodes, steps=(step,))
    lowered.reshape(lowered.add(scaled), shape_of(output), nodes, lowered.output(node))


def _check_mean(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    demand_float_twin(node, graph)
    if not _is_wide(node, graph):
        _demand_exact(_count(node, graph), operand(node, graph, 0))
    demand(_count(node, graph) << 8 < EXACT, "exactness", f"sums of {_count(node, graph)} codes may leave 32 bits")


@lowering("MEAN", check=_check_mean, codes=True)
def mean(node: Node, lowered: Lowering) -> None:
    """Sums, scaled by a multiplier that 1 / count is folded into (`QuantizedMeanOrSum`, LiteRT's reduce.h)."""
    x, output = lowered.tensor(node, 0), lowered.graph.tensors[node.outputs[0]]
    count, shape, axes = _count(node, lowered.graph), shape_of(x), _axes(node, lowered.graph)
    m, s = quantize_multiplier(float(np.float64(scale_of(x)) / np.float64(scale_of(output))))
    shift = min(max(count, 1).bit_length() - 1, 32, 31 + s)
    rescale = Rescale((m << shift) // max(count, 1), s - shift, centred_range(output))
    source, nodes = lowered.input(node, 0), (node.index,)
    kept = tuple(1 if a in axes else n for a, n in enumerate(shape))

    def sums(value: int) -> int:
        made = lowered.new(kept, whole=True)
        return lowered.add(ir.Reduce(inputs=(value,), output=made, nodes=nodes, kind="sum", axes=axes))

    step: ir.Step = ir.CodeUnary("RESCALE", arithmetic=rescale)
    if _is_wide(node, lowered.graph):
        high, low = add_bytes(source, lowered, nodes)
        step, source = ir.CodeBinary("JOIN", sums(high), arithmetic=Joined(rescale)), sums(low)
    elif axes:
        source = sums(source)
    scaled = ir.Elementwise(inputs=(source,), output=lowered.new(kept), nodes=nodes, steps=(step,))
    lowered.reshape(lowered.add(scaled), shape_of(output), nodes, lowered.output(node))
