"""The `delegant` command."""
from __future__ import annotations

from typing import Annotated

import typer

from .. import __version__
from .bench import bench
from .compare import compare
from .demo import demo
from .devices import devices
from .doctor import doctor
from .explain import explain
from .inspect import inspect
from .profile import profile
from .run import run
from .tune import tune

app = typer.Typer(
    name="delegant",
    help="Run TensorFlow Lite models on the CPU and on GPUs, compare them, measure them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for command in (run, devices, explain, compare, bench, profile, tune, inspect, doctor, demo):
    app.command(command.__name__)(command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"delegant {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Run TensorFlow Lite models on the CPU and on GPUs, compare them, measure them."""


def main() -> None:
    """The entry point."""
    app()
