"""Fixed-point functions of gemmlowp, which LiteRT's integer kernels are defined by.

An int with k integer bits stands for x * 2^(k - 31) (int16: 2^(k - 15)). All arguments and results are int64 arrays
that hold values of that narrower type. Source of the formulas: gemmlowp/fixedpoint.h.
"""
from __future__ import annotations

import numpy as np

from .numerics import INT32_MAX, INT32_MIN, wrap32
from .numerics import rounding_divide_by_pot as rounding_shift
from .numerics import saturating_rounding_doubling_high_mul as srdhm

_EXP_FACTORS = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)
"""exp(-2^e) in Q31 for e = -2 .. 4."""


def saturating_shift(x: np.ndarray, exponent: int, bits: int = 32) -> np.ndarray:
    """x * 2^exponent: saturating to the left, rounding half away to the right."""
    if exponent <= 0:
        return rounding_shift(x, -exponent)
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    return np.clip(np.asarray(x, np.int64) << exponent, low, high)


def count_leading_zeros(x: np.ndarray, bits: int = 32) -> np.ndarray:
    """Leading zero bits of a non-negative `bits`-bit integer."""
    return bits - np.frexp(np.asarray(x, np.float64))[1].astype(np.int64) * (np.asarray(x) > 0)

_FEW = 8
"""Up to so many numbers are computed one by one as Python integers, at a fraction of the time of array operations."""


