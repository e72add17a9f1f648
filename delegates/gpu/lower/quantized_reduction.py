"""AVERAGE_POOL_2D, MAX_POOL_2D and MEAN of codes."""

from __future__ import annotations

import math

import numpy as np

from ....core.arithmetic.numerics import quantize_multiplier
from ....core.graph import Graph, Node, TensorInfo
from ....shaders.requantize import Rescale
from .. import ir
from .checks import demand, operand, shape_of
from .code_checks import centred_range, demand_code_node, demand_float_twin, scale_of
from .context import Lowering
from .quantized_movement import clamp_steps, demand_one_zero_point
from .registry import lowering
from .twin import zero_point
from .twin_products import EXACT, add_twin


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


def _check_mean(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    demand_float_twin(node, graph)
    _demand_exact(_count(node, graph), operand(node, graph, 0))


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
    if axes:
        sums = ir.Reduce(inputs=(source,), output=lowered.new(kept), nodes=nodes, kind="sum", axes=axes)
        source = lowered.add(sums)
    step = ir.CodeUnary("RESCALE", arithmetic=rescale)
    scaled = ir.Elementwise(inputs=(source,), output=lowered.new(kept), nodes=nodes, steps=(step,))
    lowered.reshape(lowered.add(scaled), shape_of(output), nodes, lowered.output(node))
