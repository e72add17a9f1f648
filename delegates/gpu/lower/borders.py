"""Which nodes are worth running on a device only beside others that it runs.

Arithmetic on shapes and on loop counters takes nanoseconds on the CPU and a launch each on a device. So a node whose
tensors are all short vectors of integers is taken only where a way through such nodes leads to one that is more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ....core.graph import Graph, Node
from .constants import consumers, producers
from .integers import is_integer

FEW = 8
"""Most elements of a vector that is taken for a shape."""


def is_shape_like(node: Node, graph: Graph) -> bool:
    """Whether a node only computes integer vectors as short as shapes are."""
    tensors = [t for t in (*graph.inputs_of(node), *graph.outputs_of(node)) if t is not None and t.data is None]
    return all(
        is_integer(t) and t.shape is not None and len(t.shape) <= 1 and math.prod(t.shape) <= FEW for t in tensors
    )


def neighbours(node: Node, graph: Graph) -> Iterator[Node]:
    """The nodes that make a node's inputs and that read its outputs."""
    for tensor in node.inputs:
        if tensor in producers(graph):
            yield producers(graph)[tensor]
    for tensor in node.outputs:
        yield from consumers(graph).get(tensor, ())


def leads_to_work(node: Node, graph: Graph, passes: Callable[[Node], bool], skipped: tuple[str, ...]) -> bool:
    """Whether a way through shape-like nodes that pass leads to a node that passes and is more.

    Args:
        passes: the operator's own check.
        skipped: operators that do not count and through which no way leads.
    """
    seen, waiting = {node.index}, [node]
    while waiting:
        for near in neighbours(waiting.pop(), graph):
            if near.index in seen or near.op in skipped or not passes(near):
                continue
            if not is_shape_like(near, graph):
                return True
            seen.add(near.index)
            waiting.append(near)
    return False
