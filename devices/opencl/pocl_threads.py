"""PoCL's threads stay on a core each.

PoCL wakes a thread for each core at every launch. While all cores are busy Linux may put two of them on one core, one
behind the other, and leave it at that: every launch then takes as long as on one core, in a third of all processes
measured so, until something else moves them. PoCL's own variable for this (`POCL_AFFINITY`) takes cores from 0 on,
whichever the process may use.
"""
from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator

from . import pocl

VARIABLE = "POCL_AFFINITY"
_TASKS = "/proc/self/task"


@contextlib.contextmanager
def pinned() -> Iterator[None]:
    """While devices are listed for the first time: threads that begin meanwhile stay on a core each, if they are as
    many as the process has cores, or that many for each of several PoCL (pip's and the system's, one after the other).
    Nothing is done where the user set `POCL_AFFINITY`."""
    if not pocl.enabled() or VARIABLE in os.environ:
        yield
        return
    before = _threads()
    yield
    begun, cores = sorted(_threads() - before), sorted(os.sched_getaffinity(0))
    if len(begun) % len(cores) == 0:
        for thread, core in zip(begun, itertools.cycle(cores), strict=False):
            with contextlib.suppress(OSError):  # it has ended, or the system forbids it
                os.sched_setaffinity(thread, {core})


def _threads() -> set[int]:
    """The threads of this process."""
    try:
        return set(map(int, os.listdir(_TASKS)))
    except OSError:
        return set()
