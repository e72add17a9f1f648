"""Layer normalization of 16-bit gates in the LSTM cell of codes, bit by bit as LiteRT computes it.

Sums of squares and the variance have 64 bits, which are pairs of words here. Sources: ApplyLayerNorm of LiteRT's
tensor utilities, GetInvSqrtQuantizedMultiplierExp (`core.arithmetic.fixed_point.inverse_sqrt` has the same).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, constant, equal, i32, select, u32
from ..language.functions import absolute, multiply_high
from ..parts.integer import HIGHEST, LOWEST, add, multiply
from ..parts.nest import AXES, Arguments
from ..parts.requantize import saturating_high_of_any, scaled_up
from .lstm_integer import TABLES, IntegerLstmCell, Scaling, saturated
from .recurrent import Frame, Spot, Step, scalar

SHIFT = 10
"""Bits of fraction that numbers gain while they are normalized."""
SHARE_BITS = 20
"""Bits of fraction of the variance before it is rounded down."""


@dataclass(frozen=True)
class IntegerSums:
    """Leaves the gates' 16-bit sums to the next launch."""

    cell: IntegerLstmCell

    @property
    def name(self) -> str:
        return "code_sums"

    def declare(self, arguments: Arguments) -> tuple[Expr, ...]:
        """Those of the cell."""
        return self.cell.declare(arguments)

    def finish(self, spot: Spot, sums: Sequence[Expr], entering: Sequence[Expr]) -> None:
        for gate, (total, added) in enumerate(zip(sums, entering, strict=True)):
            spot.store(spot.scratch + spot.units * gate, self.cell.gate(spot, gate, total, added))


@dataclass(frozen=True)
class Norms:
    """What the gates are normalized with.

    Args:
        scalings: of each gate's result. guards: what stands for a variance below 1.
    """

    scalings: tuple[Scaling, ...]
    guards: tuple[int, ...]


