"""Pools, reductions, softmax and resize against NumPy: what lies in the padding must not reach a result."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.layer_normalization import layer_normalization
from delegant.shaders.kernels.pool_2d import pool_2d
from delegant.shaders.kernels.reduce import reduce
from delegant.shaders.kernels.resize_bilinear import resize_bilinear
from delegant.shaders.kernels.softmax import l2_normalization, softmax

Target = tuple[Device | None, DeviceClass]


def normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("kind", ["average", "max", "l2"])
@pytest.mark.parametrize("channels", [3, 8])
def test_pools_leave_the_border_out(target: Target, kind: str, channels: int) -> None:
    device, schedules = target
    x = normal(2, 5, 4, channels)
    window = ConvWindow.of(x.shape, (3, 2), (2, 1), padding="SAME")
    got = run(pool_2d(schedules, kind, window), {"x": x}, (2, *window.y_size, channels), device)
    for row in range(window.y_size[0]):
        for column in range(window.y_size[1]):
            top, left = row * 2 - window.padding[0], column - window.padding[1]
            part = x[:, max(top, 0) : top + 3, max(left, 0) : left + 2].reshape(2, -1, channels)
            expected = {
                "average": part.mean(1),
                "max": part.max(1),
                "l2": np.sqrt((part**2).mean(1)),
            }[kind]
            np.testing.assert_allclose(got[:, row, column], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", ["sum", "mean", "max", "min", "prod"])
@pytest.mark.parametrize("axes", [(0,), (1, 2), (3,), (0, 3), (0, 1, 2, 3)])
def test_reductions(target: Target, kind: str, axes: tuple[int, ...]) -> None:
    device, schedules = target
    x = normal(2, 3, 4, 6)
    expected = getattr(np, kind)(x, axis=axes, keepdims=True)
    got = run(reduce(schedules, kind, x.shape, axes), {"x": x}, expected.shape, device)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((2, 9, 11, 5), (1, 2)), ((1, 70, 3), (0, 1)), ((3, 5, 7, 40), (0, 2)), ((2, 3, 70, 36), (1, 2)),
        ((3, 401), (1,)), ((70, 2, 3), (0, 2)), ((2, 5, 3, 90), (1, 3)), ((300,), (0,)), ((5, 4, 3, 7, 5), (0, 2, 4)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["mean", "max"])
def test_reductions_of_many_elements(target: Target, kind: str, shape: tuple[int, ...], axes: tuple[int, ...]) -> None:
    device, schedules = target
    x = normal(*shape)
    expected = getattr(np, kind)(x, axis=axes, keepdims=True)
    got = run(reduce(schedules, kind, shape, axes), {"x": x}, expected.shape, device)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(3, 5), (2, 2, 16), (1, 37), (70, 3), (3, 1001)])
def test_rows(target: Target, shape: tuple[int, ...]) -> None:
    device, schedules = target
    x = normal(*shape)
    powers = np.exp(2 * (x - x.max(-1, keepdims=True)))
    share = powers / powers.sum(-1, keepdims=True)
    for keeps in (False, True):
        got = run(softmax(schedules, shape, 2.0, keeps=keeps), {"x": x}, shape, device)
        np.testing.assert_allclose(got, share, rtol=1e-5, atol=1e-7)
    logarithm = run(softmax(schedules, shape, 2.0, log_of=True), {"x": x}, shape, device)
    np.testing.assert_allclose(logarithm, np.log(share), rtol=1e-5, atol=1e-5)
    gamma, beta = normal(shape[-1]), normal(shape[-1] + 1)[1:]
    normalized = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 0.01) * gamma + beta
    got = run(layer_normalization(schedules, shape, 0.01, gamma, beta), {"x": x}, shape, device)
    np.testing.assert_allclose(got, normalized, rtol=1e-4, atol=1e-4)
    unit = run(l2_normalization(schedules, shape), {"x": x}, shape, device)
    np.testing.assert_allclose(unit, x / np.linalg.norm(x, axis=-1, keepdims=True), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("channels", [3, 16])
def test_resize_is_linear_between_pixels(target: Target, channels: int) -> None:
    device, schedules = target
    x = normal(1, 3, 4, channels)
    call = resize_bilinear(schedules, x.shape, (1, 5, 7, channels), align_corners=True)
    got = run(call, {"x": x}, (1, 5, 7, channels), device)
    np.testing.assert_allclose(got[:, ::2, ::2], x, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(got[:, 1::2], (got[:, :-2:2] + got[:, 2::2]) / 2, rtol=1e-5, atol=1e-6)
