"""Fixed-point arithmetic of quantized operators, bit-exact with LiteRT's reference kernels.

Every function computes in int64 NumPy and works on scalars and arrays of any shape; arguments broadcast. The faster
forms that the convolutions use are in `requantization`. Sources: LiteRT `internal/quantization_util.cc` and
`internal/common.h`, gemmlowp `fixedpoint.h`.
"""
from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1


def round_half_away(x: ArrayLike) -> np.ndarray:
    """C's `round`: nearest integer, halves away from zero, in the precision of `x` (`np.round` is half to even)."""
    x = np.asarray(x)
    whole = np.trunc(x)
    return whole + np.where(np.abs(x - whole) >= 0.5, np.sign(x), 0).astype(whole.dtype)


def wrap32(x: ArrayLike) -> np.ndarray:
    """Int64 values as C's int32 would hold them (two's complement wrap), still in int64."""
    return np.asarray(x, np.int64).astype(np.int32).astype(np.int64)


def quantize_multiplier(real: float) -> tuple[int, int]:
    """A real multiplier as `(m, s)` with `real = m * 2**(s - 31)` and `2**30 <= |m| < 2**31`; `(0, 0)` for (nearly) 0.

    Source: `QuantizeMultiplier`, `internal/quantization_util.cc`.
    """
    if real == 0.0:
        return 0, 0
    fraction, shift = math.frexp(real)
    m = int(math.copysign(math.floor(abs(fraction) * 2.0**31 + 0.5), fraction))
    if abs(m) == 2**31:
        m, shift = m // 2, shift + 1
    return (0, 0) if shift < -31 else (m, shift)


def quantize_multipliers(reals: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """`quantize_multiplier` of each element of a 1-D array: int64 arrays `m` and `s`."""
    fraction, shift = np.frexp(np.ravel(np.asarray(reals, np.float64)))
    m = np.copysign(np.floor(np.abs(fraction) * 2.0**31 + 0.5), fraction).astype(np.int64)
    full = np.abs(m) == 2**31
    m, shift = np.where(full, m >> 1, m), shift.astype(np.int64) + full
    too_small = (shift < -31) | (m == 0)
    return np.where(too_small, 0, m), np.where(too_small, 0, shift)


def saturating_rounding_doubling_high_mul(a: ArrayLike, b: ArrayLike) -> np.ndarray:
    """`floor(a * b / 2**31 + 1/2)` of int32 values: halves go up; only (min, min) saturates.

    gemmlowp adds a nudge by the sign of the product and divides with truncation; that comes to the same.
    """
    product = np.asarray(np.asarray(a, np.int64) * np.asarray(b, np.int64))
    product += 1 << 30
    product >>= 31
    return np.minimum(product, INT32_MAX, out=product)


def rounding_divide_by_pot(x: ArrayLike, exponent: ArrayLike) -> np.ndarray:
    """`x / 2**exponent`, rounded, halves away from zero; exponent in 0..31.

    That is `floor((x + half) / 2**exponent)`, with one less than half for negative x.
    """
    x, exponent = np.asarray(x, np.int64), np.asarray(exponent, np.int64)
    half = (np.int64(1) << exponent) >> 1
    return (x + half + (x >> 63) * (exponent > 0)) >> exponent


def requantize(x: ArrayLike, m: ArrayLike, s: ArrayLike) -> np.ndarray:
    """`MultiplyByQuantizedMultiplier` of an int32 accumulator: two roundings; a left shift wraps at 32 bits.

    Args:
        x: int32 values, in any integer type.
        m, s: from `quantize_multiplier`; broadcast against `x`.
    """
    if isinstance(m, int) and isinstance(s, int):
        return _requantize_alike(np.asarray(x, np.int64), m, s)
    x, s = np.asarray(x, np.int64), np.asarray(s, np.int64)
    left, right = np.maximum(s, 0), np.maximum(-s, 0)
    return rounding_divide_by_pot(saturating_rounding_doubling_high_mul(wrap32(x << left), m), right)


def _requantize_alike(x: np.ndarray, m: int, s: int) -> np.ndarray:
    """`requantize` with one multiplier, in half as many calls; no `m` is -2**31, so nothing saturates."""
    product = np.asarray(wrap32(x << s if s > 0 else x) * m)
    product += 1 << 30
    product >>= 31
    if s < 0:
        product += (product >> 63) + ((1 << -s) >> 1)
        product >>= -s
    return product


def requantize_up(x: ArrayLike, m: ArrayLike, s: ArrayLike) -> np.ndarray:
    """As `requantize`, but the second rounding sends halves up (ruy's form: the gates of the uint8 basic LSTM)."""
    s = np.asarray(s, np.int64)
    left, right = np.maximum(s, 0), np.maximum(-s, 0)
    high = saturating_rounding_doubling_high_mul(wrap32(np.asarray(x, np.int64) << left), m)
    return (high + ((np.int64(1) << right) >> 1)) >> right


def reduce_multiplier(m: ArrayLike) -> np.ndarray:
    """A 31-bit multiplier cut to 15 bits, as int64 accumulators and HARD_SWISH use it."""
    m = np.asarray(m, np.int64)
    return np.where(m >= 0x7FFF0000, 0x7FFF, (m + (1 << 15)) >> 16)


def requantize64(x: ArrayLike, m: ArrayLike, s: ArrayLike) -> np.ndarray:
    """`MultiplyByQuantizedMultiplier` of an int64 accumulator: a 15-bit multiplier, one rounding, halves up.

    Args:
        x: int64, `|x| < 2**47`.
        m, s: from `quantize_multiplier`, s in -31..7; broadcast against `x`.
    """
    total = 15 - np.asarray(s, np.int64)
    product = np.asarray(x, np.int64) * reduce_multiplier(m)
    return wrap32((product + (np.int64(1) << (total - 1))) >> total)


def requantize_double(x: ArrayLike, scale: ArrayLike) -> np.ndarray:
    """Round half away of the float64 product: how the reference FULLY_CONNECTED scales its accumulators."""
    return round_half_away(np.asarray(x, np.float64) * np.asarray(scale, np.float64)).astype(np.int64)


def channel_multipliers(input_scale: float, weight_scales: np.ndarray, output_scale: float) -> np.ndarray:
    """`s_in * s_w[c] / s_out` in float64, one per channel scale (convolutions of int8 and int16)."""
    return np.float64(input_scale) * weight_scales.astype(np.float64) / np.float64(output_scale)


def tensor_multiplier(input_scale: np.float32, weight_scale: np.float32, output_scale: np.float32) -> float:
    """`s_a * s_b / s_out` with the product in float32 (uint8 convolutions, BATCH_MATMUL)."""
    return float(np.float64(np.float32(input_scale) * np.float32(weight_scale)) / np.float64(output_scale))
