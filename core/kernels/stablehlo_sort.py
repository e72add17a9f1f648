"""STABLEHLO_SORT: sort tensors together along a dimension by a comparator; source: the StableHLO specification."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cmp_to_key

import numpy as np

from ..context import CallableSubgraph
from ..graph import Graph
from ..op import Bind, Op, Run
from ..preparation import axis_in
from ..schema import StablehloComparisonDirection as Direction
from ..schema import StablehloComparisonType
from ..subgraph_call import all_inputs
from .registry import kernel

Order = Callable[[list[np.ndarray]], np.ndarray]
"""From lanes [n] of all tensors to the order of their elements."""

_ASCENDING = {
    "LESS": True, "LESS_EQUAL": True, "GREATER": False, "GREATER_EQUAL": False,
    Direction.STABLEHLO_COMPARISON_DIRECTION_LT: True, Direction.STABLEHLO_COMPARISON_DIRECTION_GT: False,
}  # fmt: skip


@kernel("STABLEHLO_SORT")
def prepare(op: Op) -> Bind:
    """n tensors of one shape; the comparator takes two elements of each and says whether the first go before."""
    inputs, options = all_inputs(op), op.options
    shape = inputs[0].shape
    if any(x.shape != shape for x in inputs) or len(inputs) != len(op.outputs):
        raise op.error("STABLEHLO_SORT needs tensors of one shape and as many outputs")
    axis = axis_in(op, options.dimension, len(shape))
    for out in op.outputs:
        out.resize(shape)
    comparator = op.context.subgraph(options.comparator_subgraph_index)
    simple = _simple_order(comparator.graph)
    if simple is None and comparator.prepare_for([()] * (2 * len(inputs))) != [()]:
        raise op.error("the comparator of STABLEHLO_SORT must have one output, a scalar")
    order = simple or _general_order(comparator)

    def bind() -> Run:
        sources = [np.moveaxis(x.array, axis, -1) for x in inputs]
        targets = [np.moveaxis(x.array, axis, -1) for x in op.outputs]

        def run() -> None:
            for lane in np.ndindex(sources[0].shape[:-1]):
                values = [source[lane] for source in sources]
                places = order(values)
                for value, target in zip(values, targets, strict=True):
                    target[lane] = value[places]

        return run

    return bind


@dataclass(frozen=True)
class SortingKey:
    """What a simple comparator orders by.

    Attributes:
        position: of the tensor whose elements are compared.
        ascending: the least first.
    """

    position: int
    ascending: bool


def sorting_key(graph: Graph) -> SortingKey | None:
    """What a comparator orders by that compares one pair with LESS or GREATER; None if it does anything else."""
    if len(graph.nodes) != 1 or graph.nodes[0].outputs != graph.outputs or len(graph.nodes[0].inputs) != 2:
        return None
    node = graph.nodes[0]
    a, b = node.inputs
    if a not in graph.inputs or b not in graph.inputs or graph.tensors[a].quantization is not None:
        return None
    total = StablehloComparisonType.STABLEHLO_COMPARISON_TYPE_FLOAT_TOTAL_ORDER
    if node.op == "STABLEHLO_COMPARE" and node.options.compare_type == total:
        return None
    relation = node.options.comparison_direction if node.op == "STABLEHLO_COMPARE" else node.op
    first, second = graph.inputs.index(a), graph.inputs.index(b)
    if relation not in _ASCENDING or abs(first - second) != 1 or first // 2 != second // 2:
        return None
    return SortingKey(first // 2, _ASCENDING[relation] == (first < second))


def _simple_order(graph: Graph) -> Order | None:
    key = sorting_key(graph)
    return None if key is None else lambda lanes: _stable_order(lanes[key.position], key.ascending)


def _stable_order(values: np.ndarray, ascending: bool) -> np.ndarray:
    if ascending:
        return np.argsort(values, kind="stable")
    return len(values) - 1 - np.argsort(values[::-1], kind="stable")[::-1]


def _general_order(comparator: CallableSubgraph) -> Order:
    def order(lanes: list[np.ndarray]) -> np.ndarray:
        def goes_before(i: int, j: int) -> bool:
            return bool(comparator.call([np.asarray(lane[k]) for lane in lanes for k in (i, j)])[0].item())

        def compare(i: int, j: int) -> int:
            return -1 if goes_before(i, j) else int(goes_before(j, i))

        return np.array(sorted(range(len(lanes[0])), key=cmp_to_key(compare)), np.intp)

    return order
