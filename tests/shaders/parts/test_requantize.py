"""The integer steps of quantized operators against `core.arithmetic.numerics`, on every machine."""

from __future__ import annotations

import random

import numpy as np
import pytest
from kernel_machines import run

from delegant.core.arithmetic.numerics import quantize_multiplier, quantize_multipliers, requantize, requantize_double
from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.elementwise import Operand, elementwise
from delegant.shaders.kernels.matmul import matmul
from delegant.shaders.parts.code_table import Lookup, Quantize
from delegant.shaders.parts.epilogue import Beside, Epilogue, Step
from delegant.shaders.parts.requantize import Clamp, Product, Requantize, RequantizeDouble, Rescale, Sum

SEEDS = (1, 2, random.SystemRandom().randrange(1 << 31))
Target = tuple[Device | None, DeviceClass]


def apply(step: Step, target: Target, x: np.ndarray, **others: np.ndarray) -> np.ndarray:
    device, kind = target
    operands = [Operand("x", x.shape), *(Operand(name, other.shape) for name, other in others.items())]
    call = elementwise(kind, x.shape, operands, (step,))
    return run(
        call, {"x": x.astype(np.float32), **{n: v.astype(np.float32) for n, v in others.items()}}, x.shape, device
    )


def sums_near_ties(rng: np.random.Generator, real: np.ndarray, rows: int) -> np.ndarray:
    """Integers [rows, channels] whose product with `real` lies at and around halves."""
    halves = rng.integers(-300, 300, (rows, real.size)) + 0.5
    near = np.rint(halves / real) + rng.integers(-1, 2, (rows, real.size))
    return np.clip(near, -(2**23), 2**23).astype(np.int64)


def through_matmul(step: Step, target: Target, sums: np.ndarray) -> np.ndarray:
    """The step as the epilogue of a product that gives `sums` [rows, channels]: 4096 times one part plus another."""
    device, kind = target
    rows, channels = sums.shape
    x = np.concatenate([np.eye(rows), np.eye(rows)], axis=1).astype(np.float32)
    weights = np.concatenate([sums // 4096 * 4096, sums % 4096]).T.astype(np.float32)
    call = matmul(kind, rows, weights, Epilogue((step,)))
    return run(call, {"x": x}, (rows, channels), device)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [(1e-6, 0.4), (1e-4, 0.3), (0.3, 40.0)], ids=["small", "usual", "large"])
@pytest.mark.parametrize("channels", [5, 36])
def test_per_channel_fixed_point(target: Target, seed: int, scale: tuple[float, float], channels: int) -> None:
    rng = np.random.default_rng(seed)
    real = np.exp(rng.uniform(*np.log(scale), channels))
    real[0] = 2.0 ** rng.integers(-9, 1)
    m, s = quantize_multipliers(real)
    sums, bias = sums_near_ties(rng, real, 12), rng.integers(-5000, 5000, channels)
    step = Requantize(m, s, bias, (-100, 155), 1 << 24).step("t")
    expected = np.clip(requantize(sums, m, s), -100, 155)
    np.testing.assert_array_equal(through_matmul(step, target, sums - bias), expected, err_msg=f"seed {seed}")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [(1e-7, 1e-4), (1e-4, 0.3), (0.3, 40.0)], ids=["small", "usual", "large"])
def test_per_channel_double(target: Target, seed: int, scale: tuple[float, float]) -> None:
    rng = np.random.default_rng(seed)
    real = np.exp(rng.uniform(*np.log(scale), 9))
    real[0] = 2.0 ** rng.integers(-9, 1)
    sums, bias = sums_near_ties(rng, real, 12), rng.integers(-5000, 5000, 9)
    step = RequantizeDouble(real, bias, (-100, 155)).step("t")
    expected = np.clip(requantize_double(sums, real), -100, 155)
    np.testing.assert_array_equal(through_matmul(step, target, sums - bias), expected, err_msg=f"seed {seed}")


@pytest.mark.parametrize("seed", SEEDS)
def test_rescale_product_and_clamp(target: Target, seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, s = quantize_multiplier(float(np.exp(rng.uniform(-9, 3))))
    rescale = Rescale(m, s, (-100, 155))
    x, y = rng.integers(-255, 256, (3, 70)), rng.integers(-255, 256, (3, 70))
    np.testing.assert_array_equal(apply(rescale.step("t"), target, x), np.clip(requantize(x, m, s), -100, 155))
    product = Product(rescale).step("t", Beside("other"), False)
    expected = np.clip(requantize(x * y, m, s), -100, 155)
    np.testing.assert_array_equal(apply(product, target, x, other=y), expected)
    np.testing.assert_array_equal(apply(Clamp((-7, 90)).step("t"), target, x), np.clip(x, -7, 90))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("reverse", [False, True])
def test_sum(target: Target, seed: int, sign: int, reverse: bool) -> None:
    rng = np.random.default_rng(seed)
    one, two, out = np.exp(rng.uniform(-5, 0, 3))
    multipliers = [quantize_multiplier(r) for r in (one / max(one, two) / 2, two / max(one, two) / 2)]
    final = quantize_multiplier(2 * max(one, two) / (2.0**20 * out))
    a, b = rng.integers(-255, 256, (2, 3, 70))
    scaled = [requantize(v << 20, *m) for v, m in zip((a, b), multipliers, strict=True)]
    expected = np.clip(requantize(scaled[0] + sign * scaled[1], *final), -90, 165)
    step = Sum(multipliers[0], multipliers[1], final, (-90, 165), sign).step("t", Beside("other"), reverse)
    x, y = (b, a) if reverse else (a, b)
    np.testing.assert_array_equal(apply(step, target, x, other=y), expected, err_msg=f"seed {seed}")


def test_lookup(target: Target) -> None:
    results = np.random.default_rng(3).integers(-255, 256, 256).astype(np.float32)
    x = np.random.default_rng(4).integers(-30, 226, (5, 37))
    np.testing.assert_array_equal(apply(Lookup(results, -30).step("t"), target, x), results[x + 30])


@pytest.mark.parametrize("seed", SEEDS)
def test_quantize(target: Target, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scale, zero_point = np.float32(np.exp(rng.uniform(-9, 2))), int(rng.integers(-128, 128))
    edges = ((rng.integers(-200, 200, (4, 63)) + 0.5) * np.float64(scale)).astype(np.float32)
    x = np.concatenate([edges, np.nextafter(edges, np.float32(9e9)), np.nextafter(edges, np.float32(-9e9))])
    x[0, :4] = [3e38, -3e38, scale * np.float32(2.0**31), scale * np.float32(2.0**30)]
    with np.errstate(over="ignore"):
        quotient = np.clip(x / scale, -(2.0**40), 2.0**40)
    whole = np.trunc(quotient)
    rounded = whole + np.where(np.abs(quotient - whole) >= 0.5, np.sign(quotient), 0)
    wrapped = 127 if zero_point < 0 else -128
    codes = np.where(np.abs(quotient) < 2.0**31, np.clip(rounded + zero_point, -128, 127), wrapped)
    step = Quantize(scale, zero_point, (-128, 127)).step("t")
    np.testing.assert_array_equal(apply(step, target, x), codes - zero_point, err_msg=f"seed {seed}, scale {scale}")
