"""`delegant demo`: handwritten digits on every device found."""
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .errors import reported
from .options import Json
from .output import device_name, milliseconds, print_json, print_table, say
from .progress import watched

if TYPE_CHECKING:
    from ..measure.demo import DemoReport, DemoRow


@reported
def demo(
    delegates: Annotated[
        list[str] | None, typer.Option("--delegate", "-d", help="Delegate to use; may be repeated. All by default.")
    ] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Timed invocations per device.")] = 10,
    json: Json = False,
) -> None:
    """Classify held-out handwritten digits on every device found."""
    from ..measure.demo import demo as run_demo

    with watched("opening devices") as progress:
        report = run_demo(tuple(delegates) if delegates else None, runs=runs, progress=progress)
    if json:
        print_json(report)
    else:
        _print(report)


def _row(row: DemoRow) -> tuple[str, ...]:
    timing, target = row.timing, row.timing.target
    return (
        row.model.removesuffix(".tflite"),
        target.name,
        f"{row.accuracy:.1%}",
        f"{row.agreement:.1%}",
        milliseconds(timing.median_ms),
        f"{timing.speedup:.2f}x",
        f"{row.placement.delegated} of {row.placement.running}",
    )


def _print(report: DemoReport) -> None:
    columns = ("model", "delegate", "accuracy", "agreement", "median ms", "speed-up", "delegated")
    title = f"{report.digits} held-out handwritten digits in one batch, beside the CPU interpreter"
    print_table(title, columns, [_row(row) for row in report.rows], right=range(2, 7))
    say()
    for target in dict.fromkeys(row.timing.target for row in report.rows):
        say(f"{target.name}: {device_name(target.device, target.is_software)}")
    for row in report.rows:
        if row.timing.target.name != "cpu" and row.placement.refusals:
            _print_refusals(row)
    for name, problem in report.missing.items():
        say(f"{name}: {problem}")


def _print_refusals(row: DemoRow) -> None:
    """How many nodes stayed on the CPU, and the first reason for each rule."""
    refusals = row.placement.refusals
    left = row.placement.running - row.placement.delegated
    say(f"{row.model} with {row.timing.target.name}: {left} of {row.placement.running} nodes on the CPU")
    for rule in dict.fromkeys(refusal.rule for refusal in refusals):
        first = next(refusal for refusal in refusals if refusal.rule == rule)
        say(f"  {rule}, for example {first.op}: {first.reason}")
