"""SCATTER_ND, SPARSE_TO_DENSE, segment sums: slices put at indices. Each element looks for what lands on it."""

from __future__ import annotations

import math

import numpy as np

from ....core.graph import Graph, Node
from ....core.schema import TensorType
from ....shaders.kernels.scatters import Scatter
from ..program.ir_integer import Cells
from .checks import demand, demand_integers, operand, shape_of
from .comparison import demand_operands
from .context import Lowering
from .gathering import check_coordinates
from .integer_checks import check_sums, demand_few_sums
from .integer_elementwise import demand_computed
from .integers import demand_integer, demand_values
from .registry import lowering

MAX_LOOKS = 2**31
"""Elements times slices beyond which the CPU is faster."""
SEGMENTS = {
    "SEGMENT_SUM": "sum",
    "UNSORTED_SEGMENT_SUM": "sum",
    "UNSORTED_SEGMENT_PROD": "prod",
    "UNSORTED_SEGMENT_MAX": "max",
    "UNSORTED_SEGMENT_MIN": "min",
}


def demand_few(node: Node, graph: Graph, slices: int) -> None:
    looks = math.prod(shape_of(graph.outputs_of(node)[0])) * slices
    demand(looks <= MAX_LOOKS, "cost", f"{slices} slices are too many: each element would look at all of them")


def _check_scatter(node: Node, graph: Graph) -> None:
    indices = operand(node, graph, 0)
    demand_integer(graph, indices)
    demand_operands(node, graph, 1)
    demand_integers(operand(node, graph, 2), "the shape")
    demand_values(node, graph)
    demand_computed(node, graph)
    shape = shape_of(indices)
    demand(shape and shape[-1] > 0, "rank", f"{indices} holds no coordinates")
    if indices.data is not None:
        lengths = np.array(shape_of(graph.outputs_of(node)[0])[: shape[-1]])
        demand(((indices.data >= 0) & (indices.data < lengths)).all(), "options", f"an index in {indices} is outside")
    demand_few(node, graph, math.prod(shape[:-1]))
    demand_few_sums(node, graph, position=1)


@lowering("SCATTER_ND", check=_check_scatter, floats=True, integers=True)
def scatter_nd(node: Node, lowered: Lowering) -> None:
    at, updates, output, nodes = lowered.input(node, 0), lowered.input(node, 1), lowered.output(node), (node.index,)
    shape, depth = lowered.shape(output), lowered.shape(at)[-1]
    check_coordinates(lowered, at, shape[:depth], nodes, f"an index of SCATTER_ND is not inside {list(shape)}")
    check_sums(node, lowered, position=1)
    count = math.prod(lowered.shape(at)[:-1])
    inputs = lowered.reshaped(at, (count, depth), nodes), lowered.reshaped(updates, (count, *shape[depth:]), nodes)
    total = output
    if lowered.graph.tensors[node.outputs[0]].type == TensorType.BOOL:
        total = lowered.like(output, shape)
    lowered.add(Cells(inputs=inputs, output=total, nodes=nodes, rule=Scatter(count, depth, "sum")))
    if total != output:
        lowered.map("TO_BOOL", (total,), output, nodes)


def _check_sparse(node: Node, graph: Graph) -> None:
    indices, values = operand(node, graph, 0), operand(node, graph, 2)
    demand_integer(graph, indices)
    demand_integers(operand(node, graph, 1), "the shape")
    demand_operands(node, graph, 2, 3)
    demand_values(node, graph)
    demand_computed(node, graph)
    checked = not node.options.validate_indices or indices.data is not None
    demand(checked, "options", f"the CPU refuses repeated indices, and {indices} is computed")
    shape = shape_of(graph.outputs_of(node)[0])
    if indices.data is not None:
        at = indices.data.reshape(-1, len(shape))
        inside = ((at >= 0) & (at < np.array(shape))).all() and len(np.unique(at, axis=0)) == len(at)
        demand(inside, "options", f"an index in {indices} is outside or repeated")
    demand(len(shape_of(values)) <= 1, "rank", f"{values} has more than one dimension")
    demand_few(node, graph, math.prod(shape_of(indices)) // max(len(shape), 1))


@lowering("SPARSE_TO_DENSE", check=_check_sparse, floats=True, integers=True)
def sparse_to_dense(node: Node, lowered: Lowering) -> None:
    at, values, default = (lowered.input(node, i) for i in (0, 2, 3))
    output, nodes = lowered.output(node), (node.index,)
    shape = lowered.shape(output)
    count, depth = math.prod(lowered.shape(at)) // len(shape), len(shape)
    places = lowered.reshaped(at, (count, depth), nodes)
    check_coordinates(lowered, places, shape, nodes, f"an index of SPARSE_TO_DENSE is not inside {list(shape)}")
    spread = lowered.spread(values, (count,), nodes)
    inputs = places, spread, lowered.reshaped(default, (), nodes)
    lowered.add(Cells(inputs=inputs, output=output, nodes=nodes, rule=Scatter(count, depth, "last")))


def _check_segments(node: Node, graph: Graph) -> None:
    ids = operand(node, graph, 1)
    demand_integer(graph, ids)
    demand_operands(node, graph, 0)
    demand_values(node, graph)
    demand_computed(node, graph)
    count = shape_of(graph.outputs_of(node)[0])[0]
    if ids.data is not None:
        demand(ids.data.max(initial=-1) < count, "options", f"a segment in {ids} is not below {count}")
    demand_few(node, graph, math.prod(shape_of(ids)))
    if SEGMENTS[node.op] == "sum":
        demand_few_sums(node, graph)


@lowering(*SEGMENTS, check=_check_segments, floats=True, integers=True)
def segments(node: Node, lowered: Lowering) -> None:
    """Negative segments are dropped: they are no coordinate of an element."""
    x, ids, output, nodes = lowered.input(node, 0), lowered.input(node, 1), lowered.output(node), (node.index,)
    shape, count = lowered.shape(output), math.prod(lowered.shape(ids))
    lowered.check_range(ids, -(2**31), shape[0] - 1, nodes, f"a segment of {node.op} is not below {shape[0]}")
    if SEGMENTS[node.op] == "sum":
        check_sums(node, lowered)
    inputs = lowered.reshaped(ids, (count, 1), nodes), lowered.reshaped(x, (count, *shape[1:]), nodes)
    rule = Scatter(count, 1, SEGMENTS[node.op])
    lowered.add(Cells(inputs=inputs, output=output, nodes=nodes, rule=rule))
