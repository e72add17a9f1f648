"""The OpenCL device."""
from __future__ import annotations

import threading
from typing import Any
from weakref import WeakSet

from ...core.errors import CompileError, DelegantError
from ..device import Device, DeviceInfo
from ..plan import LaunchPlan
from . import pocl, pocl_caller
from .discovery import OpenCLDeviceEntry
from .errors import translated
from .plan import OpenCLPlan, Shared
from .resident import ResidentPlan, joined, slots_of

TRIES = 5
"""Runs of a small plan before it is settled where it stays."""


class OpenCLDevice(Device):
    """An OpenCL device with a context of its own. Plans on it may run in several threads."""

    def __init__(self, entry: OpenCLDeviceEntry) -> None:
        """Open the device.

        Raises:
            DeviceLostError, DelegantError: the driver failed.
        """
        self.info = entry.info
        slots, lock = slots_of(entry.info), pocl_caller.LOCK
        self._opened: Opened | None = Opened(entry.handle, entry.info, slots)
        self._caller = None if entry.caller is None else Opened(entry.caller, entry.info, 1, lock)

    def load(self, plan: LaunchPlan) -> OpenCLPlan:
        """Where PoCL can work in the calling thread, small plans that prove quick there stay there."""
        if self._opened is None:
            raise DelegantError("the device was closed", delegate="opencl")
        if self._caller is not None and pocl_caller.may_suit(plan):
            loaded = self._caller.load(plan)
            if loaded.seconds(TRIES) <= pocl_caller.most_seconds(slots_of(self.info)):
                return loaded
            loaded.close()
        return self._opened.load(plan)

    def close(self) -> None:
        self._opened = self._caller = None


class Opened:
    """A context with what its plans share.

    Attributes:
        handle, context: pyopencl's.
    """

    def __init__(self, handle: Any, info: DeviceInfo, slots: int, lock: threading.Lock | None = None) -> None:
        """
        Args:
            slots: threads that share the work of a plan of one launch.
            lock: held while the device is used; by default each plan has its own.

        Raises:
            DeviceLostError, DelegantError: the driver failed.
        """
        import pyopencl as cl

        if pocl.is_pocl(handle):
            pocl.repair(handle)
        with translated(f"opening {info.name}"):
            self.context: Any = cl.Context([handle])
        self.handle, self._info, self._slots, self._lock = handle, info, slots, lock
        self._shared = Shared(self.context, pocl.heading(handle))
        self._residents: WeakSet[ResidentPlan] = WeakSet()

    def load(self, plan: LaunchPlan) -> OpenCLPlan:
        """See `Device.load`."""
        known = [loaded.resident.shape for loaded in self._residents if loaded.is_open]
        resident = joined(plan, self._info, self._slots, known) if "pocl" in self._info.features else None
        if resident is not None:
            try:
                loaded = ResidentPlan(self.context, self.handle, self._info, resident, self._shared, self._lock)
            except CompileError:
                pass  # kernel by kernel, the driver's log names the wrong one
            else:
                self._residents.add(loaded)
                return loaded
        return OpenCLPlan(self.context, self.handle, self._info, plan, self._shared, self._lock)
