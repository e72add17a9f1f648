"""Integer arithmetic of quantized operators, in 32 bits, bit-exact with `core.arithmetic.numerics`.

A quantized tensor of 8 or 16 bits lies on the device as float32 numbers, each a code less the tensor's zero point. So
padding with zero pads with the zero point, data movement and pooling are those of floats, and products add up exactly
as long as every partial sum stays below 2**24. Each class here turns such sums or codes into codes of the output: a
step of an epilogue. Multipliers lie in one buffer per step, so that layers of one shape share one program.

Formulas: gemmlowp's fixed point as LiteRT uses it (`MultiplyByQuantizedMultiplier`, `internal/common.h`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, cast, compare, f32, i32, select, u32
from ..language.functions import absolute, clamp, floor, minimum, multiply_high, scale_sums, settled
from ..language.kernel import Buffer
from ..layout import LANES, pad_channels, padded
from .epilogue import Beside, Reader, Step, Table

HEADER = 8
"""Numbers before the rows of a table: the distance of its rows, then what is equal for all channels."""
SMALL = 1 << 30
"""Below this magnitude sums may be doubled."""


def saturating_high(k: KernelBuilder, x: Expr, m: Expr) -> Expr:
    """`saturating_rounding_doubling_high_mul` of |x| < 2**30 and 0 <= m: floor(x * m / 2**31 + 1/2)."""
    twice = k.let(x + x, "twice")
    low = bitcast(twice, u32) * bitcast(m, u32)
    return k.let(multiply_high(twice, twice.lift(m)) + bitcast(low >> 31, i32), "high")


def saturating_high_of_any(k: KernelBuilder, x: Expr, m: Expr) -> Expr:
    """As `saturating_high`, for every int32 x."""
    low = k.let(bitcast(x, u32) * bitcast(m, u32), "low")
    high = bitcast(multiply_high(x, x.lift(m)), u32)
    return k.let(bitcast(((high << 1) | (low >> 31)) + ((low >> 30) & 1), i32), "high")


def divide_by_power(x: Expr, right: Expr) -> Expr:
    """`rounding_divide_by_pot`: x / 2**right, halves away from zero, for |x| <= 2**30 where right is not 0."""
    half = (x.lift(1) << right) >> 1
    return (x + (half + ((x >> 31) & -minimum(right, 1)))) >> right


def scaled(k: KernelBuilder, x: Expr, m: Expr, right: Expr) -> Expr:
    """`numerics.requantize` of |x| < 2**30 with s = -right <= 0."""
    return k.let(divide_by_power(saturating_high(k, x, m), right), "scaled")


def scaled_wide(k: KernelBuilder, x: Expr, m: Expr, right: Expr) -> Expr:
    """As `scaled`, for every int32 x, where the device has `scale_sums`."""
    if x.type.lanes > 1:
        return k.let(scale_sums(x, m, right), "scaled")
    return k.let(divide_by_power(saturating_high_of_any(k, x, m), right), "scaled")


def scaled_up(k: KernelBuilder, x: Expr, m: Expr, right: Expr, left: Expr) -> Expr:
    """`numerics.requantize` of any int32 x; one of `left` and `right` is 0. The left shift wraps at 32 bits."""
    wide = k.let(bitcast(bitcast(x, u32) << bitcast(left, u32), i32), "wide")
    return k.let(divide_by_power(saturating_high_of_any(k, wide, m), right), "scaled")


def table(header: Sequence[int], rows: Sequence[np.ndarray]) -> np.ndarray:
    """An int32 table: `HEADER` numbers, then each row [channels] padded."""
    channels = len(rows[0]) if rows else 0
    head = np.zeros(HEADER, np.int64)
    head[0], head[1 : 1 + len(header)] = padded(channels), header
    parts = [head, *(pad_channels(np.asarray(row, np.int64), padded(channels)) for row in rows)]
    return np.concatenate(parts).astype(np.uint32).view(np.int32)


def read_header(count: int) -> Reader:
    """Reads `count` numbers of a table's header."""

    def read(k: KernelBuilder, buffer: Buffer, channel: Expr, lanes: int) -> tuple[Expr, ...]:
        return tuple(k.load(buffer, 1 + i, 1, "number") for i in range(count))

    return read


