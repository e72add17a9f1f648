"""What the products of a tile are made of: float32, or as a subclass has it.

A tile multiplies values of its rows by vectors of weights. How, and what else that takes, is the arithmetic's business;
where the values lie is the tile's (`tile`, `lane_tile`, `matmul`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..language.builder import KernelBuilder
from ..language.expression import Expr, Operand, Type, f32
from ..language.functions import fma, mask_lanes, masked
from ..language.kernel import Buffer

Sums = list[list[Expr]]
"""Of each row of a tile, its vectors."""


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """Products of float32.

    Args:
        nothing: what counts as a value of a row that is not valid; None: that adds nothing to the sums.
    """

    nothing: Expr | None = None

    @property
    def type(self) -> Type:
        """Kind of the sums."""
        return f32

    def multiplied(self, total: Expr, left: Expr, right: Expr) -> Expr:
        """`total` plus the products of a value of a row with a vector of weights."""
        return fma(left, right, total)

    def masked(self, value: Expr, valid: Expr) -> Expr:
        """What was loaded of a row, or what counts as nothing where that is not `valid`."""
        return masked(value, valid)

    def cut(self, value: Expr, count: Operand) -> Expr:
        """The first `count` values of a row; what is multiplied by weights that are zero in place of the others."""
        return mask_lanes(value, count)

    def also(self, k: KernelBuilder, row: int, left: Expr) -> None:
        """What else is done with the values that were loaded of a row of the tile; as a rule nothing."""

    def finished(
        self, k: KernelBuilder, sums: Sums, column: Expr, starts: Sequence[int], vectors: Sequence[int]
    ) -> Sums:
        """The sums of a tile that starts at `column`, with all products in them; its vectors begin at `starts`."""
        return sums


FLOATS = Arithmetic()
"""float32 by float32."""


@dataclass(frozen=True)
class Operands:
    """What a tile multiplies.

    Args:
        kind: as part of kernel names.
        declare: declares the bindings; called with (builder, values that one load of x brings, lanes of the weights,
            rows of the tile), gives (x, weights, arithmetic).
    """

    kind: str
    declare: Callable[[KernelBuilder, int, int, int], tuple[Buffer, Buffer, Arithmetic]]


def _floats(k: KernelBuilder, steps: int, lanes: int, rows: int) -> tuple[Buffer, Buffer, Arithmetic]:
    return k.read("x", f32, steps), k.constant("weights", f32, lanes), FLOATS


FLOAT_OPERANDS = Operands("f32", _floats)
"""Of `FLOATS`."""
