"""Composites, calls and unrolled loops as the nodes of what they run, so that these fuse with what is around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np

from ....core.graph import Graph, Node, Quantization, TensorInfo
from ....core.subgraph_call import ONLY_CALLS

_flat: WeakKeyDictionary[Graph, Graph] = WeakKeyDictionary()


def flattened(graph: Graph) -> Graph:
    """The graph with the nodes of called subgraphs in the place of those that call them, under the caller's index.

    Tensors keep their indices; those of subgraphs come after them. A subgraph that hands on what it did not compute, or
    whose tensors are not of its caller's types, is left alone.
    """
    if not graph.called:
        return graph
    found = _flat.get(graph)
    if found is None:
        found = _flat[graph] = _Flat(graph).made()
    return found


def members(graph: Graph, index: int) -> tuple[Node, ...]:
    """The nodes that stand for a node of the graph in `flattened(graph)`: it, or those that it calls."""
    if index not in graph.called:
        return (graph.nodes[index],)
    return tuple(node for node in flattened(graph).nodes if node.index == index)


class _Flat:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.tensors = list(graph.tensors)
        self.nodes: list[Node] = []

    def made(self) -> Graph:
        for node in self.graph.nodes:
            callee = self.graph.called.get(node.index)
            caller, inside = (node, None) if callee is None else self._read(node, flattened(callee))
            if inside is not None and _fits(caller, self.graph, inside):
                self._inline(caller, inside)
            else:
                self.nodes.append(node)
        return replace(self.graph, tensors=tuple(self.tensors), nodes=tuple(self.nodes), called={})

    def _read(self, caller: Node, callee: Graph) -> tuple[Node, Graph]:
        """A loop without results that nobody reads: counters, sequences that each round hands on to the next."""
        if caller.op in ONLY_CALLS:
            return caller, callee
        read = {*self.graph.outputs, *(t for node in self.graph.nodes for t in node.inputs)}
        kept = [i for i, t in enumerate(caller.outputs) if t in read]
        sides = (tuple(outputs[i] for i in kept) for outputs in (caller.outputs, callee.outputs))
        return replace(caller, outputs=next(sides)), replace(callee, outputs=next(sides))

    def _inline(self, caller: Node, callee: Graph) -> None:
        places = dict(zip((*callee.inputs, *callee.outputs), (*caller.inputs, *caller.outputs), strict=True))
        for tensor in callee.tensors:
            if tensor.index not in places:
                places[tensor.index] = len(self.tensors)
                self.tensors.append(replace(tensor, index=len(self.tensors)))
        places[-1] = -1
        for node in _needed(callee):
            inputs, outputs, intermediates = (
                tuple(places[t] for t in side) for side in (node.inputs, node.outputs, node.intermediates)
            )
            moved = replace(node, index=caller.index, inputs=inputs, outputs=outputs, intermediates=intermediates)
            self.nodes.append(moved)


def _fits(caller: Node, graph: Graph, callee: Graph) -> bool:
    """Whether each tensor at the callee's edge can be its caller's: computed inside, once, and of the same type."""
    inner, outer = (*callee.inputs, *callee.outputs), (*caller.inputs, *caller.outputs)
    if len(inner) != len(outer) or len(set(inner)) != len(inner) or min(outer, default=0) < 0:
        return False
    made = {t for node in callee.nodes for t in node.outputs if not callee.tensors[t].is_constant}
    return made.issuperset(callee.outputs) and all(
        _alike(callee.tensors[a], graph.tensors[b]) for a, b in zip(inner, outer, strict=True)
    )


def _alike(a: TensorInfo, b: TensorInfo) -> bool:
    return a.type == b.type and a.shape == b.shape and _scaled_alike(a.quantization, b.quantization)


def _scaled_alike(a: Quantization | None, b: Quantization | None) -> bool:
    if a is None or b is None:
        return a is b
    same = np.array_equal(a.scales, b.scales) and np.array_equal(a.zero_points, b.zero_points)
    return same and (a.dimension, a.block_size) == (b.dimension, b.block_size)


def _needed(graph: Graph) -> Iterator[Node]:
    """The nodes that compute something that an output depends on, in order."""
    wanted, kept = set(graph.outputs), []
    for node in reversed(graph.nodes):
        if any(t in wanted and not graph.tensors[t].is_constant for t in node.outputs):
            kept.append(node)
            wanted.update(node.inputs)
    return reversed(kept)
