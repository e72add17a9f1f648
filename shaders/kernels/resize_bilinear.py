"""Bilinear resize of NHWC pictures; where each line and column comes from is a table made by the host."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, f32, i32
from ..language.functions import fma
from ..layout import LANES, padded
from ..parts.epilogue import NO_STEPS, Epilogue
from ..parts.nest import GROUP, Nest, Place, Walk


def sources(size: int, made: int, align_corners: bool, half_pixel: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each of `made` lines: the line before, the line after (of `size`), and the weight of the latter.

    TFLite's rule: scale = size / made, or (size - 1) / (made - 1) with aligned corners; the place is i * scale, or
    (i + 0.5) * scale - 0.5 with half pixel centres; all in float32.
    """
    aligned = align_corners and made > 1
    scale = np.float32(size - 1) / np.float32(made - 1) if aligned else np.float32(size) / np.float32(made)
    index = np.arange(made, dtype=np.float32)
    place = (index + np.float32(0.5)) * scale - np.float32(0.5) if half_pixel else index * scale
    before = np.maximum(np.floor(place), 0).astype(np.int32)
    after = np.minimum(np.ceil(place), size - 1).astype(np.int32)
    before = np.minimum(before, size - 1)
    return before, np.maximum(after, 0), (place - before).astype(np.float32)


def resize_bilinear(
    device: DeviceClass,
    x_shape: Sequence[int],
    y_shape: Sequence[int],
    align_corners: bool = False,
    half_pixel_centers: bool = False,
    epilogue: Epilogue = NO_STEPS,
) -> KernelCall:
    """`y` [N, OH, OW, C] from `x` [N, H, W, C]."""
    cpu = device is DeviceClass.CPU
    k = KernelBuilder(f"f32_resize_bilinear{epilogue.name}", (1, 1, 1) if cpu else (GROUP, 1, 1))
    lanes = 16 if cpu else LANES
    x, y = k.read("x", f32, lanes), k.write("y", f32, lanes)
    offsets, weights = k.constant("offsets", i32), k.constant("weights", f32)
    bound = epilogue.declare(k, lanes)
    channels = padded(x_shape[3])
    line = x_shape[2] * channels
    flags = align_corners, half_pixel_centers
    (top, bottom, down), (left, right, across) = (sources(x_shape[a], y_shape[a], *flags) for a in (1, 2))
    y_line = y_shape[2] * channels
    tracks = ((x_shape[1] * line, 0, 0, 1), (y_shape[1] * y_line, y_line, channels, 1))
    walk = Walk(k, Nest((*y_shape[:3], channels), tracks), device, work=6)
    height, width = (walk.arguments.size(n, v) for n, v in (("height", y_shape[1]), ("width", y_shape[2])))

    def body(place: Place) -> None:
        _, row, column, channel = place.coordinates
        rows = [k.load(offsets, row + i * height) for i in range(2)]
        columns = [k.load(offsets, 2 * height + column + i * width) for i in range(2)]
        share_y, share_x = k.load(weights, row), k.load(weights, height + column)
        corners = [[k.load(x, place.offsets[0] + r + c, place.lanes) for c in columns] for r in rows]
        edges = [k.let(_mix(pair[0], pair[1], share_x), "edge") for pair in corners]
        result = _mix(edges[0], edges[1], share_y)
        k.store(y, place.offsets[1], bound.apply(k, result, place.offsets[1], channel))

    groups = walk.emit(body)
    constants = {
        "offsets": np.concatenate([top * line, bottom * line, left * channels, right * channels]).astype(np.int32),
        "weights": np.concatenate([down, across]),
        **epilogue.constants(x_shape[3]),
    }
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, constants)


def _mix(a: Expr, b: Expr, share: Expr) -> Expr:
    """a + (b - a) * share."""
    return fma(b - a, share, a)
