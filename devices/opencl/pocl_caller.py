"""PoCL's other device for processors, "basic": it runs a command at once, in the thread that gives it.

PoCL's usual device, "pthread", hands every launch to threads of its own. Waking them and being woken again takes 10 to
25 us, in which small networks are done. "basic" takes 1 us, and one core. PoCL offers it only where the variable
`POCL_DEVICES` asks for it, when devices are listed for the first time in a process.
"""
from __future__ import annotations

import contextlib
import importlib.util
import math
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..environment import default_variable
from ..plan import LaunchPlan
from . import pocl

VARIABLE = "POCL_DEVICES"
LOCK = threading.Lock()
"""Held by whoever uses "basic": of two threads that do at once, one may be told that its command is done while the
other, which took it over, is still at it."""
MOST_BYTES = 4 << 20
"""All launches of a plan for "basic" together touch no more: a core reads that much in some 100 us."""
WAKING = 40e-6
"""Seconds: what a launch on "pthread" costs beside its work, with what its threads wait for each other."""
_WHEEL = "pocl_binary_distribution"
_DRIVERS = Path("/etc/OpenCL/vendors")
_NAME = "basic-"


@contextlib.contextmanager
def offered() -> Iterator[bool]:
    """While devices are listed for the first time, ask for "basic" too. Only of the pip wheel, which has no other
    devices that the variable would hide, and unless the user set it. Gives whether a "basic" would be ours."""
    wheel = pocl.enabled() and importlib.util.find_spec(_WHEEL) is not None and not _other_drivers()
    if not wheel or VARIABLE in os.environ:
        yield False
        return
    with default_variable(VARIABLE, "pthread basic"):
        yield True


def _other_drivers() -> bool:
    """Whether the system has a PoCL, too."""
    try:
        return any("pocl" in entry.name.lower() for entry in _DRIVERS.iterdir())
    except OSError:
        return False


def of_platform(devices: Sequence[Any]) -> Any | None:
    """The "basic" among a platform's pyopencl devices, if it is PoCL's and there are others."""
    if len(devices) < 2 or not pocl.is_pocl(devices[0]):
        return None
    return next((device for device in devices if device.name.startswith(_NAME)), None)


def most_seconds(threads: int) -> float:
    """Up to this time one core alone is quicker than so many threads that must be woken."""
    return WAKING * threads / (threads - 1) if threads > 1 else math.inf


def may_suit(plan: LaunchPlan) -> bool:
    """Whether the plan is small enough to be tried."""
    return sum(binding.size for launch in plan.launches for binding in launch.bindings) <= MOST_BYTES
