"""The OpenCL device."""
from __future__ import annotations

from typing import Any

from ..core.errors import CompileError, DelegantError
from . import pocl
from .device import Device
from .opencl_discovery import OpenCLDeviceEntry
from .opencl_errors import translated
from .opencl_plan import OpenCLPlan
from .opencl_resident import ResidentPlan, joined
from .plan import LaunchPlan


class OpenCLDevice(Device):
    """An OpenCL device with a context of its own. Plans on it may run in several threads."""

    def __init__(self, entry: OpenCLDeviceEntry) -> None:
        """Open the device.

        Raises:
            DeviceLostError, DelegantError: the driver failed.
        """
        import pyopencl as cl

        self.info = entry.info
        self._handle = entry.handle
        if pocl.is_pocl(entry.handle):
            pocl.repair(entry.handle)
        with translated(f"opening {entry.info.name}"):
            self._context: Any = cl.Context([entry.handle])

    def load(self, plan: LaunchPlan) -> OpenCLPlan:
        if self._context is None:
            raise DelegantError("the device was closed", delegate="opencl")
        heading = pocl.heading(self._handle)
        resident = joined(plan, self.info) if "pocl" in self.info.features else None
        if resident is not None:
            try:
                return ResidentPlan(self._context, self._handle, self.info, resident, heading)
            except CompileError:
                pass  # kernel by kernel, the driver's log names the wrong one
        return OpenCLPlan(self._context, self._handle, self.info, plan, heading)

    def close(self) -> None:
        self._context = None