def read_rows(numbers: int, rows: int) -> Reader:
    """Reads so many numbers of a table's header and so many of its rows."""

    def read(k: KernelBuilder, buffer: Buffer, channel: Expr, lanes: int) -> tuple[Expr, ...]:
        head = [k.load(buffer, 1 + i, 1, "number") for i in range(numbers)]
        stride = k.load(buffer, 0, 1, "stride")
        return (*head, *(k.load(buffer, k.let(channel + stride * r + HEADER, "at"), lanes, "row") for r in range(rows)))

    return read


@dataclass(frozen=True, eq=False)
class Requantize:
    """Sums of products to codes in fixed point, per channel.

    Args:
        m, s: int64 [channels], from `numerics.quantize_multipliers`.
        bias: int64 [channels].
        limits: lowest and highest code, less the output's zero point.
        bound: no sum without bias is larger in magnitude.
        excess: int64 [channels], by how much the sums that come are too large.
        wide: the kernel language's `scale_sums` may be used.
    """

    m: np.ndarray
    s: np.ndarray
    bias: np.ndarray
    limits: tuple[int, int]
    bound: int
    excess: np.ndarray | int = 0
    wide: bool = False

    def step(self, name: str) -> Step:
        """As a step; `name` names its table."""
        wide = self.wide and bool(np.all(self.s <= 0))
        simple = wide or (bool(np.all(self.s <= 0)) and self.bound + int(np.abs(self.bias).max(initial=0)) < SMALL)
        rows = [self.bias - self.excess, self.m, np.maximum(-self.s, 0)]
        if not simple:
            rows.append(np.maximum(self.s, 0))

        scaling = scaled_wide if wide else scaled

        def function(k: KernelBuilder, x: Expr, numbers: tuple[Expr, ...]) -> Expr:
            low, high, bias, m, right, *left = numbers
            total = k.let(cast(x, i32) + bias, "total")
            made = scaling(k, total, m, right) if simple else scaled_up(k, total, m, right, left[0])
            return cast(clamp(made, low, high), f32)

        values = table(self.limits, rows)
        beside = Beside(name, table=Table(values, read_rows(2, len(rows)), wide=True))
        return Step("scale" if wide else "requantize" if simple else "requantize_up", function, (beside,))


@dataclass(frozen=True, eq=False)
class RequantizeDouble:
    """Sums to codes as the reference FULLY_CONNECTED has it: round(sum * real), halves away from zero.

    The real multiplier's 53 bits are taken as they are, so the product here is exact where the reference rounds it to
    float64: that makes a difference only where rounding by 2**-53 lands on a tie.

    Args:
        real: float64 [channels], positive.
        bias, limits, excess: as `Requantize`.
    """

    real: np.ndarray
    bias: np.ndarray
    limits: tuple[int, int]
    excess: np.ndarray | int = 0

    @property
    def shift(self) -> int:
        """By how many bits magnitudes of sums are shifted up; with their bias they have to fit 31 bits less these."""
        return max(0, int(np.frexp(np.max(self.real, initial=0))[1]) + 2)

    def header(self, bits: int) -> tuple[int, ...]:
        """The first of what `scaled` takes, for magnitudes of so many bits."""
        return (*self.limits, self.shift, (1 << (bits - self.shift)) - 1)

    def rows(self) -> list[np.ndarray]:
        """The rest of what `scaled` takes, per channel."""
        fraction, exponent = np.frexp(np.asarray(self.real, np.float64))
        right = 31 - (exponent.astype(np.int64) - self.shift)
        whole = (fraction * 2.0**53).astype(np.int64)
        small = right > 63
        whole, right = np.where(small, 0, whole), np.where(small, 33, right)
        return [whole >> 22, (whole & ((1 << 22) - 1)) << 10, np.int64(1) << (right - 33), right - 32]

    def scaled(self, k: KernelBuilder, negative: Expr, magnitude: Expr, numbers: Sequence[Expr]) -> Expr:
        """Codes of sums by their signs and magnitudes (u32), with what `header` and `rows` hold."""
        low_code, high_code, shift, limit, upper, lower, half, right = numbers
        size = k.let(minimum(magnitude, bitcast(limit, u32)) << bitcast(shift, u32), "size")
        most, least = bitcast(upper, u32), bitcast(lower, u32)
        first = k.let(size * most, "first")
        second = k.let(first + multiply_high(size, least), "second")
        carry = select(second < first, size.lift(1), 0)
        made = (multiply_high(size, most) + carry + bitcast(half, u32)) >> bitcast(right, u32)
        code = k.let(bitcast(made, i32), "code")
        return cast(clamp(select(negative, -code, code), low_code, high_code), f32)

    def step(self, name: str) -> Step:
        """As a step; `name` names its table."""
        header, rows = self.header(31), [self.bias - self.excess, *self.rows()]

        def function(k: KernelBuilder, x: Expr, numbers: tuple[Expr, ...]) -> Expr:
            *head, bias, upper, lower, half, right = numbers
            total = k.let(cast(x, i32) + bias, "total")
            return self.scaled(k, total < 0, bitcast(absolute(total), u32), (*head, upper, lower, half, right))

        beside = Beside(name, table=Table(table(header, rows), read_rows(len(header), len(rows)), wide=True))
        return Step("requantize_double", function, (beside,))


