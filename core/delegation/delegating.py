"""From a plan to steps: partitions compiled by their delegates, or left to the CPU where a delegate fails."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..delegate import Attachment, CpuStep, DelegateStep, NodePlacement, Planner, Policy, Step
from ..errors import DelegantError, DeviceMemoryError
from ..graph import Graph
from .assignment_check import check_assignment
from .delegated_partition import DelegatedPartition, warn_of_fallback
from .measured_partition import MeasuredPartition
from .plans import Plan, Plans, remarked, shapes_of
from .validated_partition import ValidatedPartition, is_validating

Runs = list[int | DelegatedPartition]
"""Nodes for the CPU by index, and partitions, in the order in which to run."""


class Delegation:
    """The delegates of one graph, and what they have compiled of it for the last few sets of shapes.

    Attributes:
        current: the plan of now; None before the first one, and where the graph was left to the CPU.
    """

    def __init__(self, planner: Planner, attachments: Sequence[Attachment]) -> None:
        self.current: Plan | None = None
        self._plans = Plans()
        self._planner = planner
        self._attachments = tuple(attachments)

    @property
    def graph(self) -> Graph | None:
        """The graph as it was planned, with the shapes of then."""
        return None if self.current is None else self.current.graph

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps as they were planned."""
        return () if self.current is None else self.current.steps

    @property
    def partitions(self) -> list[DelegatedPartition]:
        """Those that delegates run, in the order in which they run."""
        return [] if self.current is None else self.current.partitions

    @property
    def placements(self) -> tuple[NodePlacement, ...]:
        """One per node of the graph, as it is now, with what delegates say of it; empty without a plan."""
        return () if self.current is None else remarked(self.current.placements, self.partitions)

    def plan(self, graph: Graph, eager: Collection[int]) -> Runs:
        """Plan the graph and compile its partitions, or take what is there for these shapes, unless it has failed.

        Args:
            graph: with its current shapes; None for those known only at run time.
            eager: nodes with such shapes.

        Raises:
            DelegantError: the plan cannot be run, or a delegate failed under the policy REQUIRE.
        """
        found = self.known(graph)
        if found is not None and self.current is not None:
            if not self.current.has_failed:
                return found
            self._plans.drop(self.current)
        assignment = self._planner(graph, self._attachments)
        check_assignment(graph, assignment, self._attachments, eager)
        self.current = plan = Plan(graph, assignment.steps, assignment.placements)
        try:
            for step in assignment.steps:
                plan.runs.extend([step.node] if isinstance(step, CpuStep) else self._compile(step, plan))
        except DelegantError:
            plan.close()
            raise
        self._plans.add(shapes_of(graph), plan)
        return plan.runs

    def known(self, graph: Graph) -> Runs | None:
        """What was compiled before for the shapes of this graph, from now on in use again; None if there is nothing."""
        self.current = self._plans.take(shapes_of(graph))
        return None if self.current is None else self.current.again()

    def _compile(self, step: DelegateStep, plan: Plan) -> Iterable[int | DelegatedPartition]:
        attachment = self._attachments[step.attachment]
        make = _partition_kind(attachment.policy)
        try:
            try:
                return [make(step.partition, attachment)]
            except DeviceMemoryError:
                if not self._plans.clear():
                    raise
                return [make(step.partition, attachment)]  # with the memory of what was kept for other shapes
        except DelegantError as failure:
            if attachment.policy is Policy.REQUIRE:
                raise
            plan.move_to_cpu(step.partition.nodes, "fallback", str(failure))
            warn_of_fallback(failure, attachment.delegate.name)
            return step.partition.nodes

    def took_over(self, partition: DelegatedPartition) -> None:
        """Note that the CPU runs the partition from now on."""
        if self.current is not None:
            self.current.move_to_cpu(partition.partition.nodes, partition.rule, partition.reason)

    def rest(self) -> None:
        """Let go of the memory of the present shapes; what was compiled for them is kept."""
        if self.current is not None:
            self.current.unbind()

    def close(self) -> None:
        """Free what delegates hold for the graph. The placements stay."""
        self._plans.clear()


def _partition_kind(policy: Policy) -> type[DelegatedPartition]:
    if is_validating():
        return ValidatedPartition
    return MeasuredPartition if policy is Policy.AUTO else DelegatedPartition


def all_on_one(
    graph: Graph, device: str = "cpu", rule: str = "no_delegate", reason: str = "no delegate is attached"
) -> tuple[NodePlacement, ...]:
    """The placements of a graph that was not planned."""
    return tuple(NodePlacement(n.index, n.op, device, None, rule, reason, graph.index) for n in graph.nodes)
