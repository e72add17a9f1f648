"""What a plan says about itself: where every node runs, why, and what crosses the boundaries."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..core.delegate import DelegateStep, NodePlacement, Partition, Step
from .capability import NOT_WORK


@dataclass(frozen=True)
class Boundary:
    """A tensor that crosses from one device to another.

    Attributes:
        tensor: its index.
        direction: "in" (to the delegate) or "out" (from it).
        nbytes: its size.
    """

    tensor: int
    name: str
    direction: str
    nbytes: int


@dataclass(frozen=True)
class PartitionSummary:
    """One partition of a plan."""

    number: int
    device: str
    nodes: tuple[int, ...]
    boundaries: tuple[Boundary, ...]
    subgraph: int = 0

    @property
    def transfer_bytes(self) -> int:
        return sum(b.nbytes for b in self.boundaries)


@dataclass(frozen=True)
class Refusal:
    """Nodes of a subgraph left to the CPU on the same grounds, or of which a delegate says the same."""

    op: str
    rule: str
    reason: str
    nodes: tuple[int, ...]
    subgraph: int = 0

    @property
    def count(self) -> int:
        return len(self.nodes)


@dataclass(frozen=True)
class PlacementReport:
    """Where the nodes of a graph run, and those of the subgraphs that it runs.

    Attributes:
        nodes: one entry per node, by node index, for one subgraph after the other.
        partitions: in the order in which they run, for one subgraph after the other.
        refusals: why nodes are on the CPU, the most frequent first.
        remarks: what delegates say of nodes they run, such as which results they store as half floats.
    """

    nodes: tuple[NodePlacement, ...]
    partitions: tuple[PartitionSummary, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Refusal, ...] = ()

    @property
    def delegated(self) -> int:
        """Number of nodes on delegates."""
        return sum(p.device != "cpu" for p in self.nodes)

    @property
    def running(self) -> int:
        """Number of nodes that an invocation runs; what constants alone determine and what nobody reads is left out,
        and so are nodes that only run others."""
        return sum(p.device != "cpu" or p.rule not in NOT_WORK for p in self.nodes)

    @property
    def share(self) -> float:
        """Share of the running nodes that are on delegates, 0 to 1."""
        return self.delegated / self.running if self.running else 0.0

    @property
    def transfer_bytes(self) -> int:
        """Bytes that cross boundaries per invocation, in which each subgraph runs once."""
        return sum(p.transfer_bytes for p in self.partitions)

    def __str__(self) -> str:
        lines = [
            f"{self.delegated} of {self.running} nodes on delegates ({self.share:.0%}), "
            f"{len(self.partitions)} partitions, {self.transfer_bytes} bytes cross per run"
        ]
        for p in self.partitions:
            what = f"{len(p.nodes)} nodes, {p.transfer_bytes} bytes cross"
            lines.append(f"  partition {p.number}{_of(p.subgraph)} on {p.device}: {what}")
        for r in self.refusals:
            lines.append(f"  cpu: {r.count} x {r.op}{_of(r.subgraph)}: {r.reason} [{r.rule}]")
        for r in self.remarks:
            lines.append(f"  delegate: {r.count} x {r.op}{_of(r.subgraph)}: {r.reason} [{r.rule}]")
        return "\n".join(lines)


def _of(subgraph: int) -> str:
    return f" of subgraph {subgraph}" if subgraph else ""


def group_refusals(placements: Sequence[NodePlacement]) -> tuple[Refusal, ...]:
    """Nodes on the CPU, grouped by operator, rule and reason."""
    return _grouped(p for p in placements if p.device == "cpu")


def group_remarks(placements: Sequence[NodePlacement]) -> tuple[Refusal, ...]:
    """Nodes of which their delegates say something, grouped likewise."""
    return _grouped(p for p in placements if p.device != "cpu" and p.reason)


def _grouped(placements: Iterable[NodePlacement]) -> tuple[Refusal, ...]:
    groups: dict[tuple[str, str, str, int], list[int]] = {}
    for p in placements:
        groups.setdefault((p.op, p.rule, p.reason, p.subgraph), []).append(p.node)
    found = [Refusal(*key[:3], tuple(nodes), key[3]) for key, nodes in groups.items()]
    return tuple(sorted(found, key=lambda r: -r.count))


def _summarize(part: Partition, placement: NodePlacement) -> PartitionSummary:
    graph, number = part.graph, placement.partition
    assert number is not None
    crossing = [(t, "in") for t in part.inputs] + [(t, "out") for t in part.outputs]
    infos = [(graph.tensors[t], way) for t, way in crossing]
    boundaries = tuple(Boundary(i.index, i.name, way, i.nbytes) for i, way in infos)
    return PartitionSummary(number, placement.device, part.nodes, boundaries, graph.index)


def report(steps: Iterable[Step], placements: Sequence[NodePlacement]) -> PlacementReport:
    """The report on the plans of a graph and of the subgraphs that it runs.

    Args:
        steps: of all plans.
        placements: as they are now: partitions that the CPU has taken over since are left out.
    """
    now = {(p.subgraph, p.node): p for p in placements}
    parts = [step.partition for step in steps if isinstance(step, DelegateStep)]
    first = [(part, now[part.graph.index, part.nodes[0]]) for part in parts]
    summaries = tuple(_summarize(part, placement) for part, placement in first if placement.device != "cpu")
    return PlacementReport(tuple(placements), summaries, group_refusals(placements), group_remarks(placements))
