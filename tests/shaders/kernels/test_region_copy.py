"""Region copies against NumPy: strides, bounds and tables on any axis, and nothing outside the region touched."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import padded_values, run

from delegant.delegates.gpu.program.layout import strides
from delegant.delegates.gpu.program.regions import between, split, whole
from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.region_copy import OUTSIDE, Axis, Region, fill_call, region_copy
from delegant.shaders.layout import padded
from delegant.shaders.traced.evaluate import evaluate

Target = tuple[Device | None, DeviceClass]


def check(target: Target, region: Region, x: np.ndarray, expected: np.ndarray, fill: float = 0.0) -> None:
    device, kind = target
    np.testing.assert_array_equal(run(region_copy(kind, region, fill), {"x": x}, expected.shape, device), expected)


def numbers(*shape: int) -> np.ndarray:
    return np.arange(1, np.prod(shape) + 1, dtype=np.float32).reshape(shape)


@pytest.mark.parametrize("shape", [(2, 3, 5), (4, 6, 8), (1, 7, 1)])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 0, 2), (2, 1, 0)])
def test_transposes(target: Target, shape: tuple[int, ...], order: tuple[int, ...]) -> None:
    x = numbers(*shape)
    expected = x.transpose(order)
    check(target, between(whole(expected.shape), whole(shape).transpose(order)), x, expected)


@pytest.mark.parametrize("channels", [1, 3, 6, 8])
def test_rows_whose_padding_may_be_written_are_stored_by_vectors(target: Target, channels: int) -> None:
    device, kind = target
    x = numbers(12 * channels)
    expected = x.reshape(4, 3, channels)
    axes = (Axis(4, 3 * padded(channels), 3 * channels), Axis(3, padded(channels), channels), Axis(channels, 1, 1))
    call = region_copy(kind, Region(axes), pads=True)
    np.testing.assert_array_equal(run(call, {"x": x}, expected.shape, device), expected)
    if kind is not DeviceClass.CPU and channels > 1:
        assert {b.name: b.lanes for b in call.kernel.operands}["y"] == 4


@pytest.mark.parametrize("channels", [3, 8])
def test_bounds_on_every_axis(target: Target, channels: int) -> None:
    x = numbers(3, 4, channels)
    expected = np.pad(x, [(1, 0), (2, 1), (4, 4)], constant_values=-7)
    steps = strides(x.shape)
    axes = tuple(
        Axis(made, to, step, (low, low + n))
        for made, to, step, low, n in zip(
            expected.shape, strides(expected.shape), steps, (1, 2, 4), x.shape, strict=True
        )
    )
    start = -sum(low * step for low, step in zip((1, 2, 4), steps, strict=True))
    check(target, Region(axes, 0, start), x, expected, -7.0)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_tables(target: Target, axis: int) -> None:
    x = numbers(3, 4, 5)
    picks = [2, OUTSIDE, 0, 1, 2]
    expected = np.where(
        np.reshape(picks, [-1 if a == axis else 1 for a in range(3)]) == OUTSIDE, np.float32(9), np.take(x, picks, axis)
    )
    axes = tuple(
        Axis(n, to, 0, table=tuple(p if p == OUTSIDE else p * step for p in picks)) if a == axis else Axis(n, to, step)
        for a, (n, to, step) in enumerate(zip(expected.shape, strides(expected.shape), strides(x.shape), strict=True))
    )
    check(target, Region(axes), x, expected, 9.0)


def test_many_short_rows(target: Target) -> None:
    x = numbers(40, 30, 12)
    view = split(whole(x.shape), (40, 30, 2, 2, 3)).transpose(0, 2, 1, 3, 4)
    expected = x.reshape(40, 30, 2, 2, 3).transpose(0, 2, 1, 3, 4).reshape(80, 60, 3)
    check(target, between(split(whole((80, 60, 3)), view.shape), view), x, expected)


def test_only_the_region_is_written(target: Target) -> None:
    device, kind = target
    x = numbers(2, 3)
    call = region_copy(kind, between(whole((2, 7))[:, 2:5], whole((2, 3))))
    got = run(call, {"x": x}, (2, 7), device)
    np.testing.assert_array_equal(got[:, 2:5], x)
    outside = np.concatenate([got[:, :2], got[:, 5:]], 1)
    assert np.all(np.isnan(outside) | (outside == 0))


def test_fill(target: Target) -> None:
    device, kind = target
    shape = (3, 5)
    got = run(fill_call(kind, padded_values(numbers(*shape)).size, 2.5), {}, shape, device)
    np.testing.assert_array_equal(got, np.full(shape, 2.5, np.float32))


@pytest.mark.parametrize("width", [2, 3])
@pytest.mark.parametrize("rows", [1, 4, 41])
def test_dense_rows_become_padded_ones(target: Target, width: int, rows: int) -> None:
    x = numbers(rows * width)
    expected = x.reshape(rows, width)
    check(target, between(whole(expected.shape), split(whole(x.shape), expected.shape)), x, expected)


def test_dense_rows_of_bytes_read_nothing_behind_the_source() -> None:
    x = np.arange(30, dtype=np.uint8)
    call = region_copy(DeviceClass.CPU, Region((Axis(10, 4, 3), Axis(3, 1, 1))), storage="u8")
    y = np.zeros(40, np.uint8)
    evaluate(call, {"x": x, "y": y})
    np.testing.assert_array_equal(y.reshape(10, 4)[:, :3], x.reshape(10, 3))
