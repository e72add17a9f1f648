"""Where the time of an invocation goes: kernel by kernel on a delegate, node by node on the CPU."""
from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from statistics import median

from ..core.delegate import Policy
from ..core.delegation.measured_partition import TRIALS
from ..interpreter import Interpreter
from .inputs import Inputs
from .profile_rows import Recorded, Row, kernel_rows, key_of, partition_rows
from .progress import Progress, silent
from .session import DelegateSource, ModelSource, Target, choose_inputs, feed, model_name, open_model, target_of
from .trace import trace_events


@dataclass(frozen=True)
class KernelProfile:
    """One kernel of a delegate, or one node on the CPU. Times are in microseconds.

    Attributes:
        kernel: its name; on the CPU the operator's, and "partition" where a delegate cannot tell its kernels' times.
        device: the delegate's name, or "cpu".
        partition: number of the partition in running order, or None.
        nodes: the model's nodes that it computes, several where they are fused; none where it only converts an input
            or output of the partition. ops: their operators.
        starts_us: when it began in each run, since the first run did. times_us: how long it took.
        median_us: the median of those. share: that over the sum of the medians of all kernels.
        subgraph: where the nodes and the partition are. A node that runs subgraphs is timed without them.
        calls: how often it ran in each run, in a subgraph that is called several times; `starts_us` and `times_us` then
            list each time, and `median_us` is that of a run's sum.
    """

    kernel: str
    device: str
    partition: int | None
    nodes: tuple[int, ...]
    ops: tuple[str, ...]
    starts_us: tuple[float, ...]
    times_us: tuple[float, ...]
    median_us: float
    share: float
    subgraph: int = 0
    calls: int = 1


@dataclass(frozen=True)
class OpProfile:
    """All kernels that compute the same operators on the same device.

    Attributes:
        ops: the operators; several where they are fused, none for conversions at the edge of a partition.
        kernels, nodes: how many. median_us: the sum of the kernels' medians. share: of all kernels' time.
    """

    ops: tuple[str, ...]
    device: str
    kernels: int
    nodes: int
    median_us: float
    share: float


@dataclass(frozen=True)
class PartitionProfile:
    """One partition as the CPU sees it. Times are medians, in microseconds.

    Attributes:
        nodes: how many; without_kernel: of these, how many need no kernel (a RESHAPE that changes no memory).
        starts_us, times_us: of each run, with moving inputs and outputs. wall_us: the median of those times.
        kernels_us: of the sum of its kernels' times; 0 where the delegate cannot tell.
        profiled: whether it can.
        subgraph, calls: as in `KernelProfile`; `wall_us` and `kernels_us` are of all calls in a run.
    """

    number: int
    device: str
    nodes: int
    without_kernel: int
    starts_us: tuple[float, ...]
    times_us: tuple[float, ...]
    wall_us: float
    kernels_us: float
    profiled: bool
    subgraph: int = 0
    calls: int = 1


@dataclass(frozen=True)
class Profile:
    """Where the time of a model's invocations goes.

    Kernels of a delegate are timed on the device's clock, in a replay right after each run of their partition; nodes on
    the CPU and partitions as a whole are timed in the invocation itself.

    Attributes:
        runs: how many invocations were timed. invoke_us: the median of one, without the replays.
        starts_us, times_us: of each invocation; replays_us: what the replays inside it took besides.
        kernels: in running order. ops: the costliest first. partitions: in running order.
    """

    model: str
    target: Target
    runs: int
    invoke_us: float
    starts_us: tuple[float, ...]
    times_us: tuple[float, ...]
    replays_us: tuple[float, ...]
    kernels: tuple[KernelProfile, ...]
    ops: tuple[OpProfile, ...]
    partitions: tuple[PartitionProfile, ...]

    def save_trace(self, path: str | os.PathLike[str]) -> None:
        """Write a trace that chrome://tracing and ui.perfetto.dev open: one track for the CPU, one per device."""
        Path(path).write_text(json.dumps(trace_events(self)), encoding="utf-8")


