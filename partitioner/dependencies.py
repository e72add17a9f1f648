"""Which node has to run before which."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..core.graph import Graph, Node

CALLS_SUBGRAPH = frozenset(
    {
        "IF", "WHILE", "CALL", "CALL_ONCE", "STABLEHLO_WHILE", "STABLEHLO_CASE", "STABLEHLO_COMPOSITE",
        "STABLEHLO_REDUCE", "STABLEHLO_REDUCE_WINDOW", "STABLEHLO_SCATTER", "STABLEHLO_SORT",
    }
)  # fmt: skip
"""Operators that run another subgraph."""

HOLDS_RESOURCE = frozenset(
    {
        "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE",
        "HASHTABLE", "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_SIZE",
    }
)  # fmt: skip
"""Operators on resource variables and hash tables, which live outside the graph's tensors."""

DRAWS_RANDOM = frozenset({"RANDOM_STANDARD_NORMAL", "RANDOM_UNIFORM", "MULTINOMIAL"})
"""Operators that advance a random generator."""

Predecessors = tuple[frozenset[int], ...]


def state_tensors(node: Node, graph: Graph) -> tuple[int, ...]:
    """The variable tensors (state kept between invocations) that `node` reads and may write."""
    return tuple(i for i in node.inputs if i >= 0 and graph.tensors[i].is_variable)


def has_side_effects(node: Node, graph: Graph) -> bool:
    """Whether `node` touches state that outlives it, so that its place among the others of its kind is fixed."""
    return (
        node.op in CALLS_SUBGRAPH
        or node.op in HOLDS_RESOURCE
        or node.op in DRAWS_RANDOM
        or bool(state_tensors(node, graph))
    )


def predecessors(graph: Graph) -> Predecessors:
    """For each node, the nodes whose results it reads, and the node with side effects before it if it has some too."""
    producer: dict[int, int] = {}
    last_effect: int | None = None
    before: list[frozenset[int]] = []
    for node in graph.nodes:
        direct = {producer[t] for t in node.inputs if t in producer}
        if has_side_effects(node, graph):
            if last_effect is not None:
                direct.add(last_effect)
            last_effect = node.index
        before.append(frozenset(direct))
        producer.update((t, node.index) for t in node.outputs)
    return tuple(before)


def live_nodes(graph: Graph, before: Predecessors) -> frozenset[int]:
    """Nodes whose results reach a graph output or a side effect; nobody misses the others."""
    wanted = set(graph.outputs)
    alive: set[int] = set()
    for node in reversed(graph.nodes):
        if node.index in alive or wanted.intersection(node.outputs) or has_side_effects(node, graph):
            alive.add(node.index)
            alive.update(before[node.index])
    return frozenset(alive)


def partition_inputs(graph: Graph, nodes: Sequence[int]) -> tuple[int, ...]:
    """Non-constant tensors that `nodes` read and do not make, in the order of first use."""
    made: set[int] = set()
    needed: dict[int, None] = {}
    for index in nodes:
        node = graph.nodes[index]
        for t in node.inputs:
            if t >= 0 and t not in made and not graph.tensors[t].is_constant:
                needed[t] = None
        made.update(node.outputs)
    return tuple(needed)


def partition_outputs(graph: Graph, nodes: Sequence[int], keep_all: bool = False) -> tuple[int, ...]:
    """Tensors that `nodes` make and somebody else reads, in the order in which they are made.

    Args:
        keep_all: every tensor made counts as read (for looking at intermediate results).
    """
    inside = set(nodes)
    read: set[int] = set(graph.outputs)
    for node in graph.nodes:
        if node.index not in inside:
            read.update(node.inputs)
    made = dict.fromkeys(t for index in nodes for t in graph.nodes[index].outputs)
    return tuple(t for t in made if keep_all or t in read)


def successors(before: Iterable[tuple[int, Iterable[int]]]) -> dict[int, list[int]]:
    """The reverse of a predecessor relation, given as (node, predecessors) pairs."""
    after: dict[int, list[int]] = {}
    for node, earlier in before:
        after.setdefault(node, [])
        for p in earlier:
            after.setdefault(p, []).append(node)
    return after
