"""Softmax of codes: long rows, which workgroups share on a GPU, give the bits that one invocation gives."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.quantized_softmax import quantized_softmax
from delegant.shaders.kernels.wide_softmax import wide_softmax
from delegant.shaders.layout import padded
from delegant.shaders.traced.storage import Codes

Target = tuple[Device | None, DeviceClass]
SHAPES = [(3, 11), (2, 131), (70, 256), (1, 1001)]


@pytest.mark.parametrize("shape", SHAPES)
def test_codes_of_8_bits(target: Target, shape: tuple[int, int]) -> None:
    device, schedules = target
    rng = np.random.default_rng(shape[1])
    x = rng.integers(-128, 128, shape).astype(np.float32)
    exponentials = np.rint(np.exp(-0.05 * np.arange(256)) * (2**31 - 1)).astype(np.int64)
    alone = run(quantized_softmax(DeviceClass.SOFTWARE_GPU, shape, exponentials, -128), {"x": x}, shape, None)
    got = run(quantized_softmax(schedules, shape, exponentials, -128), {"x": x}, shape, device)
    np.testing.assert_array_equal(got, alone)
    shares = np.exp(0.05 * x.astype(np.float64))
    np.testing.assert_allclose(got + 128, 256 * shares / shares.sum(-1, keepdims=True), atol=1.01)


@pytest.mark.parametrize("cpu_machine", ["numpy", pytest.param("opencl", marks=pytest.mark.opencl)])
@pytest.mark.parametrize("shape", [(16, 4), (37, 3), (40, 2), (19, 1), (23, 5), (16, 40)])
def test_bytes_on_a_processor(request: pytest.FixtureRequest, cpu_machine: str, shape: tuple[int, int]) -> None:
    """Rows of up to four codes are words; all codes are there, the extreme ones in one row."""
    device = None if cpu_machine == "numpy" else request.getfixturevalue("opencl_device")
    x = np.random.default_rng(shape[1]).integers(0, 256, shape).astype(np.uint8)
    x[3, 0], x[3, -1] = 0, 255
    exponentials = np.rint(np.exp(-0.03 * np.arange(256)) * (2**31 - 1)).astype(np.int64)
    floats = {"x": x.astype(np.float32) - 90}
    alone = run(quantized_softmax(DeviceClass.SOFTWARE_GPU, shape, exponentials, -128), floats, shape, None)
    kept = Codes("u8", 90), Codes("u8", 128)
    call = quantized_softmax(DeviceClass.CPU, shape, exponentials, -128, kept)
    made = run(call, {"x": x}, (shape[0] * padded(shape[1]),) if shape[1] > 4 else shape[:1], device)
    codes = np.ascontiguousarray(made).view(np.uint8).reshape(shape[0], -1)[:, : shape[1]]
    assert ("words" in call.kernel.name) == (shape[1] <= 4)
    np.testing.assert_array_equal(codes, alone + 128)


@pytest.mark.parametrize("shape", SHAPES)
def test_codes_of_16_bits(target: Target, shape: tuple[int, int]) -> None:
    device, schedules = target
    rng = np.random.default_rng(shape[1])
    x = rng.integers(-32768, 32768, shape).astype(np.float32)
    exponentials = np.rint(np.exp(-np.arange(65536) / 6553.6) * 32767)
    inverses = np.rint(32767 / (1 + np.arange(65536) / 65535))
    alone = run(wide_softmax(DeviceClass.SOFTWARE_GPU, shape, exponentials, inverses), {"x": x}, shape, None)
    got = run(wide_softmax(schedules, shape, exponentials, inverses), {"x": x}, shape, device)
    np.testing.assert_array_equal(got, alone)
    shares = np.exp(x.astype(np.float64) / 6553.6)
    np.testing.assert_allclose(got, 32768 * shares / shares.sum(-1, keepdims=True), atol=40)
