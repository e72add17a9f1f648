"""CONV_2D: implicit matrix product, the picture is never unfolded.

A tile is `rows` output pixels x `width` output channels, its sums held by one invocation. For each tap every pixel has
a start in x and a validity; the products over the channels of that tap are those of a matrix product. Weights are
packed as panels [groups * panels, taps, channels, width]. A picture with few channels has a kernel of its own on a CPU
(`conv_2d_line`), one with many on a GPU (`conv_2d_group`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..call import KernelCall
from ..conv_window import ConvWindow
from ..device_class import LLVMPIPE_LANES, DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, Operand, cast, equal, f32, select, u32
from ..language.functions import minimum
from ..language.kernel import Kernel
from ..layout import ceil_div, padded
from ..parts.arithmetic import FLOAT_OPERANDS, Operands, Sums
from ..parts.epilogue import NO_STEPS, Epilogue
from ..parts.lane_tile import (
    LaneProduct,
    find_team,
    lane_arguments,
    lane_groups,
    lane_sizes,
    loaded_rows,
    store_rows,
    within_groups,
)
from ..parts.packing import dense_groups, pack_group_panels
from ..parts.remembered import remembered
from ..parts.tile import Product, store_tile, tile_groups, tile_position, where_needed, zero_sums
from ..schedules.select import (
    ConvSchedule,
    GroupTile,
    LaneTile,
    MatmulSchedule,
    RegisterTile,
    conv_2d_line_schedule,
    conv_2d_schedule,
)
from .conv_2d_group import conv_2d_group
from .conv_2d_line import conv_2d_line
from .matmul import Factor, matmul


def conv_2d(
    device: DeviceClass,
    window: ConvWindow,
    weights: np.ndarray,
    groups: int = 1,
    epilogue: Epilogue = NO_STEPS,
    schedule: MatmulSchedule | None = None,
    dense: bool = False,
) -> KernelCall:
    """Convolution of x [n, h, w, padded(c)] to y [n, oh, ow, padded(o)].

    Args:
        device: which schedules suit the device.
        window: the geometry.
        weights: float32 [o, kh, kw, c / groups] (OHWI).
        groups: of channels, each seeing only its own part of x.
        epilogue: applied to y.
        schedule: instead of the default one (for tuners); a `GroupTile` only for one group.
        dense: x is [n, h, w, c], without padding; only where `conv_2d_line` is the default.
    """
    out, depth = weights.shape[0], weights.shape[3]
    if groups > 1 and (out // groups % 4 or depth % 4):
        weights, groups, depth = dense_groups(weights, groups), 1, depth * groups
    if window.is_pointwise and groups == 1:
        return matmul(device, window.pixels, weights[:, 0, 0, :], epilogue, schedule)
    columns = padded(out) if groups == 1 else out // groups
    if groups == 1 and schedule is None and (line := conv_2d_line_schedule(device, window, columns, depth)):
        return conv_2d_line(line, window, weights, epilogue, dense)
    assert not dense
    tile = schedule or conv_2d_schedule(device, window.pixels, columns, depth if groups == 1 else 0)
    assert isinstance(tile, ConvSchedule)
    if groups > 1 and isinstance(tile, LaneTile):
        tile = within_groups(tile, ceil_div(columns, tile.width))

    def pack(width: int, long: int) -> np.ndarray:
        return pack_group_panels(weights, groups, columns, width, long)

    return tile_call(tile, window, Factor(out, depth, padded(window.x_shape[3]), pack), epilogue, groups)


def tile_call(
    tile: ConvSchedule,
    window: ConvWindow,
    factor: Factor,
    epilogue: Epilogue,
    groups: int = 1,
    scalars: tuple[int, ...] = (),
) -> KernelCall:
    """The convolution by one of the three kernels.

    Args:
        tile: its schedule.
        window: the geometry.
        factor: the weights; its depth is that of one tap, its stride from one pixel of x to the next.
        epilogue: applied to y.
        groups: of channels.
        scalars: of the factor's operands.
    """
    if isinstance(tile, GroupTile):
        return conv_2d_group(tile, window, factor, epilogue, scalars)
    columns = padded(factor.columns)
    group_columns = columns if groups == 1 else factor.columns // groups
    panels, row_tiles = groups * ceil_div(group_columns, tile.width), ceil_div(window.pixels, tile.rows)
    sizes = (
        *(*scalars, window.pixels, *window.y_size, *window.x_shape[1:3], factor.stride, *window.padding),
        *(columns, group_columns, factor.depth, panels),
    )
    constants = factor.filled(tile.width, epilogue)
    if isinstance(tile, LaneTile):
        kernel = lane_kernel(tile, window.taps, groups, epilogue, factor.operands)
        return KernelCall(kernel, (*sizes, *lane_sizes(tile)), lane_groups(tile, row_tiles, panels), constants)
    kernel = conv_2d_kernel(tile, window, factor.depth, groups, epilogue, factor.operands)
    launch, span = tile_groups(tile, row_tiles, panels)
    return KernelCall(kernel, (*sizes, span), launch, constants)


@dataclass(frozen=True, eq=False)
class _Pixel:
    """An output pixel of the tile: start of its picture in x, and the position of its window's corner."""

    picture: Expr
    top: Expr
    left: Expr


