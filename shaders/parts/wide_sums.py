"""Integer arithmetic of operators with 16-bit activations, in 32 bits, bit-exact with `core.arithmetic.numerics`.

A 16-bit code is 256 times its high byte plus its low byte, so a sum of products with weights of 8 bits is 256 times one
sum of float32, exact below 2**24, plus another. Here the two become one, and that codes. Steps and their tables are as
in `requantize`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, cast, f32, i32, select, u32
from ..language.functions import clamp, floor, maximum, multiply_high
from .epilogue import Beside, Step, Table
from .requantize import Requantize, RequantizeDouble, Rescale, divide_by_power, read_header, read_rows, table

LEFT = 15
"""Bits by which ADD and SUB shift 16-bit operands up before they scale them."""
BYTE = 256
REDUCED = 15
"""Bits of the multiplier that scales sums of 64 bits."""
LARGEST = (1 << 32) - (1 << 17)
"""Magnitudes that sums, with their bias, have to stay below."""


@dataclass(frozen=True, eq=False)
class RequantizeWide:
    """Sums of low bytes, with those of high bytes beside them, to codes as LiteRT scales accumulators of 64 bits.

    That is by a multiplier of 15 bits, with one rounding, halves up.

    Args:
        m15: int64 [channels], from `numerics.reduce_multiplier`.
        s: int64 [channels], from `numerics.quantize_multipliers`.
        bias: int64 [channels].
        limits: lowest and highest code.
        excess: int64 [channels], by how much the sums that come are too large.
    """

    m15: np.ndarray
    s: np.ndarray
    bias: np.ndarray
    limits: tuple[int, int]
    excess: np.ndarray | int = 0

    def less(self, excess: np.ndarray) -> RequantizeWide:
        """The same for sums that are too large."""
        return replace(self, excess=excess)

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step, of sums below `LARGEST`; `name` names its table, `operand` are the sums of high bytes."""
        shift = REDUCED - self.s
        simple = bool(np.all(shift > 16))
        rows = [*_halves(self.bias - self.excess), self.m15, np.maximum(shift - 17, 0)]
        if not simple:
            rows += [16 - shift, np.minimum(shift, 16)]

        def function(k: KernelBuilder, x: Expr, beside: Expr, numbers: tuple[Expr, ...]) -> Expr:
            low_code, high_code, bias, part, m15, right, *rest = numbers
            total = _total(k, x, beside, bias, part)
            low = k.let(bitcast(total.low, u32) * bitcast(m15, u32), "low")
            upper = k.let(total.high * m15 + bitcast(low >> 16, i32), "upper")
            made = ((upper >> right) + 1) >> 1
            if rest:
                left, down = rest
                lower = (bitcast(low & 0xFFFF, i32) + ((down.lift(1) << down) >> 1)) >> down
                made = select(left < 0, made, (upper << maximum(left, 0)) + lower)
            return cast(clamp(k.let(made, "made"), low_code, high_code), f32)

        beside = Beside(name, table=Table(table(self.limits, rows), read_rows(2, len(rows)), wide=True))
        return Step("requantize_wide" if simple else "requantize_wide_up", function, (operand, beside))


@dataclass(frozen=True, eq=False)
class RequantizeWideDouble:
    """As `RequantizeWide`, for what the reference FULLY_CONNECTED makes of sums: see `RequantizeDouble`.

    Args:
        scaling: with bias and excess.
    """

    scaling: RequantizeDouble

    def less(self, excess: np.ndarray) -> RequantizeWideDouble:
        """The same for sums that are too large."""
        return replace(self, scaling=replace(self.scaling, excess=excess))

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step; `name` names its table, `operand` are the sums of high bytes."""
        header = self.scaling.header(32)
        rows = [*_halves(self.scaling.bias - self.scaling.excess), *self.scaling.rows()]

        def function(k: KernelBuilder, x: Expr, beside: Expr, numbers: tuple[Expr, ...]) -> Expr:
            *head, bias, part, upper, lower, half, right = numbers
            total = _total(k, x, beside, bias, part)
            word = k.let((bitcast(total.high, u32) << 16) | bitcast(total.low, u32), "word")
            negative = total.high < 0
            magnitude = k.let(select(negative, word.lift(0) - word, word), "magnitude")
            return self.scaling.scaled(k, negative, magnitude, (*head, upper, lower, half, right))

        values = Table(table(header, rows), read_rows(len(header), len(rows)), wide=True)
        return Step("requantize_wide_double", function, (operand, Beside(name, table=values)))


@dataclass(frozen=True, eq=False)
class _Total:
    """A number of 48 bits: i32 high * 2**16 + low, the latter from 0 to 65535."""

    high: Expr
    low: Expr


def _halves(offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Offsets, int64, as `_total` takes them."""
    return offsets >> 16, offsets & 0xFFFF


def _total(k: KernelBuilder, low: Expr, high: Expr, offset: Expr, part: Expr) -> _Total:
    """256 times `high`, plus `low`, plus an offset."""
    upper = k.let(cast(high, i32), "high")
    lower = k.let(cast(low, i32) + (upper & 0xFF) * BYTE + part, "low")
    return _Total(k.let((upper >> 8) + offset + (lower >> 16), "total"), k.let(lower & 0xFFFF, "rest"))


