"""Sequences that an unrolled loop fills row by row, each round a copy with one row replaced, as one concatenation.

That is what becomes of a TensorList: DYNAMIC_UPDATE_SLICE, or a concatenation of what stands before the row, the row,
and what stands after it.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..graph import Graph, Node, TensorInfo
from ..schema import ConcatenationOptions

CONSTANT = -1
"""Stands for a tensor that is constant, where a loop begins with it."""


@dataclass(frozen=True)
class _Update:
    """A tensor as another one with a row replaced.

    Attributes:
        source: the other tensor. row: the tensor that takes the place of row `index`.
        nodes: what makes it.
    """

    source: int
    row: int
    index: int
    nodes: tuple[Node, ...]


def with_collected_rows(graph: Graph) -> Graph:
    """The graph with a concatenation in the place of every chain of updates that replaces all rows, if nobody reads
    what lies between."""
    readers: dict[int, list[int]] = {}
    for node in graph.nodes:
        for tensor in node.inputs:
            readers.setdefault(tensor, []).append(node.index)
    makers = {t: node for node in graph.nodes for t in node.outputs}
    needless: set[int] = set()
    joined: dict[int, Node] = {}
    for tensor in graph.outputs:
        chain = _chain(graph, tensor, makers, readers)
        if chain:
            last = max(node.index for node in chain[0].nodes)
            needless.update(node.index for update in chain for node in update.nodes)
            rows = tuple(update.row for update in sorted(chain, key=lambda update: update.index))
            joined[last] = Node(last, "CONCATENATION", 1, rows, (tensor,), ConcatenationOptions(axis=0))
    nodes = [joined.get(n.index, n) for n in graph.nodes if n.index not in needless or n.index in joined]
    return replace(graph, nodes=tuple(replace(node, index=i) for i, node in enumerate(nodes)))


def _chain(
    graph: Graph, tensor: int, makers: dict[int, Node], readers: dict[int, list[int]]
) -> list[_Update]:
    """The updates that make a tensor, the last one first, if each row is replaced once; else nothing."""
    found: list[_Update] = []
    shape = graph.tensors[tensor].shape or ()
    left = set(range(shape[0] if shape else 0))
    while left:
        update = _update(graph, tensor, makers)
        read = found and _is_read_elsewhere(tensor, found[-1], readers, graph)
        if update is None or update.index not in left or read:
            return []
        left.remove(update.index)
        found.append(update)
        tensor = update.source
    return found


def _is_read_elsewhere(tensor: int, update: _Update, readers: dict[int, list[int]], graph: Graph) -> bool:
    own = {node.index for node in update.nodes}
    return tensor in graph.outputs or not own.issuperset(readers.get(tensor, ()))


def _update(graph: Graph, tensor: int, makers: dict[int, Node]) -> _Update | None:
    node = makers.get(tensor)
    if node is None:
        return None
    shape = graph.tensors[tensor].shape or ()
    if node.op == "DYNAMIC_UPDATE_SLICE":
        return _of_slice(graph, node, shape)
    return _of_parts(graph, node, shape, makers) if node.op == "CONCATENATION" else None


def _of_slice(graph: Graph, node: Node, shape: Sequence[int]) -> _Update | None:
    source, row, start = node.inputs
    at = _numbers(graph.tensors[start])
    if at is None or any(at[1:]) or not _is_row(graph.tensors[row], shape):
        return None
    return _Update(source, row, min(max(at[0], 0), shape[0] - 1), (node,))


def _of_parts(graph: Graph, node: Node, shape: Sequence[int], makers: dict[int, Node]) -> _Update | None:
    """[what stands before, the row, what stands after], one of the sides left out where it is empty."""
    plain = node.options.axis in (0, -len(shape)) and not node.options.fused_activation_function
    parts = [_part(graph, t, makers) for t in node.inputs]
    rows = [i for i, t in enumerate(node.inputs) if parts[i] is None and _is_row(graph.tensors[t], shape)]
    if not plain or len(rows) != 1 or not 2 <= len(node.inputs) <= 3:
        return None
    (place,) = rows
    index = sum((graph.tensors[t].shape or (0,))[0] for t in node.inputs[:place])
    expected = [begin for begin, length in ((0, index), (index + 1, shape[0] - index - 1)) if length]
    kept = [part for i, part in enumerate(parts) if i != place]
    sources = {part[0] for part in kept if part is not None}
    in_place = all(part is not None and part[1] in (begin, None) for part, begin in zip(kept, expected, strict=True))
    if not in_place or len(sources) != 1:
        return None
    slices = tuple(makers[t] for t in node.inputs if t in makers and t != node.inputs[place])
    return _Update(sources.pop(), node.inputs[place], index, (node, *slices))


def _part(graph: Graph, tensor: int, makers: dict[int, Node]) -> tuple[int, int | None] | None:
    """Of whole rows that a SLICE takes: from which tensor, and the first one; of a constant, which a slice of another
    one has become: (CONSTANT, None)."""
    if graph.tensors[tensor].data is not None:
        return CONSTANT, None
    node = makers.get(tensor)
    begin = _numbers(graph.tensors[node.inputs[1]]) if node is not None and node.op == "SLICE" else None
    if node is None or begin is None or any(begin[1:]):
        return None
    shapes = [graph.tensors[t].shape or () for t in (node.inputs[0], tensor)]
    return (node.inputs[0], begin[0]) if shapes[0][1:] == shapes[1][1:] else None


def _is_row(tensor: TensorInfo, shape: Sequence[int]) -> bool:
    return tensor.shape == (1, *shape[1:])


def _numbers(tensor: TensorInfo) -> list[int] | None:
    return None if tensor.data is None else [int(n) for n in np.reshape(tensor.data, -1)]
