"""BATCH_MATMUL of two tensors known only at run time (also FULLY_CONNECTED with such weights).

y[b] = epilogue(op(x[b]) @ op(w[b])), each matrix row-major with its last dimension padded to a multiple of 4.
Nothing is packed. Where w is [k, n] the tile loads vectors of a line of w, as a product with packed weights does; where
it is [n, k] (`adj_y`) lines of x and w meet in scalar products, vector by vector along k.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..call import KernelCall
from ..device_class import LLVMPIPE_LANES, DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, f32, vector
from ..language.functions import fma, mask_lanes, minimum
from ..language.kernel import Buffer, Kernel
from ..layout import ceil_div, padded
from ..parts.epilogue import NO_STEPS, Bound, Epilogue
from ..parts.lane_tile import LaneProduct, find_team, lane_arguments, lane_groups, lane_sizes, loaded_rows, store_rows
from ..parts.remembered import remembered
from ..parts.tile import Product, TileColumns, store_tile, tile_groups, tile_position, zero_sums
from ..schedules.select import LaneTile, RegisterTile, batch_matmul_schedule, dot_schedule, lane_tile


@dataclass(frozen=True)
class BatchShape:
    """Sizes of the products.

    Args:
        batch: matrices of y.
        rows, columns, depth: m, n, k of each.
        adj_x: x is [b, k, m] instead of [b, m, k].
        adj_y: w is [b, n, k] instead of [b, k, n].
        x_batch, w_batch: matrices of x and w: `batch`, or 1 for one that is used for all.
    """

    batch: int
    rows: int
    columns: int
    depth: int
    adj_x: bool = False
    adj_y: bool = False
    x_batch: int = 0
    w_batch: int = 0

    @property
    def x_stride(self) -> int:
        """Elements from a matrix of x to the next."""
        lines, width = (self.depth, self.rows) if self.adj_x else (self.rows, self.depth)
        return 0 if self.x_batch == 1 else lines * padded(width)

    @property
    def w_stride(self) -> int:
        """Elements from a matrix of w to the next."""
        lines, width = (self.columns, self.depth) if self.adj_y else (self.depth, self.columns)
        return 0 if self.w_batch == 1 else lines * padded(width)


def batch_matmul(
    device: DeviceClass,
    shape: BatchShape,
    epilogue: Epilogue = NO_STEPS,
    schedule: RegisterTile | LaneTile | None = None,
) -> KernelCall:
    """The products of x and w; operands `x`, `w`, the epilogue's, `y` [batch, m, padded(n)]."""
    if schedule is None and device is DeviceClass.LLVMPIPE:
        schedule = lane_tile(shape.rows * shape.batch, padded(shape.columns), shape.rows)
    if isinstance(schedule, LaneTile):
        return _lane_call(schedule, shape, epilogue)
    choose = dot_schedule if shape.adj_y and not shape.adj_x else batch_matmul_schedule
    tile = schedule or choose(device, shape.rows, padded(shape.columns))
    row_tiles, panels = ceil_div(shape.rows, tile.rows), ceil_div(padded(shape.columns), tile.width)
    launch, span = tile_groups(tile, row_tiles * shape.batch, panels)
    sizes = (
        *(shape.batch * row_tiles, row_tiles, shape.rows, padded(shape.columns), shape.depth),
        *(shape.x_stride, shape.w_stride, panels, span, shape.columns),
    )
    trace = _column_kernel if shape.adj_x else _dot_kernel if shape.adj_y else _line_kernel
    return KernelCall(trace(tile, shape, epilogue), sizes, launch, epilogue.constants(shape.columns))


def _lane_call(tile: LaneTile, shape: BatchShape, epilogue: Epilogue) -> KernelCall:
    row_tiles, panels = ceil_div(shape.rows, tile.rows), ceil_div(padded(shape.columns), tile.width)
    x_steps = (padded(shape.rows), 1) if shape.adj_x else (1, padded(shape.depth))
    w_step = 1 if shape.adj_y else padded(shape.columns)
    sizes = (
        *(shape.batch * row_tiles, row_tiles, shape.rows, padded(shape.columns), shape.depth, panels),
        *(shape.x_stride, *x_steps, shape.w_stride, w_step, padded(shape.depth), shape.columns),
        *lane_sizes(tile),
    )
    groups = lane_groups(tile, shape.batch * row_tiles, panels)
    return KernelCall(_lane_kernel(tile, shape.adj_y, epilogue), sizes, groups, epilogue.constants(shape.columns))


