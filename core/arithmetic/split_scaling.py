"""Scaling integer sums to 8-bit codes in float32, exactly, where that can be had; at two thirds of float64's time.

`x * M` in float32 errs by up to 2**-17 for codes of 8 bits, and an integer x may lie closer than that to where the code
changes. So M is split: `M = gain * (1 + rest)`, the gain a small integer times a power of two. Weights multiplied with
the gain give sums `a = x * gain` that are still exact, at no cost, and the code is
`trunc((a + base) + (a * rest + nudge)) - lift`. Only the small number in the second pair of brackets and the last sum
are rounded; the lift puts all codes into 256..511, where float32 rounds alike, so that the nudge can make up for it.

In fixed point, the first of two roundings moves negative sums down and others up by h (see `requantization`). Where
that matters it is `trunc((b + constant) + (b * rest + clip(b, nudge - h, nudge + h))) - lift`, b = a + offset * gain.

How small the second number is depends on the room that the sums leave in 24 bits. Whether the result is exact is not
proven but checked, for each channel at the sums around which the code changes: every step is monotone in x, as the
exact form is. Sums that are farther from there than the roundings can move them need no check.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np

from ..steps import Step, chunks
from .clamp import scalar
from .requantization import Requantization, Rounding

_LARGEST_SUM = 2.0**24 - 1
_FINEST_GRID = 15
_CHANNELS_AT_ONCE = 64
_NEARLY_WHOLE = 1e-6
_STRETCHES = tuple(1 + n * 2.0**-23 for n in (0, 1, -1, 2, -2))
_NUDGES = tuple(n * 2.0**-21 for n in (0, 1, -1, 2, -2, 3, -3, 4, -4, 6, -6, 8, -8))
_LARGEST_NUDGE = 8 * 2.0**-21


@dataclass(frozen=True, eq=False)
class SplitScaling:
    """The form above.

    Attributes:
        gain, base, rest, nudge, half: float32 `[channels]`; half is the h above.
        constant: what the form with signs adds; None for the form without.
        lift: what the truncated numbers have to lose to be codes.
    """

    gain: np.ndarray
    base: np.ndarray
    rest: np.ndarray
    nudge: np.ndarray
    half: np.ndarray
    constant: np.float32 | None
    lift: int

    def of_channels(self, part: slice | np.ndarray) -> SplitScaling:
        gain, base, rest, nudge, half = (v[part] for v in (self.gain, self.base, self.rest, self.nudge, self.half))
        return SplitScaling(gain, base, rest, nudge, half, self.constant, self.lift)

    def lifted(self, sums: np.ndarray) -> np.ndarray:
        """What `steps` computes, of integer sums `[..., channels]`, for checks."""
        scaled = sums.astype(np.float32) * self.gain
        if self.constant is None:
            return np.asarray((scaled + self.base) + (scaled * self.rest + self.nudge))
        scaled += self.base
        step = np.clip(scaled, self.nudge - self.half, self.nudge + self.half)
        return np.asarray((scaled + self.constant) + (scaled * self.rest + step))

    @property
    def vectors(self) -> tuple[np.ndarray, ...]:
        """What `steps` needs of every channel."""
        if self.constant is None:
            return self.base, self.rest, self.nudge
        return self.base, self.rest, self.nudge - self.half, self.nudge + self.half

    def steps(self, sums: np.ndarray, spare: list[np.ndarray], vectors: tuple[np.ndarray, ...]) -> list[Step]:
        """From sums times gain to the numbers to truncate, in place.

        Args:
            spare: as long as `sums`; two with signs, else one.
            vectors: repeated to at least that length.
        """
        base, rest, *nudges = (vector[: sums.size] for vector in vectors)
        multiply = partial(np.multiply, sums, rest, spare[0])
        add_base, add_up = partial(np.add, sums, base, sums), partial(np.add, sums, spare[0], sums)
        if self.constant is None:
            return [multiply, partial(np.add, spare[0], nudges[0], spare[0]), add_base, add_up]
        return [
            add_base,
            multiply,
            partial(np.maximum, sums, nudges[0], out=spare[1]),  # np.clip with arrays takes four times as long
            partial(np.minimum, spare[1], nudges[1], out=spare[1]),
            partial(np.add, spare[0], spare[1], spare[0]),
            partial(np.add, sums, scalar(self.constant, sums.dtype), sums),
            add_up,
        ]


def split_scaling(scaling: Requantization, offset: np.ndarray, largest: np.ndarray) -> SplitScaling | None:
    """The split form of `scaling.codes(sum + offset)`, or None if it is not exact.

    Args:
        offset: int64 `[channels]`.
        largest: what the magnitudes of all products in a channel's sum add up to at most.
    """
    if scaling.output.itemsize > 1 or scaling.rounding is Rounding.WIDE or np.any(scaling.real <= 0):
        return None
    if scaling.rounding is Rounding.FIXED and np.any((scaling.s > 0) | (scaling.m <= 0)):
        return None
    guess = _guess(scaling, offset, largest)
    if guess is None:
        return None
    rest, nudge = [], []
    for part in chunks(offset.size, _CHANNELS_AT_ONCE):
        found = _settled(scaling.of_channels(part), offset[part], largest[part], guess.of_channels(part))
        if found is None:
            return None
        rest.append(found.rest)
        nudge.append(found.nudge)
    return replace(guess, rest=np.concatenate(rest), nudge=np.concatenate(nudge))


def _guess(scaling: Requantization, offset: np.ndarray, largest: np.ndarray) -> SplitScaling | None:
    """Without rounding; None if a channel's sums leave no room for a gain, or its base is not exact."""
    slope, lift = scaling.slope, 256 - int(np.iinfo(scaling.output).min)
    constant = scaling.zero_point + lift + 0.5
    signed = not scaling.ignores_sign
    base_reach = np.abs(offset * slope + (0 if signed else constant)) + 1
    reach = np.maximum(largest * slope, np.maximum(base_reach, 512))
    grid = np.minimum(_FINEST_GRID, np.floor(np.log2(_LARGEST_SUM / reach))).astype(np.int32)
    whole = np.floor(np.ldexp(slope, grid))
    if np.any(whole < 1):
        return None
    gain = np.ldexp(whole, -grid)
    base = offset * gain + (0 if signed else constant)
    nudge = np.full(slope.size, -(2.0**-16)) if signed else offset * (slope - gain) + scaling.half_step - 2.0**-16
    vectors = (v.astype(np.float32) for v in (gain, base, slope / gain - 1, nudge, scaling.half_step))
    gain32, base32, rest32, nudge32, half32 = vectors
    added = np.float32(constant) if signed else None
    guess = SplitScaling(gain32, base32, rest32, nudge32, half32, added, lift)
    return guess if np.array_equal(guess.base, base) else None


