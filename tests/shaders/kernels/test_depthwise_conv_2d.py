"""Depthwise convolutions over odd sizes, strides, dilations and channel multipliers."""

from __future__ import annotations

import numpy as np
import pytest
from conv_references import depthwise_reference
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.call import MAX_GROUPS
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.depthwise_conv_2d import depthwise_conv_2d
from delegant.shaders.parts.epilogue import Epilogue, activation, bias
from delegant.shaders.schedules.select import LineTile

Target = tuple[Device | None, DeviceClass]
WINDOWS = [
    pytest.param(ConvWindow.of((1, 7, 7, 3), (3, 3)), 1, id="odd-channels"),
    pytest.param(ConvWindow.of((2, 7, 9, 17), (3, 3), (2, 2)), 1, id="stride-2"),
    pytest.param(ConvWindow.of((1, 5, 8, 24), (5, 5)), 1, id="5x5"),
    pytest.param(ConvWindow.of((1, 12, 13, 32), (3, 3), (2, 1), padding="VALID"), 1, id="valid"),
    pytest.param(ConvWindow.of((1, 1, 1, 8), (3, 3)), 1, id="one-pixel"),
    pytest.param(ConvWindow.of((1, 11, 11, 16), (3, 3), dilation=(2, 2)), 1, id="dilated"),
    pytest.param(ConvWindow.of((1, 9, 9, 1), (3, 3), (2, 2)), 5, id="one-channel-times-5"),
    pytest.param(ConvWindow.of((1, 4, 4, 6), (3, 3)), 3, id="times-3"),
]


@pytest.mark.parametrize(("window", "multiplier"), WINDOWS)
def test_depthwise_convolution(target: Target, window: ConvWindow, multiplier: int) -> None:
    device, kind = target
    rng = np.random.default_rng(multiplier)
    out = window.x_shape[3] * multiplier
    x = rng.standard_normal(window.x_shape, np.float32)
    w, b = rng.standard_normal((*window.kernel, out), np.float32), rng.standard_normal(out, np.float32)
    call = depthwise_conv_2d(kind, window, w, Epilogue((bias(b), activation("RELU6"))))
    got = run(call, {"x": x}, (window.x_shape[0], *window.y_size, out), device)
    expected = np.clip(depthwise_reference(x, w, window) + b, 0, 6)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("machine", ["numpy", pytest.param("webgpu", marks=pytest.mark.webgpu)])
def test_lanes_of_llvmpipe_take_four_channels_where_they_must_store_so(
    machine: str, request: pytest.FixtureRequest
) -> None:
    device = None if machine == "numpy" else request.getfixturevalue("webgpu_device")
    window, rng = ConvWindow.of((2, 7, 9, 37), (3, 3), (2, 1)), np.random.default_rng(2)
    x, w = rng.standard_normal(window.x_shape, np.float32), rng.standard_normal((3, 3, 37), np.float32)
    call = depthwise_conv_2d(DeviceClass.LLVMPIPE, window, w, schedule=LineTile(4, 4, 8))
    got = run(call, {"x": x}, (2, *window.y_size, 37), device)
    np.testing.assert_allclose(got, depthwise_reference(x, w, window), rtol=1e-4, atol=1e-4)


def test_more_lines_than_a_launch_has_workgroups_take_other_kernels() -> None:
    large = ConvWindow.of((70, 1000, 8, 4), (3, 3))
    call = depthwise_conv_2d(DeviceClass.LLVMPIPE, large, np.zeros((3, 3, 4), np.float32))
    assert max(call.groups) <= MAX_GROUPS
