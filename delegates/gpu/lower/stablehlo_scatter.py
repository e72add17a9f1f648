"""STABLEHLO_SCATTER: updates combined into slices of a tensor; source: the StableHLO specification of `scatter`."""

from __future__ import annotations

import math

from ....core.graph import Graph, Node
from ....shaders.kernels.scatters import StablehloScatter
from ..program.ir_integer import Cells
from .checks import demand, operand, shape_of
from .comparison import demand_operands
from .context import Lowering
from .integer_elementwise import demand_computed
from .integers import demand_integer, demand_values
from .registry import lowering
from .scattering import demand_few
from .stablehlo_products import ordered
from .stablehlo_regions import FUNCTIONS, kind_of


def _kind(node: Node, graph: Graph) -> str | None:
    """As `kind_of`; "last" where an update takes the place of what was there."""
    region = graph.regions.get(node.index)
    replaces = region is not None and not region.nodes and region.outputs[0] == region.inputs[1]
    return "last" if replaces else kind_of(node, graph)


def _batch(node: Node, graph: Graph) -> tuple[int, ...]:
    """Dimensions of the updates that run over slices."""
    rank = len(shape_of(operand(node, graph, 2)))
    return tuple(d for d in range(rank) if d not in node.options.update_window_dims)


def _windows(node: Node, graph: Graph) -> dict[int, int]:
    """By dimension of the tensor that is scattered into: the dimension of the updates that runs over a slice."""
    rank = len(shape_of(operand(node, graph, 0)))
    kept = [d for d in range(rank) if d not in node.options.inserted_window_dims]
    return dict(zip(kept, node.options.update_window_dims, strict=True))


def _is_ordered(node: Node, graph: Graph) -> bool:
    """Whether what lands on one element comes in the order of the slices, as the updates lie in memory."""
    shape, batch = shape_of(operand(node, graph, 2)), _batch(node, graph)
    last = max((d for d in batch if shape[d] > 1), default=-1)
    moving = (w for d, w in _windows(node, graph).items() if d in node.options.scatter_dims_to_operand_dims)
    return all(w > last or shape[w] == 1 for w in moving)


def _check(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0, 2)
    demand_integer(graph, operand(node, graph, 1))
    demand_values(node, graph)
    demand_computed(node, graph)
    demand(shape_of(operand(node, graph, 0)), "rank", "the input is a scalar")
    kind = _kind(node, graph)
    reason = f"{node.op} by a computation that is not one of {', '.join(FUNCTIONS.values())}"
    demand(kind is not None, "options", reason)
    ordered_ = kind != "last" or _is_ordered(node, graph)
    demand(ordered_, "options", "which of several updates is the last does not follow from their slices' order")
    shape = shape_of(operand(node, graph, 2))
    demand_few(node, graph, math.prod(shape[d] for d in _batch(node, graph)))


@lowering("STABLEHLO_SCATTER", check=_check, floats=True, integers=True)
def scatter(node: Node, lowered: Lowering) -> None:
    """Starts as [slices, numbers], updates as [slices, ...]; updates outside are left out, each on its own."""
    x, starts, updates = (lowered.input(node, i) for i in range(3))
    o, nodes, graph = node.options, (node.index,), lowered.graph
    batch, windows = _batch(node, graph), _windows(node, graph)
    shape = lowered.shape(updates)
    count = math.prod(shape[d] for d in batch)
    start_rank = len(lowered.shape(starts))
    if o.index_vector_dim < start_rank:
        order = [d for d in range(start_rank) if d != o.index_vector_dim]
        starts = ordered(lowered, starts, (*order, o.index_vector_dim), nodes)
    starts = lowered.reshaped(starts, (count, len(o.scatter_dims_to_operand_dims)), nodes)
    updates = ordered(lowered, updates, (*batch, *windows.values()), nodes)
    slices = lowered.reshaped(updates, (count, *(shape[w] for w in windows.values())), nodes)
    numbers = {d: number for number, d in enumerate(o.scatter_dims_to_operand_dims)}
    dims, kind = range(len(lowered.shape(x))), _kind(node, graph)
    assert kind is not None
    rule = StablehloScatter(
        count=count,
        shape=lowered.shape(x),
        sizes=tuple(shape[windows[d]] if d in windows else None for d in dims),
        numbers=tuple(numbers.get(d) for d in dims),
        kind=kind,
    )
    lowered.add(Cells(inputs=(x, starts, slices), output=lowered.output(node), nodes=nodes, rule=rule))
