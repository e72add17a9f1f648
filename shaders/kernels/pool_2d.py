"""Average, maximum and L2 pooling of NHWC pictures. What lies outside the picture never counts."""

from __future__ import annotations

import math

from ..call import KernelCall
from ..conv_window import ConvWindow
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import MAX_FLOAT, Expr, cast, f32, i32, select
from ..language.functions import maximum, minimum, sqrt
from ..layout import LANES, padded
from ..parts.epilogue import NO_STEPS, Epilogue
from ..parts.nest import GROUP, Nest, Place, Walk
from .reduce import combine


def pool_2d(
    device: DeviceClass,
    kind: str,
    window: ConvWindow,
    epilogue: Epilogue = NO_STEPS,
    zero_point: int | None = None,
) -> KernelCall:
    """`y` [N, OH, OW, C] from `x` [N, H, W, C].

    Args:
        kind: "average", "max" or "l2" (square root of the mean of squares).
        window: the geometry; its taps are not dilated.
        epilogue: what is done to each result.
        zero_point: the average of codes, which lie as numbers less this: rounded, halves away from code zero.
    """
    x_shape = window.x_shape
    y_shape = (x_shape[0], *window.y_size, x_shape[3])
    cpu = device is DeviceClass.CPU
    name = f"{'f32' if zero_point is None else 'codes'}_{kind}_pool_2d{epilogue.name}"
    k = KernelBuilder(name, (1, 1, 1) if cpu else (GROUP, 1, 1))
    lanes = 16 if cpu else LANES
    x, y = k.read("x", f32, lanes), k.write("y", f32, lanes)
    bound = epilogue.declare(k, lanes)
    channels = padded(x_shape[3])
    line = x_shape[2] * channels
    tracks = (
        (x_shape[1] * line, 0, 0, 1),
        (y_shape[1] * y_shape[2] * channels, y_shape[2] * channels, channels, 1),
    )
    nest = Nest((*y_shape[:3], channels), tracks)
    walk = Walk(k, nest, device, work=math.prod(window.kernel))
    height, width, row_stride, column_stride = (
        walk.arguments.size(n, v)
        for n, v in (("height", x_shape[1]), ("width", x_shape[2]), ("line", line), ("pixel", channels))
    )
    spans = [
        (walk.arguments.size(f"stride_{n}", s), walk.arguments.size(f"pad_{n}", p), walk.arguments.size(f"size_{n}", w))
        for n, s, p, w in zip("yx", window.stride, window.padding, window.kernel, strict=True)
    ]

    zero = None if zero_point is None else walk.arguments.size("zero_point", zero_point)

    def clip(coordinate: Expr, axis: int, limit: Expr) -> tuple[Expr, Expr]:
        stride, padding, size = spans[axis]
        start = k.let(coordinate * stride - padding, "start")
        return k.let(maximum(start, 0), "first"), k.let(minimum(start + size, limit), "last")

    def body(place: Place) -> None:
        top, bottom = clip(place.coordinates[1], 0, height)
        left, right = clip(place.coordinates[2], 1, width)
        total = k.var(f32.of(place.lanes), -MAX_FLOAT if kind == "max" else 0, "total")
        with k.loop(top, bottom) as row, k.loop(left, right) as column:
            value = k.load(x, place.offsets[0] + row * row_stride + column * column_stride, place.lanes)
            k.set(total, combine("max" if kind == "max" else "sum", total, value * value if kind == "l2" else value))
        result: Expr = total
        if zero is not None and kind == "average":
            result = _average_code(k, total, k.let((bottom - top) * (right - left), "count"), zero)
        elif kind != "max":
            result = total / cast((bottom - top) * (right - left), f32)
        result = sqrt(result) if kind == "l2" else result
        k.store(y, place.offsets[1], bound.apply(k, result, place.offsets[1], place.coordinates[3]))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, epilogue.constants(x_shape[3]))


def _average_code(k: KernelBuilder, total: Expr, count: Expr, zero: Expr) -> Expr:
    """The sum of `count` codes, given less the zero point, divided as LiteRT does: (sum +- count / 2) / count."""
    codes = k.let(cast(total, i32) + zero * count, "codes")
    half = k.let(count // 2, "half")
    return cast(select(codes > 0, codes + half, codes - half) // count - zero, f32)
