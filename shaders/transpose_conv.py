"""TRANSPOSE_CONV, gathered: each output pixel collects the taps that reach it.

Output (y, x) receives input ((y + above - ky) / stride, ...) through tap ky wherever that division is exact. So the
outputs of a line fall into `stride` phases that use different taps; a tile is `rows` outputs of one phase of one line,
and its products are those of the convolution's register tile.
"""

from __future__ import annotations

import numpy as np

from .call import KernelCall
from .conv_window import ConvWindow
from .device_class import DeviceClass
from .epilogue import NO_STEPS, Epilogue
from .expression import Expr, cast, f32, select, u32
from .functions import minimum
from .kernel import Kernel
from .language import KernelBuilder
from .layout import ceil_div, padded
from .packing import pack_group_panels
from .select import RegisterTile, plain_tile
from .tile import Product, TileColumns, tile_groups, tile_position, where_needed, zero_sums


def transpose_conv(
    device: DeviceClass,
    window: ConvWindow,
    weights: np.ndarray,
    epilogue: Epilogue = NO_STEPS,
    schedule: RegisterTile | None = None,
) -> KernelCall:
    """Transposed convolution of x [n, h, w, padded(c)] to y [n, oh, ow, padded(o)].

    Args:
        device: which schedules suit the device.
        window: x_shape is the (small) input, y_size the (large) output; stride and padding are those of the forward
            convolution from y to x. Dilation is not supported (TFLite has none).
        weights: float32 [o, kh, kw, c] (OHWI).
        epilogue: applied to y.
        schedule: instead of the default one (for tuners).
    """
    out, _, _, depth = weights.shape
    phase_pixels = ceil_div(window.y_size[1], window.stride[1])
    tile = schedule or plain_tile(device, phase_pixels, padded(out))
    blocks, panels = ceil_div(phase_pixels, tile.rows), ceil_div(padded(out), tile.width)
    row_tiles = window.x_shape[0] * window.y_size[0] * window.stride[1] * blocks
    launch, span = tile_groups(tile, row_tiles, panels)
    sizes = (
        *(row_tiles, blocks, *window.y_size, *window.x_shape[1:3], padded(window.x_shape[3]), *window.padding),
        *(padded(out), depth, panels, span),
    )
    constants = {"weights": pack_group_panels(weights, 1, padded(out), tile.width), **epilogue.constants(out)}
    return KernelCall(transpose_conv_kernel(tile, window, depth % tile.steps, epilogue), sizes, launch, constants)


def transpose_conv_kernel(s: RegisterTile, window: ConvWindow, tail: int, epilogue: Epilogue) -> Kernel:
    """One invocation, one tile; the window's kernel and stride are part of the text, sizes are not."""
    name = f"f32_deconv2d_{window.name}_nhwc_{s.name}" + (f"_tail{tail}" if tail else "")
    k = KernelBuilder(name + epilogue.name, (s.group, 1, 1))
    x, weights = k.read("x", f32, s.steps), k.constant("weights", f32, s.lanes)
    bound, y = epilogue.declare(k, s.lanes), k.write("y", f32, s.lanes)
    row_tiles, blocks, out_height, out_width = k.sizes("row_tiles", "blocks", "out_height", "out_width")
    height, width, channels, above, before = k.sizes("height", "width", "channels", "above", "before")
    columns, depth, panels, span = k.sizes("columns", "depth", "panels", "span")
    tile, panel = tile_position(k, s, panels, span)
    tile = k.let(minimum(tile, row_tiles - 1), "tile")
    rest = k.let(tile // blocks, "rest")
    line = k.let(rest // window.stride[1], "line")
    phase = k.let(rest - line * window.stride[1], "phase")
    first_pixel = k.let((tile - rest * blocks) * s.rows, "pixel")
    image = k.let(line // out_height, "image")
    top = k.let(line - image * out_height + above, "top")
    left = k.let(phase + before, "left")
    column = k.let(minimum(panel * s.width, columns - s.width), "column")
    sums, product = zero_sums(k, s), Product(s, x, weights)
    taps = window.kernel[0] * window.kernel[1]
    with (
        k.loop(top % window.stride[0], window.kernel[0], window.stride[0]) as ky,
        k.loop(left % window.stride[1], window.kernel[1], window.stride[1]) as kx,
    ):
        at = k.let((panel * taps + ky * window.kernel[1] + kx) * depth * s.width, "panel")
        row = k.let((top - ky) // window.stride[0], "y")
        from_column = k.let((left - kx) // window.stride[1] + first_pixel, "x")
        valid = [_inside(k, row, height, from_column + r, width) for r in range(s.rows)]
        places = [((image * height + row) * width + (from_column + r)) * channels for r in range(s.rows)]
        starts = [k.let(select(ok, place, 0), "a") for ok, place in zip(valid, places, strict=True)]
        where_needed(k, s, valid, lambda masks: product.add(k, sums, starts, at, depth, tail, masks))
    across = TileColumns.of(k, s, y, bound, column)
    for r in range(s.rows):
        pixel = k.let((first_pixel + r) * window.stride[1] + phase, "pixel")
        with k.when(pixel < out_width):
            across.store(k, sums[r], k.let((line * out_width + pixel) * columns, "c"))
    return k.finish()


def _inside(k: KernelBuilder, y: Expr, height: Expr, x: Expr, width: Expr) -> Expr:
    return k.let((cast(y, u32) < cast(height, u32)) & (cast(x, u32) < cast(width, u32)), "ok")
