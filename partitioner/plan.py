"""Assign every node of a graph to an attached delegate or to the CPU."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..core.delegate import (
    Assignment,
    Attachment,
    CpuStep,
    DelegateStep,
    NodePlacement,
    Partition,
    Policy,
    Step,
    Unsupported,
)
from ..core.errors import DelegantError
from ..core.graph import Graph
from .capability import NOT_WORK, judge
from .dependencies import Predecessors, live_nodes, partition_inputs, partition_outputs, predecessors
from .partition import contract, partitions, topological

Refusals = list[tuple[str, Unsupported]]
"""Who refused a node and why: (delegate's name, verdict), in the order in which they were asked."""


@dataclass
class _Draft:
    """What has been decided so far: groups with their attachments, and the refusals of every node."""

    groups: list[tuple[int, ...]] = field(default_factory=list)
    attachments: list[int] = field(default_factory=list)
    refusals: dict[int, Refusals] = field(default_factory=dict)

    def taken(self) -> set[int]:
        return {node for group in self.groups for node in group}


def _offer(draft: _Draft, graph: Graph, before: Predecessors, index: int, attached: Attachment, min_nodes: int) -> None:
    """Ask one delegate about what is left and give it its partitions."""
    name = attached.delegate.name
    verdicts = judge(graph, attached.delegate, live_nodes(graph, before), draft.taken())
    for node, verdict in verdicts.items():
        if isinstance(verdict, Unsupported):
            draft.refusals.setdefault(node, []).append((name, verdict))
    supported = [node for node, verdict in verdicts.items() if verdict]
    for group in partitions(before, supported, draft.groups):
        if len(group) >= min_nodes or attached.policy is Policy.REQUIRE:
            draft.groups.append(group)
            draft.attachments.append(index)
            continue
        small = Unsupported(
            "min_nodes", f"its partition has {len(group)} nodes; min_nodes={min_nodes} asks for more"
        )
        for node in group:
            draft.refusals.setdefault(node, []).append((name, small))


def _cpu_reason(refusals: Refusals) -> tuple[str, str]:
    """Rule and reason of a node on the CPU; several delegates' reasons are told apart by their names."""
    if not refusals:
        return "no_delegate", "no delegate is attached"
    reasons = dict.fromkeys(verdict.reason for _, verdict in refusals)
    if len(reasons) == 1:
        return refusals[0][1].rule, refusals[0][1].reason
    return refusals[0][1].rule, "; ".join(f"{name}: {verdict.reason}" for name, verdict in refusals)


def _steps(graph: Graph, before: Predecessors, draft: _Draft, keep_all: bool) -> tuple[Step, ...]:
    """The steps in the order in which they run."""
    first = {min(group): k for k, group in enumerate(draft.groups)}
    steps: list[Step] = []
    for unit in topological(contract(before, draft.groups)):
        if unit not in first:
            steps.append(CpuStep(unit))
            continue
        nodes = draft.groups[first[unit]]
        reads, makes = partition_inputs(graph, nodes), partition_outputs(graph, nodes, keep_all)
        steps.append(DelegateStep(draft.attachments[first[unit]], Partition(graph, nodes, reads, makes)))
    return tuple(steps)


def _placements(
    graph: Graph, steps: Sequence[Step], attachments: Sequence[Attachment], refusals: Mapping[int, Refusals]
) -> tuple[NodePlacement, ...]:
    """One placement per node, partitions counted in the order in which they run."""
    where: dict[int, tuple[int, str]] = {}
    delegated = [step for step in steps if isinstance(step, DelegateStep)]
    for number, step in enumerate(delegated):
        where.update((node, (number, attachments[step.attachment].delegate.name)) for node in step.partition.nodes)
    placements = []
    for node in graph.nodes:
        if node.index in where:
            number, device = where[node.index]
            placements.append(NodePlacement(node.index, node.op, device, number, "supported", "", graph.index))
        else:
            rule, reason = _cpu_reason(refusals.get(node.index, []))
            placements.append(NodePlacement(node.index, node.op, "cpu", None, rule, reason, graph.index))
    return tuple(placements)


def _enforce(attachments: Sequence[Attachment], placements: Sequence[NodePlacement]) -> None:
    """Under the policy REQUIRE, refuse a plan that leaves work to the CPU."""
    names = [a.delegate.name for a in attachments if a.policy is Policy.REQUIRE]
    left = [p for p in placements if p.device == "cpu" and p.rule not in NOT_WORK]
    if not names or not left:
        return
    lines = "\n".join(f"  node {p.node} ({p.op}): {p.reason} [{p.rule}]" for p in left)
    where = f" of subgraph {left[0].subgraph}" if left[0].subgraph else ""
    raise DelegantError(
        f"policy 'require': {len(left)} of {len(placements)} nodes{where} cannot run on {', '.join(names)}; "
        f"use policy='prefer' to run them on the CPU:\n{lines}",
        delegate=names[0],
        nodes=[p.node for p in left],
    )


def plan(
    graph: Graph, attachments: Sequence[Attachment], *, min_nodes: int = 1, keep_all: bool = False
) -> Assignment:
    """Cut `graph` into partitions for the attached delegates, in their order, and leave the rest to the CPU.

    The first delegate takes all it supports in maximal acyclic partitions; the next is asked about what is left.

    Args:
        graph: with the shapes it will run with.
        min_nodes: smallest partition a delegate is given. The default of 1 hands over all that is supported, so that a
            delegate's share does not depend on hidden rules; raise it where many small partitions cost more in
            transfers than they save. Partitions under the policy REQUIRE are never too small.
        keep_all: every tensor a partition makes is one of its outputs, so that all of them can be read.

    Raises:
        ValueError: `min_nodes` is less than 1.
        DelegantError: a node is left to the CPU under the policy REQUIRE; the message names each with its reason.
    """
    if min_nodes < 1:
        raise ValueError(f"min_nodes must be at least 1, got {min_nodes}")
    before = predecessors(graph)
    draft = _Draft()
    for index, attached in enumerate(attachments):
        _offer(draft, graph, before, index, attached, min_nodes)
    steps = _steps(graph, before, draft, keep_all)
    placements = _placements(graph, steps, attachments, draft.refusals)
    _enforce(attachments, placements)
    return Assignment(steps, placements)
