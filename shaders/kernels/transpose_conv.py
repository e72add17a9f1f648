"""TRANSPOSE_CONV, gathered: each output pixel collects the taps that reach it.

Output (y, x) receives input ((y + above - ky) / stride, ...) through tap ky wherever that division is exact. So the
outputs of a line fall into `stride` phases that use different taps; a tile is `rows` outputs of one phase of one line,
and its products are those of the convolution's register tile.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ..call import KernelCall
from ..conv_window import ConvWindow
from ..device_class import LLVMPIPE_LANES, DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, Operand, cast, f32, i32, select, u32
from ..language.functions import minimum
from ..language.kernel import Buffer, Kernel
from ..layout import ceil_div, padded
from ..parts.arithmetic import FLOAT_OPERANDS, Operands, Sums
from ..parts.epilogue import NO_STEPS, Epilogue
from ..parts.lane_tile import LaneProduct, chosen, loaded_rows, whole_team
from ..parts.packing import pack_group_panels
from ..parts.tile import Product, TileColumns, tile_groups, tile_position, where_needed, zero_sums
from ..schedules.select import LaneTile, RegisterTile, phase_tiles, transpose_conv_schedule
from .matmul import Factor


def transpose_conv(
    device: DeviceClass,
    window: ConvWindow,
    weights: np.ndarray,
    epilogue: Epilogue = NO_STEPS,
    schedule: RegisterTile | LaneTile | None = None,
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

    def pack(width: int, long: int) -> np.ndarray:
        return pack_group_panels(weights, 1, padded(out), width)

    factor = Factor(out, depth, padded(window.x_shape[3]), pack)
    return transpose_call(schedule or transpose_conv_schedule(device, window, padded(out)), window, factor, epilogue)


def transpose_call(
    tile: RegisterTile | LaneTile,
    window: ConvWindow,
    factor: Factor,
    epilogue: Epilogue,
    scalars: tuple[int, ...] = (),
    begun: np.ndarray | None = None,
) -> KernelCall:
    """The transposed convolution by one of the two kernels.

    Args:
        tile: its schedule.
        window: as `transpose_conv`.
        factor: the weights; its depth is that of one tap, its stride from one pixel of x to the next.
        epilogue: applied to y.
        scalars: of the factor's operands.
        begun: int32 [vertical phases * horizontal phases, padded(o)], what the sums of each phase begin with; None: 0.
    """
    blocks, row_tiles = phase_tiles(tile, window)
    columns = padded(factor.columns)
    panels = ceil_div(columns, tile.width)
    sizes = (
        *(*scalars, row_tiles, blocks, *window.y_size, *window.x_shape[1:3], factor.stride, *window.padding),
        *(columns, factor.depth, panels),
    )
    constants = factor.filled(tile.width, epilogue)
    if begun is not None:
        constants["begun"] = begun
    if isinstance(tile, LaneTile):
        groups = (ceil_div(panels, LLVMPIPE_LANES), row_tiles, 1)
        kernel = lane_kernel(tile, window.stride, epilogue, factor.operands, begun is not None)
        return KernelCall(kernel, (*sizes, *window.kernel, tile.rows), groups, constants)
    launch, span = tile_groups(tile, row_tiles, panels)
    tail = factor.depth % tile.steps
    kernel = transpose_conv_kernel(tile, window, tail, epilogue, factor.operands, begun is not None)
    return KernelCall(kernel, (*sizes, span), launch, constants)


def transpose_conv_kernel(
    s: RegisterTile,
    window: ConvWindow,
    tail: int,
    epilogue: Epilogue,
    operands: Operands = FLOAT_OPERANDS,
    begins: bool = False,
) -> Kernel:
    """One invocation, one tile; the window's kernel and stride are part of the text, sizes are not."""
    name = f"{operands.kind}_deconv2d_{window.name}_nhwc_{s.name}" + (f"_tail{tail}" if tail else "")
    k = KernelBuilder(name + epilogue.name, (s.group, 1, 1))
    product = Product.of(k, s, operands)
    begun = k.constant("begun", i32, s.lanes) if begins else None
    bound, y = epilogue.declare(k, s.lanes), epilogue.output(k, s.lanes)
    row_tiles, blocks, out_height, out_width = k.sizes("row_tiles", "blocks", "out_height", "out_width")
    f = _Frame(*k.sizes("height", "width", "channels", "above", "before", "columns", "depth", "panels"))
    (span,) = k.sizes("span")
    tile, panel = tile_position(k, s, f.panels, span)
    place = _place(k, s, window, f, k.let(minimum(tile, row_tiles - 1), "tile"), blocks, (out_height, out_width))
    column = k.let(minimum(panel * s.width, f.columns - s.width), "column")
    sums = _first_sums(k, s, window, f, place, column, begun) or zero_sums(k, s, product.arithmetic.type)
    skip = product.arithmetic.nothing is None
    with _tap(k, s, window, f, place, panel, range(s.rows)) as (at, starts, valid):
        where_needed(k, s, valid, lambda masks: product.add(k, sums, starts, at, f.depth, tail, masks), skip)
    sums, across = product.finished(k, sums, column), TileColumns.of(k, s, y, bound, column)
    for r in range(s.rows):
        pixel = k.let((place.first_pixel + r) * window.stride[1] + place.phase, "pixel")
        with k.when(pixel < out_width):
            across.store(k, sums[r], k.let((place.line * out_width + pixel) * f.columns, "c"))
    return k.finish()