@dataclass(frozen=True, eq=False)
class _Picture:
    """Sizes of the input picture, inside the kernel."""

    height: Expr
    width: Expr
    channels: Expr

    def inside(self, k: KernelBuilder, y: Expr, x: Expr) -> Expr:
        """Whether (y, x) lies in the picture."""
        return k.let((cast(y, u32) < cast(self.height, u32)) & (cast(x, u32) < cast(self.width, u32)), "ok")

    def at(self, p: _Pixel, y: Expr, x: Expr) -> Expr:
        """Offset of (y, x) in x."""
        return p.picture + (y * self.width + x) * self.channels


def conv_2d_kernel(
    s: RegisterTile,
    window: ConvWindow,
    depth: int,
    groups: int,
    epilogue: Epilogue,
    operands: Operands = FLOAT_OPERANDS,
) -> Kernel:
    """One invocation, one tile; the window's kernel, stride and dilation are part of the text, sizes are not."""
    tail = f"_tail{depth % s.steps}" if depth % s.steps else ""
    name = f"{operands.kind}_conv2d_{window.name}_nhwc_{s.name}{tail}{'_grouped' if groups > 1 else ''}"
    k = KernelBuilder(name + epilogue.name, (s.group, 1, 1))
    product = Product.of(k, s, operands)
    bound, y = epilogue.declare(k, s.lanes), epilogue.output(k, s.lanes)
    pixels, out_height, out_width = k.sizes("pixels", "out_height", "out_width")
    picture = _Picture(*k.sizes("height", "width", "channels"))
    above, before = k.sizes("above", "before")
    columns, group_columns, inner, panels, span = k.sizes("columns", "group_columns", "depth", "panels", "span")
    row_tile, panel = tile_position(k, s, panels, span)
    row = k.let(minimum(row_tile * s.rows, pixels - s.rows), "row")
    column, offset = _column(k, s, panel, group_columns, inner, groups)
    tile = []
    for r in range(s.rows):
        pixel = row + r
        line = k.let(pixel // out_width, "line")
        image = k.let(line // out_height, "image")
        top = k.let((line - image * out_height) * window.stride[0] - above, "top")
        left = k.let((pixel - line * out_width) * window.stride[1] - before, "left")
        start = image * (picture.height * picture.width * picture.channels) + offset
        tile.append(_Pixel(k.let(start, "picture"), top, left))
    sums = zero_sums(k, s, product.arithmetic.type)
    taps = window.kernel[0] * window.kernel[1]
    first = k.let(panel * (inner * (taps * s.width)), "first")
    _taps(k, product, sums, tile, picture, window, inner, depth % s.steps, first)
    sums = product.finished(k, sums, column)
    store_tile(k, s, y, bound, sums, [k.let((row + r) * columns, "c") for r in range(s.rows)], column)
    return k.finish()


@remembered
def lane_kernel(
    s: LaneTile, window: ConvWindow, groups: int, epilogue: Epilogue, operands: Operands = FLOAT_OPERANDS
) -> Kernel:
    """A subgroup, several tiles whose lanes share what they load of x. Divisions are dear here: where a lane has
    all pixels of the tile, the place of one is divided, the others' follow from it."""
    name = f"{operands.kind}_conv2d_{window.name}_nhwc_{s.name}{'_grouped' if groups > 1 else ''}"
    k = KernelBuilder(name + epilogue.name, (LLVMPIPE_LANES, 1, 1))
    bindings = operands.declare(k, 1, 4, s.rows)
    bound, y = epilogue.declare(k, 4), k.write("y", f32, 4)
    pixels, out_height, out_width = k.sizes("pixels", "out_height", "out_width")
    picture = _Picture(*k.sizes("height", "width", "channels"))
    above, before = k.sizes("above", "before")
    columns, group_columns, inner, panels = k.sizes("columns", "group_columns", "depth", "panels")
    shift, tile_rows = lane_arguments(k, s)
    team = find_team(k, panels, shift)
    row = k.let(minimum(team.row_tile * s.rows, pixels - s.rows), "row")
    column, offset = _column(k, s, team.panel, group_columns, inner, groups)
    size = k.let(picture.height * picture.width * picture.channels, "size")
    tile = []
    places = _each if s.spread else _neighbours
    for image, down, across in places(k, row, loaded_rows(k, s, team), out_height, out_width):
        top, left = k.let(down * window.stride[0] - above, "top"), k.let(across * window.stride[1] - before, "left")
        tile.append(_Pixel(k.let(image * size + offset, "picture"), top, left))
    product = LaneProduct.of(s, team, bindings)
    sums = zero_sums(k, s, product.arithmetic.type)
    first = k.let(team.panel * (inner * (window.kernel[0] * window.kernel[1] * s.width)), "first")
    with _tap(k, s.width, tile, picture, window, inner, first) as (at, starts, valid):
        product.add(k, sums, starts, at, inner, valid)
    sums = product.finished(k, sums, column)
    store_rows(k, s, y, bound, sums, row, columns, column, tile_rows)
    return k.finish()


def _each(
    k: KernelBuilder, row: Expr, rows: Sequence[Operand], height: Expr, width: Expr
) -> Iterator[tuple[Expr, Expr, Expr]]:
    """(picture, line, column) of the pixels row + r for any `rows` r in pictures of height x width."""
    for r in rows:
        pixel = k.let(row + r, "pixel")
        line = k.let(pixel // width, "line")
        image = k.let(line // height, "image")
        yield image, k.let(line - image * height, "down"), k.let(pixel - line * width, "across")


def _neighbours(
    k: KernelBuilder, row: Expr, rows: Sequence[Operand], height: Expr, width: Expr
) -> Iterator[tuple[Expr, Expr, Expr]]:
    """The same where `rows` are 0, 1, 2, ...: only the first is divided."""
    line = k.let(row // width, "line")
    image = k.let(line // height, "image")
    down, across = k.let(line - image * height, "down"), k.let(row - line * width, "across")
    yield image, down, across
    for _ in rows[1:]:
        turn = k.let(equal(across + 1, width), "turn")
        lower = k.let(select(turn, down + 1, down), "lower")
        over = k.let(equal(lower, height), "over")
        across, down = k.let(select(turn, 0, across + 1), "across"), k.let(select(over, 0, lower), "down")
        image = k.let(select(over, image + 1, image), "image")
        yield image, down, across


def _column(
    k: KernelBuilder, s: RegisterTile | LaneTile, panel: Expr, group_columns: Expr, depth: Expr, groups: int
) -> tuple[Expr, Expr]:
    """(first output channel of the panel, first input channel it sees)."""
    if groups == 1:
        return k.let(minimum(panel * s.width, group_columns - s.width), "column"), panel.lift(0)
    per_group = k.let((group_columns + (s.width - 1)) // s.width, "per_group")
    group = k.let(panel // per_group, "group")
    inside = minimum((panel - group * per_group) * s.width, group_columns - s.width)
    return k.let(group * group_columns + inside, "column"), k.let(group * depth, "offset")


def _taps(
    k: KernelBuilder,
    product: Product,
    sums: Sums,
    tile: list[_Pixel],
    picture: _Picture,
    window: ConvWindow,
    depth: Expr,
    tail: int,
    first: Expr,
) -> None:
    """Loops over the taps and, inside, over the channels."""
    with _tap(k, product.tile.width, tile, picture, window, depth, first) as (at, starts, valid):
        where_needed(
            k,
            product.tile,
            valid,
            lambda masks: product.add(k, sums, starts, at, depth, tail, masks),
            skip=product.arithmetic.nothing is None,
        )


@contextlib.contextmanager
def _tap(
    k: KernelBuilder,
    width: int,
    tile: list[_Pixel],
    picture: _Picture,
    window: ConvWindow,
    depth: Expr,
    first: Expr,
) -> Iterator[tuple[Expr, list[Expr], list[Expr]]]:
    """The inside of a loop over the taps: (offset in the weights, offset of each pixel in x, whether it counts)."""
    with k.loop(0, window.kernel[0]) as ky, k.loop(0, window.kernel[1]) as kx:
        at = k.let(first + (ky * window.kernel[1] + kx) * depth * width, "panel")
        places = [(p.top + ky * window.dilation[0], p.left + kx * window.dilation[1]) for p in tile]
        valid = [picture.inside(k, y, x) for y, x in places]
        offsets = [picture.at(p, y, x) for p, (y, x) in zip(tile, places, strict=True)]
        yield at, [k.let(select(ok, at, 0), "a") for ok, at in zip(valid, offsets, strict=True)], valid