@dataclass(frozen=True, eq=False)
class Rescale:
    """Sums or products to codes with one multiplier: MEAN, MUL. `wide`: as `Requantize`."""

    m: int
    s: int
    limits: tuple[int, int]
    wide: bool = False

    def header(self) -> tuple[int, ...]:
        """What `rescaled` takes, as numbers."""
        return (*self.limits, self.m, max(-self.s, 0), max(self.s, 0))

    def rescaled(self, k: KernelBuilder, x: Expr, numbers: tuple[Expr, ...]) -> Expr:
        """int32 values to codes, with what `header` holds."""
        low, high, m, right, left = numbers
        if self.wide and self.s <= 0:
            return cast(clamp(scaled_wide(k, x, m, right), low, high), f32)
        return cast(clamp(scaled_up(k, x, m, right, left), low, high), f32)

    @property
    def suffix(self) -> str:
        """Of the names of steps."""
        return "_wide" if self.wide and self.s <= 0 else ""

    def step(self, name: str) -> Step:
        """As a step; `name` names its table."""
        beside = Beside(name, table=Table(table(self.header(), ()), read_header(5)))
        return Step(f"rescale{self.suffix}", lambda k, x, n: self.rescaled(k, cast(x, i32), n), (beside,))


@dataclass(frozen=True, eq=False)
class Product:
    """The product of two codes, rescaled: MUL. `large`: float32 cannot hold it, as those of 16-bit codes."""

    rescale: Rescale
    large: bool = False

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step; `name` names its table."""

        def function(k: KernelBuilder, x: Expr, other: Expr, numbers: tuple[Expr, ...]) -> Expr:
            product = cast(x, i32) * cast(other, i32) if self.large else cast(x * other, i32)
            return self.rescale.rescaled(k, product, numbers)

        beside = Beside(name, table=Table(table(self.rescale.header(), ()), read_header(5)))
        name = f"{'large_' if self.large else ''}product{self.rescale.suffix}"
        return Step(name, function, (operand, beside))


@dataclass(frozen=True, eq=False)
class Sum:
    """ADD and SUB: both operands brought to a common scale with bits to spare, added, and scaled to the output.

    Args:
        first, second, out: (m, s), s <= 0.
        limits: lowest and highest code, less the output's zero point.
        sign: 1, or -1 to subtract the second.
        wide: as `Requantize`.
        left: by how many bits the operands are shifted up first.
    """

    first: tuple[int, int]
    second: tuple[int, int]
    out: tuple[int, int]
    limits: tuple[int, int]
    sign: int
    wide: bool = False
    left: int = 20

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step; `reverse`: the running value is the second operand."""
        mine, other = (self.second, self.first) if reverse else (self.first, self.second)
        signs = (self.sign, 1) if reverse else (1, self.sign)
        scaling = scaled_wide if self.wide else scaled

        def function(k: KernelBuilder, x: Expr, y: Expr, numbers: tuple[Expr, ...]) -> Expr:
            low, high, m, right, mx, rx, my, ry = numbers
            a, b = (
                scaling(k, k.let(cast(v * float(1 << self.left), i32), "left"), vm, vr)
                for v, vm, vr in ((x, mx, rx), (y, my, ry))
            )
            total = k.let((a if signs[0] > 0 else -a) + (b if signs[1] > 0 else -b), "total")
            return cast(clamp(scaling(k, total, m, right), low, high), f32)

        numbers = [*self.limits, *(v for m, s in (self.out, mine, other) for v in (m, -s))]
        values = np.asarray([0, *numbers], np.int64).astype(np.int32)
        beside = Beside(name, table=Table(np.append(values, np.zeros(3, np.int32)), read_header(8)))
        signed = "sum" if signs == (1, 1) else f"sum{'n' if signs[0] < 0 else 'p'}"
        less = f"_left{self.left}" if self.left != LEFT else ""
        return Step(f"{signed}{less}{'_wide' if self.wide else ''}", function, (operand, beside))


