"""One line for what went wrong, and the exit code that says whose fault it was."""
from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec

import typer
from rich.markup import escape

from ..core.errors import DelegantError
from .output import errors

MISTAKE = 2
"""Exit code of the user's mistakes: a missing file, an unknown name, inputs that do not fit."""
FAILURE = 1
"""Exit code of failures: no driver, a model that cannot run, a policy that cannot be kept."""

P = ParamSpec("P")


def exit_code(error: Exception) -> int:
    """The exit code for an exception."""
    if isinstance(error, DelegantError):
        return FAILURE
    return MISTAKE if isinstance(error, (ValueError, TypeError, FileNotFoundError, PermissionError)) else FAILURE


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """A warning on one line, without the place in the code that Python would name."""
    errors().print(f"[bold yellow]warning:[/] {escape(str(message))}")


def reported(command: Callable[P, None]) -> Callable[P, None]:
    """Turn exceptions of a command into one message on standard error; DELEGANT_DEBUG lets the traceback through."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _show_warning
                command(*args, **kwargs)
        except (typer.Exit, typer.Abort, KeyboardInterrupt):
            raise
        except Exception as error:
            if os.environ.get("DELEGANT_DEBUG", "0") not in ("", "0"):
                raise
            message = str(error).strip() or type(error).__name__
            errors().print(f"[bold red]error:[/] {escape(message)}")
            raise typer.Exit(exit_code(error)) from error

    return run