def _settled(
    scaling: Requantization, offset: np.ndarray, largest: np.ndarray, guess: SplitScaling
) -> SplitScaling | None:
    """Rest and nudge of each channel moved until the codes are exact; None if that is not found."""
    code, channel, first = _doubtful(scaling, offset, largest, guess)
    wanted = code + guess.lift
    rest, nudge, left = guess.rest.copy(), guess.nudge.copy(), np.ones(offset.size, bool)
    for stretch, shift in product(_STRETCHES, _NUDGES):
        rest[left] = guess.rest[left] * np.float32(stretch)
        nudge[left] = guess.nudge[left] + np.float32(shift)
        trial = replace(guess, rest=rest, nudge=nudge).of_channels(channel)
        wrong = (trial.lifted(first) < wanted) | (trial.lifted(first - 1) >= wanted)
        left = np.zeros(offset.size, bool)
        left[channel[wrong]] = True
        if not left.any():
            return replace(guess, rest=rest, nudge=nudge)
        keep = left[channel]
        code, channel, first, wanted = code[keep], channel[keep], first[keep], wanted[keep]
    return None


def _doubtful(
    scaling: Requantization, offset: np.ndarray, largest: np.ndarray, guess: SplitScaling
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The codes, channels and first sums (without offset) of steps that roundings might move; whole numbers."""
    edges, first = first_sums(scaling)
    slope = scaling.slope
    moved = (np.abs(offset) * slope + 1024) * guess.rest
    margin = (16 * moved + 8) * 2.0**-24 + _LARGEST_NUDGE
    above = (first - edges) * slope
    near = (above < margin) | (slope - above < margin) | (np.abs(first) <= 2)
    first -= offset
    code, channel = np.nonzero(near & (np.abs(first) <= largest + 1))
    return code + scaling.low + 1, channel, first[code, channel]


def first_sums(scaling: Requantization) -> tuple[np.ndarray, np.ndarray]:
    """Where the codes `low + 1`, `low + 2`, ..., `high` begin, and the first sums there: float64 `[codes, channels]`.

    In fixed point the code less the zero point is at least t when the first rounding gives `t * 2**n - 2**(n-1)`, and
    one more for t <= 0. Where float64 cannot tell whether a sum is the first, the exact form is asked.
    """
    codes = np.arange(scaling.low + 1, scaling.high + 1)[:, None] - scaling.zero_point
    edges = (codes - 0.5 + np.where(codes <= 0, 1.0, -1.0) * scaling.half_step) / scaling.slope
    first = np.ceil(edges)
    code, channel = np.nonzero((np.abs(edges - np.rint(edges)) < _NEARLY_WHOLE) & (np.abs(edges) < 2.0**30))
    whole = np.rint(edges[code, channel]).astype(np.int64)
    is_first = scaling.of_channels(channel).codes(whole) - scaling.zero_point >= codes[code, 0]
    first[code, channel] = np.where(is_first, whole, whole + 1)
    return edges, first
