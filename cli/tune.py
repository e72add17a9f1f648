"""`delegant tune`: find the fastest kernels for a model on a device."""
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .errors import reported
from .options import DeviceName, Inputs, Json, Model, Scaling, Seed
from .output import counted, device_name, milliseconds, print_json, print_table, say
from .progress import watched

if TYPE_CHECKING:
    from ..measure.tune import TuningReport

COLUMNS = ("kernel shape", "uses", "default us", "best us", "schedule")


@reported
def tune(
    model: Model,
    delegate: Annotated[str, typer.Option("--delegate", "-d", help="GPU delegate to tune for.")] = "opencl",
    device: DeviceName = None,
    budget: Annotated[float, typer.Option("--budget", min=0, help="Seconds after which nothing more is begun.")] = 20.0,
    inputs: Inputs = None,
    scaling: Scaling = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Time candidate kernels for a model's shapes and remember the fastest for this device."""
    from ..measure.session import read_files
    from ..measure.tune import tune as tune_model

    with watched(f"preparing {model.name}") as progress:
        report = tune_model(
            model, delegate, read_files(model, inputs, scaling, seed), budget=budget, device=device, seed=seed,
            progress=progress,
        )  # fmt: skip
    if json:
        print_json(report)
    else:
        print_tuning(report)


def print_tuning(report: TuningReport) -> None:
    """Print what was found for each shape, then what the model gained."""
    rows = [(s.shape, str(s.uses), f"{s.default_us:.1f}", f"{s.best_us:.1f}", s.schedule) for s in report.shapes]
    print_table(report.model, COLUMNS, rows, right=(1, 2, 3))
    say()
    fresh = sum(shape.fresh for shape in report.shapes)
    say(f"{device_name(report.target.device, report.target.is_software)}")
    say(f"{counted(fresh, 'shape')} measured, {len(report.shapes) - fresh} known before, {report.seconds:.1f} s")
    before, after = milliseconds(report.before_ms), milliseconds(report.after_ms)
    say(f"{before} ms with default kernels, {after} ms now: {report.before_ms / report.after_ms:.2f}x")
