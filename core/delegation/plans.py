"""What delegates have compiled of a graph for the shapes of its tensors, and for shapes that may come back."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from ..delegate import NodePlacement, Step
from ..graph import Graph, Shape
from .delegated_partition import DelegatedPartition

MOST_PLANS = 4
"""Sets of shapes for which a graph is kept compiled, the present one included."""
MOST_BYTES = 256 << 20
"""Bytes that those of them which are not in use may hold on devices."""

Shapes = tuple[Shape | None, ...]


class Plan:
    """A graph planned for one set of shapes.

    Attributes:
        graph: with these shapes. steps: as they were planned.
        placements: as they are now, without what delegates say.
        runs: nodes for the CPU by index, and compiled partitions, in the order in which to run.
    """

    def __init__(self, graph: Graph, steps: tuple[Step, ...], placements: tuple[NodePlacement, ...]) -> None:
        self.graph, self.steps, self.placements = graph, steps, placements
        self.runs: list[int | DelegatedPartition] = []

    @property
    def partitions(self) -> list[DelegatedPartition]:
        """Those that delegates run at present."""
        return [run for run in self.runs if isinstance(run, DelegatedPartition) and run.compiled is not None]

    @property
    def nbytes(self) -> int:
        """Bytes on devices."""
        return sum(partition.nbytes for partition in self.partitions)

    @property
    def has_failed(self) -> bool:
        """Whether the CPU has taken something over that is worth another try."""
        return any(p.rule == "fallback" for p in self.placements)

    def again(self) -> list[int | DelegatedPartition]:
        """`runs` for a new allocation: what the CPU has taken over is now planned with its other nodes."""
        runs = self.runs
        self.runs = []
        for run in runs:
            taken_over = isinstance(run, DelegatedPartition) and run.compiled is None
            self.runs.extend(run.partition.nodes if taken_over else [run])  # type: ignore[union-attr]
        return self.runs

    def move_to_cpu(self, nodes: Collection[int], rule: str, reason: str) -> None:
        """Show in the placements that these nodes run on the CPU, and why."""
        self.placements = tuple(
            replace(p, device="cpu", partition=None, rule=rule, reason=reason) if p.node in nodes else p
            for p in self.placements
        )

    def unbind(self) -> None:
        """Let go of the arrays of the last allocation."""
        for partition in self.partitions:
            partition.unbind()

    def close(self) -> None:
        """Free what delegates hold. More than one call is allowed."""
        for partition in self.partitions:
            partition.close()


class Plans:
    """A few plans by their shapes, the one used last at the end."""

    def __init__(self) -> None:
        self._plans: dict[Shapes, Plan] = {}

    def take(self, shapes: Shapes) -> Plan | None:
        """The plan for these shapes, from now on the one in use; None if there is none."""
        plan = self._plans.pop(shapes, None)
        if plan is not None:
            self.add(shapes, plan)
        return plan

    def add(self, shapes: Shapes, plan: Plan) -> None:
        """Keep a plan, from now on the one in use; the longest unused are closed where there are too many."""
        self._plans[shapes] = plan
        idle = list(self._plans.values())[:-1]
        while len(idle) >= MOST_PLANS or sum(known.nbytes for known in idle) > MOST_BYTES:
            self.drop(idle.pop(0))

    def drop(self, plan: Plan) -> None:
        """Close a plan and forget it."""
        plan.close()
        self._plans = {shapes: known for shapes, known in self._plans.items() if known is not plan}

    def clear(self) -> bool:
        """Close all and forget them; returns whether there were any."""
        plans, self._plans = self._plans, {}
        for plan in plans.values():
            plan.close()
        return bool(plans)


def shapes_of(graph: Graph) -> Shapes:
    """What a plan of the graph depends on: constants are what the file says or follow from the shapes."""
    return tuple(tensor.shape for tensor in graph.tensors)


def remarked(
    placements: Sequence[NodePlacement], partitions: Sequence[DelegatedPartition]
) -> tuple[NodePlacement, ...]:
    """The placements with what delegates say of their nodes now."""
    remarks = {node: remark for partition in partitions for node, remark in partition.remarks().items()}
    said = ((p, remarks.get(p.node)) for p in placements)
    return tuple(p if remark is None else replace(p, rule=remark[0], reason=remark[1]) for p, remark in said)
