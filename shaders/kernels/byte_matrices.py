"""BATCH_MATMUL of bytes whose right matrices are packed when they are known.

The products are those of `byte_products`: panels of words of 4 signed bytes, which a kernel packs first. For codes x
with zero point p and w with zero point q,

    sum((x - p) (w - q)) = sum(x w) + p (depth q - sum(w)) - q sum(x)

A panel ends with a line of the second term, which its sums begin with; `row_terms` makes the third. Words are
multiplied whole: what lies beyond the true depth is zero in the panels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..call import KernelCall
from ..device_class import LLVMPIPE_LANES, DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, Operand, bitcast, constant, f32, i32, lane_tree, u32, vector
from ..language.functions import interleave_bytes, minimum
from ..language.kernel import Buffer, Kernel
from ..layout import ceil_div, padded
from ..parts.arithmetic import Sums
from ..parts.epilogue import NO_STEPS, Epilogue
from ..parts.lane_tile import LaneProduct, find_team, lane_arguments, lane_groups, lane_sizes, loaded_rows, store_rows
from ..parts.launch import flat_groups, flat_id, flat_span
from ..parts.nest import GROUP
from ..parts.remembered import remembered
from ..parts.tile import Product, store_tile, tile_groups, tile_position
from ..schedules.byte_schedules import for_words
from ..schedules.select import LaneTile, RegisterTile, cpu_tile, lane_tile, plain_tile
from .batch_matmul import BatchShape
from .byte_products import ONES, WORD, ByteArithmetic, pack_words

WIDTHS = (16, 4)
"""Words that a processor adds up at a time."""
FEW_ROWS = 8
"""Rows of the left matrices below which packing the right ones is most of the work."""
LEAST_WORK = 1 << 22
"""Products below which a shader device is quicker without launches for packing; a quarter where w is [n, k]."""
SIGN = int(np.int32(-0x7F7F7F80))
"""The highest bit of each byte of a word: turned over, it makes unsigned bytes signed ones less 128."""


@dataclass(frozen=True)
class ByteBatch:
    """Products of matrices of bytes.

    Args:
        device: where; on a `CPU` bytes that come are unsigned, elsewhere signed.
        shape: sizes of the matrices; whether x is transposed is not looked at.
        x_zero, w_zero: zero points: that of x as it is kept, that of w as signed bytes.
        tile: the schedule.
    """

    device: DeviceClass
    shape: BatchShape
    x_zero: int
    w_zero: int
    tile: RegisterTile | LaneTile

    @property
    def words(self) -> int:
        """Of a row of x, and of a column of w."""
        return ceil_div(self.shape.depth, WORD)

    @property
    def panels(self) -> int:
        """Of a matrix."""
        return ceil_div(padded(self.shape.columns), self.tile.width)

    @property
    def packed_shape(self) -> tuple[int, int]:
        """Of all panels, int32."""
        return self.shape.w_batch * self.panels * (self.words + 1), self.tile.width

    @property
    def x_words(self) -> int:
        """Of x."""
        return self.shape.x_batch * self.shape.rows * self.words


def packing_pays(device: DeviceClass, shape: BatchShape) -> bool:
    """Whether products of bytes are quicker than those of floats with the packing that goes before them: measured."""
    if device is DeviceClass.CPU:
        return shape.rows >= FEW_ROWS
    work = shape.batch * shape.rows * shape.depth * shape.columns
    return shape.rows >= 2 * FEW_ROWS and work >= (LEAST_WORK >> 2 if shape.adj_y else LEAST_WORK)


def byte_batch_schedule(device: DeviceClass, shape: BatchShape) -> RegisterTile | LaneTile:
    """The default schedule of the products."""
    columns = padded(shape.columns)
    if device is DeviceClass.LLVMPIPE:
        tile = lane_tile(shape.rows * shape.batch, columns, shape.rows)
        return replace(tile, spread=tile.can_spread)
    if device is DeviceClass.CPU:
        return replace(cpu_tile(shape.rows, columns, widest=4), split=1)
    made = for_words(plain_tile(device, shape.rows, columns), ceil_div(shape.depth, WORD))
    assert isinstance(made, RegisterTile)
    return made


def packed_constant(w: np.ndarray, batch: ByteBatch) -> np.ndarray:
    """What `pack_factor` would make of int8 [batch, n, k]."""
    panels = [pack_words(matrix[:, None, :], padded(batch.shape.columns), batch.tile.width)[:, 0] for matrix in w]
    packed = np.concatenate(panels)
    sums = packed.view(np.int8).reshape(*packed.shape, WORD).sum(axis=(1, 3), dtype=np.int64)
    begun = batch.x_zero * (batch.shape.depth * batch.w_zero - sums)
    return np.concatenate([packed, begun[:, None].astype(np.int32)], axis=1).reshape(batch.packed_shape)


def _flat(name: str, device: DeviceClass, count: int) -> tuple[KernelBuilder, int, tuple[int, int, int]]:
    """(a kernel, invocations in a workgroup, workgroup counts) for `count` invocations."""
    group = {DeviceClass.CPU: 1, DeviceClass.LLVMPIPE: LLVMPIPE_LANES}.get(device, GROUP)
    return KernelBuilder(name, (group, 1, 1)), group, flat_groups(count, group)


def pack_factor(batch: ByteBatch) -> KernelCall:
    """`y` [panels, words + 1, width] int32 of `w`, bytes [batch, k, padded(n)], or [batch, n, padded(k)] (`adj_y`)."""
    shape, tile, cpu = batch.shape, batch.tile, batch.device is DeviceClass.CPU
    lanes = min(tile.vectors)
    units = shape.w_batch * batch.panels * (tile.width // lanes)
    tail = shape.depth % WORD
    name = f"pack_words_{tile.width}x{lanes}{'_adjy' if shape.adj_y else ''}{f'_tail{tail}' if tail else ''}"
    k, group, groups = _flat(name + ("_u8" if cpu else "_i8"), batch.device, units)
    w = k.read("w", i32, 1 if shape.adj_y or not cpu else max(lanes // WORD, 1))
    y = k.write("y", i32, lanes)
    count, span, panels, words, columns, last = k.sizes("count", "span", "panels", "words", "columns", "last")
    stride, begin, zero = k.sizes("stride", "begin", "zero")
    unit = flat_id(k, span)
    with k.when(unit < count):
        per_panel = tile.width // lanes
        panel = k.let(unit // per_panel, "panel")
        matrix, inside = k.let(panel // panels, "matrix"), k.let((unit - panel * per_panel) * lanes, "inside")
        column = minimum((panel - matrix * panels) * tile.width, columns - tile.width) + inside
        source = _Source(k, w, cpu, lanes, shape.adj_y, matrix * stride, k.let(column, "column"), columns, last, words)
        to = k.let(panel * ((words + 1) * tile.width) + inside, "to")
        total = k.var(i32.of(lanes), 0, "total")
        arithmetic = ByteArithmetic(signed=not cpu)

        def pack(i: Expr, valid: int) -> None:
            packed = source.packed(i, valid)
            k.store(y, to + i * tile.width, packed)
            k.set(total, arithmetic.multiplied(total, constant(i32, ONES), packed))

        whole = k.let(words - 1, "whole") if tail else words
        with k.loop(0, whole) as i:
            pack(i, WORD)
        if tail:
            pack(whole, tail)
        k.store(y, to + words * tile.width, k.let((begin - total) * zero, "begin"))
    sizes = (
        *(units, flat_span(units, group), batch.panels, batch.words, padded(shape.columns), shape.columns - 1),
        *(shape.w_stride // WORD, shape.depth * batch.w_zero, batch.x_zero),
    )
    return KernelCall(k.finish(), sizes, groups)


@dataclass(frozen=True, eq=False)
class _Source:
    """A matrix of bytes, in words, of which a kernel packs `lanes` columns from `column` on."""

    k: KernelBuilder
    w: Buffer
    unsigned: bool
    lanes: int
    adjoint: bool
    start: Expr
    column: Expr
    columns: Expr
    last: Expr
    words: Expr

    def packed(self, i: Expr, valid: int) -> Expr:
        """Word `i` of each column: 4 of its bytes, of which the first `valid` count."""
        value = self._across(i, valid) if self.adjoint else self._down(i, valid)
        if self.unsigned:
            value = value ^ (SIGN if valid == WORD else SIGN & _mask(valid))
        return self.k.let(value, "packed")

    def _across(self, i: Expr, valid: int) -> Expr:
        """Of lines that are columns."""
        places = (minimum(self.column + lane, self.last) * self.words + i for lane in range(self.lanes))
        value = vector(*(self.k.load(self.w, self.start + place, 1) for place in places))
        return value if valid == WORD else value & _mask(valid)

    def _down(self, i: Expr, valid: int) -> Expr:
        """Of 4 lines, a byte each."""
        k, parts = self.k, max(self.lanes // WORD, 1)
        at = k.let(self.start + (i * WORD * self.columns + self.column) // WORD, "at")
        lines = [k.load(self.w, at + line * (self.columns // WORD), parts) for line in range(valid)]
        lines += [constant(i32.of(parts), 0)] * (WORD - valid)
        if self.unsigned:
            return interleave_bytes(k.let(vector(*lines), "lines"))
        return interleaved(k, lines)


def _mask(valid: int) -> int:
    return (1 << 8 * valid) - 1


def interleaved(k: KernelBuilder, lines: Sequence[Expr]) -> Expr:
    """The bytes of 4 words, as a table of 4 x 4, transposed."""
    places = vector(*(constant(u32, 8 * j) for j in range(WORD)))
    bytes_of = [(places.lift(bitcast(line, u32)) >> places) & 0xFF for line in lines]
    value = bytes_of[0]
    for place, more in enumerate(bytes_of[1:], 1):
        value = value | (more << (8 * place))
    return bitcast(k.let(value, "transposed"), i32.of(WORD))


def row_terms(batch: ByteBatch) -> KernelCall:
    """`y` [rows of x] int32: what a zero point of w adds to the sums of a row of `x`, bytes [.., m, padded(k)]."""
    rows, tail = batch.shape.x_batch * batch.shape.rows, batch.shape.depth % WORD
    signed = batch.device is not DeviceClass.CPU
    name = f"row_terms_{'i8' if signed else 'u8'}{f'_tail{tail}' if tail else ''}"
    k, group, groups = _flat(name, batch.device, rows)
    x, y = k.read("x", i32, 1 if signed else max(WIDTHS)), k.write("y", i32, 1)
    count, span, words, zero = k.sizes("count", "span", "words", "zero")
    row = flat_id(k, span)
    with k.when(row < count):
        total = _line_sum(k, x, k.let(row * words, "first"), words, tail, signed)
        k.store(y, row, total * zero)
    sizes = (rows, flat_span(rows, group), batch.words, -batch.w_zero)
    return KernelCall(k.finish(), sizes, groups)


def _line_sum(k: KernelBuilder, x: Buffer, first: Expr, words: Expr, tail: int, signed: bool) -> Expr:
    """The sum of the bytes of so many words of x; the last has `tail` that count, if not 0."""
    arithmetic, lanes = ByteArithmetic(signed=signed), 1 if signed else WORD
    single = k.var(i32.of(lanes), 0, "single")

    def add(i: Expr, ones: int) -> None:
        right = constant(i32, ones) if signed else vector(*(constant(i32, ones if n == 0 else 0) for n in range(lanes)))
        k.set(single, arithmetic.multiplied(single, k.load(x, first + i, 1), right))

    whole = k.let(words - 1, "whole") if tail else words
    position, wide = constant(i32, 0), []
    for width in () if signed else WIDTHS:
        end = k.let(whole - (whole - position) % width, "end")
        wide.append(k.var(i32.of(width), 0, "wide"))
        with k.loop(position, end, width) as i:
            ones = wide[-1].lift(constant(i32, ONES))
            k.set(wide[-1], arithmetic.multiplied(wide[-1], k.load(x, first + i, width), ones))
        position = end
    with k.loop(position, whole) as i:
        add(i, ONES)
    if tail:
        add(whole, ONES & _mask(tail))
    return k.let(sum((lane_tree(sums) for sums in wide), lane_tree(single)), "total")


def transposed_words(batch: ByteBatch) -> KernelCall:
    """`y` [.., m, words] int32, bytes of the rows of `x`, which is bytes [.., k, padded(m)]."""
    shape = batch.shape
    across = padded(shape.rows) // WORD
    units = shape.x_batch * across * batch.words
    k, group, groups = _flat("transpose_words", batch.device, units)
    x, y = k.read("x", i32, 1), k.write("y", i32, 1)
    count, span, words, depth, rows, four = k.sizes("count", "span", "words", "depth", "rows", "four")
    unit = flat_id(k, span)
    with k.when(unit < count):
        rest = k.let(unit // four, "rest")
        matrix, column = k.let(rest // words, "matrix"), k.let(unit - rest * four, "column")
        word = k.let(rest - matrix * words, "word")
        lines = (minimum(word * WORD + line, depth - 1) for line in range(WORD))
        made = interleaved(k, [k.load(x, (matrix * depth + line) * four + column, 1) for line in lines])
        for lane in range(WORD):
            row = k.let(column * WORD + lane, "row")
            with k.when(row < rows):
                k.store(y, (matrix * rows + row) * words + word, made[lane])
    sizes = (units, flat_span(units, group), batch.words, shape.depth, shape.rows, across)
    return KernelCall(k.finish(), sizes, groups)


def byte_batch_matmul(batch: ByteBatch, epilogue: Epilogue = NO_STEPS) -> KernelCall:
    """The sums, int32 and exact; operands `x`, `w` (packed), `terms` if w has a zero point, the epilogue's, `y`."""
    shape, tile = batch.shape, batch.tile
    row_tiles = ceil_div(shape.rows, tile.rows)
    panel_words = (batch.words + 1) * tile.width
    strides = (
        0 if shape.x_batch == 1 else shape.rows,
        0 if shape.w_batch == 1 else batch.panels * panel_words,
    )
    sizes = (
        *(shape.batch * row_tiles, row_tiles, shape.rows, padded(shape.columns), batch.words, batch.panels),
        *strides,
    )
    constants, terms = epilogue.constants(shape.columns), batch.w_zero != 0
    if isinstance(tile, LaneTile):
        groups = lane_groups(tile, shape.batch * row_tiles, batch.panels)
        return KernelCall(_lane_kernel(tile, terms, epilogue), (*sizes, *lane_sizes(tile)), groups, constants)
    launch, span = tile_groups(tile, row_tiles * shape.batch, batch.panels)
    signed = batch.device is not DeviceClass.CPU
    kernel = _tile_kernel(tile, signed, batch.words % tile.steps, terms, epilogue)
    return KernelCall(kernel, (*sizes, span), launch, constants)


