"""The WebGPU device."""
from __future__ import annotations

import threading
from typing import Any

from ...core.errors import DelegantError
from ..device import Device
from ..plan import KernelSource, LaunchPlan
from ..shared_buffers import SharedBuffers
from .discovery import REQUESTED_LIMITS, WANTED_FEATURES, AdapterEntry, shares_memory
from .errors import translated
from .plan import WebGPUPlan
from .program import Compiler


class WebGPUDevice(Device):
    """A WebGPU device with all of its adapter's limits. Plans on it may run in several threads, one at a time."""

    def __init__(self, entry: AdapterEntry) -> None:
        """Open the device.

        Raises:
            DeviceMemoryError, DelegantError: the driver failed.
        """
        adapter = entry.handle
        self.info = entry.info
        features = [key for key in WANTED_FEATURES.values() if key in adapter.features]
        limits = {key: adapter.limits[key] for key in REQUESTED_LIMITS}

        def opened() -> Any:
            return adapter.request_device_sync(required_features=features, required_limits=limits)

        with translated(f"opening {entry.info.name}"):
            self._device: Any = opened()
        self._mappable = "mappable" in entry.info.features and shares_memory(adapter)
        self._lock = threading.RLock()
        self._shared = SharedBuffers()
        self._compiler = Compiler(self._device, entry.info, opened)

    def expect(self, kernel: KernelSource) -> None:
        if self._device is not None:
            self._compiler.begin(kernel)

    def load(self, plan: LaunchPlan) -> WebGPUPlan:
        if self._device is None:
            raise DelegantError("the device was closed", delegate="webgpu")
        return WebGPUPlan(self._device, self.info, plan, self._compiler, self._mappable, self._lock, self._shared)

    def close(self) -> None:
        if self._device is not None:
            self._compiler.close()
        self._device = None
