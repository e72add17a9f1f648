"""Rules of `cells` over windows: any reduction in any number of dimensions, and normalisation across channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from .cells import Reader
from .expression import Expr, compare, constant, f32, select
from .functions import maximum, minimum, power
from .language import KernelBuilder
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
