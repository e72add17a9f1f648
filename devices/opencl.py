"""The OpenCL device."""
from __future__ import annotations

from typing import Any

from ..core.errors import DelegantError
from . import pocl
from .device import Device
from .opencl_discovery import OpenCLDeviceEntry
from .opencl_errors import translated
from .opencl_plan import OpenCLPlan
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
        return OpenCLPlan(self._context, self._handle, self.info, plan, pocl.heading(self._handle))

    def close(self) -> None:
        self._context = None
