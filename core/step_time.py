"""How long each step of an invocation took."""
from __future__ import annotations

import time
from dataclasses import dataclass

from .delegated_partition import DelegatedPartition
from .op import Run


@dataclass(frozen=True, eq=False)
class StepTime:
    """One step of one invocation.

    Attributes:
        nodes: the node that ran, or those of the partition.
        partition: the partition, or None where the step was a node on the CPU.
        start: when it began, on the clock of `time.perf_counter`.
        seconds: how long it took on that clock, for a partition with moving its inputs and outputs.
    """

    nodes: tuple[int, ...]
    partition: DelegatedPartition | None
    start: float
    seconds: float


def timed(run: Run, step: int | DelegatedPartition, times: list[StepTime]) -> Run:
    """`run`, which then also adds its time to `times`."""
    partition = step if isinstance(step, DelegatedPartition) else None
    nodes = (step,) if isinstance(step, int) else step.partition.nodes

    def timed_run() -> None:
        start = time.perf_counter()
        run()
        times.append(StepTime(nodes, partition, start, time.perf_counter() - start))

    return timed_run