@dataclass(frozen=True, eq=False)
class _Frame:
    """Where an invocation's tile lies."""

    terms: Buffer | None
    words: Expr
    rows: Expr
    columns: Expr
    batch: Expr
    row: Expr
    column: Expr
    x_row: Expr
    panel: Expr

    @classmethod
    def of(
        cls,
        k: KernelBuilder,
        s: RegisterTile | LaneTile,
        sizes: Sequence[Expr],
        tile: Expr,
        panel: Expr,
        terms: Buffer | None,
    ) -> _Frame:
        tiles, row_tiles, rows, columns, words, _, x_stride, w_stride = sizes
        tile = k.let(minimum(tile, tiles - 1), "tile")
        batch = k.let(tile // row_tiles, "batch")
        row = k.let(minimum((tile - batch * row_tiles) * s.rows, rows - s.rows), "row")
        column = k.let(minimum(panel * s.width, columns - s.width), "column")
        first = k.let(batch * w_stride + panel * ((words + 1) * s.width), "panel")
        return cls(terms, words, rows, columns, batch, row, column, k.let(batch * x_stride + row, "x_row"), first)

    def sums(self, k: KernelBuilder, s: RegisterTile | LaneTile, w: Buffer) -> Sums:
        """What the tile's sums begin with."""
        at = k.let(self.panel + self.words * s.width, "begin")
        begun = [k.load(w, at + start, lanes, "begin") for start, lanes in zip(s.starts, s.vectors, strict=True)]
        made = []
        for r in range(s.rows):
            term = None if self.terms is None else k.load(self.terms, self.x_row + r, 1, "term")
            made.append([k.var(b.type, b if term is None else b + b.lift(term), "sum") for b in begun])
        return made

    def starts(self, k: KernelBuilder, rows: Sequence[Operand]) -> list[Expr]:
        """Where rows of the tile lie in x."""
        return [k.let((self.x_row + r) * self.words, "a") for r in rows]


SIZES = ("tiles", "row_tiles", "rows", "columns", "words", "panels", "x_stride", "w_stride")


def _tile_kernel(s: RegisterTile, signed: bool, tail: int, terms: bool, epilogue: Epilogue) -> Kernel:
    kind = f"{'i8' if signed else 'u8'}{'u8' if terms else 'i8'}"
    name = f"{kind}_batch_gemm_{s.name}{f'_tail{tail}' if tail else ''}{epilogue.name}"
    k = KernelBuilder(name, (s.group, 1, 1))
    x, w = k.read("x", i32, s.steps), k.read("w", i32, s.lanes)
    added = k.read("terms", i32) if terms else None
    bound, y = epilogue.declare(k, s.lanes), epilogue.output(k, s.lanes)
    sizes, span = k.sizes(*SIZES), k.scalar("span")
    tile, panel = tile_position(k, s, sizes[5], span)
    f = _Frame.of(k, s, sizes, tile, panel, added)
    sums = f.sums(k, s, w)
    product = Product(s, x, w, arithmetic=ByteArithmetic(signed=signed))
    product.add(k, sums, f.starts(k, range(s.rows)), f.panel, f.words, tail)
    lines = [k.let((f.batch * f.rows + f.row + r) * f.columns, "c") for r in range(s.rows)]
    store_tile(k, s, y, bound, sums, lines, f.column)
    return k.finish()


@remembered
def _lane_kernel(s: LaneTile, terms: bool, epilogue: Epilogue) -> Kernel:
    name = f"i8{'u8' if terms else 'i8'}_batch_gemm_{s.name}{epilogue.name}"
    k = KernelBuilder(name, (LLVMPIPE_LANES, 1, 1))
    x, w = k.read("x", i32), k.read("w", i32, 4)
    added = k.read("terms", i32) if terms else None
    bound, y = epilogue.declare(k, 4), k.write("y", f32, 4)
    sizes = k.sizes(*SIZES)
    shift, tile_rows = lane_arguments(k, s)
    team = find_team(k, sizes[5], shift)
    f = _Frame.of(k, s, sizes, team.row_tile, team.panel, added)
    sums = f.sums(k, s, w)
    product = LaneProduct(s, team, x, w, arithmetic=ByteArithmetic(signed=True))
    product.add(k, sums, f.starts(k, loaded_rows(k, s, team)), f.panel, f.words)
    store_rows(k, s, y, bound, sums, k.let(f.batch * f.rows + f.row, "row"), f.columns, f.column, tile_rows)
    return k.finish()
