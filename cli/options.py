"""The arguments and options that commands share."""
from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..core.delegate import Delegate, Policy
from ..delegates.registry import load_delegate

Model = Annotated[Path, typer.Argument(help="A .tflite file.", show_default=False)]
Inputs = Annotated[
    list[Path] | None,
    typer.Option(
        "--input", "-i",
        help="A picture, a .npy or a .npz file; once per input of the model. Random values by default.",
        show_default=False,
    ),
]  # fmt: skip
DelegateName = Annotated[
    str | None,
    typer.Option("--delegate", "-d", help="Delegate to attach: opencl, webgpu or a plug-in's name."),
]
DeviceName = Annotated[
    str | None,
    typer.Option("--device", help="Part of the device's name, or its number in `delegant devices`."),
]
Precision = Annotated[
    str | None,
    typer.Option("--precision", help="How the delegate stores tensors: fp32 or fp16 (computing in float32)."),
]
KeepFloat = Annotated[
    str | None,
    typer.Option("--fp32", help="Under fp16: operators and nodes that stay float32, such as CONV_2D,17."),
]
PolicyOption = Annotated[Policy, typer.Option("--policy", help="What to do about nodes the delegate does not take.")]
Scaling = Annotated[
    str | None,
    typer.Option("--scaling", help="How pixels become numbers: signed (-1..1), unit (0..1), raw (0..255), codes."),
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of random inputs.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def open_delegate(
    name: str | None, device: str | None, precision: str | None = None, fp32: str | None = None
) -> Delegate | None:
    """The delegate that the options name; None for the CPU.

    Raises:
        ValueError: no such delegate, or an option of delegates without one.
        DelegantError: it cannot be opened.
    """
    if name is None or name == "cpu":
        if device is not None:
            raise ValueError("--device chooses among a delegate's devices: give --delegate too")
        if precision is not None or fp32 is not None:
            raise ValueError("--precision and --fp32 are about delegates: give --delegate too")
        return None
    options = {"device": device, "precision": precision, "fp32": fp32}
    return load_delegate(name, {key: value for key, value in options.items() if value is not None})
