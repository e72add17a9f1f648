"""`delegant bench`: how fast, on which device, and how exact."""
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..core.delegate import Delegate, Policy
from .errors import reported
from .options import Inputs, Json, KeepFloat, Model, PolicyOption, Precision, Scaling, Seed, open_delegate
from .output import counted, device_name, milliseconds, number, print_json, print_table, say
from .progress import watched

if TYPE_CHECKING:
    from ..measure.benchmark import BenchmarkReport, Timing

COLUMNS = ("delegate", "median ms", "ms each", "p95 ms", "first ms", "load ms", "speed-up", "max error", "delegated")


@reported
def bench(
    model: Model,
    delegates: Annotated[
        list[str] | None,
        typer.Option("--delegate", "-d", help="Delegate to time; may be repeated; cpu for none. All by default."),
    ] = None,
    precision: Precision = None,
    fp32: KeepFloat = None,
    inputs: Inputs = None,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Timed invocations per device.")] = 30,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Examples per invocation.")] = 1,
    warmup: Annotated[int, typer.Option("--warmup", min=0, help="Invocations before them.")] = 2,
    seconds: Annotated[float, typer.Option("--seconds", min=0, help="Stop starting runs after this time.")] = 20.0,
    policy: PolicyOption = Policy.PREFER,
    scaling: Scaling = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Time a model on the CPU interpreter and on every device."""
    from ..measure.benchmark import benchmark
    from ..measure.session import read_files

    with watched(f"preparing {model.name}") as progress:
        report = benchmark(
            model, _opened(delegates, precision, fp32), read_files(model, inputs, scaling, seed), runs=runs,
            warmup=warmup, seconds=seconds, policy=policy, seed=seed, batch=batch,
            progress=progress,
        )  # fmt: skip
    if json:
        print_json(report)
    else:
        print_report(report)


def _opened(names: list[str] | None, precision: str | None, fp32: str | None) -> list[str | Delegate] | None:
    """What to time: names, or where options are given, open delegates, and the names of those without a device."""
    if precision is None and fp32 is None:
        return None if names is None else list(names)
    from ..core.errors import DeviceUnavailableError
    from ..delegates.registry import known_delegates

    opened: list[str | Delegate] = []
    for name in known_delegates() if names is None else names:
        try:
            opened.append(name if name == "cpu" else open_delegate(name, None, precision, fp32) or name)
        except DeviceUnavailableError:
            opened.append(name)
    return opened


def _row(timing: Timing, batch: int) -> tuple[str, ...]:
    times = (timing.median_ms, timing.median_ms / batch, timing.p95_ms, timing.first_ms, timing.load_ms)
    return (
        timing.target.name,
        *(milliseconds(value) for value in times),
        f"{timing.speedup:.2f}x",
        number(timing.max_error),
        f"{timing.share:.0%}",
    )


def print_report(report: BenchmarkReport) -> None:
    """Print a benchmark as a table, with a line for each device: what it is, or why it could not be measured."""
    measured = [timing for timing in report.timings if not timing.error]
    rows = [_row(timing, report.batch) for timing in measured]
    title, kept = report.model, [k for k, name in enumerate(COLUMNS) if report.batch > 1 or name != "ms each"]
    if report.batch > 1:
        title = f"{title}, {report.batch} examples per invocation"
    columns = [COLUMNS[k] for k in kept]
    print_table(title, columns, [[row[k] for k in kept] for row in rows], right=range(1, len(kept)))
    say()
    for timing in report.timings:
        say(f"{timing.target.name}: {timing.error or _measured_on(timing)}")


def _measured_on(timing: Timing) -> str:
    target, runs = timing.target, counted(timing.runs, "run")
    pieces = f", {timing.partitions} partitions" if timing.partitions > 1 else ""
    return f"{device_name(target.device, target.is_software)}, {runs}{pieces}"
