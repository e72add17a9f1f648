"""Loops whose number of rounds is known while preparing, as a graph of the nodes of all rounds.

A round's counter is a constant there, so what only it determines is known too, such as the place that an element of a
sequence is read from and its result is written to. Delegates take such a loop as they take a call.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..graph import Graph, Node, TensorInfo
from ..op import Op
from .collected_rows import with_collected_rows
from .folding import is_pure, is_stateless

LOOPS = frozenset({"WHILE", "STABLEHLO_WHILE"})
MOST_NODES = 2048
"""Nodes of all rounds of a loop that is unrolled."""
MOST_ROUNDS = 512
"""Rounds of one whose rounds come to nothing."""
JOINING = ("CONCATENATION", "STABLEHLO_CONCATENATE")

Prepare = Callable[[Graph], Graph]
"""From a graph with shapes of inputs, some of which are constants, to the one with all shapes and folded constants."""


def unrolled(op: Op, prepare: Prepare) -> Graph | None:
    """The graph that a WHILE stands for; None where only a run can tell its shapes or how often it repeats.

    Raises:
        RuntimeError: a node cannot be prepared.
    """
    options, context = op.options, op.context
    condition, body = (context.subgraph(i).graph for i in (options.cond_subgraph_index, options.body_subgraph_index))
    inputs = [x.current_info() for x in op.inputs if x is not None]
    known = all(x.shape is not None for x in inputs) and len(inputs) == len(body.inputs) == len(condition.inputs)
    if not known or not is_stateless(condition) or not is_stateless(body):
        return None
    rounds = _Rounds(body, inputs)
    for _ in range(MOST_ROUNDS):
        verdict = prepare(_given(condition, rounds.state)).tensors[condition.outputs[0]].data
        if verdict is None:
            return None
        if not verdict.item():
            return with_collected_rows(rounds.graph())
        graph = prepare(_given(body, rounds.state))
        if not is_pure(graph):
            return None
        rounds.add(graph)
        if len(rounds.nodes) > MOST_NODES:
            break
    return None


def _given(graph: Graph, state: Sequence[TensorInfo]) -> Graph:
    """A graph with the shapes of its inputs, and the values of those that are known."""
    tensors = list(graph.tensors)
    for index, value in zip(graph.inputs, state, strict=True):
        tensors[index] = replace(tensors[index], shape=value.shape, data=value.data)
    return replace(graph, tensors=tuple(tensors))


class _Rounds:
    """The nodes of the rounds so far, in a graph of their own.

    Attributes:
        state: what the next round begins with, tensors of that graph.
        nodes: of that graph.
    """

    def __init__(self, body: Graph, inputs: Sequence[TensorInfo]) -> None:
        self._body = body
        self._tensors = [replace(x, index=i) for i, x in enumerate(inputs)]
        self._constants: dict[int, int] = {}
        self.state: list[TensorInfo] = list(self._tensors)
        self.nodes: list[Node] = []

    def add(self, graph: Graph) -> None:
        """Append a round: the body with the shapes and constants of now."""
        places = {-1: -1, **{t: x.index for t, x in zip(graph.inputs, self.state, strict=True)}}
        for node in graph.nodes:
            if any(graph.tensors[t].data is None and not _is_empty(graph, t) for t in node.outputs):
                inputs, outputs = (tuple(self._place(t, graph, places) for t in side) for side in _sides(node, graph))
                self.nodes.append(replace(node, index=len(self.nodes), inputs=inputs, outputs=outputs))
        self.state = [self._tensors[self._place(t, graph, places)] for t in graph.outputs]

    def _place(self, tensor: int, graph: Graph, places: dict[int, int]) -> int:
        """The index here of a body's tensor; what each round has is there once."""
        if tensor not in places:
            info = graph.tensors[tensor]
            shared = info.data is not None and info.data is self._body.tensors[tensor].data
            place = self._constants.get(tensor, len(self._tensors)) if shared else len(self._tensors)
            if place == len(self._tensors):
                self._tensors.append(replace(info, index=place))
            if shared:
                self._constants[tensor] = place
            places[tensor] = place
        return places[tensor]

    def graph(self) -> Graph:
        """All rounds as one graph; what comes out may be what came in, or a constant."""
        inputs, outputs = tuple(range(len(self._body.inputs))), tuple(x.index for x in self.state)
        return Graph(self._body.index, self._body.name, tuple(self._tensors), tuple(self.nodes), inputs, outputs)


def _is_empty(graph: Graph, tensor: int) -> bool:
    return tensor >= 0 and 0 in (graph.tensors[tensor].shape or ())


def _sides(node: Node, graph: Graph) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Inputs and outputs, without what is joined and has no elements."""
    inputs = node.inputs
    if node.op in JOINING:
        inputs = tuple(t for t in inputs if not _is_empty(graph, t))
    return inputs, node.outputs
