"""How NumPy behaves while a model runs: silent about infinities, and with as many BLAS threads as were asked for.

OpenBLAS, which NumPy's wheels bring, uses all cores by default and waits for its threads in a spinning loop: on a busy
machine a convolution then takes several times as long as on one thread, and with more threads than cores a hundred
times; so it never gets more than there are. NumPy has no call for the number of threads. Where NumPy has another BLAS,
its own settings stand.
"""
from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np

_lock = threading.Lock()
_running = 0
_before = 0


@cache
def _openblas() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """OpenBLAS's functions that get and set its number of threads."""
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):
        for path in sorted(folder.glob("*openblas*")):
            functions = _thread_functions(path)
            if functions is not None:
                return functions
    return None


def _thread_functions(path: Path) -> tuple[Callable[[], int], Callable[[int], None]] | None:
    try:
        library = ctypes.CDLL(str(path))
    except OSError:
        return None
    for prefix, suffix in product(("scipy_", ""), ("64_", "")):
        get = getattr(library, f"{prefix}openblas_get_num_threads{suffix}", None)
        change = getattr(library, f"{prefix}openblas_set_num_threads{suffix}", None)
        if get is not None and change is not None:
            return get, change
    return None


def available_cores() -> int:
    """How many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def numeric_environment(threads: int) -> Iterator[None]:
    """Run a model's kernels inside. The number of BLAS threads is the process's; it is restored when no model runs."""
    with np.errstate(all="ignore"):
        _enter(threads)
        try:
            yield
        finally:
            _leave()


def _enter(threads: int) -> None:
    global _running, _before
    functions = _openblas()
    if functions is None:
        return
    get, change = functions
    with _lock:
        if _running == 0:
            _before = get()
        _running += 1
        change(min(threads, available_cores()))


def _leave() -> None:
    global _running
    functions = _openblas()
    if functions is None:
        return
    with _lock:
        _running -= 1
        if _running == 0:
            functions[1](_before)
