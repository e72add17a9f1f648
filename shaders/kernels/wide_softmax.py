"""SOFTMAX of 16-bit codes along the innermost axis, as LiteRT's reference kernel has it.

Codes lie as `requantize` says, their zero point is 0. Exponentials and reciprocals come from tables.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, cast, f32, i32, u32
from ..language.functions import clamp, maximum
from ..layout import padded
from ..parts.nest import GROUP, Nest, Place, Walk
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
    k = KernelBuilder("shorts_softmax", (1, 1, 1) if device is DeviceClass.CPU else (GROUP, 1, 1))
    x, y = k.read("x", f32), k.write("y", f32)
    exp, inverse = k.constant("exponentials", i32), k.constant("inverses", i32)
    walk = Walk(k, Nest((rows,), ((padded(count),),)), device, vectors=False, work=20 * count)
    length = walk.arguments.size("length", count)

    def body(place: Place) -> None:
        at = place.offsets[0]
        highest = k.var(f32, k.load(x, at), "highest")
        with k.loop(1, length) as i:
            k.set(highest, maximum(highest, k.load(x, at + i)))

        def exponential(i: Expr) -> Expr:
            return k.load(exp, k.let(clamp(cast(highest - k.load(x, at + i), i32), 0, LAST), "distance"))

        total = k.var(i32, 0, "total")
        with k.loop(0, length) as i:
            k.set(total, total + exponential(i))
        zeros = k.let(leading_zeros(k, total), "zeros")
        shifted = (bitcast(total, u32) << bitcast(zeros - 1, u32)) + (1 << 13)
        factor = k.load(inverse, k.let(clamp(bitcast(shifted >> 14, i32) - LAST - 1, 0, LAST), "index"))
        with k.loop(0, length) as i:
            scaled = (exponential(i) * factor + ((zeros.lift(1) << (31 - zeros)) >> 1)) >> (31 - zeros)
            k.store(y, at + i, cast(clamp(scaled, 0, HIGHEST), f32))

    groups = walk.emit(body)
    constants = {"exponentials": exponentials.astype(np.int32), "inverses": inverses.astype(np.int32)}
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, constants)
