"""Fixed-point functions against the real ones, tables against what they stand for."""
from __future__ import annotations

import math

import numpy as np
import pytest

from delegant.core.arithmetic.broadcasting import widened
from delegant.core.arithmetic.fixed_point import FIXED16, FIXED32, FixedPoint, inverse_sqrt, log_above_one, reciprocal
from delegant.core.arithmetic.lookup import interpolate, table_16bit
from delegant.core.arithmetic.philox import philox_4x32
from delegant.core.arithmetic.sigmoid_table import SIGMOID_TABLE


@pytest.mark.parametrize(("functions", "tolerance"), [(FIXED32, 3e-7), (FIXED16, 4e-4)], ids=["32 bits", "16 bits"])
@pytest.mark.parametrize("integer_bits", [0, 3, 5])
def test_functions_of_any_argument(functions: FixedPoint, tolerance: float, integer_bits: int) -> None:
    bits = functions.bits
    raw = np.random.default_rng(1).integers(-(1 << (bits - 1)) + 1, 1 << (bits - 1), 500)
    real = raw * 2.0 ** (integer_bits + 1 - bits)
    unit = 2.0 ** (1 - bits)
    np.testing.assert_allclose(functions.tanh(raw, integer_bits) * unit, np.tanh(real), atol=tolerance)
    expected = 1 / (1 + np.exp(-real))
    np.testing.assert_allclose(functions.logistic(raw, integer_bits) * unit, expected, atol=tolerance)
    exp = functions.exp_on_negative_values(-np.abs(raw), integer_bits) * unit
    np.testing.assert_allclose(exp, np.exp(-np.abs(real)), atol=tolerance)


@pytest.mark.parametrize("value", [1, 2, 3, 1000, 123456, 2**29, 2**31 - 1])
def test_inverse_sqrt(value: int) -> None:
    multiplier, shift = inverse_sqrt(value)
    assert multiplier * 2.0 ** (shift - 31) == pytest.approx(1 / math.sqrt(value), rel=1e-5)


@pytest.mark.parametrize("first", [1, 2, 3, 255, 4096, 2**30, 2**31 - 1, 2**31, 2**32 - 9])
def test_few_reciprocals_are_like_those_of_many(first: int) -> None:
    x = np.arange(first, first + 8)
    few, many = reciprocal(x, 12), reciprocal(np.repeat(x, 4), 12)
    np.testing.assert_array_equal(np.repeat(few, 4, axis=1), many)


def test_reciprocal() -> None:
    x = np.array([1, 2, 3, 77, 4096, 2**30], np.int64)
    inverse, exponent = reciprocal(x, 31)
    np.testing.assert_allclose(inverse * 2.0**-31 * 2.0**-exponent, 1 / x, rtol=1e-8)


def test_log() -> None:
    x = np.array([1, 1.2, 1.5, 2, 3, 10, 100, 4000])
    np.testing.assert_allclose(log_above_one((x * 2**19).astype(np.int64)) / 2**26, np.log(x), atol=2e-6)


def test_sigmoid_table_is_within_one_of_the_sigmoid() -> None:
    exact = 65536 / (1 + np.exp(-np.arange(256) / 24))
    assert np.abs(SIGMOID_TABLE - exact).max() <= 1.5
    assert (np.diff(SIGMOID_TABLE) >= 0).all()


def test_interpolated_table() -> None:
    scale = (1 / 4096, 0), (1 / 32768, 0)
    codes = np.arange(-32768, 32768, 7, dtype=np.int64)
    values = interpolate(table_16bit(np.tanh, *scale), codes) / 32768
    np.testing.assert_allclose(values, np.tanh(codes / 4096), atol=3e-4)


def test_philox_known_answers() -> None:
    """The published test vectors of the generator."""
    counter = np.array([[0] * 4, [0xFFFFFFFF] * 4], np.uint32)
    assert philox_4x32(counter[:1], (0, 0)).tolist() == [[0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]]
    ones = philox_4x32(counter[1:], (0xFFFFFFFF, 0xFFFFFFFF)).tolist()
    assert ones == [[0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]]


@pytest.mark.parametrize("constant", [(8,), (1, 1, 8), (5, 8), (1, 5, 1), (), (3, 5, 8)])
def test_widened_constants_broadcast_as_before(constant: tuple[int, ...]) -> None:
    rng = np.random.default_rng(2)
    for shape in ((2, 3, 5, 8), (40, 3, 5, 8), (0, 3, 5, 8)):
        x, c = rng.random(shape), rng.random(constant)
        row, view = widened(c, x)
        np.testing.assert_array_equal((view + row).reshape(shape), x + c)