class FixedPoint:
    """The functions for one width of raw integer, 32 or 16 bits."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.one = (1 << (bits - 1)) - 1

    def constant(self, raw: int) -> int:
        """A 32-bit constant in this width."""
        return raw if self.bits == 32 else int(rounding_shift(np.int64(raw), 16))

    def multiply(self, a: np.ndarray | int, b: np.ndarray | int) -> np.ndarray:
        """Product of raw values; the integer bits add."""
        if self.bits == 32:
            return srdhm(np.asarray(a, np.int64), b)
        return np.minimum((np.asarray(a, np.int64) * np.asarray(b, np.int64) + (1 << 14)) >> 15, 32767)

    def wrap(self, x: np.ndarray) -> np.ndarray:
        return wrap32(x) if self.bits == 32 else np.asarray(x).astype(np.int16).astype(np.int64)

    def shift(self, x: np.ndarray, exponent: int) -> np.ndarray:
        return saturating_shift(x, exponent, self.bits)

    def exp_on_negative_values(self, a: np.ndarray, integer_bits: int) -> np.ndarray:
        """exp(a) with 0 integer bits, for a <= 0 with `integer_bits`."""
        fraction_bits = self.bits - 1 - integer_bits
        quarter = 1 << (fraction_bits - 2)
        a = np.asarray(a, np.int64)
        b = (a & (quarter - 1)) - quarter
        result = self._exp_between_negative_quarter_and_zero(self.shift(b, integer_bits))
        remainder = b - a
        for exponent, factor in zip(range(-2, 5), _EXP_FACTORS, strict=False):
            if integer_bits > exponent:
                bit = 1 << (fraction_bits + exponent)
                result = np.where(remainder & bit, self.multiply(result, self.constant(factor)), result)
        if integer_bits > 5:
            result = np.where(a < -(1 << (fraction_bits + 5)), 0, result)
        return np.where(a == 0, self.one, result)

    def _exp_between_negative_quarter_and_zero(self, a: np.ndarray) -> np.ndarray:
        term, third = self.constant(1895147668), self.constant(715827883)
        x = self.wrap(a + (1 << (self.bits - 4)))
        x2 = self.multiply(x, x)
        x3 = self.multiply(x2, x)
        x4 = self.multiply(x2, x2)
        tail = rounding_shift(self.multiply(self.wrap(rounding_shift(x4, 2) + x3), third) + x2, 1)
        result = term + self.multiply(self.wrap(x + tail), term)
        return np.clip(result, -self.one - 1, self.one) if self.bits == 16 else wrap32(result)

    def _two_over_one_plus(self, a: np.ndarray) -> np.ndarray:
        """About 2 / (1 + a) with 2 integer bits, by Newton-Raphson; a in [0, 1) with 0 integer bits."""
        total = np.asarray(a, np.int64) + self.one
        half = np.trunc((total + np.where(total >= 0, 1, -1)) / 2).astype(np.int64)
        x = self.constant(1515870810) + self.multiply(half, self.constant(-1010580540))
        one = 1 << (self.bits - 3)
        for _ in range(3):
            x = self.wrap(x + self.shift(self.multiply(x, self.wrap(one - self.multiply(half, x))), 2))
        return x

    def one_over_one_plus(self, a: np.ndarray) -> np.ndarray:
        """1 / (1 + a) with 0 integer bits, a in [0, 1)."""
        return self.shift(self._two_over_one_plus(a), 1)

    def one_minus_over_one_plus(self, a: np.ndarray) -> np.ndarray:
        """(1 - a) / (1 + a) with 0 integer bits, a in [0, 1)."""
        return self.shift(self._two_over_one_plus(a) - (1 << (self.bits - 3)), 2)

    def tanh(self, a: np.ndarray, integer_bits: int) -> np.ndarray:
        """tanh(a) with 0 integer bits."""
        a = np.asarray(a, np.int64)
        exp = self.exp_on_negative_values(-np.abs(a), integer_bits + 1)
        t = self.one_minus_over_one_plus(exp)
        return np.where(a == 0, 0, np.where(a < 0, -t, t))

    def logistic(self, a: np.ndarray, integer_bits: int) -> np.ndarray:
        """1 / (1 + exp(-a)) with 0 integer bits."""
        a = np.asarray(a, np.int64)
        y = self.one_over_one_plus(self.exp_on_negative_values(-np.abs(a), integer_bits))
        return np.where(a == 0, 1 << (self.bits - 2), np.where(a > 0, y, self.one - y))


FIXED32 = FixedPoint(32)
FIXED16 = FixedPoint(16)


def reciprocal(x: np.ndarray, integer_bits: int) -> tuple[np.ndarray, np.ndarray]:
    """(r, n) with 1/x = r * 2^-n, r with 0 integer bits; x > 0 has `integer_bits`."""
    x = np.asarray(x, np.int64)
    if 0 < x.size <= _FEW and x.max() <= 2**32 - 1:
        inverses, counts = zip(*map(_reciprocal_of_one, x.ravel().tolist()), strict=True)
        return np.array(inverses).reshape(x.shape), integer_bits - np.array(counts).reshape(x.shape)
    zeros = count_leading_zeros(x)
    normalized = (np.asarray(x, np.int64) << zeros) - (1 << 31)
    return FIXED32.one_over_one_plus(normalized), integer_bits - zeros


def _reciprocal_of_one(x: int) -> tuple[int, int]:
    """`reciprocal` of a Python integer, and its leading zeros."""
    zeros = 32 - x.bit_length()
    half = (x << zeros) >> 1  # of the normalized number and one
    y = 1515870810 + _high_product(half, -1010580540)
    for _ in range(3):
        y += _saturated(_high_product(y, (1 << 29) - _high_product(half, y)) << 2)
    return _saturated(y << 1), zeros


def inverse_sqrt(x: int) -> tuple[int, int]:
    """(multiplier, shift) with 1/sqrt(x) = multiplier * 2^(shift - 31).

    Source: GetInvSqrtQuantizedMultiplierExp of LiteRT's kernels.
    """
    if x <= 1:
        return INT32_MAX, 0
    shift = 11
    while x >= 1 << 29:
        x, shift = x // 4, shift + 1
    pairs = (32 - int(x).bit_length() - 1) // 2 - 1
    shift, x = shift - pairs, x << (2 * pairs)
    half = ((x >> 1) + 1) >> 1
    result = 1 << 28
    three_halves = (1 << 28) + (1 << 27)
    for _ in range(5):
        cube = _saturated(_high_product(_high_product(result, result), result) << 6)
        result = _saturated((_high_product(three_halves, result) - _high_product(half, cube)) << 3)
    result = _high_product(result, 1518500250)
    if shift < 0:
        return int(wrap32(result << -shift)), 0
    return result, -shift


def _high_product(a: int, b: int) -> int:
    """`srdhm` of two Python integers, which are many times faster than arrays of one element."""
    return (a * b + (1 << 30)) >> 31


def _saturated(x: int) -> int:
    return max(INT32_MIN, min(INT32_MAX, x))


def log_above_one(x: np.ndarray) -> np.ndarray:
    """log(x) with 5 integer bits for x >= 1 with 12 integer bits.

    Source: log_x_for_x_greater_than_or_equal_to_1_impl of LiteRT's kernels.
    """
    x = np.asarray(x, np.int64)
    multiply, sqrt_half = FIXED32.multiply, 1518500250
    zeros = count_leading_zeros(x)
    ra = _shift_each(multiply(_shift_each(x, zeros - 1), sqrt_half), np.ones_like(zeros))
    za = np.clip(_shift_each(12 - zeros, np.full_like(zeros, 25)) + (1 << 23), INT32_MIN, INT32_MAX)
    spare = count_leading_zeros(multiply(x, sqrt_half)) - 1
    rb = _shift_each(x, spare)
    zb = np.clip(_shift_each(12 - spare, np.full_like(zeros, 25)) - (1 << 23), INT32_MIN, INT32_MAX)
    r, z = np.minimum(ra, rb), np.maximum(za, zb)
    total = r + 1805811301
    p = np.trunc((total + np.where(total >= 0, 1, -1)) / 2).astype(np.int64)
    q = saturating_shift(r - 1805811301, 1)
    square = multiply(q, q)
    numerator = wrap32(multiply(q, r) + multiply(multiply(q, square), 117049297))
    inner = wrap32(1057819769 + q + multiply(127690142, square))
    denominator = wrap32(multiply(p, inner) + multiply(638450708, q))
    fraction = multiply(rounding_shift(numerator, 6), FIXED32.one_over_one_plus(denominator))
    return saturating_shift(wrap32(multiply(z, 1488522236) + fraction), 1)


def _shift_each(x: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """Saturating left shift by an exponent of its own for each element."""
    return np.clip(np.asarray(x, np.int64) << exponents, INT32_MIN, INT32_MAX)