def lane_kernel(
    s: LaneTile,
    stride: tuple[int, int],
    epilogue: Epilogue,
    operands: Operands = FLOAT_OPERANDS,
    begins: bool = False,
) -> Kernel:
    """A subgroup, tiles of the same rows whose lanes share what they load of x. One text serves all windows of a
    stride."""
    name = f"{operands.kind}_deconv2d_s{stride[0]}x{stride[1]}_nhwc_{s.name}"
    k = KernelBuilder(name + epilogue.name, (LLVMPIPE_LANES, 1, 1))
    bindings = operands.declare(k, 1, 4, s.rows)
    begun = k.constant("begun", i32, 4) if begins else None
    bound, y = epilogue.declare(k, 4), k.write("y", f32, 4)
    _, blocks, out_height, out_width = k.sizes("row_tiles", "blocks", "out_height", "out_width")
    f = _Frame(*k.sizes("height", "width", "channels", "above", "before", "columns", "depth", "panels"))
    window = _Taps(k.sizes("kernel_height", "kernel_width"), stride)
    (tile_rows,) = k.sizes("tile_rows")
    team = whole_team(k, f.panels)
    place = _place(k, s, window, f, team.row_tile, blocks, (out_height, out_width))
    column = k.let(minimum(team.panel * s.width, f.columns - s.width), "column")
    product = LaneProduct.of(s, team, bindings)
    sums = _first_sums(k, s, window, f, place, column, begun) or zero_sums(k, s, product.arithmetic.type)
    with _tap(k, s, window, f, place, team.panel, loaded_rows(k, s, team)) as (at, starts, valid):
        product.add(k, sums, starts, at, f.depth, valid)
    sums, across = product.finished(k, sums, column), TileColumns.of(k, s, y, bound, column)
    with k.loop(0, tile_rows) as r:
        pixel = k.let((place.first_pixel + r) * stride[1] + place.phase, "pixel")
        with k.when(pixel < out_width):
            values = [chosen(k, row, r) for row in zip(*sums, strict=True)]
            across.store(k, values, k.let((place.line * out_width + pixel) * f.columns, "c"))
    return k.finish()


def _first_sums(
    k: KernelBuilder,
    s: RegisterTile | LaneTile,
    window: ConvWindow | _Taps,
    f: _Frame,
    place: _Place,
    column: Expr,
    begun: Buffer | None,
) -> Sums | None:
    """What the sums begin with, of the phase that a tile is in; None: nothing."""
    if begun is None:
        return None
    across = place.left % window.stride[1]
    phase = k.let(place.top % window.stride[0] * window.stride[1] + across, "begin_at")
    vectors = zip(s.starts, s.vectors, strict=True)
    loaded = [k.load(begun, phase * f.columns + column + start, lanes, "begin") for start, lanes in vectors]
    return [[k.var(value.type, value, "sum") for value in loaded] for _ in range(s.rows)]


@dataclass(frozen=True, eq=False)
class _Taps:
    """Those of a window whose size is known only at run time."""

    kernel: tuple[Expr, ...]
    stride: tuple[int, int]


@dataclass(frozen=True, eq=False)
class _Frame:
    """Sizes inside the kernels."""

    height: Expr
    width: Expr
    channels: Expr
    above: Expr
    before: Expr
    columns: Expr
    depth: Expr
    panels: Expr


@dataclass(frozen=True, eq=False)
class _Place:
    """Where a tile lies: its line (of all pictures), its phase, and its first pixel within that."""

    line: Expr
    phase: Expr
    first_pixel: Expr
    image: Expr
    top: Expr
    left: Expr


def _place(
    k: KernelBuilder,
    s: RegisterTile | LaneTile,
    window: ConvWindow | _Taps,
    f: _Frame,
    tile: Expr,
    blocks: Expr,
    size: tuple[Expr, Expr],
) -> _Place:
    """Tile number `tile` of outputs of a size; the last one of a phase is moved back to what the phase has."""
    out_height, out_width = size
    rest = k.let(tile // blocks, "rest")
    line = k.let(rest // window.stride[1], "line")
    phase = k.let(rest - line * window.stride[1], "phase")
    pixels = (out_width + (window.stride[1] - 1)) // window.stride[1]
    first_pixel = k.let(minimum((tile - rest * blocks) * s.rows, pixels - s.rows), "pixel")
    image = k.let(line // out_height, "image")
    top = k.let(line - image * out_height + f.above, "top")
    return _Place(line, phase, first_pixel, image, top, k.let(phase + f.before, "left"))


@contextlib.contextmanager
def _tap(
    k: KernelBuilder,
    s: RegisterTile | LaneTile,
    window: ConvWindow | _Taps,
    f: _Frame,
    p: _Place,
    panel: Expr,
    rows: Iterable[Operand],
) -> Iterator[tuple[Expr, list[Expr], list[Expr]]]:
    """The inside of a loop over the taps: (offset in the weights, offset of each of the tile's `rows` in x, whether
    it counts)."""
    taps = window.kernel[0] * window.kernel[1]
    with (
        k.loop(p.top % window.stride[0], window.kernel[0], window.stride[0]) as ky,
        k.loop(p.left % window.stride[1], window.kernel[1], window.stride[1]) as kx,
    ):
        at = k.let((panel * taps + ky * window.kernel[1] + kx) * f.depth * s.width, "panel")
        row = k.let((p.top - ky) // window.stride[0], "y")
        first = k.let((p.left - kx) // window.stride[1] + p.first_pixel, "x")
        across = [first + r for r in rows]
        valid = [_inside(k, row, f.height, x, f.width) for x in across]
        places = [((p.image * f.height + row) * f.width + x) * f.channels for x in across]
        yield at, [k.let(select(ok, place, 0), "a") for ok, place in zip(valid, places, strict=True)], valid


def _inside(k: KernelBuilder, y: Expr, height: Expr, x: Expr, width: Expr) -> Expr:
    return k.let((cast(y, u32) < cast(height, u32)) & (cast(x, u32) < cast(width, u32)), "ok")