@dataclass(frozen=True, eq=False)
class SquaredDifference:
    """SQUARED_DIFFERENCE: both operands brought to a common scale with 7 bits to spare, subtracted, squared, rescaled.

    Args:
        first, second: (m, s), s <= 0.
        rescale: of the squares.
    """

    first: tuple[int, int]
    second: tuple[int, int]
    rescale: Rescale

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step; `reverse`: the running value is the second operand, which makes no difference to the square."""
        mine, other = (self.second, self.first) if reverse else (self.first, self.second)
        scaling = scaled_wide if self.rescale.wide else scaled

        def function(k: KernelBuilder, x: Expr, y: Expr, numbers: tuple[Expr, ...]) -> Expr:
            *rescale, mx, rx, my, ry = numbers
            a, b = (
                scaling(k, k.let(cast(v * float(1 << LEFT_OF_SQUARES), i32), "left"), vm, vr)
                for v, vm, vr in ((x, mx, rx), (y, my, ry))
            )
            difference = k.let(a - b, "difference")
            return self.rescale.rescaled(k, difference * difference, tuple(rescale))

        numbers = (*self.rescale.header(), *(v for m, s in (mine, other) for v in (m, -s)))
        values = np.asarray([0, *numbers, 0, 0], np.int64).astype(np.int32)
        beside = Beside(name, table=Table(values, read_header(9)))
        return Step(f"squared_difference{self.rescale.suffix}", function, (operand, beside))


LEFT_OF_SQUARES = 7
"""Bits by which SQUARED_DIFFERENCE shifts its operands up before it scales them."""
LEFT = 20
"""Bits by which ADD and SUB shift 8-bit operands up before they scale them."""


@dataclass(frozen=True, eq=False)
class Clamp:
    """Codes kept between two limits (less the zero point): a fused activation after a pool."""

    limits: tuple[int, int]

    def step(self, name: str) -> Step:
        """As a step; `name` names its table."""
        beside = Beside(name, table=Table(table(self.limits, ()), read_header(2)))
        return Step("clamp", lambda k, x, numbers: cast(clamp(cast(x, i32), numbers[0], numbers[1]), f32), (beside,))


@dataclass(frozen=True, eq=False)
class RealSum:
    """Sums of codes to codes by float32: (sum + shift) * scale + bias, rounded after each, halves away from zero.

    Args:
        shift: what the zero point has taken from the sum.
        limits: lowest and highest code, less the output's zero point.
    """

    shift: int
    scale: np.float32
    bias: np.float32
    limits: tuple[int, int]

    def step(self, name: str) -> Step:
        """As a step; `name` names its table."""
        reals = np.array([self.scale, self.bias], np.float32).view(np.int32)

        def function(k: KernelBuilder, x: Expr, numbers: tuple[Expr, ...]) -> Expr:
            low, high, shift, scale, bias = numbers
            total = (x + cast(shift, f32)) * bitcast(scale, f32)
            real = k.let(settled(total) + bitcast(bias, f32), "real")
            size = k.let(minimum(absolute(real), float(1 << 24)), "size")
            whole = k.let(floor(size), "whole")
            rounded = cast(select(compare(">=", size - whole, 0.5), whole + 1.0, whole), i32)
            return cast(clamp(select(real < 0, -rounded, rounded), low, high), f32)

        values = table((*self.limits, self.shift, *reals.tolist()), ())
        return Step("real_sum", function, (Beside(name, table=Table(values, read_header(5))),))


assert HEADER % LANES == 0