@remembered
def _lane_kernel(s: LaneTile, adj_y: bool, epilogue: Epilogue) -> Kernel:
    """A subgroup, several tiles whose lanes share what they load of x, in either order of its axes."""
    name = f"f32_batch_gemm_{s.name}{'_adjy' if adj_y else ''}{epilogue.name}"
    k = KernelBuilder(name, (LLVMPIPE_LANES, 1, 1))
    x, w = k.read("x", f32), k.read("w", f32, 1 if adj_y else 4)
    bound, y = epilogue.declare(k, 4), k.write("y", f32, 4)
    tiles, row_tiles, rows, columns, depth, panels = k.sizes("tiles", "row_tiles", "rows", "columns", "depth", "panels")
    x_stride, x_pitch, x_line = k.sizes("x_stride", "x_pitch", "x_line")
    w_stride, w_pitch, w_line, true_columns = k.sizes("w_stride", "w_pitch", "w_line", "true_columns")
    shift, tile_rows = lane_arguments(k, s)
    team = find_team(k, panels, shift)
    tile = k.let(minimum(team.row_tile, tiles - 1), "tile")
    batch = k.let(tile // row_tiles, "batch")
    row = k.let(minimum((tile - batch * row_tiles) * s.rows, rows - s.rows), "row")
    column = k.let(minimum(team.panel * s.width, columns - s.width), "column")
    starts = [k.let(batch * x_stride + (row + r) * x_line, "a") for r in loaded_rows(k, s, team)]
    first = k.let(batch * w_stride, "first")
    lines = [k.let(minimum(column + c, true_columns - 1) * w_line, "line") for c in range(s.width)] if adj_y else ()
    product, sums = LaneProduct(s, team, x, w, x_pitch, w_pitch, lines), zero_sums(k, s)
    product.add(k, sums, starts, first if adj_y else k.let(first + column, "first"), depth)
    store_rows(k, s, y, bound, sums, k.let(batch * rows + row, "row"), columns, column, tile_rows)
    return k.finish()


@dataclass(frozen=True, eq=False)
class _Frame:
    """What both kernels share: where this invocation's tile lies."""

    tile: RegisterTile
    y: Buffer
    bound: Bound
    rows: Expr
    columns: Expr
    depth: Expr
    row: Expr
    column: Expr
    batch: Expr
    x_start: Expr
    w_start: Expr
    last_column: Expr

    def right_line(self, column: Expr) -> Expr:
        """The line of w [n, k] that holds `column`, or the last where that is padding."""
        return minimum(column, self.last_column)

    def lines(self, k: KernelBuilder) -> list[Expr]:
        """Offsets of the tile's rows in y."""
        return [k.let((self.batch * self.rows + self.row + r) * self.columns, "c") for r in range(self.tile.rows)]


def _frame(k: KernelBuilder, s: RegisterTile, epilogue: Epilogue) -> _Frame:
    bound, y = epilogue.declare(k, s.lanes), k.write("y", f32, s.lanes)
    tiles, row_tiles, rows, columns, depth = k.sizes("tiles", "row_tiles", "rows", "columns", "depth")
    x_stride, w_stride, panels, span, true_columns = k.sizes("x_stride", "w_stride", "panels", "span", "true_columns")
    tile, panel = tile_position(k, s, panels, span)
    tile = k.let(minimum(tile, tiles - 1), "tile")
    batch = k.let(tile // row_tiles, "batch")
    row = k.let(minimum((tile - batch * row_tiles) * s.rows, rows - s.rows), "row")
    column = k.let(minimum(panel * s.width, columns - s.width), "column")
    starts = (k.let(batch * x_stride, "x_start"), k.let(batch * w_stride, "w_start"))
    return _Frame(s, y, bound, rows, columns, depth, row, column, batch, *starts, k.let(true_columns - 1, "last"))


def _line_kernel(s: RegisterTile, shape: BatchShape, epilogue: Epilogue) -> Kernel:
    """x [m, k] and w [k, n]: the register tile of products with packed weights, over lines of w."""
    tail = shape.depth % s.steps
    k = KernelBuilder(f"f32_batch_gemm_{s.name}{f'_tail{tail}' if tail else ''}{epilogue.name}", (s.group, 1, 1))
    x, w = k.read("x", f32, s.steps), k.read("w", f32, s.lanes)
    f = _frame(k, s, epilogue)
    width = k.let((f.depth + 3) // 4 * 4, "width")
    starts = [k.let(f.x_start + (f.row + r) * width, "a") for r in range(s.rows)]
    sums = zero_sums(k, s)
    Product(s, x, w, f.columns).add(k, sums, starts, k.let(f.w_start + f.column, "b"), f.depth, tail)
    store_tile(k, s, f.y, f.bound, sums, f.lines(k), f.column)
    return k.finish()


def _column_kernel(s: RegisterTile, shape: BatchShape, epilogue: Epilogue) -> Kernel:
    """x [k, m], value by value; with `adj_y` vectors of w [n, k] are gathered from its lines."""
    k = KernelBuilder(f"f32_batch_gemm_{s.name}_adjx{'_adjy' if shape.adj_y else ''}{epilogue.name}", (s.group, 1, 1))
    x, w = k.read("x", f32, 1), k.read("w", f32, 1 if shape.adj_y else s.lanes)
    f = _frame(k, s, epilogue)
    x_width = k.let((f.rows + 3) // 4 * 4, "x_width")
    w_width = k.let((f.depth + 3) // 4 * 4, "w_width") if shape.adj_y else f.columns
    sums = zero_sums(k, s)

    def right(i: Expr, start: int, lanes: int) -> Expr:
        if not shape.adj_y:
            return k.load(w, f.w_start + i * w_width + f.column + start, lanes, "r")
        lines = [f.right_line(f.column + (start + lane)) for lane in range(lanes)]
        return k.let(vector(*(k.load(w, f.w_start + line * w_width + i, 1) for line in lines)), "r")

    with k.loop(0, f.depth) as i:
        vectors = [right(i, start, lanes) for start, lanes in zip(s.starts, s.vectors, strict=True)]
        for r, row in enumerate(sums):
            left = k.load(x, f.x_start + i * x_width + f.row + r, hint="l")
            for total, value in zip(row, vectors, strict=True):
                k.set(total, fma(left, value, total))
    store_tile(k, s, f.y, f.bound, sums, f.lines(k), f.column)
    return k.finish()


def _dot_kernel(s: RegisterTile, shape: BatchShape, epilogue: Epilogue) -> Kernel:
    """x [m, k] and w [n, k]: sums over vectors of `s.steps` lanes along k, the last ones masked on both sides."""
    tail = "_tail" if shape.depth % s.steps else ""
    k = KernelBuilder(f"f32_batch_dot_{s.name}x{s.steps}{tail}{epilogue.name}", (s.group, 1, 1))
    x, w = k.read("x", f32, s.steps), k.read("w", f32, s.steps)
    f = _frame(k, s, epilogue)
    width = k.let((f.depth + 3) // 4 * 4, "width")
    left = [k.let(f.x_start + (f.row + r) * width, "a") for r in range(s.rows)]
    lines = [f.right_line(f.column + c) for c in range(s.width)]
    right = [k.let(f.w_start + line * width, "b") for line in lines]
    sums = [[k.var(f32.of(s.steps), 0, "sum") for _ in right] for _ in left]
    whole = k.let(f.depth - f.depth % s.steps, "whole")

    def add(i: Expr, lanes: int, masked: bool) -> None:
        a = [_part(k, x, start + i, lanes, f.depth - i if masked else None) for start in left]
        b = [_part(k, w, start + i, lanes, f.depth - i if masked else None) for start in right]
        for row, from_x in zip(sums, a, strict=True):
            for total, from_w in zip(row, b, strict=True):
                k.set(total, fma(from_x, from_w, total))

    with k.loop(0, whole, s.steps) as i:
        add(i, s.steps, False)
    if tail:
        with k.loop(whole, f.depth, 4) as i:
            add(i, 4, True)
    across = TileColumns.of(k, s, f.y, f.bound, f.column)
    for row, line in zip(sums, f.lines(k), strict=True):
        across.store(k, [_lane_sums(k, row[c : c + 4]) for c in s.starts], line)
    return k.finish()


def _lane_sums(k: KernelBuilder, four: list[Expr]) -> Expr:
    """One vector with the lane sums of four: folded to 4 lanes each, then added crosswise."""
    folded = []
    for value in four:
        while value.type.lanes > 4:
            value, half = k.let(value, "sum"), value.type.lanes // 2
            value = value.part(0, half) + value.part(half, half)
        folded.append(k.let(value, "sum"))
    a, b = (
        k.let(vector(p.part(0, 2), q.part(0, 2)) + vector(p.part(2, 2), q.part(2, 2)), "pair")
        for p, q in (folded[:2], folded[2:])
    )
    return k.let(vector(a[0], a[2], b[0], b[2]) + vector(a[1], a[3], b[1], b[3]), "t")


def _part(k: KernelBuilder, memory: Buffer, at: Expr, lanes: int, valid: Expr | None) -> Expr:
    """A vector along k, widened with zeros to the binding's lanes; `valid` lanes of it count."""
    value = k.load(memory, at, lanes)
    if valid is None:
        return value
    value = mask_lanes(value, valid)
    missing = memory.lanes - lanes
    return k.let(vector(value, *(value[0].lift(0.0) for _ in range(missing))) if missing else value)
