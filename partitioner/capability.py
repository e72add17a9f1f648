"""Which nodes a delegate may and can take, and why not the others."""
from __future__ import annotations

from collections.abc import Collection

from ..core.delegate import Delegate, Unsupported, Verdict
from ..core.graph import Graph, Node
from ..core.schema import TensorType
from ..core.subgraph_call import CONTROL_FLOW, RUNS_ONCE
from .dependencies import CALLS_SUBGRAPH, DRAWS_RANDOM, HOLDS_RESOURCE

HAS_OWN_PLAN = "control_flow"
"""Rule of nodes that do nothing but run subgraphs which are planned by themselves."""
COPIES_VARIABLE = "variable"
"""Rule of nodes that copy a resource variable for those around them."""
ONCE = "once"
"""Rule of nodes that run in the first inference only."""
NOT_WORK = frozenset({"unused", "constant", HAS_OWN_PLAN, COPIES_VARIABLE, ONCE})
"""Rules of nodes on the CPU that compute nothing in `invoke`."""

_OPAQUE = frozenset({TensorType.STRING, TensorType.RESOURCE, TensorType.VARIANT})


def _effect(node: Node, graph: Graph) -> Unsupported | None:
    if node.op in CONTROL_FLOW:
        if node.index in graph.called or any(graph.tensors[t].shape is None for t in node.outputs):
            return None
        return Unsupported(HAS_OWN_PLAN, f"{node.op} runs other subgraphs, whose nodes are placed by themselves")
    if node.op == RUNS_ONCE:
        return Unsupported(ONCE, f"{node.op} runs another subgraph, in the first inference only")
    if node.op in CALLS_SUBGRAPH and node.index not in graph.regions:
        return Unsupported("subgraph", f"{node.op} runs another subgraph, which stays on the CPU with it")
    if node.op in ("READ_VARIABLE", "ASSIGN_VARIABLE"):
        return Unsupported(COPIES_VARIABLE, f"{node.op} copies a variable, which the interpreter keeps")
    if node.op in HOLDS_RESOURCE:
        return Unsupported("resource", f"{node.op} works on a variable or table that the interpreter keeps on the CPU")
    if node.op in DRAWS_RANDOM:
        return Unsupported("random", f"{node.op} draws from the interpreter's random generator")
    for t in graph.outputs_of(node):
        if t.is_variable:
            return Unsupported("state", f"{t} is a variable, and {node.op} makes it instead of updating it")
    return None


def _tensors(node: Node, graph: Graph) -> Unsupported | None:
    for t in (*node.inputs, *node.outputs):
        if t < 0:
            continue
        info = graph.tensors[t]
        if info.type in _OPAQUE:
            return Unsupported("dtype", f"{info} is of type {info.type.name}, which only the CPU holds")
        if info.shape is None:
            return Unsupported("dynamic_shape", f"the shape of {info.name or t} is known only at run time")
        if 0 in info.shape:
            return Unsupported("empty", f"{info} has no elements; the CPU passes it on at no cost")
    return None


def never_delegated(node: Node, graph: Graph, alive: Collection[int]) -> Unsupported | None:
    """Why no delegate at all may take `node`; None if one may.

    Side effects, other subgraphs, run-time shapes, strings and resources belong to the interpreter. What nobody reads,
    and what constants alone determine (`Graph.tensors` then holds its value), is not run at all.
    """
    if node.index not in alive:
        return Unsupported("unused", f"no output of the graph depends on this {node.op}")
    if node.outputs and all(graph.tensors[t].is_constant for t in node.outputs):
        return Unsupported("constant", f"this {node.op} depends on constants alone and was computed in advance")
    refused = _effect(node, graph)
    return refused if refused is not None else _tensors(node, graph)


def judge(graph: Graph, delegate: Delegate, alive: Collection[int], taken: Collection[int]) -> dict[int, Verdict]:
    """The verdict of `delegate` on every node that no earlier delegate took, by node index."""
    verdicts: dict[int, Verdict] = {}
    for node in graph.nodes:
        if node.index in taken:
            continue
        refused = never_delegated(node, graph, alive)
        verdicts[node.index] = refused if refused is not None else _asked(node, graph, delegate)
    return verdicts


def _asked(node: Node, graph: Graph, delegate: Delegate) -> Verdict:
    """What the delegate says; the nodes of a subgraph that it does not take as a whole are placed by themselves."""
    verdict = delegate.supports(node, graph)
    if node.index not in graph.called or not isinstance(verdict, Unsupported):
        return verdict
    reason = f"{node.op} runs another subgraph, whose nodes are placed by themselves; {verdict.reason}"
    return Unsupported(HAS_OWN_PLAN, reason)
