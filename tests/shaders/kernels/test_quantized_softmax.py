"""Softmax of codes: long rows, which workgroups share on a GPU, give the bits that one invocation gives."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.quantized_softmax import quantized_softmax
from delegant.shaders.kernels.wide_softmax import wide_softmax

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
