"""TOPK_V2 and STABLEHLO_SORT: the rank of each element in its row, by comparing it with the others."""

from __future__ import annotations

import math

import numpy as np

from ....core.graph import Graph, Node
from ....core.kernels.stablehlo_sort import sorting_key
from ....shaders.kernels.counting import PlaceOfRank, Rank
from ....shaders.kernels.gathers import TakeAlong
from ....shaders.parts.integer import LOWEST
from ..program import ir
from ..program.ir_integer import Cells
from ..program.regions import between, whole
from .checks import demand, demand_integers, operand, shape_of
from .comparison import demand_operands
from .context import Lowering
from .integers import demand_values
from .registry import lowering

MAX_COMPARISONS = 2**30
"""Comparisons of elements with each other beyond which the CPU sorts faster."""
SHORTEST_BLOCK = 64
"""Elements of the blocks that long rows are searched by, if few are wanted."""


def _block(count: int) -> int:
    """How long blocks are of which the `count` largest are kept."""
    return max(8 * count, SHORTEST_BLOCK)


def _is_long(length: int, count: int) -> bool:
    return length >= 4 * _block(count)


def _check_topk(node: Node, graph: Graph) -> None:
    demand_values(node, graph, 0)
    demand_integers(operand(node, graph, 1), "the count")
    shape, count = shape_of(operand(node, graph, 0)), shape_of(graph.outputs_of(node)[0])[-1:]
    demand(shape, "rank", "the input is a scalar")
    compared = _block(*count) if _is_long(shape[-1], *count) else shape[-1]
    reason = f"the {count[0]} largest of {shape[-1]} elements, which the CPU sorts faster"
    demand(math.prod(shape) * compared <= MAX_COMPARISONS, "cost", reason)


@lowering("TOPK_V2", check=_check_topk, integers=True)
def topk(node: Node, lowered: Lowering) -> None:
    """Places of the largest, then what stands there."""
    x, nodes = lowered.input(node, 0), (node.index,)
    shape = lowered.shape(x)
    keys = x
    if lowered.storage(x) == "f32":
        keys = lowered.map("SORT_KEY", (x,), lowered.new(shape, storage="i32"), nodes)
    values, places = lowered.output(node, 0), lowered.output(node, 1)
    count = lowered.shape(places)[-1]
    rows = lowered.reshaped(keys, (math.prod(shape[:-1]), shape[-1]), nodes)
    found = _largest(lowered, rows, count, nodes)
    lowered.reshape(found, lowered.shape(places), nodes, places)
    rule = TakeAlong(len(shape) - 1)
    lowered.add(Cells(inputs=(x, places), output=values, nodes=nodes, rule=rule))


def _largest(lowered: Lowering, keys: int, count: int, nodes: tuple[int, ...]) -> int:
    """Where the `count` largest of each row of int32 [rows, length] stand, in order, the first of equals first.

    Of long rows the largest of each block are found first, and among those, which are in the row's order, the largest.
    """
    rows, length = lowered.shape(keys)
    if not _is_long(length, count):
        return _ranked(lowered, keys, 1, count, nodes)
    block = _block(count)
    blocks = -(-length // block)
    parts = lowered.reshape(_extended(lowered, keys, blocks * block, nodes), (rows, blocks, block), nodes)
    inside = _ranked(lowered, parts, 2, count, nodes)
    starts = lowered.known(np.arange(blocks, dtype=np.int32).reshape(blocks, 1) * np.int32(block))
    places = lowered.map("INTEGER_ADD", (inside, starts), lowered.like(inside, (rows, blocks, count)), nodes)
    flat = lowered.reshape(places, (rows, blocks * count), nodes)
    left = _taken(lowered, parts, inside, 2, nodes)
    best = _largest(lowered, lowered.reshape(left, (rows, blocks * count), nodes), count, nodes)
    return _taken(lowered, flat, best, 1, nodes)


def _extended(lowered: Lowering, keys: int, length: int, nodes: tuple[int, ...]) -> int:
    """The rows with the lowest number behind them, up to a length; of equals it is the last."""
    shape = lowered.shape(keys)
    if shape[-1] == length:
        return keys
    made = lowered.like(keys, (shape[0], length))
    region = between(whole((shape[0], length))[:, : shape[1]], whole(shape))
    return lowered.add(
        ir.Copy(inputs=(keys,), output=made, nodes=nodes, parts=((0, region),), fill=LOWEST, clear=True)
    )


def _ranked(lowered: Lowering, keys: int, axis: int, count: int, nodes: tuple[int, ...]) -> int:
    """Where the `count` largest of int32 along an axis stand, in order."""
    shape = lowered.shape(keys)
    ranks = lowered.like(keys, shape)
    lowered.add(Cells(inputs=(keys,), output=ranks, nodes=nodes, rule=Rank(axis, shape[axis])))
    places = lowered.like(keys, (*shape[:axis], count, *shape[axis + 1 :]))
    return lowered.add(Cells(inputs=(ranks,), output=places, nodes=nodes, rule=PlaceOfRank(axis, shape[axis])))


def _taken(lowered: Lowering, x: int, places: int, axis: int, nodes: tuple[int, ...]) -> int:
    """What stands at places along an axis."""
    output = lowered.like(x, lowered.shape(places))
    return lowered.add(Cells(inputs=(x, places), output=output, nodes=nodes, rule=TakeAlong(axis)))


def _check_sort(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, *range(len(node.inputs)))
    demand_values(node, graph)
    shape = shape_of(operand(node, graph, 0))
    demand(shape, "rank", "the input is a scalar")
    comparator = graph.regions.get(node.index)
    simple = comparator is not None and sorting_key(comparator) is not None
    demand(simple, "options", "a comparator that does more than LESS or GREATER of one pair")
    length = shape[node.options.dimension % len(shape)]
    reason = f"rows of {length} elements, which the CPU sorts faster"
    demand(math.prod(shape) * length <= MAX_COMPARISONS, "cost", reason)


@lowering("STABLEHLO_SORT", check=_check_sort, floats=True, integers=True)
def sort(node: Node, lowered: Lowering) -> None:
    """Ranks of the tensor that is compared say where all of them go."""
    found = sorting_key(lowered.graph.regions[node.index])
    assert found is not None
    inputs, nodes = [lowered.input(node, i) for i in range(len(node.inputs))], (node.index,)
    keys = inputs[found.position]
    shape = lowered.shape(keys)
    axis = node.options.dimension % len(shape)
    if lowered.storage(keys) == "f32":
        keys = lowered.map("NAN_LAST_KEY", (keys,), lowered.new(shape, storage="i32"), nodes)
    if found.ascending:
        mirror = lowered.known(np.full((1,) * len(shape), -1, np.int32))
        keys = lowered.map("INTEGER_XOR", (keys, mirror), lowered.new(shape, storage="i32"), nodes)
    places = _ranked(lowered, keys, axis, shape[axis], nodes)
    for position, x in enumerate(inputs):
        output = lowered.output(node, position)
        lowered.add(Cells(inputs=(x, places), output=output, nodes=nodes, rule=TakeAlong(axis)))
