"""A progress line on standard error for what takes more than a second, on a terminal only."""
from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from ..measure.progress import Progress, silent
from .output import errors

DELAY = 1.0
"""Seconds before anything is shown."""


@contextmanager
def watched(start: str) -> Iterator[Progress]:
    """A callback for the functions of `measure`; what it is told appears if the work takes longer than `DELAY`.

    Args:
        start: what is being done before the first call.
    """
    console = errors()
    if not console.is_terminal:
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    progress = RichProgress(*columns, console=console, transient=True)
    task = progress.add_task(start, total=None)
    timer = threading.Timer(DELAY, progress.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda what, done, total: progress.update(task, description=what, completed=done, total=total)
    finally:
        timer.cancel()
        timer.join()
        progress.stop()
