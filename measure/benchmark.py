"""Time a model on the CPU interpreter and on delegates, side by side."""
from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field

import numpy as np

from ..core.delegate import Delegate, Policy
from ..core.errors import DelegantError
from ..delegates.registry import known_delegates
from ..interpreter import Interpreter
from .inputs import Inputs
from .metrics import tensor_error
from .progress import Progress, silent
from .session import (
    DelegateSource,
    ModelSource,
    NamedArray,
    Target,
    choose_inputs,
    feed,
    model_name,
    open_model,
    read_outputs,
    target_of,
    timed_invoke,
)


@dataclass(frozen=True)
class Timing:
    """What was measured on one device. Times are in milliseconds of wall-clock time.

    Attributes:
        target: the delegate and its device, or the CPU interpreter.
        load_ms: opening the model and allocating (with compiling the partitions).
        first_ms: the first invocation.
        median_ms, p95_ms, min_ms: of the invocations after the warm-up.
        runs: how many those were.
        speedup: the CPU interpreter's median over this one's.
        max_error: largest absolute difference of any output from the CPU interpreter's, and
        relative_error: that over the output's largest magnitude.
        share: share of the nodes that ran on the delegate; partitions: in how many pieces.
        error: why it could not be measured, or "".
    """

    target: Target
    load_ms: float = 0.0
    first_ms: float = 0.0
    median_ms: float = 0.0
    p95_ms: float = 0.0
    min_ms: float = 0.0
    runs: int = 0
    speedup: float = 0.0
    max_error: float = 0.0
    relative_error: float = 0.0
    share: float = 0.0
    partitions: int = 0
    error: str = ""


@dataclass(frozen=True)
class BenchmarkReport:
    """A model's timings, the CPU interpreter first.

    Attributes:
        batch: how many examples each invocation computes.
    """

    model: str
    inputs: tuple[tuple[str, tuple[int, ...]], ...]
    timings: tuple[Timing, ...]
    batch: int = 1


@dataclass
class _Contestant:
    """An interpreter under measurement."""

    target: Target
    interpreter: Interpreter
    load_ms: float
    first_ms: float = 0.0
    outputs: tuple[NamedArray, ...] = ()
    times: list[float] = field(default_factory=list)
    error: str = ""


@contextmanager
def _entered(
    model: ModelSource, delegate: DelegateSource, policy: Policy | str, inputs: Inputs | None, seed: int, batch: int
) -> Iterator[_Contestant]:
    """Open, allocate and run once; closed at the end."""
    start = time.perf_counter()
    with closing(open_model(model, delegate, policy)) as interpreter:
        feed(interpreter, choose_inputs(interpreter, inputs, seed, batch))
        load_ms = (time.perf_counter() - start) * 1e3
        contestant = _Contestant(target_of(interpreter), interpreter, load_ms)
        contestant.first_ms = timed_invoke(interpreter)
        contestant.outputs = read_outputs(interpreter)
        yield contestant


def _race(contestants: Sequence[_Contestant], runs: int, warmup: int, seconds: float, progress: Progress) -> None:
    """Run all in turn, so that a change of the machine's speed meets all alike, until `runs` or the time is used up."""
    start = time.perf_counter()
    for turn in range(warmup + runs):
        progress("timing", turn, warmup + runs)
        for contestant in contestants:
            if not contestant.error:
                _one_run(contestant, keep=turn >= warmup)
        if turn >= warmup and time.perf_counter() - start > seconds:
            return


def _one_run(contestant: _Contestant, keep: bool) -> None:
    try:
        elapsed = timed_invoke(contestant.interpreter)
    except RuntimeError as error:
        contestant.error = str(error)
        return
    if keep:
        contestant.times.append(elapsed)


def _errors(outputs: Sequence[NamedArray], reference: Sequence[NamedArray]) -> tuple[float, float]:
    """Largest absolute and largest relative error over all outputs."""
    pairs = [tensor_error(o.value, r.value) for o, r in zip(outputs, reference, strict=True)]
    return max((e.max_abs for e in pairs), default=0.0), max((e.relative for e in pairs), default=0.0)


def _timing(contestant: _Contestant, reference: _Contestant) -> Timing:
    if contestant.error or not contestant.times:
        return Timing(contestant.target, error=contestant.error or "no runs")
    worst, relative = _errors(contestant.outputs, reference.outputs)
    report = contestant.interpreter.placement_report()
    median = float(np.median(contestant.times))
    return Timing(
        contestant.target,
        contestant.load_ms,
        contestant.first_ms,
        median,
        float(np.percentile(contestant.times, 95)),
        min(contestant.times),
        len(contestant.times),
        float(np.median(reference.times)) / median if reference.times else 0.0,
        worst,
        relative,
        report.share,
        len(report.partitions),
    )


def benchmark(
    model: ModelSource,
    devices: Sequence[str | Delegate] | None = None,
    inputs: Inputs | None = None,
    *,
    runs: int = 30,
    warmup: int = 2,
    seconds: float = 20.0,
    policy: Policy | str = Policy.PREFER,
    seed: int = 0,
    batch: int = 1,
    progress: Progress = silent,
) -> BenchmarkReport:
    """Time a model on the CPU interpreter and on every delegate.

    Invocations of all devices are interleaved, and the medians are compared.

    Args:
        model: path or content of a .tflite file.
        devices: delegates' names or open delegates; all known ones by default. Those that cannot be opened are in the
            report with their `error`. The CPU is always there; "cpu" alone times nothing else.
        inputs: arrays by name or in order; random by default.
        runs: invocations per device. warmup: invocations before them. seconds: no further runs after this time, but at
            least one.
        policy: what the delegates do with nodes they do not support.
        batch: examples per invocation: the inputs, whose first dimension must be a batch of 1, so many times.

    Raises:
        ValueError: the model cannot be read, the inputs do not fit, or `runs` or `batch` is less than 1.
        RuntimeError: the graph refuses the batch.
    """
    if runs < 1 or warmup < 0 or batch < 1:
        raise ValueError(
            f"runs and batch must be at least 1 and warmup at least 0, got {runs}, {batch} and {warmup}"
        )
    names = [device for device in (known_delegates() if devices is None else devices) if device != "cpu"]
    with ExitStack() as opened:
        reference = opened.enter_context(_entered(model, None, policy, inputs, seed, batch))
        contestants, failed = [reference], []
        for position, delegate in enumerate(names):
            name = delegate if isinstance(delegate, str) else delegate.name
            progress(f"preparing {name}", position, len(names))
            try:
                contestants.append(opened.enter_context(_entered(model, delegate, policy, inputs, seed, batch)))
            except DelegantError as error:
                failed.append(Timing(Target(name, "", False), error=str(error)))
        _race(contestants, runs, warmup, seconds, progress)
        shapes = tuple((str(d["name"]), tuple(map(int, d["shape"]))) for d in reference.interpreter.get_input_details())
        timings = tuple(_timing(contestant, reference) for contestant in contestants)
    return BenchmarkReport(model_name(model), shapes, (*timings, *failed), batch)
