"""Dynamic-range quantization against `core.arithmetic.hybrid`, on every machine: the same bits."""

from __future__ import annotations

import random

import numpy as np
import pytest
from kernel_machines import run

from delegant.core.arithmetic.hybrid import quantize_asymmetric, quantize_symmetric
from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.dynamic_range import Rows, row_codes, row_ranges, row_scales, scaled_sums
from delegant.shaders.kernels.elementwise import unary
from delegant.shaders.parts.scaled_back import INVERSE, SCALE, ZERO

SEED = random.SystemRandom().randrange(1 << 31)
Target = tuple[Device | None, DeviceClass]


def ranges(rng: np.random.Generator, count: int) -> np.ndarray:
    """Lowest and highest numbers [count, 2]: of any size, from -r to r, and with zero points at and about halves."""
    any_size = np.exp(rng.uniform(-40, 40, (count, 2)))
    alike = np.repeat(np.exp(rng.uniform(-3, 3, (count, 1))), 2, axis=1)
    odd, base = rng.integers(0, 256, (count, 1)) * 2 + 1, rng.integers(1, 1 << 15, (count, 1))
    halves = np.concatenate([odd, 510 - odd], axis=1).clip(0) * base * 2.0 ** rng.integers(-9, 9, (count, 1))
    beside = halves * (1 + rng.integers(-2, 3, (count, 2)) * 2.0**-24)
    empty = np.zeros((1, 2))
    made = np.concatenate([any_size, alike, halves, beside, any_size * [0, 1], any_size * [1, 0], empty])
    return (made * [-1, 1]).astype(np.float32)


@pytest.mark.parametrize("asymmetric", [True, False])
def test_scales_and_zero_points(target: Target, asymmetric: bool) -> None:
    device, kind = target
    limits = ranges(np.random.default_rng(SEED), 400)
    shape = Rows(len(limits), 1, 2)
    made = run(row_ranges(kind, shape), {"x": limits}, (len(limits), 4), device)
    np.testing.assert_array_equal(made[:, :2], limits)
    numbers = run(row_scales(kind, shape, asymmetric), {"x": made}, (len(limits), 4), device)
    zero_points = np.zeros(len(limits), np.int32)
    if asymmetric:
        _, scales, zero_points = quantize_asymmetric(limits)
    else:
        _, scales = quantize_symmetric(limits)
    np.testing.assert_array_equal(numbers[:, SCALE], scales, err_msg=f"seed {SEED}")
    np.testing.assert_array_equal(numbers[:, ZERO], zero_points, err_msg=f"seed {SEED}")
    reach = np.abs(limits).max(axis=1)
    inverse = np.float32(1) / scales if asymmetric else np.float32(127) / np.where(reach, reach, 1)
    np.testing.assert_array_equal(numbers[reach > 0, INVERSE], inverse[reach > 0], err_msg=f"seed {SEED}")


@pytest.mark.parametrize("asymmetric", [True, False])
@pytest.mark.parametrize("shape", [(3, 1, 70), (2, 5, 24), (2, 35, 3)], ids=str)
def test_codes(target: Target, asymmetric: bool, shape: tuple[int, int, int]) -> None:
    device, kind = target
    rng = np.random.default_rng(SEED)
    x = rng.normal(0, 1, shape).astype(np.float32)
    flat = x.reshape(shape[0], -1)
    flat[:, 0] = 127 if not asymmetric else 255
    flat[0, 1::3] = np.float32(0.49999997) * rng.choice([-1, 1], flat[0, 1::3].size)
    if asymmetric:
        flat[0, 1::3], flat[0, 2::3] = np.abs(flat[0, 1::3]), np.abs(flat[0, 2::3])
        codes, _, zero_points = quantize_asymmetric(flat)
        codes = codes - zero_points[:, None]
    else:
        codes, _ = quantize_symmetric(flat)
    rows = Rows(*shape)
    parts = rows.parts(kind)
    found = run(row_ranges(kind, rows), {"x": x}, (shape[0] * parts, 4), device)
    numbers = run(row_scales(kind, rows, asymmetric), {"x": found}, (shape[0], 4), device)
    made = run(row_codes(kind, rows, asymmetric), {"x": x, "scales": numbers}, shape, device)
    np.testing.assert_array_equal(made, codes.reshape(shape), err_msg=f"seed {SEED}")


@pytest.mark.parametrize("chained", [True, False])
@pytest.mark.parametrize("biased", [True, False])
def test_scaled_sums(target: Target, chained: bool, biased: bool) -> None:
    device, kind = target
    rng, shape = np.random.default_rng(SEED), (2, 9, 21)
    sums = rng.integers(-(1 << 24), 1 << 24, shape).astype(np.float32)
    factors = np.exp(rng.uniform(-6, 0, 21)).astype(np.float32)
    numbers = np.exp(rng.uniform(-6, 0, (2, 4))).astype(np.float32)
    scale = numbers[:, SCALE, None, None]
    expected = sums * factors * scale if chained else sums * (factors * scale)
    bias = -np.median(expected, axis=(0, 1)) * rng.uniform(0.9, 1.1, 21).astype(np.float32) if biased else None
    if bias is not None:
        expected = expected + bias.astype(np.float32)
    call = scaled_sums(kind, Rows(*shape), factors, bias, chained, (unary("RELU"),))
    made = run(call, {"x": sums, "scales": numbers}, shape, device)
    np.testing.assert_array_equal(made, np.maximum(expected, 0), err_msg=f"seed {SEED}")
