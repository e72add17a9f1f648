"""Classify held-out handwritten digits with the packaged models on every device."""
from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.delegate import Delegate
from ..core.errors import DelegantError
from ..delegates.registry import known_delegates, load_delegate
from ..partitioner import PlacementReport
from .benchmark import Timing, benchmark
from .inputs import Detail, quantize
from .progress import Progress, silent
from .session import DelegateSource, feed, open_model, read_outputs

DATA = Path(__file__).resolve().parent.parent / "demo_data"
MODELS = ("digits_float32.tflite", "digits_int8.tflite")
PIXEL_MAX = 16
"""The pictures' pixels are 0..16; the models were trained on 0..1."""


@dataclass(frozen=True)
class DemoRow:
    """One model on one device.

    Attributes:
        accuracy: share of the digits classified rightly.
        agreement: share of the digits on which device and CPU interpreter name the same class.
        timing: of a batch of all the digits.
    """

    model: str
    accuracy: float
    agreement: float
    timing: Timing
    placement: PlacementReport


@dataclass(frozen=True)
class DemoReport:
    """The demo's results; `missing` holds why a delegate could not be opened, by its name."""

    digits: int
    rows: tuple[DemoRow, ...]
    missing: dict[str, str]


def _pictures(detail: Detail, images: np.ndarray) -> np.ndarray:
    """The pictures as the model wants them: float32 in [0, 1], or quantized."""
    real = images.astype(np.float32)[..., None] / np.float32(PIXEL_MAX)
    return quantize(real, detail) if np.dtype(detail["dtype"]).kind in "iu" else real


def _open_all(names: tuple[str, ...]) -> tuple[list[Delegate], dict[str, str]]:
    opened, missing = [], {}
    for name in names:
        try:
            opened.append(load_delegate(name))
        except DelegantError as error:
            missing[name] = str(error)
    return opened, missing


def _classify(model: str, delegate: DelegateSource, images: np.ndarray) -> tuple[np.ndarray, PlacementReport]:
    with closing(open_model(DATA / model, delegate)) as interpreter:
        feed(interpreter, [_pictures(interpreter.get_input_details()[0], images)])
        interpreter.invoke()
        return read_outputs(interpreter)[0].value.argmax(axis=-1), interpreter.placement_report()


def demo(names: tuple[str, ...] | None = None, *, runs: int = 10, progress: Progress = silent) -> DemoReport:
    """Classify the held-out digits with the float32 and the int8 model, on the CPU and on each delegate.

    Args:
        names: delegates; all known ones by default.
        runs: timed invocations per device.
    """
    with np.load(DATA / "digits_test.npz") as archive:
        images, labels = archive["images"], archive["labels"]
    delegates, missing = _open_all(known_delegates() if names is None else names)
    rows: list[DemoRow] = []
    for model in MODELS:
        batch = _pictures(open_model(DATA / model).get_input_details()[0], images)
        timings = benchmark(DATA / model, delegates, [batch], runs=runs, seconds=5, progress=progress).timings
        expected, _ = _classify(model, None, images)
        for timing, delegate in zip(timings, (None, *delegates), strict=True):
            named, placement = _classify(model, delegate, images)
            accuracy, agreement = float(np.mean(named == labels)), float(np.mean(named == expected))
            rows.append(DemoRow(model, accuracy, agreement, timing, placement))
    for delegate in delegates:
        delegate.close()
    return DemoReport(len(labels), tuple(rows), missing)
