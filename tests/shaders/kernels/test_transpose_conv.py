"""Transposed convolutions over odd sizes, strides and paddings."""

from __future__ import annotations

import numpy as np
import pytest
from conv_references import transpose_conv_reference
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.call import MAX_GROUPS
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.transpose_conv import transpose_conv
from delegant.shaders.parts.epilogue import Epilogue, bias

Target = tuple[Device | None, DeviceClass]
WINDOWS = [
    pytest.param(ConvWindow((1, 5, 6, 3), (10, 12), (3, 3), (2, 2)), 5, id="stride-2"),
    pytest.param(ConvWindow((2, 3, 3, 17), (6, 6), (4, 4), (2, 2), padding=(1, 1)), 12, id="same"),
    pytest.param(ConvWindow((1, 3, 5, 4), (3, 5), (3, 3), padding=(1, 1)), 4, id="stride-1"),
    pytest.param(ConvWindow((1, 3, 3, 4), (9, 6), (5, 4), (3, 2)), 1, id="stride-3x2"),
    pytest.param(ConvWindow((1, 2, 2, 4), (4, 4), (1, 1), (3, 3)), 20, id="gaps"),
]


@pytest.mark.parametrize(("window", "out"), WINDOWS)
def test_transposed_convolution(target: Target, window: ConvWindow, out: int) -> None:
    device, kind = target
    rng = np.random.default_rng(out)
    x = rng.standard_normal(window.x_shape, np.float32)
    w = rng.standard_normal((out, *window.kernel, window.x_shape[3]), np.float32)
    b = rng.standard_normal(out, np.float32)
    call = transpose_conv(kind, window, w, Epilogue((bias(b),)))
    got = run(call, {"x": x}, (window.x_shape[0], *window.y_size, out), device)
    np.testing.assert_allclose(got, transpose_conv_reference(x, w, window) + b, rtol=1e-4, atol=1e-4)


def test_pictures_of_more_tiles_than_a_launch_has_workgroups_take_other_kernels() -> None:
    large = ConvWindow((1, 1024, 1024, 4), (2048, 2048), (2, 2), (2, 2))
    call = transpose_conv(DeviceClass.LLVMPIPE, large, np.zeros((4, 2, 2, 4), np.float32))
    assert max(call.groups) <= MAX_GROUPS
