"""The OpenCL device."""
from __future__ import annotations

import threading
from typing import Any

from ..core.errors import CompileError, DelegantError
from . import pocl, pocl_caller
from .device import Device
from .opencl_discovery import OpenCLDeviceEntry
from .opencl_errors import translated
from .opencl_plan import OpenCLPlan
from .opencl_resident import ResidentPlan, joined, slots_of
from .plan import LaunchPlan

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
        self._handle, self._caller = entry.handle, entry.caller
        self._context: Any = _open(entry.handle, entry.info.name)
        self._callers_context: Any = None if self._caller is None else _open(self._caller, entry.info.name)

    def load(self, plan: LaunchPlan) -> OpenCLPlan:
        """Where PoCL can work in the calling thread, small plans that prove quick there stay there."""
        if self._context is None:
            raise DelegantError("the device was closed", delegate="opencl")
        if self._callers_context is not None and pocl_caller.may_suit(plan):
            loaded = self._load(plan, self._callers_context, self._caller, 1, pocl_caller.LOCK)
            if loaded.seconds(TRIES) <= pocl_caller.most_seconds(slots_of(self.info)):
                return loaded
            loaded.close()
        return self._load(plan, self._context, self._handle, slots_of(self.info))

    def _load(
        self, plan: LaunchPlan, context: Any, handle: Any, slots: int, lock: threading.Lock | None = None
    ) -> OpenCLPlan:
        heading = pocl.heading(handle)
        resident = joined(plan, self.info, slots) if "pocl" in self.info.features else None
        if resident is not None:
            try:
                return ResidentPlan(context, handle, self.info, resident, heading, lock)
            except CompileError:
                pass  # kernel by kernel, the driver's log names the wrong one
        return OpenCLPlan(context, handle, self.info, plan, heading, lock)

    def close(self) -> None:
        self._context = self._callers_context = None


def _open(handle: Any, name: str) -> Any:
    """A context of its own for a device."""
    import pyopencl as cl

    if pocl.is_pocl(handle):
        pocl.repair(handle)
    with translated(f"opening {name}"):
        return cl.Context([handle])
