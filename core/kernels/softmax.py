"""SOFTMAX over the last dimension; floats, 8- and 16-bit quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.clamp import clamp
from ..arithmetic.fixed_point import FIXED32, count_leading_zeros, reciprocal
from ..arithmetic.lookup import interpolate, table_16bit, type_range
from ..arithmetic.numerics import quantize_multiplier, requantize, rounding_divide_by_pot
from ..arithmetic.numerics import saturating_rounding_doubling_high_mul as srdhm
from ..op import Bind, Op, Run
from ..preparation import is_quantized, options_of, quantization_of, unsupported
from ..schema import SoftmaxOptions, TensorType
from ..steps import chunks
from .registry import kernel

_INTEGER_BITS, _SUM_BITS = 5, 12
_PIECE = 32768
"""Elements that are computed at once, so that their int64 forms stay in cache."""


@kernel("SOFTMAX", inplace=(0,))
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    beta = np.float32(options_of(op, SoftmaxOptions).beta)
    if is_quantized(x):
        return _prepare_int16(op, beta) if x.type == TensorType.INT16 else _prepare_8bit(op, beta)
    if x.dtype.kind != "f":
        raise unsupported(op, x)
    k = op.request_scratch((*x.shape[:-1], 1), x.dtype)
    return lambda: _bind_float(x.array, out.array, op.scratch[k], x.dtype.type(beta))


def _bind_float(source: np.ndarray, target: np.ndarray, row: np.ndarray, beta: np.floating) -> Run:
    def run() -> None:
        np.max(source, axis=-1, keepdims=True, out=row)
        np.subtract(source, row, out=target)
        if beta != 1:
            np.multiply(target, beta, out=target)
        np.exp(target, out=target)
        np.sum(target, axis=-1, keepdims=True, out=row)
        np.divide(target, row, out=target)

    return run


class ExpTable:
    """exp(code - maximum) for the 256 differences of 8-bit codes, in Q31 with 0 integer bits; 0 where it is too small.

    Attributes:
        rescaled: the differences times beta, with 5 integer bits.
        exp: their exponentials.
        in_range: which differences count.
        smallest: the smallest difference that counts.
        m, s: the quantized multiplier of the differences.

    Source: SoftmaxParams and Softmax of LiteRT's reference kernels.
    """

    def __init__(self, beta: np.float32, scale: np.float32) -> None:
        real = min(float(np.float64(beta) * np.float64(scale) * (1 << (31 - _INTEGER_BITS))), 2.0**31 - 1)
        self.m, self.s = quantize_multiplier(real)
        self.smallest = -int(((1 << _INTEGER_BITS) - 1) * 2.0 ** (31 - _INTEGER_BITS) / 2.0**self.s)
        difference = -np.arange(256, dtype=np.int64)
        self.in_range = difference >= self.smallest
        kept = np.where(self.in_range, difference, 0)
        self.rescaled = srdhm(kept << self.s if self.s >= 0 else kept >> -self.s, self.m)
        exp = FIXED32.exp_on_negative_values(self.rescaled, _INTEGER_BITS)
        self.exp = np.where(self.in_range, exp, 0)
        self._terms = rounding_divide_by_pot(self.exp, _SUM_BITS).astype(np.float64)

    def distances(self, codes: np.ndarray) -> np.ndarray:
        """maximum - code along the last dimension, uint8: indices of the tables."""
        return np.subtract(codes.max(axis=-1, keepdims=True).view(np.uint8), codes.view(np.uint8))

    def sums(self, distances: np.ndarray) -> np.ndarray:
        """Sum of the exponentials of each row with 12 integer bits, int64; float64 adds them up fast and exactly."""
        return np.asarray(self._terms.take(distances, mode="clip").sum(axis=-1, keepdims=True)).astype(np.int64)


def _prepare_8bit(op: Op, beta: np.float32) -> Bind:
    x, out = op.input(0), op.output()
    table = ExpTable(beta, quantization_of(op, x).scale)
    low, high = type_range(out.dtype)
    depth = max(x.shape[-1], 1) if x.shape else 1

    def bind() -> Run:
        source, target = x.array.reshape(-1, depth), out.array.reshape(-1, depth)
        pieces = tuple(chunks(source.shape[0], _PIECE // depth))
        distances = np.empty(source.shape, np.uint8)
        sums = np.ones((source.shape[0], 1), np.int64)
        products = np.empty((max(1, _PIECE // depth), depth), np.int64)

        def run() -> None:
            for rows in pieces:
                distances[rows] = table.distances(source[rows])
                sums[rows] = table.sums(distances[rows])
            inverse, addend, shift = _divisors(sums, 8 * out.dtype.itemsize)
            for rows in pieces:
                product = products[: rows.stop - rows.start]
                table.exp.take(distances[rows], None, product, "clip")
                product *= inverse[rows]
                product += addend[rows]
                product >>= shift[rows]
                codes = product.astype(np.int32)
                clamp(codes, 0, high - low)()
                codes += low
                np.copyto(target[rows], codes, casting="unsafe")

        return run

    return bind


def _divisors(sums: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Factor, addend and right shift, all int64, that turn an exponential into a share of `2**bits`.

    Two divisions by powers of two, with halves up, are one: by `2**31`, then by `2**n` where n grows with the sum.
    LiteRT's reference aborts for sums from 512 on (n > 31); 0 is what the shift means and what its fast kernel gives.
    """
    inverse, exponent = reciprocal(sums, _SUM_BITS)
    n = exponent + 31 - bits
    kept = np.clip(n, 0, 31)
    addend = (1 << 30) + np.where(kept > 0, np.int64(1 << 30) << kept, 0)
    return inverse, np.where(n > 31, 0, addend), np.where(n > 31, 63, kept + 31)


def _prepare_int16(op: Op, beta: np.float32) -> Bind:
    x, out = op.input(0), op.output()
    step = 10.0 / 65535.0
    m, s = quantize_multiplier(float(np.float64(quantization_of(op, x).scale * beta) / step))
    exp_table = table_16bit(np.exp, (step, 32767), (2.0 / 65535.0, 0), np.float64)
    inverse_table = table_16bit(lambda v: 1 / (1 + v), (1.0 / 65535.0, -32768), (2.0 / 65535.0, 0), np.float64)

    def bind() -> Run:
        source, target = x.array, out.array

        def run() -> None:
            codes = source.astype(np.int64)
            difference = codes - codes.max(axis=-1, keepdims=True)
            exp = interpolate(exp_table, np.clip(requantize(difference, m, s) + 32767, -32768, 32767))
            total = exp.sum(axis=-1, keepdims=True)
            headroom = count_leading_zeros(total)
            shifted = ((total << (headroom - 1)) + (1 << 13)) >> 14
            inverse = interpolate(inverse_table, np.clip(shifted - 98304, -32768, 32767))
            scaled = (exp * inverse + (1 << (30 - headroom))) >> (31 - headroom)
            np.copyto(target, np.clip(scaled, 0, 32767), casting="unsafe")

        return run

    return bind
