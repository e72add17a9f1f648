"""Convolutions over odd sizes, strides, dilations, paddings and groups."""

from __future__ import annotations

import numpy as np
import pytest
from conv_references import conv_2d_reference
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.conv_2d import conv_2d
from delegant.shaders.parts.epilogue import Beside, Epilogue, activation, bias, combine

Target = tuple[Device | None, DeviceClass]
WINDOWS = [
    pytest.param(ConvWindow.of((1, 7, 7, 3), (3, 3)), 5, 1, id="few-channels"),
    pytest.param(ConvWindow.of((2, 9, 8, 3), (3, 3), (2, 2), padding="VALID"), 16, 1, id="first-layer-valid"),
    pytest.param(ConvWindow.of((1, 6, 23, 3), (3, 3), dilation=(1, 2)), 44, 1, id="first-layer-wide"),
    pytest.param(ConvWindow.of((2, 6, 5, 17), (3, 3)), 24, 1, id="odd-channels"),
    pytest.param(ConvWindow.of((2, 7, 9, 41), (3, 3), (2, 1)), 36, 1, id="many-channels"),
    pytest.param(ConvWindow.of((1, 13, 11, 16), (2, 3), dilation=(1, 2)), 70, 1, id="many-pixels-dilated"),
    pytest.param(ConvWindow.of((1, 1, 7, 24), (1, 3)), 17, 1, id="one-line"),
    pytest.param(ConvWindow.of((1, 9, 7, 8), (5, 5), (2, 1)), 40, 1, id="5x5-stride-2x1"),
    pytest.param(ConvWindow.of((1, 5, 5, 4), (1, 1), (2, 2)), 8, 1, id="strided-pointwise"),
    pytest.param(ConvWindow.of((1, 1, 1, 5), (3, 3)), 7, 1, id="one-pixel"),
    pytest.param(ConvWindow.of((1, 9, 9, 12), (3, 3), dilation=(2, 2)), 16, 1, id="dilated"),
    pytest.param(ConvWindow.of((1, 5, 5, 8), (3, 3)), 16, 2, id="groups"),
    pytest.param(ConvWindow.of((1, 5, 5, 6), (3, 3)), 9, 3, id="odd-groups"),
    pytest.param(ConvWindow.of((1, 5, 7, 8), (3, 3)), 48, 2, id="groups-of-24-channels"),
    pytest.param(ConvWindow.of((3, 4, 4, 6), (1, 1)), 10, 1, id="pointwise"),
    pytest.param(ConvWindow((1, 4, 6, 9), (6, 6), (3, 3), padding=(2, 1)), 4, 1, id="explicit-padding"),
]


@pytest.mark.parametrize(("window", "out", "groups"), WINDOWS)
def test_convolution(target: Target, window: ConvWindow, out: int, groups: int) -> None:
    device, kind = target
    rng = np.random.default_rng(out)
    x = rng.standard_normal(window.x_shape, np.float32)
    w = rng.standard_normal((out, *window.kernel, window.x_shape[3] // groups), np.float32)
    b, shape = rng.standard_normal(out, np.float32), (window.x_shape[0], *window.y_size, out)
    other = rng.standard_normal(shape, np.float32)
    steps = (bias(b), activation("RELU"), combine("mul", Beside("other")))
    call = conv_2d(kind, window, w, groups, Epilogue(steps))
    got = run(call, {"x": x, "other": other}, shape, device)
    expected = np.maximum(conv_2d_reference(x, w, window, groups) + b, 0) * other
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-4)
