"""Scaling integer sums to quantized codes: exactly, and fast where that is provably the same.

The exact forms are `numerics.requantize` (fixed), `numerics.requantize64` (wide) and `numerics.requantize_double`
(double). NumPy is slow in int64, so sums are scaled in float64 instead, with `x` a sum, `n = -s` and the slope
`M = m * 2**(-31 - n)`:

* Fixed. The first rounding gives `r = floor(x*m/2**31 + 1/2)`, the second divides r by 2**n, halves away from zero.
  For integer r that is `floor((r + 2**(n-1)) / 2**n)` when x >= 0 and `floor((r + 2**(n-1) - 1) / 2**n)` when x < 0,
  and the floor of r may be dropped inside the outer floor: `floor(x*M + 1/2 + copysign(2**(-n-1), x))` (with n = 0 the
  last term is absent). Everything added is a multiple of 2**(-31-n), so float64 is exact while the values stay below
  2**(22-n); codes of 8 bits and what is added to them stay below 2**10, hence n <= 12. Larger values saturate, and
  rounding is monotone, so they still do.
* A clamp at the zero point or above makes the sign irrelevant: for x < 0 the copysign may be +, because
  `M >= 2**(-n-1)` keeps the result at or below the zero point.
* Where the sign counts, magnitudes are rounded: `trunc(x*M + copysign(1/2 + 2**(-n-1), x))` for n >= 1. For x < 0 that
  is `-floor(|x|*M + 1/2 + 2**(-n-1))`, and differs from the second rounding only where the argument of floor is a whole
  number: then 2**30 is the largest power of two in `x*m`, so `|x| >= 2**30 / (the largest power of two in m)`. With
  n = 0 and 1/2 the same holds. No sign has to be looked at to add the zero point, which comes last.
* Double. `trunc(y + copysign(h, y))` rounds halves away, h the float64 before 1/2: with y = k + 1/2 the sum is nearest
  to k + 1 (for k = 0 a tie, which goes to the even 1), and for the y just below it stays below k + 1. Mostly no sum
  comes near a half at all; then `floor(y + 1/2)` is the same, and a few roundings on the way to y do not matter.
* Offsets of the sums (biases) may be scaled on their own and added to the other constants where no sign is needed, all
  n <= 12 and all magnitudes are below 2**21: both products and their sum then still stay below 2**(22-n).
* One multiplier for all channels may do in float32, at two thirds of the time: `trunc(fl(fl(x*M32) + c))` rises with
  x, as the exact form does, so both are compared around each x where the code changes, for a few M32 and c.
* Channels with n > 12 are checked when the node is prepared. Both forms are monotone in x, so it is enough to compare
  them around each x where the code changes.
* Wide. `floor(x * (m15 * 2**-t) + 1/2)` with t = 15 - s is exact while `|x| < 2**37` and t <= 35.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from ..steps import chunks
from .numerics import quantize_multipliers, reduce_multiplier, requantize, requantize64, requantize_double

_PROVEN_SHIFT = 12
_LARGEST_FLOAT32_SUM = 2.0**24
_FLOAT32_NUDGES = (0.0, 2.0**-18, -(2.0**-18), 2.0**-17, -(2.0**-17))
_LARGEST_PRODUCT = 2.0**14
_LARGEST_LIFTED = 2.0**18
_CHECKED_CHANNELS = 16
"""Checked at once, so that what the check computes stays in cache."""


class Rounding(Enum):
    """Which of LiteRT's forms scales the sums."""

    FIXED = "int32 sums, 31-bit multiplier, two roundings"
    WIDE = "int64 sums, 15-bit multiplier, one rounding"
    DOUBLE = "float64 product, half away from zero"


