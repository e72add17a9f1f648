"""From a plan to steps: partitions compiled by their delegates, or left to the CPU where a delegate fails."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ..delegate import Attachment, CpuStep, DelegateStep, NodePlacement, Planner, Policy, Step
from ..errors import DelegantError
from ..graph import Graph
from .assignment_check import check_assignment
from .delegated_partition import DelegatedPartition, warn_of_fallback
from .measured_partition import MeasuredPartition
from .validated_partition import ValidatedPartition, is_validating


class Delegation:
    """The delegates of one graph.

    Attributes:
        graph: as it was last planned, with the shapes of then; None before.
        plan: the steps of then.
        partitions: those that delegates have compiled.
    """

    def __init__(self, planner: Planner, attachments: Sequence[Attachment]) -> None:
        self.graph: Graph | None = None
        self.plan: tuple[Step, ...] = ()
        self._placements: tuple[NodePlacement, ...] = ()
        self.partitions: list[DelegatedPartition] = []
        self._planner = planner
        self._attachments = tuple(attachments)

    @property
    def placements(self) -> tuple[NodePlacement, ...]:
        """One per node of the graph, as it is now, with what delegates say of it; empty before the first plan."""
        remarks = {node: remark for partition in self.partitions for node, remark in partition.remarks().items()}
        if not remarks:
            return self._placements
        said = ((p, remarks.get(p.node)) for p in self._placements)
        return tuple(p if remark is None else replace(p, rule=remark[0], reason=remark[1]) for p, remark in said)

    def steps(self, graph: Graph, eager: Collection[int]) -> list[int | DelegatedPartition]:
        """Plan the graph and compile its partitions; nodes for the CPU by index, in the order in which to run.

        Args:
            graph: with its current shapes; None for those known only at run time.
            eager: nodes with such shapes.

        Raises:
            DelegantError: the plan cannot be run, or a delegate failed under the policy REQUIRE.
        """
        self.close()
        assignment = self._planner(graph, self._attachments)
        check_assignment(graph, assignment, self._attachments, eager)
        self.graph, self.plan, self._placements = graph, assignment.steps, assignment.placements
        steps: list[int | DelegatedPartition] = []
        try:
            for step in assignment.steps:
                steps.extend([step.node] if isinstance(step, CpuStep) else self._compile(step))
        except DelegantError:
            self.close()
            raise
        return steps

    def _compile(self, step: DelegateStep) -> Iterable[int | DelegatedPartition]:
        attachment = self._attachments[step.attachment]
        try:
            partition = _partition_kind(attachment.policy)(step.partition, attachment)
        except DelegantError as failure:
            if attachment.policy is Policy.REQUIRE:
                raise
            self.move_to_cpu(step.partition.nodes, "fallback", str(failure))
            warn_of_fallback(failure, attachment.delegate.name)
            return step.partition.nodes
        self.partitions.append(partition)
        return [partition]

    def took_over(self, partition: DelegatedPartition) -> None:
        """Note that the CPU runs the partition from now on."""
        self.partitions.remove(partition)
        self.move_to_cpu(partition.partition.nodes, partition.rule, partition.reason)

    def move_to_cpu(self, nodes: Collection[int], rule: str, reason: str) -> None:
        """Show in the placements that these nodes run on the CPU, and why."""
        self._placements = tuple(
            replace(p, device="cpu", partition=None, rule=rule, reason=reason) if p.node in nodes else p
            for p in self._placements
        )

    def forget(self) -> None:
        """Leave the graph to the CPU: its shapes are known only in the middle of a run."""
        self.close()
        self.graph, self.plan, self._placements = None, (), ()

    def close(self) -> None:
        """Free what delegates hold for the graph."""
        while self.partitions:
            self.partitions.pop().close()


def _partition_kind(policy: Policy) -> type[DelegatedPartition]:
    if is_validating():
        return ValidatedPartition
    return MeasuredPartition if policy is Policy.AUTO else DelegatedPartition


def all_on_cpu(
    graph: Graph, rule: str = "no_delegate", reason: str = "no delegate is attached"
) -> tuple[NodePlacement, ...]:
    """The placements of a graph that no delegate has a part of."""
    return tuple(NodePlacement(n.index, n.op, "cpu", None, rule, reason, graph.index) for n in graph.nodes)
