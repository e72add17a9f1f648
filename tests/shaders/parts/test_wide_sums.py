"""The steps of operators with 16-bit codes against `core.arithmetic.numerics`, on every machine."""

from __future__ import annotations

import random

import numpy as np
import pytest
from kernel_machines import run

from delegant.core.arithmetic.numerics import (
    quantize_multiplier,
    quantize_multipliers,
    reduce_multiplier,
    requantize,
    requantize64,
    requantize_double,
    rounding_divide_by_pot,
)
from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.elementwise import Operand, elementwise
from delegant.shaders.kernels.matmul import matmul
from delegant.shaders.parts.epilogue import Beside, Epilogue, Step
from delegant.shaders.parts.requantize import Product, RequantizeDouble, Rescale
from delegant.shaders.parts.slopes import LeakyRelu, Prelu
from delegant.shaders.parts.wide_sums import (
    LARGEST,
    Carried,
    RequantizeLong,
    RequantizeWide,
    RequantizeWideDouble,
    ShiftedSum,
    WholeSums,
)

SEED = random.SystemRandom().randrange(1 << 31)
Target = tuple[Device | None, DeviceClass]
LOW, HIGH = -(1 << 15), (1 << 15) - 1


def apply(step: Step, target: Target, x: np.ndarray, **others: np.ndarray) -> np.ndarray:
    device, kind = target
    values = {"x": x.astype(np.float32), **{name: value.astype(np.float32) for name, value in others.items()}}
    call = elementwise(kind, x.shape, [Operand(name, value.shape) for name, value in values.items()], (step,))
    return run(call, values, x.shape, device)


def joined(
    scaling: RequantizeWide | RequantizeWideDouble, target: Target, sums: np.ndarray, excess: np.ndarray | int = 0
) -> np.ndarray:
    """Sums [rows, channels] through a product of their low parts, too large by `excess`, beside their high parts."""
    device, kind = target
    rows, channels = sums.shape
    parts = {"x": np.eye(rows), "high": sums >> 8}
    step = scaling.step("t", Beside("high"), False)
    call = matmul(kind, rows, ((sums & 255) + excess).T.astype(np.float32), Epilogue((step,)))
    return run(call, {name: value.astype(np.float32) for name, value in parts.items()}, (rows, channels), device)


def sums_near_ties(rng: np.random.Generator, real: np.ndarray, rows: int) -> np.ndarray:
    """Integers [rows, channels] of up to 32 bits whose product with `real` lies at and around halves, or is small."""
    halves = rng.integers(-40000, 40000, (rows, real.size)) + 0.5
    near = np.rint(halves / real) + rng.integers(-1, 2, (rows, real.size))
    return np.clip(near, 10000 - LARGEST, LARGEST - 10000).astype(np.int64)


@pytest.mark.parametrize("scale", [(1e-9, 1e-6), (1e-6, 0.2), (0.2, 4.0)], ids=["small", "usual", "large"])
def test_sums_of_64_bits(target: Target, scale: tuple[float, float]) -> None:
    rng = np.random.default_rng(SEED)
    real = np.exp(rng.uniform(*np.log(scale), 9))
    real[0] = 2.0 ** rng.integers(-9, 1)
    m, s = quantize_multipliers(real)
    sums, bias = sums_near_ties(rng, real, 12), rng.integers(-5000, 5000, 9)
    sums = np.clip(sums, *(np.array([-1, 1])[:, None] * np.minimum(LARGEST - 10000, 2.0**30 / real))).astype(np.int64)
    excess = rng.integers(-5000, 5000, 9)
    scaling = RequantizeWide(reduce_multiplier(m), s, bias, (LOW, HIGH), excess)
    expected = np.clip(requantize64(sums, m, s), LOW, HIGH)
    np.testing.assert_array_equal(joined(scaling, target, sums - bias, excess), expected, err_msg=f"seed {SEED}")


def test_sums_that_are_too_large(target: Target) -> None:
    device, kind = target
    rng = np.random.default_rng(SEED)
    sums, excess = rng.integers(-(1 << 23), 1 << 23, (12, 9)), rng.integers(-5000, 5000, 9)
    call = matmul(kind, 12, (sums + excess).T.astype(np.float32), Epilogue((WholeSums(excess).step("t"),)))
    made = run(call, {"x": np.eye(12, dtype=np.float32)}, (12, 9), device)
    np.testing.assert_array_equal(made, sums, err_msg=f"seed {SEED}")


