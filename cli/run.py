"""`delegant run`: one inference."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from ..core.delegate import Policy
from .errors import reported
from .options import (
    DelegateName,
    DeviceName,
    Json,
    KeepFloat,
    Model,
    PolicyOption,
    Precision,
    Scaling,
    Seed,
    open_delegate,
)
from .output import device_name, milliseconds, number, plain, print_json, print_table, say, shape
from .progress import watched

if TYPE_CHECKING:
    from ..measure.run import RunResult
    from ..measure.session import NamedArray

JSON_ELEMENTS = 4096
"""Outputs with more elements are printed in JSON without their values."""

InputFiles = Annotated[
    list[Path] | None,
    typer.Argument(
        help="A picture, .npy or .npz file; one per input of the model. Random values by default.", show_default=False
    ),
]


@reported
def run(
    model: Model,
    inputs: InputFiles = None,
    delegate: DelegateName = None,
    device: DeviceName = None,
    precision: Precision = None,
    fp32: KeepFloat = None,
    policy: PolicyOption = Policy.PREFER,
    labels: Annotated[Path | None, typer.Option("--labels", help="Names of the classes, one per line.")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many classes to print.")] = 5,
    scaling: Scaling = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the outputs to a .npz file.")] = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Run a model once and print what it says.

    JSON leaves out the values of outputs with more than 4096 elements; --output writes them all.
    """
    from ..measure.run import read_labels
    from ..measure.run import run as run_model

    names = read_labels(labels) if labels else []
    with watched(f"running {model.name}"):
        result = run_model(
            model, inputs, open_delegate(delegate, device, precision, fp32), policy=policy, labels=names, top=top,
            scaling=scaling, seed=seed,
        )  # fmt: skip
    if output:
        save_outputs(output, result)
    if json:
        print_json({**plain(result), "outputs": [_output_record(o) for o in result.outputs]})
        return
    say(f"{result.model} on {device_name(result.target.device, result.target.is_software)}")
    placement = result.placement
    if result.target.name != "cpu":
        say(f"{placement.delegated} of {placement.running} nodes on {result.target.name}")
    say(f"{milliseconds(result.milliseconds)} ms")
    for array, scores in zip(result.outputs, result.top, strict=True):
        say(f"\n{array.name}: {array.value.dtype} {shape(array.value.shape)}")
        if scores:
            print_table("", ("class", "score", "label"), [(str(s.index), f"{s.score:.5g}", s.label) for s in scores])
        else:
            say(describe(array.value))


def _output_record(output: NamedArray) -> dict[str, Any]:
    """An output for JSON."""
    value = output.value
    shown = value if value.size <= JSON_ELEMENTS else None
    return {"name": output.name, "dtype": str(value.dtype), "shape": plain(value.shape), "value": plain(shown)}


def save_outputs(path: Path, result: RunResult) -> None:
    """Write the outputs to a .npz file, by their names."""
    arrays: dict[str, Any] = {o.name: o.value for o in result.outputs}
    np.savez(path, **arrays)


def describe(value: np.ndarray) -> str:
    """The range of a tensor, or all of it where it is short."""
    if value.size <= 8 or value.dtype.kind not in "fiu":
        return str(value.tolist()) if value.size <= 64 else f"{value.size} elements"
    low, mean, high = float(value.min()), float(value.mean()), float(value.max())
    return f"min {number(low)}, mean {number(mean)}, max {number(high)}"
