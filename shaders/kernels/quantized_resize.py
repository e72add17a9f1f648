"""Bilinear resize of signed codes, with 10-bit weights. Codes lie as `requantize` says.

Source: ResizeBilinearInteger of LiteRT's reference kernels. The sum of four weighted 8-bit codes stays in 32 bits; of
16-bit ones the high and the low bytes are added up apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, cast, equal, f32, i32, select
from ..layout import LANES, padded
from ..parts.nest import GROUP, Nest, Place, Walk

ONE = 1 << 10
"""1 in the weights' fixed point."""


def integer_sources(
    size: int, made: int, align_corners: bool, half_pixel: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each of `made` lines: the line before, the line after (of `size`), and the weight of the latter."""
    scale = ((size << 10) + made // 2) // made
    if align_corners and made > 1:
        scale = (((size - 1) << 10) + (made - 1) // 2) // (made - 1)
    place = np.arange(made, dtype=np.int64) * scale + (scale // 2 - ONE // 2 if half_pixel else 0)
    before = np.maximum(place, 0) // ONE
    after = np.minimum((place + ONE - 1) // ONE, size - 1)
    return np.minimum(before, size - 1), np.maximum(after, 0), place - ONE * before


def quantized_resize_bilinear(
    device: DeviceClass,
    x_shape: Sequence[int],
    y_shape: Sequence[int],
    flags: tuple[bool, bool],
    zero_point: int,
    short: bool = False,
) -> KernelCall:
    """`y` [N, OH, OW, C] from `x` [N, H, W, C], both less a zero point.

    Args:
        flags: align_corners, half_pixel_centers.
        short: the codes have 16 bits.
    """
    cpu = device is DeviceClass.CPU
    k = KernelBuilder(f"{'shorts' if short else 'codes'}_resize_bilinear", (1, 1, 1) if cpu else (GROUP, 1, 1))
    lanes = 16 if cpu else LANES
    x, y, table = k.read("x", f32, lanes), k.write("y", f32, lanes), k.constant("table", i32)
    channels = padded(x_shape[3])
    line, y_line = x_shape[2] * channels, y_shape[2] * channels
    (top, bottom, down), (left, right, across) = (integer_sources(x_shape[a], y_shape[a], *flags) for a in (1, 2))
    tracks = ((x_shape[1] * line, 0, 0, 1), (y_shape[1] * y_line, y_line, channels, 1))
    walk = Walk(k, Nest((*y_shape[:3], channels), tracks), device, work=8)
    height, width = (walk.arguments.size(n, v) for n, v in (("height", y_shape[1]), ("width", y_shape[2])))
    zero = walk.arguments.size("zero_point", zero_point)

    def body(place: Place) -> None:
        row, column = place.coordinates[1:3]
        rows = [k.load(table, row + height * i) for i in range(3)]
        columns = [k.load(table, height * 3 + column + width * i) for i in range(3)]
        total = k.var(i32.of(place.lanes), 1 << 11 if short else 1 << 19, "total")
        low = k.var(i32.of(place.lanes), 0, "low") if short else total
        for r, down_weight in ((rows[0], ONE - rows[2]), (rows[1], rows[2])):
            for c, across_weight in ((columns[0], ONE - columns[2]), (columns[1], columns[2])):
                codes = cast(k.load(x, place.offsets[0] + r + c, place.lanes), i32) + zero
                weight = k.let(down_weight * across_weight, "weight") if short else down_weight * across_weight
                if short:
                    k.set(low, low + (codes & 255) * weight)
                k.set(total, total + (codes >> 8 if short else codes) * weight)
        rounded = _of_shorts(k, total, low) if short else (total + ((total - (1 << 19)) >> 31)) >> 20
        k.store(y, place.offsets[1], cast(rounded - zero, f32))

    groups = walk.emit(body)
    parts = (top * line, bottom * line, down, left * channels, right * channels, across)
    constants = {"table": np.concatenate(parts).astype(np.int32)}
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, constants)


def _of_shorts(k: KernelBuilder, high: Expr, low: Expr) -> Expr:
    """(256 high + low) / 2**20, the half in it already: halves away from zero."""
    whole = k.let(high + (low >> 8), "whole")
    down = (whole < (1 << 11)) & equal(low & 255, 0)
    return k.let((whole - select(down, whole.lift(1), 0)) >> 12, "rounded")
