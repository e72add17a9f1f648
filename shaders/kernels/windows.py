"""Rules of `cells` over windows: any reduction in any number of dimensions, normalisation across channels, and pooling
that remembers where the maximum was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from ..language.builder import KernelBuilder
from ..language.expression import Expr, cast, compare, constant, equal, f32, i32, select
from ..language.functions import maximum, minimum, power
from .cells import Reader
from .reduce import combine


@dataclass(frozen=True)
class ReduceWindow:
    """What windows of x [any rank] come to, from the second operand on.

    Args:
        kind: "sum", "prod", "max" or "min"; a maximum keeps the later of two where one is NaN.
    """

    kind: str
    window: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]

    @property
    def name(self) -> str:
        return f"window_{self.kind}"

    @property
    def work(self) -> int:
        return prod(self.window)

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, initial = operands
        total = k.var(x.buffer.type, initial(), "total")

        def over(places: tuple[Expr, ...]) -> None:
            d = len(places)
            if d < len(self.window):
                with k.loop(0, self.window[d]) as i:
                    over((*places, k.let(at[d] * self.strides[d] + i * self.dilations[d], "place")))
                return
            k.set(total, self._step(total, x(*places)))

        over(())
        return total

    def _step(self, total: Expr, value: Expr) -> Expr:
        if self.kind in ("max", "min"):
            return select(compare(">=" if self.kind == "max" else "<=", total, value), total, value)
        return combine(self.kind, total, value)


@dataclass(frozen=True)
class LocalResponse:
    """x * (bias + alpha * sum of the squares of the channels up to `radius` away) ^ -beta (Krizhevsky et al. 2012)."""

    channels: int
    radius: int
    bias: float
    alpha: float
    beta: float
    name = "local_response_normalization"

    @property
    def work(self) -> int:
        return 2 * self.radius + 8

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        (x,) = operands
        total = k.var(f32, 0.0, "total")
        first = k.let(maximum(at[-1] - self.radius, 0), "first")
        with k.loop(first, minimum(at[-1] + (self.radius + 1), self.channels)) as i:
            value = x(*at[:-1], i)
            k.set(total, total + value * value)
        return x(*at) * power(self.bias + self.alpha * total, constant(f32, -self.beta))


@dataclass(frozen=True)
class PlaceOfMaximum:
    """Where in its window, as y * width + x in float32, the first largest element of x [n, h, w, c] stands.

    Args:
        window: height and width, which are the strides too.
        size: h and w; what a window covers beyond them does not count.
    """

    window: tuple[int, int]
    size: tuple[int, int]
    name = "place_of_maximum"

    @property
    def work(self) -> int:
        return prod(self.window)

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        (x,) = operands
        corner = [k.let(a * n, "corner") for a, n in zip(at[1:3], self.window, strict=True)]
        best, place = k.var(f32, x(at[0], *corner, at[3]), "best"), k.var(f32, 0, "place")
        for tap in range(1, prod(self.window)):
            row, column = corner[0] + tap // self.window[1], corner[1] + tap % self.window[1]
            with k.when(compare("<", row, self.size[0]) & compare("<", column, self.size[1])):
                value = x(at[0], row, column, at[3])
                with k.when(value > best):
                    k.set(best, value)
                    k.set(place, float(tap))
        return place


@dataclass(frozen=True)
class Unpool:
    """Each value of x [n, h, w, c] at its place in a window of zeros, by the second operand's y * width + x."""

    window: tuple[int, int]
    name = "unpool"
    work = 4

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, places = operands
        height, width = self.window
        source = at[0], k.let(at[1] // height, "row"), k.let(at[2] // width, "column"), at[3]
        here = (at[1] - source[1] * height) * width + (at[2] - source[2] * width)
        return select(equal(cast(places(*source) + 0.5, i32), here), x(*source), constant(f32, 0))
