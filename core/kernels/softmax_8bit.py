"""SOFTMAX of 8-bit codes: LiteRT's fixed-point shares, computed in floats wherever these cannot be wrong.

A share of `2**bits` is `e * r / 2**n` rounded, `e` the exponential of an element and `r / 2**n` the reciprocal of its
row's sum. A float64 is close to that, and where it is not next to the middle of two codes, its rounding is the exact
one. The few elements that are next to it are computed again in 64-bit integers.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np

from ..arithmetic.clamp import clamp, scalar
from ..arithmetic.fixed_point import FIXED32, reciprocal
from ..arithmetic.lookup import type_range
from ..arithmetic.numerics import quantize_multiplier, rounding_divide_by_pot
from ..arithmetic.numerics import saturating_rounding_doubling_high_mul as srdhm
from ..op import Bind, Op, Run
from ..preparation import quantization_of
from ..steps import Step, assign, chunks, sequence

_INTEGER_BITS, SUM_BITS = 5, 12
_PIECE = 1 << 14
"""Elements that are computed at once, so that they stay in cache."""
_SHORT_ROW = 32
"""Rows shorter than this are computed side by side, element by element."""


class ExpTable:
    """exp(code - maximum) for the 256 differences of 8-bit codes, in Q31 with 0 integer bits; 0 where it is too small.

    Attributes:
        rescaled: the differences times beta, with 5 integer bits.
        exp: their exponentials. terms: what each adds to a row's sum, with 12 integer bits, in float64.
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
        self.terms = rounding_divide_by_pot(self.exp, SUM_BITS).astype(np.float64)

    def distances(self, codes: np.ndarray) -> np.ndarray:
        """maximum - code along the last dimension, uint8: indices of the tables."""
        return np.subtract(codes.max(axis=-1, keepdims=True).view(np.uint8), codes.view(np.uint8))

    def sums(self, distances: np.ndarray) -> np.ndarray:
        """Sum of the exponentials of each row with 12 integer bits, int64; float64 adds them up fast and exactly."""
        return np.asarray(self.terms.take(distances, mode="wrap").sum(axis=-1, keepdims=True)).astype(np.int64)


@dataclass(frozen=True)
class _Shares:
    """How exponentials and sums become shares of `2**bits`.

    Attributes:
        margin: more than the roundings, LiteRT's and ours, can move a share.
    """

    bits: int
    margin: float

    @property
    def unit(self) -> float:
        """Divided by a sum, the factor of its row's exponentials."""
        return 2.0 ** (self.bits - SUM_BITS)

    @property
    def largest_sum(self) -> int:
        """From this sum on (512 for 8 bits) LiteRT's reference aborts. 0 is what its shift means, and what its fast
        kernel gives."""
        return 1 << (20 + self.bits)

    def exact(self, exp: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """Shares, of int64 exponentials and sums. The two divisions by powers of two, with halves up, are one: by
        `2**31`, then by `2**n` where n grows with the sum."""
        inverse, exponent = reciprocal(sums, SUM_BITS)
        n = exponent + 31 - self.bits
        kept = np.clip(n, 0, 31)
        addend = (1 << 30) + np.where(kept > 0, np.int64(1 << 30) << kept, 0)
        return np.where(n > 31, 0, (exp * inverse + addend) >> (kept + 31))


_SHARES = {8: _Shares(8, 2.0**-18), 16: _Shares(16, 2.0**-10)}
"""LiteRT's reciprocal of a sum is off by up to 10 of 2**31 parts."""


def prepare_8bit(op: Op, beta: np.float32) -> Bind:
    """8-bit codes to codes of 8 or 16 bits, over the last dimension."""
    x, out = op.input(0), op.output()
    table = ExpTable(beta, quantization_of(op, x).scale)
    depth = max(x.shape[-1], 1) if x.shape else 1

    def bind() -> Run:
        source, target = x.array.reshape(-1, depth), out.array.reshape(-1, depth)
        softmax = _Softmax(table, _SHARES[8 * out.dtype.itemsize], type_range(out.dtype))
        pieces = chunks(source.shape[0], _PIECE // depth)
        return sequence([step for rows in pieces for step in softmax.steps(source[rows], target[rows])])

    return bind


class _Softmax:
    """Steps for one piece `[rows, depth]` after another, with the same memory for what lies between."""

    def __init__(self, table: ExpTable, shares: _Shares, limits: tuple[int, int]) -> None:
        self._table, self._shares, (self._low, self._high) = table, shares, limits
        self._exp = table.exp.astype(np.float64)
        self._scratch: list[np.ndarray] = []

    def steps(self, source: np.ndarray, target: np.ndarray) -> list[Step]:
        axis = 1
        if source.shape[1] < min(_SHORT_ROW, source.shape[0]):
            source, target, axis = source.T, target.T, 0
        distances, terms, share, whole = self._memory(source.shape)
        sums, factors = (np.ones((1, source.shape[1]) if axis == 0 else (source.shape[0], 1)) for _ in range(2))
        largest = sums.astype(np.uint8)
        return [
            assign(distances, source.view(np.uint8)),
            partial(np.maximum.reduce, distances.view(source.dtype), axis, None, largest.view(source.dtype), True),
            partial(np.subtract, largest, distances, distances),
            partial(self._table.terms.take, distances, None, terms, "wrap"),
            _sum(terms, axis, sums),
            *self._factors(sums, factors, source.shape[axis]),
            partial(self._exp.take, distances, None, share, "wrap"),
            partial(np.multiply, share, factors, share),
            *self._rounded(share, whole, distances, sums),
            clamp(whole, 0, self._high - self._low),
            partial(np.add, whole, scalar(self._low, whole.dtype), whole),
            assign(target, whole),
        ]

    def _memory(self, shape: tuple[int, ...]) -> list[np.ndarray]:
        """Distances and three times float64; the first piece is the largest."""
        size = prod(shape)
        self._scratch = self._scratch or [np.empty(size, np.uint8), *(np.empty(size) for _ in range(3))]
        return [array[:size].reshape(shape) for array in self._scratch]

    def _factors(self, sums: np.ndarray, factors: np.ndarray, depth: int) -> list[Step]:
        steps: list[Step] = [partial(np.divide, scalar(self._shares.unit, sums.dtype), sums, factors)]
        if depth << (31 - SUM_BITS) >= self._shares.largest_sum:
            steps.append(lambda: factors.__setitem__(sums >= self._shares.largest_sum, 0))
        return steps

    def _rounded(self, share: np.ndarray, whole: np.ndarray, distances: np.ndarray, sums: np.ndarray) -> list[Step]:
        """Shares to the nearest whole numbers; `share` is lost."""
        margin, doubtful = self._shares.margin, np.empty(share.shape, bool)

        def correct() -> None:
            if doubtful.any():
                row = np.broadcast_to(sums, share.shape)[doubtful].astype(np.int64)
                whole[doubtful] = self._shares.exact(self._table.exp[distances[doubtful]], row)

        return [
            partial(np.add, share, scalar(0.5 + margin, share.dtype), share),
            partial(np.trunc, share, whole),
            partial(np.subtract, share, whole, share),
            partial(np.less, share, scalar(2 * margin, share.dtype), doubtful),
            correct,
        ]


def _sum(terms: np.ndarray, axis: int, sums: np.ndarray) -> Step:
    """Of integers in float64, exact in any order: along rows by BLAS, several times faster than `np.sum`."""
    if axis == 0:
        return partial(np.add.reduce, terms, 0, None, sums, True)
    return partial(np.matmul, terms, np.ones((terms.shape[1], 1)), sums)
