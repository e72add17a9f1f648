"""STABLEHLO_DOT_GENERAL and STABLEHLO_CONVOLUTION: operands brought into the kernels' order, and results out of it.

Source: the StableHLO specification.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ....core.graph import Graph, Node
from ..program import ir
from ..program.regions import between, whole
from .checks import demand, demand_activations, demand_constant, demand_float, operand, shape_of
from .comparison import demand_operands
from .constants import is_known
from .context import Lowering
from .filling import place
from .registry import lowering
from .stablehlo_movement import spread


def ordered(lowered: Lowering, x: int, order: Sequence[int], nodes: tuple[int, ...]) -> int:
    """x with its dimensions in another order."""
    if list(order) == sorted(order):
        return x
    view = whole(lowered.shape(x)).transpose(order)
    output = lowered.like(x, view.shape)
    parts = ((0, between(whole(view.shape), view)),)
    return lowered.add(ir.Copy(inputs=(x,), output=output, nodes=nodes, parts=parts))


def _check_dot(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0, 1)
    demand_activations(node, graph)
    known = all(is_known(graph, operand(node, graph, i)) for i in range(2))
    demand(not known, "constant", "both operands are constant: nothing to compute at run time")
    demand(all(shape_of(operand(node, graph, i)) for i in range(2)), "rank", "an operand is a scalar")


@lowering("STABLEHLO_DOT_GENERAL", check=_check_dot)
def dot_general(node: Node, lowered: Lowering) -> None:
    """[batches, rows, depth] times [batches, columns, depth]; the result has the free dimensions of both."""
    o, nodes = node.options, (node.index,)
    sides = (
        (lowered.input(node, 0), tuple(o.lhs_batching_dimensions), tuple(o.lhs_contracting_dimensions)),
        (lowered.input(node, 1), tuple(o.rhs_batching_dimensions), tuple(o.rhs_contracting_dimensions)),
    )
    matrices = [_matrix(lowered, x, batch, contracted, nodes) for x, batch, contracted in sides]
    batches, rows = lowered.shape(matrices[0])[:2]
    product = lowered.new((batches, rows, lowered.shape(matrices[1])[1]))
    a, b = matrices
    lowered.add(ir.BatchMatMul(inputs=(a, b), output=product, nodes=nodes, transpose_b=True))
    output = lowered.output(node)
    lowered.reshape(product, lowered.shape(output), nodes, output)


def _matrix(
    lowered: Lowering, x: int, batch: tuple[int, ...], contracted: tuple[int, ...], nodes: tuple[int, ...]
) -> int:
    shape = lowered.shape(x)
    free = tuple(d for d in range(len(shape)) if d not in (*batch, *contracted))
    sizes = tuple(math.prod(shape[d] for d in dims) for dims in (batch, free, contracted))
    return lowered.reshaped(ordered(lowered, x, (*batch, *free, *contracted), nodes), sizes, nodes)


def _orders(node: Node) -> tuple[tuple[int, ...], ...]:
    """Dimensions of data as [n, h, w, c], of weights as [out, h, w, in], and of the result as [n, h, w, c]."""
    o = node.options
    return (
        (o.input_batch_dimension, *o.input_spatial_dimensions, o.input_feature_dimension),
        (o.kernel_output_feature_dimension, *o.kernel_spatial_dimensions, o.kernel_input_feature_dimension),
        (o.output_batch_dimension, *o.output_spatial_dimensions, o.output_feature_dimension),
    )


def _check_convolution(node: Node, graph: Graph) -> None:
    demand_float(operand(node, graph, 0))
    demand_float(graph.outputs_of(node)[0])
    demand_constant(graph, operand(node, graph, 1), "the weights")
    rank = len(shape_of(operand(node, graph, 0)))
    demand(rank == 4, "rank", f"{rank - 2} spatial dimensions; the kernel takes 2")
    demand(node.options.batch_group_count == 1, "options", "batches in groups")


@lowering("STABLEHLO_CONVOLUTION", check=_check_convolution)
def convolution(node: Node, lowered: Lowering) -> None:
    """Data are dilated and padded while they are brought in order; the kernel does the rest."""
    o, nodes = node.options, (node.index,)
    data_order, kernel_order, result_order = _orders(node)
    weights = lowered.constant(node, 1)
    assert weights is not None
    flips = tuple(slice(None, None, -1 if turned else 1) for turned in o.window_reversal or (False, False))
    weights = np.ascontiguousarray(weights.transpose(kernel_order)[(slice(None), *flips)])
    output = lowered.output(node)
    made_shape = tuple(lowered.shape(output)[d] for d in result_order)
    plain = made_shape == lowered.shape(output) and list(result_order) == [0, 1, 2, 3]
    made = output if plain else lowered.new(made_shape)
    lowered.add(
        ir.Conv2D(
            inputs=(_spread_data(node, lowered, data_order),),
            output=made,
            nodes=nodes,
            weights=weights,
            bias=None,
            stride=_pair(o.window_strides),
            dilation=_pair(o.rhs_dilation),
            groups=int(o.feature_group_count),
        )
    )
    if made != output:
        source = whole(made_shape).transpose([result_order.index(d) for d in range(4)])
        parts = ((0, between(whole(lowered.shape(output)), source)),)
        lowered.add(ir.Copy(inputs=(made,), output=output, nodes=nodes, parts=parts))


def _pair(values: Sequence[int]) -> tuple[int, int]:
    return (int(values[0]), int(values[1])) if values else (1, 1)


def _spread_data(node: Node, lowered: Lowering, order: tuple[int, ...]) -> int:
    o, x = node.options, lowered.input(node, 0)
    source = whole(lowered.shape(x)).transpose(order)
    steps, padding = _pair(o.lhs_dilation), tuple(o.padding) or (0, 0, 0, 0)
    if steps == (1, 1) and not any(padding) and list(order) == [0, 1, 2, 3]:
        return x
    n, h, w, c = source.shape
    sizes = ((m - 1) * s + 1 + a + b for m, s, a, b in zip((h, w), steps, padding[::2], padding[1::2], strict=True))
    made = lowered.new((n, *sizes, c))
    views = spread(source, whole(lowered.shape(made)), (0, padding[0], padding[2], 0), (1, *steps, 1))
    place(lowered, x, made, (node.index,), views, 0)
    return made
