"""Find the fastest kernels for a model on a device, and show what it gained."""
from __future__ import annotations

import statistics
import time
from contextlib import closing
from dataclasses import dataclass

from ..delegates.gpu import GpuDelegate
from ..delegates.registry import load_delegate
from ..interpreter import Interpreter
from .inputs import Inputs
from .progress import Progress, silent
from .session import ModelSource, Target, choose_inputs, feed, model_name, open_model, target_of, timed_invoke

RACE_SECONDS = 2.0
"""How long the model is timed afterwards."""


@dataclass(frozen=True)
class ShapeTuning:
    """One shape of kernels.

    Attributes:
        shape: family and sizes.
        uses: operations of the model that have it.
        schedule: the fastest one's parameters, or "default".
        default_us, best_us: microseconds of the default schedule and of the fastest.
        fresh: measured now; False: known from before.
    """

    shape: str
    uses: int
    schedule: str
    default_us: float
    best_us: float
    fresh: bool


@dataclass(frozen=True)
class TuningReport:
    """What tuning did for a model.

    Attributes:
        seconds: it took, compiling included.
        shapes: the costliest first.
        before_ms, after_ms: median invocation with the default schedules and with those that were found, run in turns.
    """

    model: str
    target: Target
    seconds: float
    shapes: tuple[ShapeTuning, ...]
    before_ms: float
    after_ms: float


def tune(
    model: ModelSource,
    delegate: str = "opencl",
    inputs: Inputs | None = None,
    *,
    budget: float = 20.0,
    device: str | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> TuningReport:
    """Time a handful of schedules for each kernel shape of a model, and keep the fastest for later compilations.

    Args:
        model: path or content of a .tflite file.
        delegate: a GPU delegate's name.
        inputs: arrays by name or in order, which settle the shapes; random by default.
        budget: seconds after which nothing more is begun. What was found until then is kept.
        device: part of the device's name.

    Raises:
        ValueError: the model cannot be read, the inputs do not fit, or the delegate has nothing to tune.
        DelegantError: the delegate cannot be opened.
    """
    chosen = {} if device is None else {"device": device}
    tuned = load_delegate(delegate, {**chosen, "tune": str(budget)})
    if not isinstance(tuned, GpuDelegate) or tuned.tuner is None:
        raise ValueError(f"the {delegate} delegate has nothing to tune")
    tuned.tuner.progress = progress
    start = time.perf_counter()
    with closing(open_model(model, tuned)) as after:
        feed(after, choose_inputs(after, inputs, seed))
        seconds = time.perf_counter() - start
        with closing(open_model(model, load_delegate(delegate, {**chosen, "tune": "off"}))) as before:
            feed(before, choose_inputs(before, inputs, seed))
            medians = _race(before, after, progress)
        shapes = sorted(
            (
                ShapeTuning(
                    o.shape, o.uses, str(o.schedule or "default"), 1e6 * o.default_seconds, 1e6 * o.seconds, o.fresh
                )
                for o in tuned.tuner.outcomes.values()
            ),
            key=lambda s: -s.uses * s.default_us,
        )
        return TuningReport(model_name(model), target_of(after), seconds, tuple(shapes), *medians)


def _race(before: Interpreter, after: Interpreter, progress: Progress) -> tuple[float, float]:
    """Median milliseconds of each, in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    stop = time.perf_counter() + RACE_SECONDS
    while not times[1] or time.perf_counter() < stop:
        progress("timing", len(times[1]), len(times[1]) + 1)
        for interpreter, measured in zip((before, after), times, strict=True):
            measured.append(timed_invoke(interpreter))
    return statistics.median(times[0]), statistics.median(times[1])
