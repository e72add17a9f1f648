"""Functions of two 8-bit codes as a few float32 operations, where these give every entry of their table of all pairs.

Looking up pairs in a table of 65536 entries takes three times as long. What is truncated to codes is a real number that
float32 rounds, so a form is a guess; it is used only if it gives the exact code of each of the 65536 pairs.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any, Protocol

import numpy as np

from ..op import Run
from ..steps import Step, assign, chunks, sequence
from .clamp import clamp, scalar

_SIGN = np.array(-(2**31), np.int32)
_NUDGES = (0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0, 6.0, -6.0, 8.0, -8.0)
_ULP = 2.0**-18


class PairForm(Protocol):
    """A guess at a function of two codes.

    Attributes:
        low, high: the range of codes.
    """

    @property
    def low(self) -> int: ...

    @property
    def high(self) -> int: ...

    @property
    def lift(self) -> int:
        """What is added to codes to get the whole numbers that `steps` leaves."""

    def steps(self, x: np.ndarray, y: np.ndarray) -> list[Step]:
        """From float32 codes, both overwritten, to reals in `x` whose truncation is the code plus `lift`."""

    def nudged(self) -> Iterator[PairForm]:
        """Forms that differ a little, this one first."""


@dataclass(frozen=True)
class Sum:
    """`round(first * x + second * y + constant)`; a `lift` keeps what is truncated positive."""

    first: float
    second: float
    constant: float
    low: int
    high: int
    lift: int = 512

    def steps(self, x: np.ndarray, y: np.ndarray) -> list[Step]:
        first, second, constant = (scalar(v, x.dtype) for v in (self.first, self.second, self.constant))
        return [
            partial(np.multiply, x, first, x), partial(np.multiply, y, second, y), partial(np.add, x, y, x),
            partial(np.add, x, constant, x), partial(np.add, x, scalar(0.5 + self.lift, x.dtype), x),
        ]  # fmt: skip

    def nudged(self) -> Iterator[PairForm]:
        for stretch, nudge in product((1.0, 1 + 2.0**-22, 1 - 2.0**-22), _NUDGES):
            yield replace(
                self, first=self.first * stretch, second=self.second * stretch, constant=self.constant + nudge * _ULP
            )


@dataclass(frozen=True)
class Product:
    """`round((x - first_zero) * (y - second_zero) * factor) + zero_point`, magnitudes rounded up from 1 - `half`."""

    first_zero: int
    second_zero: int
    factor: float
    half: float
    zero_point: int
    low: int
    high: int

    @property
    def lift(self) -> int:
        return -self.zero_point

    def steps(self, x: np.ndarray, y: np.ndarray) -> list[Step]:
        centred = ((x, self.first_zero), (y, self.second_zero))
        steps: list[Step] = [partial(np.subtract, v, scalar(zero, v.dtype), v) for v, zero in centred if zero]
        steps += [partial(np.multiply, x, y, x), partial(np.multiply, x, scalar(self.factor, x.dtype), x)]
        bits, half = y.view(np.int32), scalar(self.half, x.dtype).view(np.int32)
        steps += [partial(np.bitwise_and, x.view(np.int32), _SIGN, bits), partial(np.bitwise_or, bits, half, bits)]
        return [*steps, partial(np.add, x, y, x)]

    def nudged(self) -> Iterator[PairForm]:
        for nudge in _NUDGES:
            yield replace(self, half=self.half + nudge * _ULP / 8)


def exact_form(form: PairForm, table: np.ndarray, first: np.dtype[Any], second: np.dtype[Any]) -> PairForm | None:
    """The form, or one nearby, that gives the whole table of `lookup`; None if none was found."""
    codes = np.arange(256, dtype=np.uint8)
    a, b = np.repeat(codes, 256).view(first), np.tile(codes, 256).view(second)
    out = np.empty_like(table)
    pieces = [(a[part], b[part], out[part]) for part in chunks(out.size, out.size // 4)]
    for candidate in form.nudged():
        pair_run(candidate, pieces)()
        if np.array_equal(out, table):
            return candidate
    return None


def pair_run(form: PairForm, pieces: Sequence[tuple[np.ndarray, ...]]) -> Run:
    """A callable that writes the codes of `form` for each (first, second, out), arrays of one shape and 8-bit codes.

    Every piece uses the same memory for what lies between, so they should be small enough to stay in cache.
    """
    size = max(out.size for _, _, out in pieces)
    real, other, whole = np.empty(size, np.float32), np.empty(size, np.float32), np.empty(size, np.int16)
    steps: list[Step] = []
    for a, b, out in pieces:
        x, y, codes = (array[: out.size].reshape(out.shape) for array in (real, other, whole))
        steps += [assign(x, a), assign(y, b), *form.steps(x, y), *_stored(form, x, codes, out)]
    return sequence(steps)


def _stored(form: PairForm, x: np.ndarray, codes: np.ndarray, out: np.ndarray) -> list[Step]:
    steps: list[Step] = [
        assign(codes, x),
        clamp(codes, form.low + form.lift, form.high + form.lift),
        assign(out, codes),
    ]
    if form.lift % 256:
        steps.append(partial(np.subtract, out, np.array(form.lift).astype(out.dtype), out))
    return steps
