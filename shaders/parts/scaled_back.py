"""Sums of codes that were made of floats when a model ran, scaled back to floats: see `kernels.dynamic_range`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, cast, f32, i32
from ..language.functions import settled
from .epilogue import Beside, Step, Table
from .requantize import read_rows, table

INVERSE, ZERO, SCALE = 0, 1, 2
"""Places of a row's numbers: 1 / scale, the zero point, the scale."""


def scaled_back(k: KernelBuilder, total: Expr, factor: Expr, scale: Expr, bias: Expr | None, chained: bool) -> Expr:
    """A sum of codes to floats, each product and sum rounded."""
    made = k.let(settled(settled(total * factor) * scale if chained else total * settled(factor * scale)), "product")
    return made if bias is None else made + bias


@dataclass(frozen=True, eq=False)
class ScaledBack:
    """As `scaled_sums`, of one row: a step of the kernel that makes the sums.

    Attributes:
        wholes: int64 [channels], the sums of each channel's weights, if the sums that come are of codes with the row's
            zero point in them.
        excess: int64 [channels], by how much the sums that come are too large besides.
    """

    factors: np.ndarray
    bias: np.ndarray | None
    chained: bool
    wholes: np.ndarray | None = None
    excess: np.ndarray | None = None

    def less(self, excess: np.ndarray) -> ScaledBack:
        """The same for sums that are too large."""
        return replace(self, excess=excess)

    def step(self, name: str, operand: Beside, reverse: bool) -> Step:
        """As a step; `name` names its table, `operand` the numbers of the row."""
        reals = [self.factors] if self.bias is None else [self.factors, self.bias]
        rows = [np.asarray(row, np.float32).view(np.int32) for row in reals]
        rows += [row for row in (self.excess, self.wholes) if row is not None]

        def function(k: KernelBuilder, x: Expr, numbers: tuple[Expr, ...], read: tuple[Expr, ...]) -> Expr:
            factor, *bias = (k.let(bitcast(row, f32), "row") for row in read[: len(reals)])
            total, rest = x, read[len(reals) :]
            if rest:
                less = rest[0] if self.excess is not None else rest[0].lift(0)
                less = less if self.wholes is None else less + rest[-1] * cast(numbers[1], i32)
                total = k.let(cast(cast(x, i32) - less, f32), "total")
            return scaled_back(k, total, factor, numbers[0], bias[0] if bias else None, self.chained)

        beside = Beside(name, table=Table(table((), rows), read_rows(0, len(rows)), wide=True))
        kind = f"scaled_back{'_chained' if self.chained else ''}{'' if self.bias is None else '_bias'}"
        kind += ("" if self.excess is None else "_less") + ("" if self.wholes is None else "_zero")
        numbers_of_row = (SCALE,) if self.wholes is None else (SCALE, ZERO)
        return Step(kind, function, (Beside(operand.name, single=numbers_of_row), beside))
