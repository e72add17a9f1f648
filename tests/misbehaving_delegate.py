"""A delegate that computes elementwise nodes with NumPy and misbehaves as told, and planners that say who runs what."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from fake_delegate import compute

from delegant.core.delegate import (
    Assignment,
    Attachment,
    CompiledPartition,
    CpuStep,
    Delegate,
    DelegateStep,
    NodePlacement,
    Partition,
    Step,
    Supported,
)
from delegant.core.graph import Graph

f32 = np.float32


class MisbehavingPartition(CompiledPartition):
    """Computes elementwise nodes with NumPy, and does as the delegate's `misbehave` says first."""

    def __init__(self, partition: Partition, delegate: MisbehavingDelegate) -> None:
        self.partition, self.delegate = partition, delegate
        self.runs = self.closed = 0

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self.runs += 1
        values = compute(self.partition, inputs)
        if self.delegate.misbehave is not None:
            self.delegate.misbehave(self, inputs, outputs)
        for t, output in zip(self.partition.outputs, outputs, strict=True):
            if t not in self.delegate.unwritten:
                output[...] = values[t]

    def close(self) -> None:
        self.closed += 1


@dataclass
class MisbehavingDelegate(Delegate):
    compile_error: Exception | None = None
    misbehave: Callable[[MisbehavingPartition, Any, Any], None] | None = None
    unwritten: frozenset[int] = frozenset()
    compiled: list[MisbehavingPartition] = field(default_factory=list)
    name = "fake"
    device = "a machine of paper"
    is_software = True

    def supports(self, node: Any, graph: Graph) -> Supported:
        return Supported()

    def compile(self, partition: Partition) -> CompiledPartition:
        if self.compile_error is not None:
            raise self.compile_error
        self.compiled.append(MisbehavingPartition(partition, self))
        return self.compiled[-1]


def planner_of(*groups: Sequence[int]) -> Callable[[Graph, Sequence[Attachment]], Assignment]:
    """A planner that hands each group of nodes to the first attachment."""

    def plan(graph: Graph, attachments: Sequence[Attachment]) -> Assignment:
        steps: list[Step] = []
        member = {i: group for group in groups for i in group}
        for node in graph.nodes:
            group = member.get(node.index)
            if group is None:
                steps.append(CpuStep(node.index))
            elif node.index == max(group):
                steps.append(DelegateStep(0, _partition(graph, tuple(group))))
        placements = tuple(
            NodePlacement(n.index, n.op, "fake" if n.index in member else "cpu", None, "test", "") for n in graph.nodes
        )
        return Assignment(tuple(steps), placements)

    return plan


def _partition(graph: Graph, nodes: tuple[int, ...]) -> Partition:
    made = [t for i in nodes for t in graph.nodes[i].outputs]
    read = dict.fromkeys(t for i in nodes for t in graph.nodes[i].inputs if t not in made)
    inputs = tuple(t for t in read if not graph.tensors[t].is_constant)
    outside = {t for n in graph.nodes if n.index not in nodes for t in n.inputs} | set(graph.outputs)
    return Partition(graph, nodes, inputs, tuple(t for t in made if t in outside))
