"""SOFTMAX of 16-bit codes along the innermost axis, as LiteRT's reference kernel has it.

Codes lie as `requantize` says, their zero point is 0. Exponentials and reciprocals come from tables.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, cast, f32, i32, u32
from ..language.functions import clamp, maximum
from ..layout import padded
from ..parts.nest import GROUP, Nest, Walk
from ..parts.team import ALONE, LONG_ROW, RowTeam, Team, row_groups
from .quantized_softmax import leading_zeros

LAST = (1 << 16) - 1
"""Last entry of each table."""
HIGHEST = (1 << 15) - 1
LONGEST_ROW = 1 << 16
"""With more elements the sum of exponentials, each at most `HIGHEST`, would leave 31 bits."""


def wide_softmax(
    device: DeviceClass, shape: Sequence[int], exponentials: np.ndarray, inverses: np.ndarray
) -> KernelCall:
    """`y` = softmax codes of `x` along the last axis of [shape], at most `LONGEST_ROW` long.

    Args:
        exponentials: int [65536], by how far a code lies below its row's largest.
        inverses: int [65536], 1 / (1 + v) for v from 0 to 1.
    """
    count, rows = shape[-1], math.prod(shape[:-1])
    shared, cpu = device is DeviceClass.GPU and count >= LONG_ROW, device is DeviceClass.CPU
    k = KernelBuilder(f"shorts_softmax{f'_wg{GROUP}' if shared else ''}", (1, 1, 1) if cpu else (GROUP, 1, 1))
    row = _Row(k)
    constants = {"exponentials": exponentials.astype(np.int32), "inverses": inverses.astype(np.int32)}
    if shared:
        length, stride, last, span = k.sizes("length", "stride", "last", "span")
        team, groups = RowTeam(k), row_groups(rows)
        row.softmax(k.let(team.row(last, span) * stride, "at"), length, team)
        return KernelCall(k.finish(), (count, padded(count), rows - 1, groups[0]), groups, constants)
    walk = Walk(k, Nest((rows,), ((padded(count),),)), device, vectors=False, work=20 * count)
    length = walk.arguments.size("length", count)
    groups = walk.emit(lambda place: row.softmax(place.offsets[0], length, ALONE))
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, constants)


class _Row:
    """The bindings, and what is done to a row."""

    def __init__(self, k: KernelBuilder) -> None:
        self.k, self.x, self.y = k, k.read("x", f32), k.write("y", f32)
        self.exp, self.inverse = k.constant("exponentials", i32), k.constant("inverses", i32)

    def softmax(self, at: Expr, length: Expr, team: Team) -> None:
        """Of the row that begins at an offset."""
        k, x = self.k, self.x
        highest = k.var(f32, k.load(x, at), "highest")
        with team.loop(k, 1, length) as i:
            k.set(highest, maximum(highest, k.load(x, at + i)))
        team.join(k, highest, maximum)

        def exponential(i: Expr) -> Expr:
            return k.load(self.exp, k.let(clamp(cast(highest - k.load(x, at + i), i32), 0, LAST), "distance"))

        total = k.var(i32, 0, "total")
        with team.loop(k, 0, length) as i:
            k.set(total, total + exponential(i))
        team.join(k, total, operator.add)
        zeros = k.let(leading_zeros(k, total), "zeros")
        shifted = (bitcast(total, u32) << bitcast(zeros - 1, u32)) + (1 << 13)
        factor = k.load(self.inverse, k.let(clamp(bitcast(shifted >> 14, i32) - LAST - 1, 0, LAST), "index"))
        with team.loop(k, 0, length) as i:
            scaled = (exponential(i) * factor + ((zeros.lift(1) << (31 - zeros)) >> 1)) >> (31 - zeros)
            k.store(self.y, at + i, cast(clamp(scaled, 0, HIGHEST), f32))