def profile(
    model: ModelSource,
    delegate: DelegateSource = None,
    inputs: Inputs | None = None,
    *,
    runs: int = 10,
    warmup: int = 2,
    policy: Policy | str = Policy.PREFER,
    seed: int = 0,
    progress: Progress = silent,
) -> Profile:
    """Time every kernel and every node of a model.

    Args:
        model: path or content of a .tflite file.
        delegate: a name, an open delegate, or None for the CPU alone.
        inputs: arrays by name or in order; random by default.
        runs: timed invocations. warmup: invocations before them, under the policy "auto" at least as many as it needs
            to decide.

    Raises:
        ValueError: the model cannot be read, the inputs do not fit, or `runs` is less than 1.
        DelegantError: the delegate cannot be opened or, under the policy "require", fails.
    """
    if runs < 1 or warmup < 0:
        raise ValueError(f"runs must be at least 1 and warmup at least 0, got {runs} and {warmup}")
    progress("preparing", 0, runs)
    with closing(open_model(model, delegate, policy)) as interpreter:
        feed(interpreter, choose_inputs(interpreter, inputs, seed))
        for _ in range(max(warmup, TRIALS + 1) if Policy(policy) is Policy.AUTO else warmup):
            interpreter.invoke()
        recorded = []
        for turn in range(runs):
            progress("profiling", turn, runs)
            recorded.append(_record(interpreter))
        return _summary(model_name(model), interpreter, recorded)


def _record(interpreter: Interpreter) -> Recorded:
    start = time.perf_counter()
    steps = interpreter.invoke_profiled()
    seconds, replays = time.perf_counter() - start, sum(step.replay_seconds for step in steps)
    return Recorded(start, seconds - replays, replays, steps)


def _summary(model: str, interpreter: Interpreter, recorded: Sequence[Recorded]) -> Profile:
    origin = recorded[0].start
    rows = kernel_rows(recorded, interpreter.graph_of)
    medians = [row.median for row in rows]
    total = sum(medians) or 1.0
    kernels = tuple(
        KernelProfile(
            row.name, row.device, row.partition, row.nodes, _names(interpreter, row), *_microseconds(row.spans, origin),
            1e6 * middle, middle / total, row.subgraph, row.calls,
        )
        for row, middle in zip(rows, medians, strict=True)
    )  # fmt: skip
    spans = [(run.start, run.seconds) for run in recorded]
    partitions = tuple(_partition(row, recorded, kernels, origin) for row in partition_rows(recorded))
    replays = tuple(1e6 * run.replays for run in recorded)
    invoke = 1e6 * median(run.seconds for run in recorded)
    return Profile(
        model, target_of(interpreter), len(recorded), invoke, *_microseconds(spans, origin), replays, kernels,
        _ops(kernels), partitions,
    )  # fmt: skip


def _names(interpreter: Interpreter, row: Row) -> tuple[str, ...]:
    nodes = interpreter.graph_of(row.subgraph).nodes
    return tuple(nodes[n].op for n in row.nodes)


def _microseconds(
    spans: Iterable[tuple[float, float]], origin: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(starts since `origin`, times) in microseconds."""
    pairs = [(1e6 * (start - origin), 1e6 * seconds) for start, seconds in spans]
    return tuple(start for start, _ in pairs), tuple(seconds for _, seconds in pairs)


def _partition(
    row: Row, recorded: Sequence[Recorded], kernels: Sequence[KernelProfile], origin: float
) -> PartitionProfile:
    steps = [[step for step in run.steps if key_of(step) == (row.subgraph, row.nodes)] for run in recorded]
    sums = [sum(kernel.seconds for step in run for kernel in step.kernels) for run in steps]
    own = [k for k in kernels if (k.subgraph, k.partition) == (row.subgraph, row.partition)]
    computed = {node for kernel in own for node in kernel.nodes}
    starts, times = _microseconds(row.spans, origin)
    last = next(run[-1] for run in reversed(steps) if run)
    assert row.partition is not None
    return PartitionProfile(
        row.partition, row.device, len(row.nodes), len(set(row.nodes) - computed), starts, times, 1e6 * row.median,
        1e6 * median(sums), bool(last.kernels), row.subgraph, row.calls,
    )  # fmt: skip


def _ops(kernels: Sequence[KernelProfile]) -> tuple[OpProfile, ...]:
    """Kernels grouped by what they compute, the costliest group first."""
    groups: dict[tuple[tuple[str, ...], str], list[KernelProfile]] = {}
    for kernel in kernels:
        groups.setdefault((tuple(dict.fromkeys(kernel.ops)), kernel.device), []).append(kernel)
    made = [
        OpProfile(ops, device, len(group), len({(k.subgraph, n) for k in group for n in k.nodes}), *_sums(group))
        for (ops, device), group in groups.items()
    ]
    return tuple(sorted(made, key=attrgetter("median_us"), reverse=True))


def _sums(group: Sequence[KernelProfile]) -> tuple[float, float]:
    return sum(k.median_us for k in group), sum(k.share for k in group)