@dataclass(frozen=True, eq=False)
class WholeSums:
    """Sums as they are, less what they are too large by, for a value of float32.

    Args:
        excess: int64 [channels].
    """

    excess: np.ndarray

    def step(self, name: str) -> Step:
        """As a step; `name` names its table."""

        def function(k: KernelBuilder, x: Expr, numbers: tuple[Expr, ...]) -> Expr:
            return cast(cast(x, i32) - numbers[0], f32)

        beside = Beside(name, table=Table(table((), [self.excess]), read_rows(0, 1), wide=True))
        return Step("whole", function, (beside,))


@dataclass(frozen=True, eq=False)
class Joined:
    """The sums of high bytes beside the running sums of low bytes, joined in int32, and scaled."""

    scaling: Requantize | Rescale

    def less(self, excess: np.ndarray) -> Joined:
        """The same for sums that are too large.

        Raises:
            TypeError: they are not scaled per channel.
        """
        if isinstance(self.scaling, Rescale):
            raise TypeError("sums that are scaled alike are those of no product")
        return replace(self, scaling=replace(self.scaling, excess=excess))

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step; `name` names its table, `operand` are the sums of high bytes."""
        scale = self.scaling.step(name)

        def function(k: KernelBuilder, low: Expr, high: Expr, numbers: tuple[Expr, ...]) -> Expr:
            total = k.let(cast(high, i32) * BYTE + cast(low, i32), "joined")
            return scale.function(k, total, numbers)

        return Step(f"joined_{scale.name}", function, (operand, *scale.operands))


@dataclass(frozen=True, eq=False)
class Carried:
    """What 1/256 of sums beside the running ones adds to them (`up`), or what is left of it for a place below.

    Args:
        up: the whole part is added; else 256 times the rest, the rest being from 0 to 255.
    """

    up: bool

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step; `operand` are the sums."""

        def function(k: KernelBuilder, x: Expr, middle: Expr) -> Expr:
            whole = k.let(floor(middle * (1 / BYTE)), "whole")
            return x + whole if self.up else x + (middle - whole * BYTE) * BYTE

        return Step("carried_up" if self.up else "carried_down", function, (operand,))


@dataclass(frozen=True, eq=False)
class RequantizeLong:
    """65536 times the sums beside, plus the running ones, to codes: as `RequantizeWide`, of up to 47 bits.

    Args:
        m15: from `numerics.reduce_multiplier`.
        s: from `numerics.quantize_multiplier`, below -1.
        limits: lowest and highest code.
    """

    m15: int
    s: int
    limits: tuple[int, int]

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step; `name` names its table, `operand` are the upper sums."""

        def function(k: KernelBuilder, x: Expr, upper: Expr, numbers: tuple[Expr, ...]) -> Expr:
            low_code, high_code, m15, right = numbers
            lower = k.let(cast(x, i32), "lower")
            high = k.let(cast(upper, i32) + (lower >> 16), "high")
            part = k.let((bitcast(lower & 0xFFFF, u32) * bitcast(m15, u32)) >> 16, "part")
            first = k.let(bitcast(high, u32) * bitcast(m15, u32), "first")
            word = k.let(first + part, "word")
            top = multiply_high(high, high.lift(m15)) + select(word < first, high.lift(1), 0)
            joined = (word >> bitcast(right, u32)) | (bitcast(top, u32) << bitcast(32 - right, u32))
            made = (bitcast(k.let(joined, "joined"), i32) + 1) >> 1
            return cast(clamp(made, low_code, high_code), f32)

        values = table((*self.limits, self.m15, REDUCED - self.s - 17), ())
        return Step("requantize_long", function, (operand, Beside(name, table=Table(values, read_header(4)))))


@dataclass(frozen=True, eq=False)
class ShiftedSum:
    """ADD and SUB of 16-bit codes whose scales are powers of two: the operands are shifted to the output's scale.

    Args:
        first, second: by how many bits down.
        limits: lowest and highest code.
        sign: 1, or -1 to subtract the second.
    """

    first: int
    second: int
    limits: tuple[int, int]
    sign: int

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step; `reverse`: the running value is the second operand."""
        mine, other = (self.second, self.first) if reverse else (self.first, self.second)
        signs = (self.sign, 1) if reverse else (1, self.sign)

        def function(k: KernelBuilder, x: Expr, y: Expr, numbers: tuple[Expr, ...]) -> Expr:
            low, high, rx, ry = numbers
            a, b = (k.let(divide_by_power(k.let(cast(v, i32)), r), "shifted") for v, r in ((x, rx), (y, ry)))
            return cast(clamp(k.let(a * signs[0] + b * signs[1], "total"), low, high), f32)

        beside = Beside(name, table=Table(table((*self.limits, mine, other), ()), read_header(4)))
        suffix = "".join("n" if sign < 0 else "p" for sign in signs)
        return Step(f"shifted_sum{suffix}", function, (operand, beside))
