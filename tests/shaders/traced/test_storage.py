"""Kernels rewritten for activations in bytes give the codes of the numbers that the float kernels give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.call import KernelCall
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.depthwise_conv_2d import depthwise_conv_2d
from delegant.shaders.kernels.matmul import matmul
from delegant.shaders.kernels.pool_2d import pool_2d
from delegant.shaders.kernels.reduce import reduce
from delegant.shaders.kernels.region_copy import Axis, Region, region_copy
from delegant.shaders.traced.storage import Codes, stored

Target = tuple[Device | None, DeviceClass]
SHAPE = (1, 5, 6, 12)
ZERO = 100
RNG = np.random.default_rng(5)


def _depthwise(device: DeviceClass) -> KernelCall:
    window = ConvWindow.of(SHAPE, (3, 3), padding="SAME")
    weights = np.zeros((3, 3, 12), np.float32)
    weights[1, 2] = 1  # the right neighbour
    return depthwise_conv_2d(device, window, weights)


def _pool(device: DeviceClass) -> KernelCall:
    return pool_2d(device, "max", ConvWindow.of(SHAPE, (2, 2), padding="SAME"))


FAMILIES: dict[str, tuple[Callable[[DeviceClass], KernelCall], tuple[int, ...]]] = {
    "depthwise": (_depthwise, SHAPE),
    "matmul": (lambda device: matmul(device, 30, np.eye(12, dtype=np.float32)[::-1].copy()), SHAPE),
    "max_pool": (_pool, SHAPE),
    "reduce_max": (lambda device: reduce(device, "max", SHAPE, (1, 2)), (1, 1, 1, 12)),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_equals_the_float_kernel(target: Target, family: str) -> None:
    device, schedules = target
    make, shape = FAMILIES[family]
    codes = RNG.integers(0, 256, SHAPE)
    numbers = run(make(schedules), {"x": (codes - ZERO).astype(np.float32)}, shape, device)
    call = stored(make(schedules), {"x": Codes("u8", ZERO), "y": Codes("u8", ZERO)})
    if device is not None and schedules is DeviceClass.LLVMPIPE and family == "depthwise":
        with pytest.raises(ValueError, match="a store takes all 4 lanes"):  # a lane of llvmpipe takes one channel
            run(call, {"x": codes.astype(np.uint8)}, shape, device)
        return
    made = run(call, {"x": codes.astype(np.uint8)}, shape, device)
    assert made.dtype == np.uint8
    np.testing.assert_array_equal(made, numbers + ZERO)


def test_one_side_may_stay_float(target: Target) -> None:
    device, schedules = target
    call = stored(_pool(schedules), {"x": Codes("u8", 7)})
    codes = RNG.integers(0, 256, SHAPE).astype(np.uint8)
    expected = run(_pool(schedules), {"x": codes.astype(np.float32) - 7}, SHAPE, device)
    np.testing.assert_array_equal(run(call, {"x": codes}, SHAPE, device), expected)


def test_what_fills_up_is_the_zero(target: Target) -> None:
    device, schedules = target
    shifted = Region((Axis(6, 4, 4, bounds=(1, 6)), Axis(4, 1, 1)), from_offset=-4)
    call = stored(region_copy(schedules, shifted, 0.0), {"x": Codes("u8", 9), "y": Codes("u8", 9)})
    x = RNG.integers(0, 256, (5, 4)).astype(np.uint8)
    np.testing.assert_array_equal(run(call, {"x": x}, (6, 4), device), np.concatenate([np.full((1, 4), 9), x]))


def test_kernels_of_equal_text_differ_by_zero_only_in_a_scalar() -> None:
    one, other = (stored(_pool(DeviceClass.CPU), {"x": Codes("u8", zero)}) for zero in (3, 200))
    assert one.kernel.name == other.kernel.name
    assert (one.sizes[-1], other.sizes[-1]) == (3, 200)
    assert one.sizes[:-1] == other.sizes[:-1]


def test_a_call_without_such_bindings_stays_itself() -> None:
    call = _pool(DeviceClass.CPU)
    assert stored(call, {"side_a": Codes("u8", 0)}) is call
