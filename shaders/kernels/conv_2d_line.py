"""CONV_2D of a picture with few channels on a CPU: the first layer of a network.

An invocation walks along one line of outputs for one panel of output channels. All products of a line of the window are
unrolled; the ends of the line, whose windows leave the picture, are computed pixel by pixel with checks. Beside a tile
wherever it may lie (`conv_2d`) this saves the divisions and the branches, which cost more than so few products.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..call import KernelCall
from ..conv_window import ConvWindow
from ..language.builder import KernelBuilder
from ..language.expression import Expr, select
from ..language.functions import minimum
from ..language.kernel import Kernel
from ..layout import ceil_div, padded
from ..parts.arithmetic import FLOAT_OPERANDS, Operands, Sums
from ..parts.epilogue import Epilogue
from ..parts.packing import pack_group_panels
from ..parts.tile import Product, TileColumns, zero_sums
from ..schedules.select import RegisterTile


def conv_2d_line(
    tile: RegisterTile, window: ConvWindow, weights: np.ndarray, epilogue: Epilogue, dense: bool = False
) -> KernelCall:
    """Convolution of x [n, h, w, padded(c), or c if `dense`] to y [n, oh, ow, padded(o)]; weights [o, kh, kw, c]."""
    out, _, _, depth = weights.shape
    packed = pack_group_panels(weights, 1, padded(out), tile.width)
    kernel = conv_2d_line_kernel(tile, window, depth, epilogue, pitch=depth if dense else padded(depth))
    return line_call(kernel, tile, window, out, {"weights": packed, **epilogue.constants(out)})


def line_call(
    kernel: Kernel,
    tile: RegisterTile,
    window: ConvWindow,
    out: int,
    constants: Mapping[str, np.ndarray],
    scalars: tuple[int, ...] = (),
) -> KernelCall:
    """A launch of `conv_2d_line_kernel` for `out` channels; `scalars`: of its operands."""
    columns = padded(out)
    first, end = window.interior(1)
    sizes = (*scalars, *window.y_size, *window.x_shape[1:3], *window.padding, columns, first, max(first, end))
    lines = window.x_shape[0] * window.y_size[0]
    return KernelCall(kernel, sizes, (lines, ceil_div(columns, tile.width), 1), constants)


@dataclass(frozen=True, eq=False)
class _Frame:
    """What the ends and the interior share."""

    product: Product
    window: ConvWindow
    depth: int
    height: Expr
    width: Expr
    before: Expr
    top: Expr
    picture: Expr
    first: Expr
    pitch: int

    def line(self, k: KernelBuilder, ky: Expr) -> tuple[Expr, Expr]:
        """(its number in the picture, offset of the weights) of a line of the window."""
        weights = self.first + ky * (self.window.kernel[1] * self.depth * self.product.tile.width)
        return k.let(self.top + ky * self.window.dilation[0], "y"), k.let(weights, "at")

    def start(self, k: KernelBuilder, y: Expr, left: Expr) -> Expr:
        """Offset in x of column `left` of line `y`."""
        return k.let(((self.picture + y) * self.width + left) * self.pitch, "a")

    def tap(self, k: KernelBuilder, product: Product, sums: Sums, start: Expr, at: Expr, kx: int) -> None:
        """Adds the products of one tap to all rows of `sums`; `start`: the first row's column of tap 0."""
        gap, stride, channels = self.window.dilation[1], self.window.stride[1], self.pitch
        for c in range(self.depth):
            starts = [start + ((r * stride + kx * gap) * channels + c) for r in range(len(sums))]
            product.step(k, sums, starts, at + (kx * self.depth + c) * product.tile.width, 1)

    def outside(self, k: KernelBuilder, product: Product, sums: Sums, at: Expr, taps: int) -> None:
        """Adds what `taps` taps outside the picture add, if that is something."""
        if product.arithmetic.nothing is None:
            return
        with k.otherwise():
            for i in range(taps * self.depth):
                product.miss(k, sums, at + i * product.tile.width)


def conv_2d_line_kernel(
    s: RegisterTile,
    window: ConvWindow,
    depth: int,
    epilogue: Epilogue,
    operands: Operands = FLOAT_OPERANDS,
    *,
    pitch: int,
) -> Kernel:
    """`first` to `end` are the outputs whose windows stay inside sideways; `pitch`: from one pixel to the next in x."""
    k = KernelBuilder(f"{operands.kind}_conv2d_{window.name}_nhwc_line{s.name}_c{depth}by{pitch}{epilogue.name}")
    product = Product.of(k, s, operands)
    bound, y = epilogue.declare(k, s.lanes), epilogue.output(k, s.lanes)
    out_height, out_width, height, width = k.sizes("out_height", "out_width", "height", "width")
    above, before, columns, first, end = k.sizes("above", "before", "columns", "first", "end")
    line, panel = k.global_id(0), k.global_id(1)
    column = k.let(minimum(panel * s.width, columns - s.width), "column")
    image = k.let(line // out_height, "image")
    top = k.let((line - image * out_height) * window.stride[0] - above, "top")
    start = k.let(panel * (window.kernel[0] * window.kernel[1] * depth * s.width), "first")
    picture = k.let(image * height, "picture")
    f = _Frame(product, window, depth, height, width, before, top, picture, start, pitch)
    across = TileColumns.of(k, s, y, bound, column)
    with k.loop(0, first + (out_width - end)) as i:
        pixel = k.let(select(i < first, i, i - first + end), "pixel")
        across.store(k, _end_pixel(k, f, pixel), k.let((line * out_width + pixel) * columns, "c"))
    if window.interior(1)[1] - window.interior(1)[0] >= s.rows:
        with k.loop(first, end, s.rows) as i:
            pixel = k.let(minimum(i, end - s.rows), "pixel")
            rows = _interior(k, f, pixel)
            starts = [k.let((line * out_width + pixel + r) * columns, "c") for r in range(s.rows)]
            across.store_all(k, rows, starts)
    return k.finish()


def _end_pixel(k: KernelBuilder, f: _Frame, pixel: Expr) -> list[Expr]:
    """Sums of one output whose window may leave the picture."""
    product = replace(f.product, tile=replace(f.product.tile, rows=1))
    sums = zero_sums(k, product.tile, product.arithmetic.type)
    left = k.let(pixel * f.window.stride[1] - f.before, "left")
    with k.loop(0, f.window.kernel[0]) as ky:
        y, at = f.line(k, ky)
        with k.loop(0, f.window.kernel[1]) as kx:
            column = k.let(left + kx * f.window.dilation[1], "column")
            weights = k.let(at + kx * (f.depth * product.tile.width), "at")
            with k.when((y >= 0) & (y < f.height) & (column >= 0) & (column < f.width)):
                f.tap(k, product, sums, f.start(k, y, column), weights, 0)
            f.outside(k, product, sums, weights, 1)
    return sums[0]


def _interior(k: KernelBuilder, f: _Frame, pixel: Expr) -> Sums:
    """Sums of a tile of outputs from `pixel` on, none of which looks beyond the sides of the picture."""
    sums = zero_sums(k, f.product.tile, f.product.arithmetic.type)
    left = k.let(pixel * f.window.stride[1] - f.before, "left")
    with k.loop(0, f.window.kernel[0]) as ky:
        y, at = f.line(k, ky)
        with k.when((y >= 0) & (y < f.height)):
            start = f.start(k, y, left)
            for kx in range(f.window.kernel[1]):
                f.tap(k, f.product, sums, start, at, kx)
        f.outside(k, f.product, sums, at, f.window.kernel[1])
    return sums
