"""The steps of profiled invocations as rows: what is the same step and kernel in several runs, or calls, is one row."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from ..core.delegate import KernelTime
from ..core.graph import Graph
from ..core.run.step_time import StepTime


@dataclass(frozen=True, eq=False)
class Recorded:
    """One invocation.

    Attributes:
        start, seconds: on the clock of `time.perf_counter`, without the replays; replays: what those took.
        steps: of all subgraphs, in the order in which they ended.
    """

    start: float
    seconds: float
    replays: float
    steps: tuple[StepTime, ...]


@dataclass(eq=False)
class Row:
    """A kernel, a node or a partition.

    Attributes:
        runs: for each run in which it ran, the (start, seconds) of each time.
    """

    name: str
    device: str
    subgraph: int
    partition: int | None
    nodes: tuple[int, ...]
    runs: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, run: int, start: float, seconds: float) -> None:
        self.runs.setdefault(run, []).append((start, seconds))

    @property
    def spans(self) -> list[tuple[float, float]]:
        """The (start, seconds) of each time in all runs."""
        return [span for spans in self.runs.values() for span in spans]

    @property
    def median(self) -> float:
        """The median of the seconds that it takes in a run."""
        return median(sum(seconds for _, seconds in spans) for spans in self.runs.values())

    @property
    def calls(self) -> int:
        """How often it ran in a run."""
        return round(median(len(spans) for spans in self.runs.values()))


Key = tuple[int, tuple[int, ...]]


def key_of(step: StepTime) -> Key:
    """What tells a step from the others of an invocation."""
    return step.subgraph, step.nodes


def kernel_rows(recorded: Sequence[Recorded], graph_of: Callable[[int], Graph]) -> list[Row]:
    """A row for each kernel and each node on the CPU, in running order."""
    numbers, rows = _numbers(recorded), dict[tuple[Key, int, str], Row]()
    for number, run in enumerate(recorded):
        for step in _in_order(run):
            for k, kernel in enumerate(step.kernels or [_whole(step, graph_of(step.subgraph))]):
                start = step.start + (step.seconds + kernel.start if step.kernels else 0)
                partition = numbers.get(key_of(step))
                row = Row(kernel.kernel, device_of(step), step.subgraph, partition, kernel.nodes)
                rows.setdefault((key_of(step), k, row.device), row).add(number, start, kernel.seconds)
    return list(rows.values())


def partition_rows(recorded: Sequence[Recorded]) -> list[Row]:
    """A row for each partition, in running order."""
    numbers, rows = _numbers(recorded), dict[Key, Row]()
    for number, run in enumerate(recorded):
        for step in _in_order(run):
            if step.partition is not None:
                key = key_of(step)
                row = rows.setdefault(key, Row("partition", "", step.subgraph, numbers[key], step.nodes))
                row.device = device_of(step)
                row.add(number, step.start, step.seconds)
    return list(rows.values())


def _in_order(run: Recorded) -> list[StepTime]:
    """Steps in the order in which they began: what a node called comes after the node."""
    return sorted(run.steps, key=lambda step: step.start)


def _numbers(recorded: Sequence[Recorded]) -> dict[Key, int]:
    """The number of each partition within its subgraph."""
    numbers: dict[Key, int] = {}
    for run in recorded:
        for step in _in_order(run):
            if step.partition is not None and key_of(step) not in numbers:
                numbers[key_of(step)] = sum(subgraph == step.subgraph for subgraph, _ in numbers)
    return numbers


def _whole(step: StepTime, graph: Graph) -> KernelTime:
    """A step as one kernel: a node on the CPU, or a partition whose delegate does not say more."""
    name = "partition" if step.partition is not None else graph.nodes[step.nodes[0]].op
    return KernelTime(name, step.nodes, step.seconds)


def device_of(step: StepTime) -> str:
    """Where a step runs; on the CPU too where it has taken over from a delegate."""
    if step.partition is None or step.partition.compiled is None:
        return "cpu"
    return step.partition.attachment.delegate.name
