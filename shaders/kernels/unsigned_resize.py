"""Bilinear resize of unsigned codes by float32 weights, with LiteRT's roundings, on which the last bit depends.

Source: ResizeBilinear of LiteRT's reference kernels. Codes lie as `requantize` says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.kernels.resize_bilinear import Taps
from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, cast, f32, i32
from ..language.functions import floor, settled
from ..layout import LANES, padded
from ..parts.nest import GROUP, Nest, Place, Walk


def unsigned_resize_bilinear(
    device: DeviceClass, x_shape: Sequence[int], y_shape: Sequence[int], rows: Taps, columns: Taps, zero_point: int
) -> KernelCall:
    """`y` [N, OH, OW, C] from `x` [N, H, W, C], both less a zero point; `rows`, `columns`: where lines come from."""
    cpu = device is DeviceClass.CPU
    k = KernelBuilder("unsigned_resize_bilinear", (1, 1, 1) if cpu else (GROUP, 1, 1))
    lanes = 16 if cpu else LANES
    x, y, table = k.read("x", f32, lanes), k.write("y", f32, lanes), k.constant("table", i32)
    channels = padded(x_shape[3])
    line, y_line = x_shape[2] * channels, y_shape[2] * channels
    tracks = ((x_shape[1] * line, 0, 0, 1), (y_shape[1] * y_line, y_line, channels, 1))
    walk = Walk(k, Nest((*y_shape[:3], channels), tracks), device, work=8)
    height, width = (walk.arguments.size(n, v) for n, v in (("height", y_shape[1]), ("width", y_shape[2])))
    zero = cast(walk.arguments.size("zero_point", zero_point), f32)

    def taps(first: Expr, count: Expr) -> tuple[tuple[Expr, Expr], tuple[Expr, Expr]]:
        """Offset and weight of the line before and of the line after."""
        offsets = [k.load(table, first + count * i) for i in range(4)]
        before, after = (bitcast(offsets[i], f32) for i in (2, 3))
        return (offsets[0], before), (offsets[1], after)

    def body(place: Place) -> None:
        lines, total = taps(place.coordinates[1], height), None
        for column, across in taps(height * 4 + place.coordinates[2], width):
            for row, weight in lines:
                codes = k.load(x, place.offsets[0] + row + column, place.lanes) + zero
                term = k.let(settled(settled(codes * weight) * across), "term")
                total = term if total is None else k.let(settled(total + term), "total")
        assert total is not None
        k.store(y, place.offsets[1], floor(total + 0.5) - zero)

    groups = walk.emit(body)
    constants = {"table": np.concatenate((_lines(rows, line), _lines(columns, channels))).astype(np.int32)}
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, constants)


def _lines(taps: Taps, distance: int) -> np.ndarray:
    weights = [w.astype(np.float32).view(np.int32) for w in (taps.first_weight, taps.second_weight)]
    return np.concatenate((taps.first * distance, taps.second * distance, *weights))
