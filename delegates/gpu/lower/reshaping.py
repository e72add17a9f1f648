"""RESHAPE, SQUEEZE, EXPAND_DIMS: the same elements under another shape, mostly without moving anything."""

from __future__ import annotations

from ....core.graph import Graph, Node
from .context import Lowering
from .integers import demand_values
from .registry import lowering


def _check(node: Node, graph: Graph) -> None:
    demand_values(node, graph, 0)


@lowering("RESHAPE", "SQUEEZE", "EXPAND_DIMS", check=_check, floats=True, integers=True)
def reshape(node: Node, lowered: Lowering) -> None:
    x, output = lowered.input(node, 0), lowered.output(node)
    lowered.reshape(x, lowered.shape(output), (node.index,), output)
