"""A device that fails where a test wants it to."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from delegant.core.errors import DelegantError
from delegant.devices.device import Device, LaunchTime, LoadedPlan
from delegant.devices.plan import LaunchPlan


class FaultyPlan(LoadedPlan):
    """A plan whose `run` fails when its device says so."""

    def __init__(self, device: FaultyDevice, loaded: LoadedPlan) -> None:
        self._device, self._loaded = device, loaded

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self._device.count("run")
        self._loaded.run(inputs, outputs)

    def profile(self) -> tuple[LaunchTime, ...]:
        return self._loaded.profile()

    def read(self, buffer: int, offset: int, size: int) -> bytes:
        return self._loaded.read(buffer, offset, size)

    def close(self) -> None:
        self._loaded.close()


class FaultyDevice(Device):
    """Wraps a device; raises `error` in the stage "load" or "run", from call number `after` (counted from 0) on."""

    def __init__(self, device: Device, stage: str, error: DelegantError, after: int = 0) -> None:
        self.info = device.info
        self._device, self._stage, self._error, self._left = device, stage, error, after

    def count(self, stage: str) -> None:
        """Raise if this call of `stage` is to fail."""
        if stage == self._stage:
            self._left -= 1
            if self._left < 0:
                raise self._error

    def load(self, plan: LaunchPlan) -> LoadedPlan:
        self.count("load")
        return FaultyPlan(self, self._device.load(plan))

    def close(self) -> None:
        """The wrapped device stays open: it belongs to whoever opened it."""