def normalized_codes(
    device: DeviceClass, cell: IntegerLstmCell, norms: Norms, vectors: np.ndarray, step: Step, part: str
) -> KernelCall:
    """The launch that normalizes what `IntegerSums` has left, and makes the state ("state") or the output ("output").

    Args:
        vectors: int32, flat: the tables and peepholes of the cell, then each gate's factors, then each gate's bias.
    """
    trace, gates = cell.trace, len(cell.gates)
    units = trace.sums // gates
    f = Frame(f"{cell.name}_normalized_{part}", device, trace, units, vectors, 1, "i32")
    f.open(step)
    numbers = cell.declare(f.arguments)
    count = scalar(f.arguments, "true_units", trace.units)
    share = scalar(f.arguments, "share", (1 << SHARE_BITS) // trace.units)
    chosen = range(gates - 1) if part == "state" else range(gates - 1, gates)
    own = {g: _declare(f.arguments, AXES[g], norms.scalings[g], norms.guards[g]) for g in chosen}
    f.locate()

    def body() -> None:
        spot = f.spot(f.sequences[0], numbers)
        made = [_Norm(cell, spot, count, share, g, own[g])() for g in chosen]
        if part == "state":
            cell.store_state(spot, made)
        else:
            cell.store_output(spot, made[0], spot.load(spot.after + numbers[0]), made[0])

    return f.call(body)


def _declare(arguments: Arguments, letter: str, scaling: Scaling, guard: int) -> tuple[Expr, ...]:
    """A gate's multiplier, its shifts to the right and to the left, and the guard."""
    m, s = scaling
    numbers = {"m": m, "right": max(-s, 0), "left": max(s, 0), "guard": guard}
    return tuple(scalar(arguments, f"norm_{letter}_{name}", value) for name, value in numbers.items())


@dataclass(frozen=True, eq=False)
class _Norm:
    """A gate's sums, with peepholes, normalized over the true units of a sequence."""

    cell: IntegerLstmCell
    spot: Spot
    count: Expr
    share: Expr
    gate: int
    numbers: tuple[Expr, ...]

    def __call__(self) -> Expr:
        """Those of the spot's units."""
        spot, k, (m, right, left, guard) = self.spot, self.spot.k, self.numbers
        mean, variance = self._moments()
        factor, shift = inverse_sqrt(k, select(variance < 1, guard, variance))
        centred = k.let((self._value(spot) << SHIFT) - mean, "centred")
        scaled = scaled_up(k, centred, factor, shift, constant(i32, 0))
        rows = len(self.cell.peepholes) + self.gate
        weights, bias = (self._vector(rows), self._vector(rows + len(self.cell.gates)))
        shifted = k.let(add(multiply(scaled, weights), bias), "shifted")
        size = bitcast((bitcast(absolute(shifted), u32) + (1 << (SHIFT - 1))) >> SHIFT, i32)
        rounded = k.let(select(shifted < 0, -size, size), "rounded")
        return k.let(saturated(scaled_up(k, rounded, m, right, left)), "normalized")

    def _vector(self, row: int) -> Expr:
        spot = self.spot
        assert spot.vectors is not None
        return spot.k.load(spot.vectors, TABLES + spot.units * row + spot.unit, spot.lanes)

    def _value(self, spot: Spot) -> Expr:
        """The gate's sum with its peephole."""
        cell, last = self.cell, self.gate == len(self.cell.gates) - 1
        total = spot.load(spot.scratch + spot.units * self.gate)
        if not cell.peepholes:
            return total
        state = spot.load(spot.after + spot.numbers[0]) if last else cell.before(spot)
        return cell.peeped(spot, total, self.gate - len(cell.gates), state)

    def _moments(self) -> tuple[Expr, Expr]:
        """The mean with `SHIFT` bits of fraction, and the variance, 0 where it is negative."""
        k, count = self.spot.k, self.count
        total, low, high = k.var(i32, 0, "total"), k.var(u32, 0, "low"), k.var(u32, 0, "high")
        with k.loop(0, count) as unit:
            value = k.let(self._value(replace(self.spot, unit=unit, lanes=1)), "value")
            square = k.let(bitcast(value * value, u32), "square")
            k.set(total, total + value)
            k.set(low, low + square)
            k.set(high, high + select(low < square, high.lift(1), 0))
        whole = k.let(total // count, "whole")
        rest = k.let(total - whole * count, "rest")
        mean = k.let((whole << SHIFT) + (rest << SHIFT) // count, "mean")
        share, size = bitcast(self.share, u32), k.let(bitcast(absolute(mean), u32), "size")
        squares = k.let(low * share, "squares"), k.let(multiply_high(low, share) + high * share, "squares")
        taken = k.let(size * size, "taken"), k.let(multiply_high(size, size), "taken")
        borrow = select(squares[0] < taken[0], low.lift(1), 0)
        left = k.let(squares[0] - taken[0], "left"), k.let(squares[1] - taken[1] - borrow, "left")
        negative = (squares[1] < taken[1]) | (equal(squares[1], taken[1]) & (squares[0] < taken[0]))
        variance = bitcast((left[1] << (32 - SHARE_BITS)) | (left[0] >> SHARE_BITS), i32)
        return mean, k.let(select(negative, variance.lift(0), variance), "variance")


def inverse_sqrt(k: KernelBuilder, x: Expr) -> tuple[Expr, Expr]:
    """(m, right) with 1 / sqrt(x) = m * 2**(-31 - right), of x >= 1 below 2**31, by Newton's method in fixed point."""
    large = x >= 1 << 29
    scaled, shift = k.var(i32, select(large, x >> 2, x), "scaled"), k.var(i32, select(large, x.lift(12), 11), "shift")
    with k.loop(0, 14):
        small = k.let(scaled < 1 << 27, "small")
        k.set(scaled, select(small, scaled << 2, scaled))
        k.set(shift, select(small, shift - 1, shift))
    half, result = k.let(((scaled >> 1) + 1) >> 1, "half"), k.var(i32, 1 << 28, "result")
    three_halves = constant(i32, (1 << 28) + (1 << 27))
    with k.loop(0, 5):
        square = saturating_high_of_any(k, result, result)
        cube = _shifted(k, saturating_high_of_any(k, square, result), 6)
        rest = saturating_high_of_any(k, result, three_halves) - saturating_high_of_any(k, cube, half)
        k.set(result, _shifted(k, rest, 3))
    made = saturating_high_of_any(k, result, constant(i32, 1518500250))
    up = k.let(select(shift < 0, -shift, 0), "up")
    wide = k.let(bitcast(bitcast(made, u32) << bitcast(up, u32), i32), "wide")
    one = x <= 1
    right = select(one | (shift < 0), x.lift(0), shift)
    return k.let(select(one, wide.lift(HIGHEST), wide), "m"), k.let(right, "right")


def _shifted(k: KernelBuilder, x: Expr, left: int) -> Expr:
    """x * 2**left; what does not fit saturates."""
    x = k.let(x, "x")
    most, least = HIGHEST >> left, LOWEST >> left
    return k.let(select(x > most, x.lift(HIGHEST), select(x < least, x.lift(LOWEST), x << left)), "shifted")
