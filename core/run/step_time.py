"""How long each step of an invocation took."""
from __future__ import annotations

import time
from dataclasses import dataclass

from ..delegate import KernelTime
from ..delegation.delegated_partition import DelegatedPartition
from ..op import Run
from .batching import Batch, PlannedStep


@dataclass(frozen=True, eq=False)
class StepTime:
    """One step of one invocation.

    Attributes:
        subgraph: whose step it is. nodes: the node that ran, several that ran at once, or those of the
            partition.
        partition: the partition, or None where the step was a node on the CPU.
        start: when it began, on the clock of `time.perf_counter`.
        seconds: how long it took on that clock, for a partition with moving its inputs and outputs, for a node that
            runs subgraphs without their steps, which are steps of their own.
        kernels: of the partition, timed in a replay that began right after the step; `replay_seconds`: what that took.
    """

    subgraph: int
    nodes: tuple[int, ...]
    partition: DelegatedPartition | None
    start: float
    seconds: float
    kernels: tuple[KernelTime, ...] = ()
    replay_seconds: float = 0.0


def timed(run: Run, subgraph: int, step: PlannedStep, times: list[StepTime]) -> Run:
    """`run`, which then also adds its time to `times`. A partition's kernels are timed at once, while its inputs and
    outputs are in their memory, which other steps may use later."""

    def timed_node() -> None:
        assert not isinstance(step, DelegatedPartition)
        nodes = step.nodes if isinstance(step, Batch) else (step,)
        known, start = len(times), time.perf_counter()
        run()
        seconds = time.perf_counter() - start
        inside = sum(inner.seconds + inner.replay_seconds for inner in times[known:])
        times.append(StepTime(subgraph, nodes, None, start, seconds - inside))

    def timed_partition() -> None:
        assert isinstance(step, DelegatedPartition)
        start = time.perf_counter()
        run()
        end = time.perf_counter()
        kernels = step.profile()
        replay = time.perf_counter() - end
        times.append(StepTime(subgraph, step.partition.nodes, step, start, end - start, kernels, replay))

    return timed_partition if isinstance(step, DelegatedPartition) else timed_node
