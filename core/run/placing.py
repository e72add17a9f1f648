"""Where the nodes of a subgraph run, and those of the subgraphs that it runs."""
from __future__ import annotations

from collections.abc import Sequence

from ..delegate import NodePlacement
from ..delegation.delegating import all_on_one
from ..graph import Graph, Node
from ..model.model_check import subgraphs_of
from ..subgraph_call import CONTROL_FLOW, RUNS_ONCE
from .execution import Execution

Reason = tuple[str, str, str]
"""Device, rule and reason."""


def calls(graph: Graph) -> list[tuple[Node, int]]:
    """Nodes with each subgraph that they run."""
    nodes = (n for n in graph.nodes if n.options is not None and (n.op in CONTROL_FLOW or n.op == RUNS_ONCE))
    return [(node, index) for node in nodes for index in subgraphs_of(node.options)]


def called_from(executions: Sequence[Execution], start: int) -> dict[int, tuple[int, Node] | None]:
    """The subgraph `start` and those that run with it, in their order: with the one that calls each, and the node."""
    found: dict[int, tuple[int, Node] | None] = {start: None}
    waiting = [start]
    for caller in waiting:
        for node, index in calls(executions[caller].graph):
            if index not in found:
                found[index] = caller, node
                waiting.append(index)
    return {index: found[index] for index in sorted(found, key=lambda index: (index != start, index))}


def placements(executions: Sequence[Execution], start: int) -> tuple[NodePlacement, ...]:
    """One per node of a subgraph, by its index, and then one per node of those that it runs."""
    callers = called_from(executions, start)
    return tuple(p for index in callers for p in _of_one(executions, index, callers))


def _of_one(
    executions: Sequence[Execution], index: int, callers: dict[int, tuple[int, Node] | None]
) -> tuple[NodePlacement, ...]:
    execution = executions[index]
    if execution.delegation is None:
        return all_on_one(execution.graph)
    if execution.delegation.graph is not None:
        return execution.delegation.placements
    return all_on_one(execution.graph, *_why_unplanned(executions, index, callers))


TAKEN_BACK = ("fallback", "measured")
"""Rules of nodes that were on a delegate."""
_NOT_YET = "cpu", "not_planned", "allocate_tensors assigns nodes to delegates"


def _why_unplanned(
    executions: Sequence[Execution], index: int, callers: dict[int, tuple[int, Node] | None]
) -> Reason:
    """Why a subgraph has no plan of its own."""
    caller = callers[index]
    if caller is None:
        return _NOT_YET
    above, node = caller
    delegation = executions[above].delegation
    if delegation is None or delegation.graph is None:
        return _why_unplanned(executions, above, callers)
    where = f"node {node.index} ({node.op}) of subgraph {above}"
    if node.op == RUNS_ONCE:
        return "cpu", "once", f"{where} runs this once, which does not pay for compiling it"
    placement = delegation.placements[node.index]
    if placement.device != "cpu":
        return placement.device, "inlined", f"computed by {placement.device} as part of {where}"
    if placement.rule in TAKEN_BACK:
        return "cpu", placement.rule, placement.reason
    if any(delegation.graph.tensors[t].shape is None for t in (*node.inputs, *node.outputs) if t >= 0):
        return "cpu", "dynamic_shape", f"{where} calls this with shapes that are known only at run time"
    if executions[index].has_run:
        return "cpu", "shapes", f"{where} is one of many that call this with different shapes; a few are kept compiled"
    return "cpu", "unused", f"{where} never calls this: what it chooses by is constant"