@dataclass(frozen=True, eq=False)
class Requantization:
    """How sums become codes.

    Attributes:
        rounding: the form.
        real: float64 `[channels]`, the real multipliers.
        m, s: int64 `[channels]`, from `quantize_multiplier`.
        zero_point, low, high: of the output.
        output: the output's type.
    """

    rounding: Rounding
    real: np.ndarray
    m: np.ndarray
    s: np.ndarray
    zero_point: int
    low: int
    high: int
    output: np.dtype[Any]

    def codes(self, sums: np.ndarray) -> np.ndarray:
        """Exact codes (int64) of int64 sums `[..., channels]`."""
        if self.rounding is Rounding.FIXED:
            scaled = requantize(sums, self.m, self.s)
        elif self.rounding is Rounding.WIDE:
            scaled = requantize64(sums, self.m, self.s)
        else:
            scaled = requantize_double(sums, self.real)
        return np.clip(scaled + self.zero_point, self.low, self.high)

    def of_channels(self, channels: slice | np.ndarray) -> Requantization:
        """The same for some channels."""
        return replace(self, real=self.real[channels], m=self.m[channels], s=self.s[channels])

    @property
    def lift(self) -> int:
        """Added to codes to make them positive, so that truncation is floor; a cast to the output's type drops it."""
        return 1 << (8 * self.output.itemsize)

    @property
    def slope(self) -> np.ndarray:
        """The factor of the float64 form, per channel."""
        if self.rounding is Rounding.FIXED:
            return np.ldexp(self.m.astype(np.float64), (self.s - 31).astype(np.int32))
        if self.rounding is Rounding.WIDE:
            return np.ldexp(reduce_multiplier(self.m).astype(np.float64), (self.s - 15).astype(np.int32))
        return self.real

    @property
    def half_step(self) -> np.ndarray:
        """`2**(-n-1)` per channel: what the first of two roundings adds to magnitudes; 0 if there is one rounding."""
        if self.rounding is not Rounding.FIXED:
            return np.zeros(self.m.size)
        return np.where(self.s < 0, np.ldexp(1.0, (self.s - 1).astype(np.int32)), 0.0)

    @property
    def constant(self) -> np.ndarray:
        """What the float64 form adds to every scaled sum before it is truncated, per channel."""
        lifted = np.full(self.real.size, self.zero_point + self.lift, np.float64)
        return lifted + 0.5 + self.half_step if self.ignores_sign else lifted + 0.5

    @property
    def ignores_sign(self) -> bool:
        """Whether negative sums are all clamped, or rounded like positive ones."""
        return self.low >= self.zero_point or not self.half_step.any()

    def float64_is_exact(self, bound: float) -> bool:
        """Whether the float64 form gives the exact codes of all sums with `|sum| <= bound`."""
        if bound * float(np.max(np.abs(self.slope), initial=0)) >= 2.0**30:
            return False
        if self.rounding is Rounding.DOUBLE:
            return bound < 2.0**53
        if self.rounding is Rounding.WIDE:
            return bound < 2.0**37 and bool(np.all(self.s >= -20))
        if self.output.itemsize > 1 or np.any(self.s > 0) or np.any(self.m < 0):
            return False
        doubtful = np.flatnonzero(self.s < -_PROVEN_SHIFT)
        return all(self._holds_at_steps(doubtful[part]) for part in chunks(doubtful.size, _CHECKED_CHANNELS))

    @property
    def away(self) -> np.ndarray:
        """What is added to magnitudes before they are truncated, per channel, where `rounds_away`."""
        if self.rounding is Rounding.DOUBLE:
            return np.full(self.real.size, np.nextafter(0.5, 0))
        return 0.5 + self.half_step

    def fits_int16(self, bound: float) -> bool:
        """Whether what is truncated stays within 16 bits for all `|sum| <= bound`."""
        return self.output.itemsize == 1 and bound * float(np.max(np.abs(self.slope), initial=0)) < 2.0**14

    def rounds_away(self, bound: float) -> bool:
        """Whether rounding magnitudes gives the exact codes of `|sum| <= bound`, and is the shortest way to them."""
        if self.rounding is Rounding.DOUBLE:
            return not self.misses_halves(bound)
        if self.rounding is Rounding.WIDE or self.ignores_sign:
            return False
        power_of_two = int(np.max(self.m & -self.m, initial=0))
        return bool(np.all(self.s >= -_PROVEN_SHIFT)) and bound * power_of_two < 2.0**30

    def float32_form(self, bound: float) -> tuple[np.float32, np.float32] | None:
        """Slope and constant with which float32 gives the exact codes, less the zero point, of `|sum| <= bound`.

        None if there is more than one multiplier, if the sign counts, or if no pair was found.
        """
        alike = self.rounding is Rounding.FIXED and self.m.size > 0 and np.ptp(self.m) == 0 and np.ptp(self.s) == 0
        if not alike or not self.ignores_sign or self.m[0] <= 0 or bound >= _LARGEST_FLOAT32_SUM:
            return None
        sums = np.clip(self._sums_at_steps(np.array([0])), -int(bound), int(bound)).reshape(-1)
        codes = np.clip(requantize(sums, int(self.m[0]), int(self.s[0])) + self.zero_point, self.low, self.high)
        first, constant = np.float32(self.slope[0]), np.float32(0.5 + self.half_step[0])
        for nudge in _FLOAT32_NUDGES:
            for slope in (first, np.nextafter(first, np.float32(0)), np.nextafter(first, np.float32(1))):
                pair = slope, constant + np.float32(nudge)
                if np.array_equal(self._float32_codes(sums, *pair), codes):
                    return pair
        return None

    def _float32_codes(self, sums: np.ndarray, slope: np.float32, constant: np.float32) -> np.ndarray:
        scaled = sums.astype(np.float32) * slope + constant
        return np.clip(scaled.astype(np.int64) + self.zero_point, self.low, self.high)

    def misses_halves(self, bound: float, terms: int = 1) -> bool:
        """Whether the float64 product of no `|sum| <= bound` comes as close to the middle of two codes as it may err.

        Args:
            terms: how many products of smaller integers with the multiplier are added up to that of the sum.
        """
        reals = np.unique(self.real[self.real != 0])
        largest = bound * float(np.max(np.abs(reals), initial=0))
        if self.rounding is not Rounding.DOUBLE or largest >= _LARGEST_PRODUCT:
            return False
        margin = (terms + 8) * (largest + _LARGEST_LIFTED) * 2.0**-51
        halves = np.arange(self.low + 1, self.high + 1)[:, None] - self.zero_point - 0.5
        return all(self._are_far(halves, reals[part], bound, margin) for part in chunks(reals.size, _CHECKED_CHANNELS))

    @staticmethod
    def _are_far(halves: np.ndarray, reals: np.ndarray, bound: float, margin: float) -> bool:
        nearest = np.rint(halves / reals)
        return bool(np.all((np.abs(nearest * reals - halves) > margin) | (np.abs(nearest) > bound + 1)))

    def absorbs_offsets(self, bound: float) -> bool:
        """Whether offsets may be scaled apart from the sums, given a bound on both and on what they add up to."""
        if self.rounding is Rounding.DOUBLE:
            return self.misses_halves(bound)
        is_fixed = self.rounding is Rounding.FIXED and self.ignores_sign and bool(np.all(self.s >= -_PROVEN_SHIFT))
        return is_fixed and bound < 2.0**21 and self.float64_is_exact(bound)

    def float64_codes(self, sums: np.ndarray) -> np.ndarray:
        """The float64 form, for checks: sums `[..., channels]` to int64 codes. The epilogue makes the same calls."""
        scaled = sums.astype(np.float64) * self.slope
        if self.rounds_away(float(np.max(np.abs(sums), initial=0))):
            rounded = (scaled + np.copysign(self.away, scaled)).astype(np.int64)
            return np.clip(rounded + self.zero_point, self.low, self.high)
        if self.ignores_sign:
            lifted = scaled + self.constant
        else:
            lifted = (scaled + self.constant) + np.copysign(self.half_step, scaled)
        return np.clip(lifted.astype(np.int64) - self.lift, self.low, self.high)

    def _holds_at_steps(self, channels: np.ndarray) -> bool:
        """Compare both forms on the sums around which the given channels change their code."""
        part = self.of_channels(channels)
        sums = self._sums_at_steps(channels)
        return np.array_equal(part.codes(sums), part.float64_codes(sums))

    def _sums_at_steps(self, channels: np.ndarray) -> np.ndarray:
        """All sums next to one where the code changes: int64 `[5, codes, channels]`."""
        slope = np.where(self.m[channels] > 0, self.slope[channels], 1.0)
        edges = np.arange(self.low, self.high + 2)[:, None] - self.zero_point - 0.5
        sums = np.round(edges / slope)[None] + np.arange(-2, 3)[:, None, None]
        return np.clip(sums, -(2.0**31), 2.0**31 - 1).astype(np.int64)


def requantization(
    rounding: Rounding, real: np.ndarray, zero_point: int, limits: tuple[int, int], output: Any
) -> Requantization:
    """Args: real: the real multipliers `[channels]` in float64; limits: the activation's range in codes."""
    real = np.asarray(real, np.float64)
    m, s = quantize_multipliers(real)
    return Requantization(rounding, real, m, s, zero_point, *limits, np.dtype(output))


def exact_accumulator(bound: float) -> np.dtype[Any]:
    """The float type in which BLAS adds up integers exactly, given a bound on the sum of magnitudes."""
    return np.dtype(np.float32 if bound < _LARGEST_FLOAT32_SUM else np.float64)
