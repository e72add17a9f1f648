"""Tables on the device: any function of one quantized code, and QUANTIZE of float32.

Codes lie on the device as `requantize` says: float32 numbers, each a code less its zero point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..language.builder import KernelBuilder
from ..language.expression import Expr, cast, f32, i32, select, vector
from ..language.functions import clamp, floor, is_nan, lookup_bytes, maximum, minimum
from ..language.kernel import Buffer
from .epilogue import Beside, Step, Table

_WIDE = 16
REACH = 256
"""A code less its zero point is smaller than this in magnitude."""


def _itself(k: KernelBuilder, buffer: Buffer, channel: Expr, lanes: int) -> Buffer:
    return buffer


def _read_packed(k: KernelBuilder, buffer: Buffer, channel: Expr, lanes: int) -> tuple[Expr, ...]:
    """(base, lowest, the four quarters of a table of bytes)."""
    words = REACH // 4
    numbers = (k.load(buffer, words + i, 1, "number") for i in range(2))
    return (*numbers, *(k.load(buffer, start, _WIDE, "entries") for start in range(0, words, _WIDE)))


def _gather(k: KernelBuilder, buffer: Buffer, index: Expr) -> Expr:
    """The entries at the lanes of `index`."""
    index = k.let(index, "index")
    return k.let(vector(*(k.load(buffer, index[lane], 1, "entry") for lane in range(index.type.lanes))), "entries")


@dataclass(frozen=True, eq=False)
class Lookup:
    """A function of one code.

    Args:
        results: float32 [256 or 65536]; the result for each code from the lowest on.
        lowest: the lowest code less the input's zero point.
        packed: the kernel language's `lookup_bytes` may be used, where the results lie within bytes of each other.
    """

    results: np.ndarray
    lowest: int
    packed: bool = False

    def step(self, name: str) -> Step:
        """As a step; `name` names its table."""
        if self.packed and self.results.size <= REACH and np.ptp(self.results) < REACH:
            return self._packed_step(name)
        if self.results.size > REACH:
            return self._long_step(name)
        entries = np.zeros(2 * REACH, np.float32)
        start = REACH + self.lowest
        entries[start : start + self.results.size] = self.results

        def function(k: KernelBuilder, x: Expr, buffer: Buffer) -> Expr:
            return _gather(k, buffer, clamp(cast(x, i32) + REACH, 0, 2 * REACH - 1))

        return Step("lookup", function, (Beside(name, table=Table(entries, _itself)),))

    def _long_step(self, name: str) -> Step:
        """All codes of 16 bits, whose zero point is 0."""
        last = self.results.size - 1

        def function(k: KernelBuilder, x: Expr, buffer: Buffer) -> Expr:
            return _gather(k, buffer, clamp(cast(x, i32) - self.lowest, 0, last))

        return Step("lookup_long", function, (Beside(name, table=Table(self.results, _itself)),))

    def _packed_step(self, name: str) -> Step:
        """Results less the smallest are bytes, all of which fit the registers of a processor."""
        whole = self.results.astype(np.int64)
        entries = np.zeros(REACH, np.uint8)
        entries[: whole.size] = whole - whole.min()
        numbers = np.asarray([whole.min(), self.lowest, 0, 0], np.int32)

        def function(k: KernelBuilder, x: Expr, loaded: tuple[Expr, ...]) -> Expr:
            base, lowest, *parts = loaded
            index = k.let(cast(x, i32) - lowest, "index")
            lanes = index.type.lanes
            wide = index if lanes == _WIDE else vector(*[index] * (_WIDE // lanes))
            return cast(k.let(lookup_bytes(wide, *parts), "entries").part(0, lanes) + base, f32)

        table = Table(np.concatenate([entries.view(np.int32), numbers]), _read_packed)
        return Step("bytes", function, (Beside(name, table=table),))


@dataclass(frozen=True, eq=False)
class Quantize:
    """float32 to codes: round(x / scale) + zero point with the division rounded to float32, halves away from zero.

    Shader languages do not promise a correctly rounded division. So the code is guessed, and a table of the smallest
    number of each code corrects the guess by one. What is not below 2**31 * scale in magnitude becomes the lowest code,
    or the highest where the zero point is negative: x86 makes the smallest int32 of it, and the sum wraps.

    Args:
        scale: of the output, float32.
        zero_point: of the output.
        limits: lowest and highest code.
    """

    scale: np.float32
    zero_point: int
    limits: tuple[int, int]

    def step(self, name: str) -> Step:
        """As a step; `name` names its table."""
        low, high = (code - self.zero_point for code in self.limits)
        head = np.asarray([1 / np.float64(self.scale), low, high, first_at_least(self.scale, 2.0**31)], np.float64)
        starts = smallest_numbers(self.scale, np.arange(low + 1, high + 1))
        largest = np.finfo(np.float32).max
        entries = np.concatenate([np.minimum(head, largest), [-largest], starts, [largest]]).astype(np.float32)

        def function(k: KernelBuilder, x: Expr, buffer: Buffer) -> Expr:
            inverse, lowest, highest, limit = (k.load(buffer, i, 1, "number") for i in range(4))
            guess = k.let(maximum(minimum(floor(x * inverse + 0.5), highest), lowest), "guess")
            place = cast(guess - lowest, i32)
            index = k.let(clamp(place, 0, entries.size - 6), "index")
            here, after = _gather(k, buffer, index + 4), _gather(k, buffer, index + 5)
            code = select(x < here, guess - 1.0, select(x >= after, guess + 1.0, guess))
            kept = maximum(minimum(code, highest), lowest)
            misfit = (x >= limit) | is_nan(x)
            if self.zero_point < 0:
                return select(misfit | (x <= -limit), x.lift(0) + highest, kept)
            return select(misfit, x.lift(0) + lowest, kept)

        return Step("quantize", function, (Beside(name, table=Table(entries, _itself)),))


def first_at_least(scale: np.float32, bound: float) -> float:
    """The smallest float32 whose float32 quotient by `scale` is at least `bound`, or the largest float32."""
    with np.errstate(over="ignore"):
        near = np.float32(bound) * np.float32(scale)
    if not np.isfinite(near):
        return float(np.finfo(np.float32).max)
    tried = _neighbours(np.asarray([near]))[0]
    return float(tried[tried / np.float32(scale) >= np.float32(bound)].min())


def smallest_numbers(scale: np.float32, codes: np.ndarray) -> np.ndarray:
    """For each integer c the smallest float32 x with round(x / scale) >= c, halves away from zero; float32."""
    edges = np.where(codes > 0, codes - 0.5, np.nextafter(codes - 0.5, np.inf))
    tried = _neighbours((edges * np.float64(scale)).astype(np.float32))
    quotient = tried / np.float32(scale)
    whole = np.trunc(quotient)
    rounded = whole + np.where(np.abs(quotient - whole) >= 0.5, np.sign(quotient), 0)
    return np.where(rounded >= codes[:, None], tried, np.inf).min(axis=1).astype(np.float32)


def _neighbours(values: np.ndarray) -> np.ndarray:
    """Each float32 with 8 below and 8 above it [n, 17]."""
    made = [values.astype(np.float32)]
    for toward in (np.float32(-np.inf), np.float32(np.inf)):
        at = made[0]
        for _ in range(8):
            at = np.nextafter(at, toward)
            made.append(at)
    return np.stack(made, axis=1)