@pytest.mark.parametrize("scale", [(1e-9, 1e-6), (1e-6, 0.1)], ids=["small", "usual"])
def test_sums_of_two_words(target: Target, scale: tuple[float, float]) -> None:
    rng = np.random.default_rng(SEED)
    m, s = quantize_multiplier(float(np.exp(rng.uniform(*np.log(scale)))))
    real = m * 2.0 ** (s - 31)
    near = np.rint((rng.integers(-33000, 33000, (3, 70)) + 0.5) / real) + rng.integers(-1, 2, (3, 70))
    sums = np.clip(near, -(2.0**39), 2.0**39).astype(np.int64)
    lower = rng.integers(-(1 << 23), 1 << 23, sums.shape)
    lower += (sums - lower) & 0xFFFF
    step = RequantizeLong(int(reduce_multiplier(m)), s, (LOW, HIGH)).step("t", Beside("other"), False)
    made = apply(step, target, lower, other=(sums - lower) >> 16)
    np.testing.assert_array_equal(made, np.clip(requantize64(sums, m, s), LOW, HIGH), err_msg=f"seed {SEED}")


def test_what_is_carried(target: Target) -> None:
    rng = np.random.default_rng(SEED)
    x, middle = rng.integers(-(1 << 22), 1 << 22, (2, 3, 70))
    for up, expected in ((True, x + (middle >> 8)), (False, x + ((middle & 255) << 8))):
        made = apply(Carried(up).step("t", Beside("other"), False), target, x, other=middle)
        np.testing.assert_array_equal(made, expected, err_msg=f"seed {SEED}")


def test_sums_of_64_bits_in_float64(target: Target) -> None:
    rng = np.random.default_rng(SEED)
    real = np.exp(rng.uniform(*np.log((1e-6, 0.24)), 9))
    sums, bias = sums_near_ties(rng, real, 12), rng.integers(-5000, 5000, 9)
    expected = np.clip(requantize_double(sums, real), LOW, HIGH)
    made = joined(RequantizeWideDouble(RequantizeDouble(real, bias, (LOW, HIGH))), target, sums - bias)
    np.testing.assert_array_equal(made, expected, err_msg=f"seed {SEED}")


@pytest.mark.parametrize("reverse", [False, True])
def test_shifted_sums_and_large_products(target: Target, reverse: bool) -> None:
    rng = np.random.default_rng(SEED)
    a, b = rng.integers(LOW, HIGH + 1, (2, 3, 70))
    x, y = (b, a) if reverse else (a, b)
    step = ShiftedSum(3, 0, (-9000, 9000), -1).step("t", Beside("other"), reverse)
    expected = np.clip(rounding_divide_by_pot(a, 3) - b, -9000, 9000)
    np.testing.assert_array_equal(apply(step, target, x, other=y), expected, err_msg=f"seed {SEED}")
    m, s = quantize_multiplier(float(np.exp(rng.uniform(-12, -8))))
    product = Product(Rescale(m, s, (LOW, HIGH)), large=True).step("t", Beside("other"), reverse)
    expected = np.clip(requantize(a * b, m, s), LOW, HIGH)
    np.testing.assert_array_equal(apply(product, target, x, other=y), expected, err_msg=f"seed {SEED}")


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("reverse", [False, True])
def test_slopes(target: Target, sign: int, reverse: bool) -> None:
    rng = np.random.default_rng(SEED)
    above, below = (quantize_multiplier(float(np.exp(rng.uniform(-8, 1)))) for _ in range(2))
    x, slopes = rng.integers(LOW, HIGH + 1, (3, 70)), rng.integers(-128, 128, (3, 70))
    scaling = LeakyRelu(above, below, (LOW, HIGH), sign)
    expected = np.clip(np.where(x < 0, sign * requantize(x, *below), requantize(x, *above)), LOW, HIGH)
    np.testing.assert_array_equal(apply(scaling.step("t"), target, x), expected, err_msg=f"seed {SEED}")
    expected = np.clip(np.where(x < 0, sign * requantize(x * slopes, *below), requantize(x, *above)), LOW, HIGH)
    first, second = (slopes, x) if reverse else (x, slopes)
    made = apply(Prelu(scaling).step("t", Beside("other"), reverse), target, first, other=second)
    np.testing.assert_array_equal(made, expected, err_msg=f"seed {SEED}")
