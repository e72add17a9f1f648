"""CONV_2D on a GPU by workgroup tiles: for each tap and each block of channels a group stages its pixels' values and
the weights in workgroup memory, so that memory is read in whole lines, once for the tile.

Weights are packed as panels [panels, taps, channels in whole blocks, width].
"""

from __future__ import annotations

from dataclasses import replace

from ..call import KernelCall
from ..conv_window import ConvWindow
from ..language.expression import Expr, cast, select, u32
from ..language.functions import minimum
from ..language.kernel import Kernel
from ..layout import ceil_div, padded
from ..parts.arithmetic import Operands
from ..parts.epilogue import Epilogue
from ..parts.group_tile import GroupProduct
from ..schedules.select import GroupTile
from .matmul import Factor


def conv_2d_group(
    t: GroupTile, window: ConvWindow, factor: Factor, epilogue: Epilogue, scalars: tuple[int, ...] = ()
) -> KernelCall:
    """Convolution of all channels; arguments as those of `tile_call`."""
    columns = padded(factor.columns)
    tile = replace(t, columns=min(t.columns, columns), depth=min(t.depth, padded(factor.depth)))
    blocks = ceil_div(factor.depth, tile.depth)
    constants = factor.filled(tile.columns, epilogue, blocks * tile.depth)
    kernel = conv_2d_group_kernel(tile, window, epilogue, factor.operands, factor.steps)
    sizes = (
        *(*scalars, window.pixels, *window.y_size, *window.x_shape[1:3], factor.stride, *window.padding),
        *(columns, factor.depth, blocks),
    )
    groups = (ceil_div(columns, tile.columns), ceil_div(window.pixels, t.rows), 1)
    return KernelCall(kernel, sizes, groups, constants)


def conv_2d_group_kernel(
    t: GroupTile, window: ConvWindow, epilogue: Epilogue, operands: Operands, steps: int
) -> Kernel:
    """A workgroup computes t.rows pixels x t.columns channels; the window's kernel, stride and dilation are part of the
    text, sizes are not."""
    product = GroupProduct(f"{operands.kind}_conv2d_{window.name}_nhwc", t, epilogue, operands, steps)
    k, arithmetic = product.k, product.arithmetic
    pixels, out_height, out_width, height, width, stride = k.sizes(
        "pixels", "out_height", "out_width", "height", "width", "stride"
    )
    above, before, columns, depth, blocks = k.sizes("above", "before", "columns", "depth", "blocks")
    panel, row = product.open()
    corners: dict[int, tuple[Expr, Expr, Expr, Expr]] = {}
    for turn in product.turns():
        item = k.let(product.thread + turn, "item")
        pixel = k.let(minimum(row + item // product.parts, pixels - 1), "pixel")
        line = k.let(pixel // out_width, "line")
        image = k.let(line // out_height, "image")
        top = k.let((line - image * out_height) * window.stride[0] - above, "top")
        left = k.let((pixel - line * out_width) * window.stride[1] - before, "left")
        inner = k.let(item % product.parts * steps, "inner")
        corners[turn] = k.let(image * (height * width), "picture"), top, left, inner
    product.begin()
    taps = window.kernel[0] * window.kernel[1]
    with product.blocks(k.let(blocks * taps, "count")) as number:
        tap = k.let(number // blocks, "tap")
        base = k.let((number - tap * blocks) * t.depth, "base")
        down = k.let(tap // window.kernel[1], "down")
        across = k.let((tap - down * window.kernel[1]) * window.dilation[1], "across")
        down = k.let(down * window.dilation[0], "down")

        def load(turn: int, item: Expr) -> Expr:
            picture, top, left, inner = corners[turn]
            y, x = k.let(top + down, "y"), k.let(left + across, "x")
            ok = k.let((cast(y, u32) < cast(height, u32)) & (cast(x, u32) < cast(width, u32)), "ok")
            place = k.let(select(ok, (picture + y * width + x) * stride, 0), "at")
            value = k.load(product.x, place + minimum(base + inner, stride - steps))
            return k.let(arithmetic.cut(k.let(arithmetic.masked(value, ok), "value"), depth - (base + inner)))

        at = (panel * taps * blocks + number) * (t.columns * t.depth)
        product.stage(load, k.let(at, "from"))
        product.multiply()
    product.store(panel, row, pixels, columns)
    return k.finish()
