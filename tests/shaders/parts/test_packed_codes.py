"""Codes packed four vectors at a time: the reference's scaling, saturation and tables, whatever widths tiles have."""

from __future__ import annotations

import random

import numpy as np
import pytest
from kernel_machines import run

from delegant.core.arithmetic.numerics import quantize_multipliers, requantize
from delegant.devices.device import Device
from delegant.shaders.call import KernelCall
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.byte_products import byte_matmul
from delegant.shaders.layout import padded
from delegant.shaders.parts.epilogue import Epilogue
from delegant.shaders.parts.packed_codes import PackedBytes, RequantizeToBytes
from delegant.shaders.parts.requantize import Requantize
from delegant.shaders.schedules.select import RegisterTile

FRESH = random.SystemRandom().randrange(1 << 31)
WIDTHS = ((3, (16,)), (2, (16, 8)), (5, (8, 4)))
TILES = [None, *(RegisterTile(*width) for width in WIDTHS), RegisterTile(1, (4,), split=2)]


def codes(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(0, 256, shape).astype(np.uint8)


def weights(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(-128, 128, shape).astype(np.int8)


def run_packed(call: KernelCall, x: np.ndarray, shape: tuple[int, int], machine: Device | None) -> np.ndarray:
    """The bytes of a call that stores them as words."""
    rows, columns = shape
    words = run(call, {"x": x}, (rows * padded(columns) // 4,), machine)
    return np.ascontiguousarray(words).view(np.uint8).reshape(rows, -1)[:, :columns]


def scaling(rng: np.random.Generator, channels: int, zero: int) -> Requantize:
    """Random, with multipliers whose halves are met: powers of two."""
    real = np.exp(rng.uniform(np.log(5e-4), np.log(5e-3), channels))
    real[:3] = 0.25, 2.0**-7, 0.375
    m, s = quantize_multipliers(real)
    return Requantize(m, s, rng.integers(-5000, 5000, channels), (-zero, 255 - zero), 1 << 24, wide=True)


@pytest.mark.parametrize("seed", [1, 2, FRESH])
@pytest.mark.parametrize("zero", [0, 77])
@pytest.mark.parametrize("tile", TILES, ids=str)
def test_scaled_sums_are_the_references(
    byte_machine: Device | None, tile: RegisterTile | None, zero: int, seed: int
) -> None:
    rng, shape = np.random.default_rng([seed, zero]), (9, 39)
    x, w, base = codes(rng, 9, 24), weights(rng, 39, 24), scaling(rng, 39, zero)
    step = RequantizeToBytes.of(base)
    assert step is not None
    assert step.rises == (zero == 0)
    call = byte_matmul(DeviceClass.CPU, 9, w, Epilogue((step.step("t"),), PackedBytes()), schedule=tile)
    sums = x.astype(np.int64) @ w.T.astype(np.int64) + base.bias
    expected = np.clip(requantize(sums, base.m, base.s) + zero, 0, 255)
    assert np.unique(expected).size > 40
    np.testing.assert_array_equal(run_packed(call, x, shape, byte_machine), expected, err_msg=f"seed {seed}")


def test_every_half_is_rounded_as_in_the_reference(byte_machine: Device | None) -> None:
    """Sums around those that lie between two codes, up to both ends, for all small shifts."""
    shifts = np.arange(2, 18)
    m, s = quantize_multipliers(2.0**-shifts)
    halves = ((np.arange(-3, 260)[:, None] * 2 + 1) << shifts >> 1).repeat(3, 0) + np.tile([-1, 0, 1], 263)[:, None]
    x, w = np.zeros((len(halves), 4), np.uint8), np.zeros((16, 4), np.int8)
    for row in range(0, len(halves), 97):  # sums that differ by channel come by the bias
        step = RequantizeToBytes(Requantize(m, s, halves[row], (0, 255), 1 << 10, wide=True))
        assert step.rises
        call = byte_matmul(DeviceClass.CPU, 1, w, Epilogue((step.step("t"),), PackedBytes()))
        expected = np.clip(requantize(halves[row], m, s), 0, 255)
        np.testing.assert_array_equal(run_packed(call, x[:1], (1, 16), byte_machine)[0], expected)


@pytest.mark.parametrize("zero", [None, 12])
def test_a_function_of_codes_is_looked_up_after_packing(byte_machine: Device | None, zero: int | None) -> None:
    rng = np.random.default_rng(5)
    x, w, base = codes(rng, 7, 8), weights(rng, 36, 8), scaling(rng, 36, 30)
    step, entries = RequantizeToBytes(base), rng.permutation(256).astype(np.uint8)
    call = byte_matmul(DeviceClass.CPU, 7, w, Epilogue((step.step("t"),), PackedBytes(zero, entries)))
    sums = x.astype(np.int64) @ w.T.astype(np.int64) + base.bias
    expected = entries[np.clip(requantize(sums, base.m, base.s) + 30 + (zero or 0), 0, 255)]
    np.testing.assert_array_equal(run_packed(call, x, (7, 36), byte_machine), expected)


def test_sums_that_may_wrap_are_scaled_in_two_steps() -> None:
    one, limits = np.ones(4, np.int64), (0, 255)
    for excess, rises in ((0, True), ((1 << 30) * one, True), ((1 << 31) * one, False)):
        step = RequantizeToBytes(Requantize(one << 30, -one, 0 * one, limits, 1 << 20, excess, wide=True))
        assert step.rises == rises


@pytest.mark.parametrize(
    ("limits", "shift", "wide", "rises"),
    [
        ((0, 255), -1, True, True),
        ((0, 255), 0, True, False),
        ((-1, 254), -1, True, False),
        ((0, 254), -1, True, None),
        ((0, 255), 1, True, None),
        ((0, 255), -1, False, None),
    ],
)
def test_when_one_rounding_is_enough(limits: tuple[int, int], shift: int, wide: bool, rises: bool | None) -> None:
    one = np.ones(4, np.int64)
    made = RequantizeToBytes.of(Requantize(one << 30, shift * one, 0 * one, limits, 1 << 20, wide=wide))
    assert (made and made.rises) == rises
