"""Matrix product with constant weights: FULLY_CONNECTED, 1x1 CONV_2D, BATCH_MATMUL by a constant.

y[m, n] = epilogue(sum over k of x[m, k] * weights[n, k]), with x [m, padded(k)] and y [m, padded(n)].

Four kernels. The register tile: an invocation computes `rows` x `width` outputs from a packed panel of weights
[panels, k, width]; the last tiles overlap, so nothing is guarded. The workgroup tile: a group stages blocks of x and of
the weights in workgroup memory. For a few rows on a GPU: `matmul_few_rows`. For llvmpipe: `lane_tile`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..call import KernelCall
from ..device_class import LLVMPIPE_LANES, DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, f32
from ..language.functions import minimum
from ..language.kernel import Kernel
from ..layout import ceil_div, padded
from ..parts.arithmetic import FLOAT_OPERANDS, Operands, Sums
from ..parts.epilogue import NO_STEPS, Epilogue
from ..parts.group_tile import GroupProduct
from ..parts.lane_tile import LaneProduct, find_team, lane_arguments, lane_groups, lane_sizes, loaded_rows, store_rows
from ..parts.packing import pack_panels
from ..parts.remembered import remembered
from ..parts.tile import Product, store_tile, tile_groups, tile_position, zero_sums
from ..schedules.select import GroupTile, LaneTile, MatmulSchedule, RegisterTile, SliceTile, matmul_schedule
from .matmul_few_rows import few_rows_kernel


def matmul(
    device: DeviceClass,
    rows: int,
    weights: np.ndarray,
    epilogue: Epilogue = NO_STEPS,
    schedule: MatmulSchedule | None = None,
) -> KernelCall:
    """The product of x [rows, padded(k)] and constant weights.

    Args:
        device: which schedules suit the device.
        rows: m.
        weights: float32 [n, k].
        epilogue: applied to y.
        schedule: instead of the default one (for tuners).
    """
    n, depth = weights.shape

    def pack(width: int, long: int) -> np.ndarray:
        return pack_panels(weights.T, padded(n), width, long)

    factor = Factor(n, depth, padded(depth), pack)
    return product_call(schedule or matmul_schedule(device, rows, padded(n)), rows, factor, epilogue)


@dataclass(frozen=True, eq=False)
class Factor:
    """The constant right operand of a matrix product.

    Args:
        columns: n.
        depth: k, in values as `operands` multiplies them.
        stride: such values from one row of x to the next.
        pack: gives the weights as panels [panels, depth, width], from (width, least depth).
        operands: how they are multiplied.
        steps: values of k that a load of x brings in a workgroup; `stride` must be a multiple of it.
        constants: further ones that the operands declare.
    """

    columns: int
    depth: int
    stride: int
    pack: Callable[[int, int], np.ndarray]
    operands: Operands = FLOAT_OPERANDS
    steps: int = 4
    constants: Mapping[str, np.ndarray] = field(default_factory=dict)

    def filled(self, width: int, epilogue: Epilogue, depth: int = 0) -> dict[str, np.ndarray]:
        """All constants of a kernel, with panels of `width`."""
        return {"weights": self.pack(width, depth), **self.constants, **epilogue.constants(self.columns)}


def product_call(schedule: MatmulSchedule, rows: int, factor: Factor, epilogue: Epilogue) -> KernelCall:
    """The product of x [rows, stride] and constant weights by one of the four kernels."""
    columns, depth = padded(factor.columns), factor.depth
    if isinstance(schedule, GroupTile):
        return _group_call(schedule, rows, factor, epilogue)
    if isinstance(schedule, SliceTile):
        return _slice_call(schedule, rows, factor, epilogue)
    constants = factor.filled(schedule.width, epilogue)
    panels = ceil_div(columns, schedule.width)
    if isinstance(schedule, LaneTile):
        sizes = (rows, columns, depth, factor.stride, panels, *lane_sizes(schedule))
        groups = lane_groups(schedule, ceil_div(rows, schedule.rows), panels)
        return KernelCall(lane_tile_kernel(schedule, epilogue, factor.operands), sizes, groups, constants)
    tiles = ceil_div(rows, schedule.rows)
    hints = schedule.group == schedule.split == 1 < tiles and constants["weights"].nbytes >= HINTED
    kernel = register_tile_kernel(schedule, depth % schedule.steps, epilogue, factor.operands, hints)
    groups, span = tile_groups(schedule, tiles, panels)
    ahead = (ceil_div(schedule.width, tiles),) if hints else ()
    return KernelCall(kernel, (rows, columns, depth, factor.stride, panels, span, *ahead), groups, constants)


HINTED = 1 << 16
"""Bytes of weights from which on those of the next panel are asked for while one is multiplied."""


def register_tile_kernel(
    s: RegisterTile, tail: int, epilogue: Epilogue, operands: Operands = FLOAT_OPERANDS, hints: bool = False
) -> Kernel:
    """One invocation, one tile.

    Args:
        tail: how many values of k remain after steps of `s.steps`.
        hints: each tile asks for its share of the next panel, `ahead` weights with each value of k.
    """
    name = f"{operands.kind}_gemm_{s.name}" + (f"_tail{tail}" if tail else "") + ("_ahead" if hints else "")
    k = KernelBuilder(name + epilogue.name, (s.group, 1, 1))
    product = Product.of(k, s, operands)
    bound, y = epilogue.declare(k, s.lanes), epilogue.output(k, s.lanes)
    rows, columns, depth, stride, panels, span = k.sizes("rows", "columns", "depth", "stride", "panels", "span")
    row_tile, panel = tile_position(k, s, panels, span)
    row = k.let(minimum(row_tile * s.rows, rows - s.rows), "row")
    column = k.let(minimum(panel * s.width, columns - s.width), "column")
    starts = [k.let((row + r) * stride, "a") for r in range(s.rows)]
    first = k.let(panel * depth * s.width, "panel")
    ahead = None
    if hints:
        (share,) = k.sizes("ahead")
        ahead = k.let(first + depth * s.width + row_tile * depth * share, "next"), share
    if s.split > 1:
        sums = _split_sums(k, product, starts, first, depth, tail)
    else:
        product.add(k, sums := zero_sums(k, s, product.arithmetic.type), starts, first, depth, tail, ahead=ahead)
    sums = product.finished(k, sums, column)
    store_tile(k, s, y, bound, sums, [k.let((row + r) * columns, "c") for r in range(s.rows)], column)
    return k.finish()


@remembered
def lane_tile_kernel(s: LaneTile, epilogue: Epilogue, operands: Operands = FLOAT_OPERANDS) -> Kernel:
    """A subgroup, several tiles whose lanes share what they load of x."""
    k = KernelBuilder(f"{operands.kind}_gemm_{s.name}{epilogue.name}", (LLVMPIPE_LANES, 1, 1))
    bindings = operands.declare(k, 1, 4, s.rows)
    bound, y = epilogue.declare(k, 4), k.write("y", f32, 4)
    rows, columns, depth, stride, panels = k.sizes("rows", "columns", "depth", "stride", "panels")
    shift, tile_rows = lane_arguments(k, s)
    team = find_team(k, panels, shift)
    row = k.let(minimum(team.row_tile * s.rows, rows - s.rows), "row")
    column = k.let(minimum(team.panel * s.width, columns - s.width), "column")
    starts = [k.let((row + r) * stride, "a") for r in loaded_rows(k, s, team)]
    product = LaneProduct.of(s, team, bindings)
    sums = zero_sums(k, s, product.arithmetic.type)
    product.add(k, sums, starts, k.let(team.panel * depth * s.width, "panel"), depth)
    sums = product.finished(k, sums, column)
    store_rows(k, s, y, bound, sums, row, columns, column, tile_rows)
    return k.finish()


def _split_sums(k: KernelBuilder, product: Product, starts: list[Expr], first: Expr, depth: Expr, tail: int) -> Sums:
    """Independent partial sums over k, which hide the latency of additions where a tile is small."""
    s = product.tile
    parts = [zero_sums(k, s, product.arithmetic.type) for _ in range(s.split)]
    pace = s.steps * s.split
    whole = k.let(depth - depth % pace, "whole")
    with k.loop(0, whole, pace) as i:
        for part, sums in enumerate(parts):
            j = k.let(i + part * s.steps, "j")
            product.step(k, sums, [start + j for start in starts], first + j * s.width, s.steps)
    rest = [start + whole for start in starts]
    product.add(k, parts[0], rest, k.let(first + whole * s.width, "first"), depth - whole, tail)
    for other in parts[1:]:
        for row, more in zip(parts[0], other, strict=True):
            for total, value in zip(row, more, strict=True):
                k.set(total, total + value)
    return parts[0]


def _group_call(t: GroupTile, rows: int, factor: Factor, epilogue: Epilogue) -> KernelCall:
    columns = padded(factor.columns)
    tile = replace(t, columns=min(t.columns, columns))
    constants = factor.filled(tile.columns, epilogue, ceil_div(factor.depth, t.depth) * t.depth)
    groups = (ceil_div(columns, tile.columns), ceil_div(rows, t.rows), 1)
    kernel = group_tile_kernel(tile, epilogue, factor.operands, factor.steps)
    return KernelCall(kernel, (rows, columns, factor.depth, factor.stride), groups, constants)


def group_tile_kernel(
    t: GroupTile, epilogue: Epilogue, operands: Operands = FLOAT_OPERANDS, steps: int = 4
) -> Kernel:
    """A workgroup computes t.rows x t.columns outputs; an invocation t.thread_rows x 4 of them."""
    product = GroupProduct(f"{operands.kind}_gemm", t, epilogue, operands, steps)
    k, x = product.k, product.x
    rows, columns, depth, stride = k.sizes("rows", "columns", "depth", "stride")
    panel, row = product.open()
    depth_blocks = k.let((depth + (t.depth - 1)) // t.depth, "blocks")
    product.begin()
    with product.blocks(depth_blocks) as block:
        base = k.let(block * t.depth, "base")

        def load(turn: int, item: Expr) -> Expr:
            inner = k.let(base + item % product.parts * steps, "k")
            line = k.let(minimum(row + item // product.parts, rows - 1), "line")
            value = k.load(x, line * stride + minimum(inner, stride - steps))
            return product.arithmetic.cut(value, depth - inner)

        product.stage(load, k.let((panel * depth_blocks + block) * (t.columns * t.depth), "from"))
        product.multiply()
    product.store(panel, row, rows, columns)
    return k.finish()


def _slice_call(t: SliceTile, rows: int, factor: Factor, epilogue: Epilogue) -> KernelCall:
    """Rows beyond `t.rows` take further workgroups."""
    columns = padded(factor.columns)
    tile = SliceTile(min(t.rows, rows), min(t.columns, columns), t.slices)
    constants = factor.filled(tile.columns, epilogue)
    groups = (ceil_div(columns, tile.columns), ceil_div(rows, tile.rows), 1)
    kernel = few_rows_kernel(tile, factor.depth % factor.steps, epilogue, factor.operands, factor.steps)
    return KernelCall(kernel, (rows, columns, factor.depth), groups, constants)
