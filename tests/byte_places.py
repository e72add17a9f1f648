"""Machines that multiply bytes, and the classes of devices whose schedules they run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from kernel_machines import run

from delegant.delegates.gpu.passes.keep_bytes import looks_up_bytes, multiplies_bytes
from delegant.devices.device import Device
from delegant.shaders.call import KernelCall
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.traced.storage import Codes, stored

ZERO = 77
"""The zero point of codes."""


def multiplying(request: pytest.FixtureRequest, machine: str) -> Device | None:
    """A device that multiplies bytes, or None for the NumPy machine."""
    if machine == "numpy":
        return None
    device: Device = request.getfixturevalue(f"{machine}_device")
    if machine == "opencl" and not (multiplies_bytes(device.info) and looks_up_bytes(device.info)):
        pytest.skip("this processor has no instructions for products and tables of bytes (AVX2, AVX-512 VBMI)")
    return device


SHADERS = (DeviceClass.SOFTWARE_GPU, DeviceClass.LLVMPIPE, DeviceClass.GPU)
PLACES = [
    *(("numpy", kind) for kind in (DeviceClass.CPU, *SHADERS)),
    ("opencl", DeviceClass.CPU),
    *(("webgpu", kind) for kind in SHADERS),
]


@dataclass(frozen=True)
class Place:
    """A machine that multiplies bytes, and the class of devices whose schedules it runs.

    Attributes:
        flip: what turns unsigned codes into those that it keeps: signed ones on shader devices.
    """

    device: Device | None
    kind: DeviceClass

    @property
    def wide(self) -> bool:
        return self.kind is DeviceClass.CPU

    @property
    def flip(self) -> np.uint8:
        return np.uint8(0 if self.kind is DeviceClass.CPU else 128)

    @property
    def zero(self) -> int:
        return ZERO - int(self.flip)

    def run(self, call: KernelCall, x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Codes of a call from codes, both unsigned."""
        kept = Codes("i8" if self.flip else "u8", 100 - int(self.flip))
        return run(stored(call, {"y": kept}), {"x": x ^ self.flip}, shape, self.device).view(np.uint8) ^ self.flip



def codes(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(0, 256, shape).astype(np.uint8)
