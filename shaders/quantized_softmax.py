"""SOFTMAX of 8-bit codes along the innermost axis, in gemmlowp's fixed point.

Codes lie as `requantize` says. One invocation takes a row. The exponentials come from a table by the distance of a code
to the row's largest; the reciprocal of their sum is Newton's, as in gemmlowp's `one_over_one_plus_x_for_x_in_0_1`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .call import KernelCall
from .device_class import DeviceClass
from .expression import Expr, bitcast, cast, f32, i32, select, u32
from .functions import clamp, maximum, minimum
from .language import KernelBuilder
from .layout import padded
from .nest import GROUP, Nest, Place, Walk
from .requantize import saturating_high_of_any

DISTANCES = 256
"""Distances of two 8-bit codes."""
SUM_BITS = 12
"""Integer bits of the sum of exponentials."""
LONGEST_ROW = 4095
"""With more elements the sum might leave 31 bits."""


def quantized_softmax(device: DeviceClass, shape: Sequence[int], exponentials: np.ndarray, offset: int) -> KernelCall:
    """`y` = softmax codes of `x` along the last axis of [shape], at most `LONGEST_ROW` long.

    Args:
        exponentials: int [256], exp of minus each distance, with 31 fraction bits; 0 where it does not count.
        offset: the lowest code of the output less its zero point.
    """
    count, rows = shape[-1], math.prod(shape[:-1])
    k = KernelBuilder("codes_softmax", (1, 1, 1) if device is DeviceClass.CPU else (GROUP, 1, 1))
    x, y, table = k.read("x", f32), k.write("y", f32), k.constant("table", i32)
    walk = Walk(k, Nest((rows,), ((padded(count),),)), device, vectors=False, work=20 * count)
    length, lowest = walk.arguments.size("length", count), walk.arguments.size("lowest", offset)

    def body(place: Place) -> None:
        at = place.offsets[0]
        highest = k.var(f32, k.load(x, at, 1), "highest")
        with k.loop(1, length) as i:
            k.set(highest, maximum(highest, k.load(x, at + i, 1)))

        def distance(i: Expr) -> Expr:
            return k.let(clamp(cast(highest - k.load(x, at + i, 1), i32), 0, DISTANCES - 1), "distance")

        total = k.var(i32, 0, "total")
        with k.loop(0, length) as i:
            k.set(total, total + k.load(table, distance(i) + DISTANCES, 1))
        zeros = k.let(leading_zeros(k, total), "zeros")
        inverse = one_over_one_plus(k, (bitcast(total, u32) << bitcast(zeros, u32)) & 0x7FFFFFFF)
        shift = k.let(SUM_BITS - zeros + (31 - 8), "shift")
        with k.loop(0, length) as i:
            product = saturating_high_of_any(k, inverse, k.load(table, distance(i), 1))
            code = ((product >> (minimum(shift, 31) - 1)) + 1) >> 1
            k.store(y, at + i, cast(minimum(select(shift > 31, 0, code), 255) + lowest, f32))

    groups = walk.emit(body)
    exp = np.asarray(exponentials, np.int64)
    half = 1 << (SUM_BITS - 1)
    values = np.concatenate([exp, (exp + half) >> SUM_BITS]).astype(np.int32)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, {"table": values})


def leading_zeros(k: KernelBuilder, x: Expr) -> Expr:
    """Zero bits above the highest set bit of a positive i32."""
    zeros, rest = k.var(i32, 1, "zeros"), k.var(i32, x, "rest")
    for step in (16, 8, 4, 2, 1):
        low = k.let(rest < (1 << (31 - step)), "low")
        k.set(zeros, select(low, zeros + step, zeros))
        k.set(rest, select(low, rest << step, rest))
    return zeros


def one_over_one_plus(k: KernelBuilder, a: Expr) -> Expr:
    """1 / (1 + a) with 31 fraction bits, of a u32 below 2**31 that stands for [0, 1) with 31 fraction bits."""
    half = k.let(bitcast((a + 0x80000000) >> 1, i32), "half")
    x = k.let(saturating_high_of_any(k, half, half.lift(-1010580540)) + 1515870810, "x")
    for _ in range(3):
        error = k.let((1 << 29) - saturating_high_of_any(k, half, x), "error")
        x = k.let(x + (saturating_high_of_any(k, x, error) << 2), "x")
    return k.let(select(x >= (1 << 30), 0x7FFFFFFF, x << 1), "inverse")
