"""LEAKY_RELU and PRELU of codes: one scaling of what is not below the zero point, another of what is.

Codes lie as `requantize` says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..language.builder import KernelBuilder
from ..language.expression import Expr, cast, f32, i32, select
from ..language.functions import clamp
from .epilogue import Beside, Step, Table
from .requantize import read_header, scaled_up


@dataclass(frozen=True, eq=False)
class LeakyRelu:
    """x by one multiplier where it is not negative, else by another.

    Args:
        above, below: (m, s).
        limits: lowest and highest code, less the output's zero point.
        sign: -1 if what is scaled by `below` counts negative.
    """

    above: tuple[int, int]
    below: tuple[int, int]
    limits: tuple[int, int]
    sign: int = 1

    def table(self, name: str) -> Beside:
        """What `sloped` takes, as numbers in a table."""
        shifts = (v for m, s in (self.above, self.below) for v in (m, max(-s, 0), max(s, 0)))
        values = np.asarray([0, *self.limits, *shifts, 0, 0, 0], np.int64).astype(np.int32)
        return Beside(name, table=Table(values, read_header(8)))

    def sloped(self, k: KernelBuilder, x: Expr, negative: Expr, numbers: tuple[Expr, ...]) -> Expr:
        """`x` scaled, or `negative` where x is below 0; both int32."""
        low, high, ma, ra, la, mb, rb, lb = numbers
        above, below = scaled_up(k, x, ma, ra, la), scaled_up(k, negative, mb, rb, lb)
        return cast(clamp(select(x < 0, below * self.sign, above), low, high), f32)

    def step(self, name: str) -> Step:
        """As a step; `name` names its table."""

        def function(k: KernelBuilder, x: Expr, numbers: tuple[Expr, ...]) -> Expr:
            whole = k.let(cast(x, i32), "whole")
            return self.sloped(k, whole, whole, numbers)

        return Step("leaky_relu_codes" if self.sign > 0 else "leaky_relu_codes_n", function, (self.table(name),))


@dataclass(frozen=True, eq=False)
class Prelu:
    """x by one multiplier where it is not negative, else its product with a slope by another.

    Args:
        scaling: of x, and of the products.
    """

    scaling: LeakyRelu

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step; `name` names its table, `operand` are the slopes; `reverse`: the running value is the slope."""

        def function(k: KernelBuilder, x: Expr, other: Expr, numbers: tuple[Expr, ...]) -> Expr:
            a, b = (k.let(cast(v, i32), "whole") for v in (x, other))
            return self.scaling.sloped(k, b if reverse else a, k.let(a * b, "product"), numbers)

        return Step(f"prelu_codes{'_r' if reverse else ''}", function, (operand, self.scaling.table(name)))
