"""Rules of `cells` for SVDF (Nakkiran et al. 2015): a rank-decomposed filter over the last inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..language.builder import KernelBuilder
from ..language.expression import Expr, cast, constant, equal, f32, i32, select
from ..language.functions import clamp, fma, minimum
from ..parts.integer import add, multiply
from ..parts.requantize import scaled_up
from .cells import Reader
from .rnn import activated


@dataclass(frozen=True)
class SvdfState:
    """The new state [batch, filters * memory] from the present features [batch, filters] and the state before: each
    filter forgets the oldest of `memory` features."""

    filters: int
    memory: int
    name = "svdf_state"
    work = 3

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        features, state = operands
        batch, place = at
        filter_, age = k.let(place // self.memory, "filter"), k.let(place % self.memory, "age")
        later = state(batch, minimum(place + 1, self.filters * self.memory - 1))
        return select(equal(age, self.memory - 1), features(batch, filter_), later)


@dataclass(frozen=True)
class SvdfOutput:
    """activation(sum of state * times + bias): the new state [batch, units * span] and the weights over time [units,
    span], where a unit spans the memories of its filters; the bias, if any, is the element after them."""

    span: int
    bias: bool
    activation: str
    name = "svdf"

    @property
    def work(self) -> int:
        return 2 * self.span

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        state, times = operands
        batch, unit = at
        total = k.var(f32, times(unit, constant(i32, self.span)) if self.bias else 0, "total")
        with k.loop(0, self.span) as j:
            k.set(total, fma(state(batch, unit * self.span + j), times(unit, j), total))
        return activated(k, self.activation, total)


@dataclass(frozen=True)
class SvdfCodes:
    """As `SvdfOutput`, of 16-bit state and weights, to codes less their zero point; sums wrap at 32 bits.

    The third operand holds the lowest and highest code, and the multiplier: m, shift to the right and to the left.
    Source: EvalIntegerSVDF of LiteRT's reference kernels.
    """

    span: int
    bias: bool
    name = "svdf_codes"

    @property
    def work(self) -> int:
        return 2 * self.span

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        state, times, scaling = operands
        batch, unit = at
        total = k.var(i32, times(unit, constant(i32, self.span)) if self.bias else 0, "total")
        with k.loop(0, self.span) as j:
            past = cast(state(batch, unit * self.span + j), i32)
            k.set(total, add(total, multiply(past, times(unit, j))))
        low, high, m, right, left = (scaling(constant(i32, i)) for i in range(5))
        return cast(clamp(scaled_up(k, total, m, right, left), low, high), f32)
