"""Which node has to run before which."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..core.graph import Graph, Node
from ..core.subgraph_call import COMBINES, CONTROL_FLOW, RUNS_ONCE

CALLS_SUBGRAPH = CONTROL_FLOW | COMBINES | {RUNS_ONCE}
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

OUTSIDE = -1
"""Stands, among variable tensors, for all that other subgraphs, resources and random generators hold."""
FIRST_RESOURCE = OUTSIDE - 1
"""Stands for the resource variable of handle 0; lower numbers are those of other handles. `OUTSIDE` includes them."""


def touched_state(node: Node, graph: Graph) -> tuple[int, ...]:
    """What `node` touches of what outlives it: variable tensors, a resource variable, or `OUTSIDE`. Nodes with some in
    common keep their order."""
    if node.op == "VAR_HANDLE":
        return ()
    handle = graph.tensor(node.inputs[0]) if node.op in ("READ_VARIABLE", "ASSIGN_VARIABLE") else None
    if handle is not None and handle.data is not None:
        return (FIRST_RESOURCE - int(handle.data.flat[0]),)
    calls = node.op in CALLS_SUBGRAPH and node.index not in graph.called and node.index not in graph.regions
    outside = calls or node.op in HOLDS_RESOURCE or node.op in DRAWS_RANDOM
    return (*((OUTSIDE,) if outside else ()), *graph.variables_of(node))


def _meet(a: int, b: int) -> bool:
    """Whether two of what nodes touch are the same, or one includes the other."""
    return a == b or (max(a, b) == OUTSIDE and min(a, b) <= FIRST_RESOURCE)


def predecessors(graph: Graph) -> Predecessors:
    """For each node, the nodes whose results it reads, and the last before it that touched the same state."""
    producer: dict[int, int] = {}
    last_touch: dict[int, int] = {}
    before: list[frozenset[int]] = []
    for node in graph.nodes:
        touched = touched_state(node, graph)
        direct = {producer[t] for t in node.inputs if t in producer}
        direct.update(index for t, index in last_touch.items() if any(_meet(t, other) for other in touched))
        last_touch.update((t, node.index) for t in touched)
        before.append(frozenset(direct))
        producer.update((t, node.index) for t in node.outputs)
    return tuple(before)


def live_nodes(graph: Graph, before: Predecessors) -> frozenset[int]:
    """Nodes whose results reach a graph output or a side effect; nobody misses the others."""
    wanted = set(graph.outputs)
    alive: set[int] = set()
    for node in reversed(graph.nodes):
        if node.index in alive or wanted.intersection(node.outputs) or touched_state(node, graph):
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
    """Tensors that `nodes` make and somebody else reads, in the order in which they are made, then the variables that
    they update.

    Args:
        keep_all: every tensor made counts as read (for looking at intermediate results).
    """
    inside = set(nodes)
    read: set[int] = set(graph.outputs)
    for node in graph.nodes:
        if node.index not in inside:
            read.update(node.inputs)
    made = dict.fromkeys(t for index in nodes for t in graph.nodes[index].outputs)
    updated = dict.fromkeys(t for index in nodes for t in graph.updated_by(graph.nodes[index]))
    return (*(t for t in made if keep_all or t in read), *updated)


def successors(before: Iterable[tuple[int, Iterable[int]]]) -> dict[int, list[int]]:
    """The reverse of a predecessor relation, given as (node, predecessors) pairs."""
    after: dict[int, list[int]] = {}
    for node, earlier in before:
        after.setdefault(node, [])
        for p in earlier:
            after.setdefault(p, []).append(node)
    return after
