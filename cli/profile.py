"""`delegant profile`: where the time goes, kernel by kernel."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..core.delegate import Policy
from .errors import reported
from .options import (
    DelegateName,
    DeviceName,
    Inputs,
    Json,
    KeepFloat,
    Model,
    PolicyOption,
    Precision,
    Scaling,
    Seed,
    open_delegate,
)
from .output import counted, device_name, milliseconds, node, print_json, print_table, say
from .progress import watched

if TYPE_CHECKING:
    from ..measure.profile import KernelProfile, OpProfile, Profile

KERNELS = ("kernel", "device", "nodes", "ops", "median us", "share")
OPS = ("ops", "device", "kernels", "nodes", "median us", "share")
PARTITIONS = ("partition", "device", "nodes", "without kernel", "wall us", "kernels us")


@reported
def profile(
    model: Model,
    delegate: DelegateName = None,
    device: DeviceName = None,
    precision: Precision = None,
    fp32: KeepFloat = None,
    inputs: Inputs = None,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Timed invocations.")] = 10,
    warmup: Annotated[int, typer.Option("--warmup", min=0, help="Invocations before them.")] = 2,
    trace: Annotated[
        Path | None, typer.Option("--trace", help="Write a trace for chrome://tracing or ui.perfetto.dev.")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=0, help="Show only the costliest kernels.")] = 0,
    policy: PolicyOption = Policy.PREFER,
    scaling: Scaling = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Time every kernel of a delegate and every node on the CPU."""
    from ..measure.profile import profile as profile_model
    from ..measure.session import read_files

    with watched(f"preparing {model.name}") as progress:
        report = profile_model(
            model, open_delegate(delegate, device, precision, fp32), read_files(model, inputs, scaling, seed),
            runs=runs, warmup=warmup, policy=policy, seed=seed, progress=progress,
        )  # fmt: skip
    if trace:
        report.save_trace(trace)
    if json:
        print_json(report)
    else:
        print_profile(report, top)


def print_profile(report: Profile, top: int = 0) -> None:
    """Print the kernels in running order or the `top` costliest, then the sums by operator, then the partitions."""
    target = report.target
    say(f"{report.model} on {device_name(target.device, target.is_software)}")
    say(f"{milliseconds(report.invoke_us / 1e3)} ms per invocation, median of {counted(report.runs, 'run')}\n")
    kernels = report.kernels
    if top:
        kernels = tuple(sorted(kernels, key=lambda kernel: -kernel.median_us)[:top])
    print_table("kernels", KERNELS, map(_kernel, kernels), right=(4, 5))
    say()
    print_table("by operator", OPS, map(_op, report.ops), right=(2, 3, 4, 5))
    if report.partitions:
        say()
        rows = [
            (node(p.number, p.subgraph), p.device, str(p.nodes), str(p.without_kernel), f"{p.wall_us:.1f}",
             f"{p.kernels_us:.1f}" if p.profiled else "not told")
            for p in report.partitions
        ]  # fmt: skip
        print_table("partitions", PARTITIONS, rows, right=(0, 2, 3, 4, 5))


def _kernel(kernel: KernelProfile) -> tuple[str, ...]:
    nodes = (f"{kernel.subgraph}:" if kernel.subgraph else "") + (_ranges(kernel.nodes) or "-")
    times = f"{kernel.median_us:.1f}", f"{kernel.share:.1%}"
    name = kernel.kernel if kernel.calls == 1 else f"{kernel.calls} x {kernel.kernel}"
    return name, kernel.device, nodes, _joined(kernel.ops), *times


def _op(op: OpProfile) -> tuple[str, ...]:
    return _joined(op.ops), op.device, str(op.kernels), str(op.nodes), f"{op.median_us:.1f}", f"{op.share:.1%}"


def _joined(ops: tuple[str, ...]) -> str:
    return "+".join(dict.fromkeys(ops)) or "(converts at the edge)"


def _ranges(nodes: tuple[int, ...]) -> str:
    """Node numbers with runs of neighbours as "3-5"."""
    pieces: list[list[int]] = []
    for index in sorted(nodes):
        if pieces and pieces[-1][-1] == index - 1:
            pieces[-1].append(index)
        else:
            pieces.append([index])
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in pieces)
