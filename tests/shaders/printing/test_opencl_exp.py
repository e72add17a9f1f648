"""The exp of wide vectors, over its whole range and at its ends."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.elementwise import Operand, elementwise, unary
from delegant.shaders.printing.opencl_c import OpenCLC

SPECIAL = [
    np.nan,
    np.inf,
    -np.inf,
    3e38,
    -3e38,
    0.0,
    -0.0,
    88.7228,
    88.73,
    89.0,
    -87.33,
    -87.34,
    -104.0,
    1e-30,
    1.0,
    -1.0,
]


def exp_on(device: Device, x: np.ndarray) -> np.ndarray:
    call = elementwise(DeviceClass.CPU, x.shape, [Operand("x", x.shape)], [unary("EXP")])
    assert "exp_f32x16(" in OpenCLC().source(call.kernel)
    return run(call, {"x": x}, x.shape, device)


@pytest.mark.opencl
def test_two_units_in_the_last_place(opencl_device: Device) -> None:
    x = np.linspace(-87.3, 88.7, 1 << 16, dtype=np.float32).reshape(1, -1)
    expected = np.exp(x.astype(np.float64))
    error = np.abs(exp_on(opencl_device, x) - expected) / np.spacing(expected.astype(np.float32))
    assert error.max() < 2


@pytest.mark.opencl
def test_special_values(opencl_device: Device) -> None:
    x = np.array([SPECIAL], np.float32)
    with np.errstate(over="ignore"):
        expected = np.exp(x.astype(np.float64)).astype(np.float32)
    expected[expected < np.finfo(np.float32).tiny] = 0
    np.testing.assert_allclose(exp_on(opencl_device, x), expected, rtol=3e-7)
