"""How long each step of an invocation took."""
from __future__ import annotations

import time
from dataclasses import dataclass

from ..delegate import KernelTime
from ..delegation.delegated_partition import DelegatedPartition
from ..op import Run


@dataclass(frozen=True, eq=False)
class StepTime:
    """One step of one invocation.

    Attributes:
        nodes: the node that ran, or those of the partition.
        partition: the partition, or None where the step was a node on the CPU.
        start: when it began, on the clock of `time.perf_counter`.
        seconds: how long it took on that clock, for a partition with moving its inputs and outputs.
        kernels: of the partition, timed in a replay that began right after the step; `replay_seconds`: what that took.
    """

    nodes: tuple[int, ...]
    partition: DelegatedPartition | None
    start: float
    seconds: float
    kernels: tuple[KernelTime, ...] = ()
    replay_seconds: float = 0.0


def timed(run: Run, step: int | DelegatedPartition, times: list[StepTime]) -> Run:
    """`run`, which then also adds its time to `times`. A partition's kernels are timed at once, while its inputs and
    outputs are in their memory, which other steps may use later."""

    def timed_node() -> None:
        assert isinstance(step, int)
        start = time.perf_counter()
        run()
        times.append(StepTime((step,), None, start, time.perf_counter() - start))

    def timed_partition() -> None:
        assert isinstance(step, DelegatedPartition)
        start = time.perf_counter()
        run()
        end = time.perf_counter()
        kernels = step.profile()
        times.append(StepTime(step.partition.nodes, step, start, end - start, kernels, time.perf_counter() - end))

    return timed_node if isinstance(step, int) else timed_partition
