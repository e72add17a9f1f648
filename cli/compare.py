"""`delegant compare`: a delegate's results beside the CPU's."""
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..core.delegate import Policy
from .errors import reported
from .options import DeviceName, Inputs, Json, KeepFloat, Model, PolicyOption, Precision, Scaling, Seed, open_delegate
from .output import device_name, node, number, print_json, print_table, say, shape, short
from .progress import watched

if TYPE_CHECKING:
    from ..measure.compare import Comparison
    from ..measure.metrics import TensorError

COLUMNS = ("max error", "of range", "SNR dB", "mismatches", "top-1")


@reported
def compare(
    model: Model,
    delegate: Annotated[str, typer.Option("--delegate", "-d", help="Delegate to compare with the CPU.")],
    device: DeviceName = None,
    precision: Precision = None,
    fp32: KeepFloat = None,
    inputs: Inputs = None,
    per_layer: Annotated[bool, typer.Option("--per-layer", help="Compare every tensor, not only the outputs.")] = False,
    tolerance: Annotated[
        float | None,
        typer.Option("--tolerance", help="Exit with 1 if an output's error exceeds this share of its range."),
    ] = None,
    policy: PolicyOption = Policy.PREFER,
    scaling: Scaling = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Compare every output, or every tensor, of a delegate with the CPU's."""
    from ..measure.compare import compare as compare_model
    from ..measure.session import read_files

    with watched(f"comparing {model.name}") as progress:
        values = read_files(model, inputs, scaling, seed)
        opened = open_delegate(delegate, device, precision, fp32)
        if opened is None:
            raise ValueError("the CPU is what delegates are compared with: give another --delegate")
        result = compare_model(
            model, opened, values, per_layer=per_layer, policy=policy, seed=seed, progress=progress
        )
    if json:
        print_json(result)
    else:
        _print(result)
    if tolerance is not None and result.relative > tolerance:
        raise typer.Exit(1)


def _cells(error: TensorError | None) -> tuple[str, ...]:
    if error is None:
        return ("",) * len(COLUMNS)
    top1 = "" if error.top1 is None else f"{error.top1:.1%}"
    numbers = (number(x) for x in (error.max_abs, error.relative, error.snr_db))
    return (*numbers, str(error.mismatches), top1)


def _print(result: Comparison) -> None:
    say(f"{result.model}: {device_name(result.target.device, result.target.is_software)} against the CPU interpreter")
    say(f"{result.share:.0%} of the nodes on {result.target.name}\n")
    rows = [(short(o.name), f"{o.dtype} {shape(o.shape)}", *_cells(o.error)) for o in result.outputs]
    print_table("", ("output", "type", *COLUMNS), rows, right=range(2, 7))
    if not result.layers:
        return
    say("\nown: the error of the node by itself, from the CPU's inputs; the others include all nodes before it")
    layers = [
        (
            node(x.node, x.subgraph), x.op, x.device, number(x.local.relative) if x.local else "",
            *_cells(x.error)[:3], short(x.name),
        )
        for x in result.layers
    ]  # fmt: skip
    print_table("", ("node", "op", "device", "own", *COLUMNS[:3], "tensor"), layers, right=(0, *range(3, 7)))
    worst = result.worst_layer
    if worst is not None and worst.local is not None and not worst.local.equal:
        where = f"node {node(worst.node, worst.subgraph)} ({worst.op})"
        say(f"\nlargest error of its own: {where}, {number(worst.local.relative)} of its range")
