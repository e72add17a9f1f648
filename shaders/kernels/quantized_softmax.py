"""SOFTMAX of 8-bit codes (16-bit ones: `wide_softmax`) along the innermost axis, in gemmlowp's fixed point.

Codes lie as `requantize` says, or are bytes; those are taken in vectors across rows on a CPU. The exponentials come
from a table by the distance of a code to the row's largest; the reciprocal of their sum is Newton's, as in gemmlowp's
`one_over_one_plus_x_for_x_in_0_1`.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, Type, bitcast, cast, constant, f32, i32, select, u32, vector
from ..language.functions import clamp, maximum, minimum
from ..language.kernel import Buffer
from ..layout import LANES, ceil_div, padded
from ..parts.nest import GROUP, Nest, Place, Walk
from ..parts.requantize import saturating_high_of_any
from ..parts.team import ALONE, LONG_ROW, RowTeam, Team, row_groups
from ..traced.storage import Codes, stored

DISTANCES = 256
"""Distances of two 8-bit codes."""
SUM_BITS = 12
"""Integer bits of the sum of exponentials."""
ROWS = 16
"""Rows that are computed at a time, where they are."""
WORD, BYTE = 4, 8
"""Bytes of a word, and bits of a byte."""
LONGEST_ROW = 4095
"""With more elements the sum might leave 31 bits."""


def quantized_softmax(
    device: DeviceClass,
    shape: Sequence[int],
    exponentials: np.ndarray,
    offset: int,
    kept: tuple[Codes, Codes] | None = None,
) -> KernelCall:
    """`y` = softmax codes of `x` along the last axis of [shape], at most `LONGEST_ROW` long.

    Args:
        exponentials: int [256], exp of minus each distance, with 31 fraction bits; 0 where it does not count.
        offset: the lowest code of the output less its zero point.
        kept: how x and y are kept, if as bytes.
    """
    exp = np.asarray(exponentials, np.int64)
    half = 1 << (SUM_BITS - 1)
    values = {"table": np.concatenate([exp, (exp + half) >> SUM_BITS]).astype(np.int32)}
    rows = math.prod(shape[:-1])
    if device is DeviceClass.CPU and kept is not None and rows >= ROWS:
        made = _row_words if padded(shape[-1]) == WORD else _row_vectors
        return made(shape, offset + kept[1].zero, values)
    call = _row_by_row(device, shape, offset, values)
    return call if kept is None else stored(call, dict(zip("xy", kept, strict=True)))


def _row_by_row(device: DeviceClass, shape: Sequence[int], offset: int, values: Mapping[str, np.ndarray]) -> KernelCall:
    """One invocation takes a row (on a CPU some rows, one after the other). Shader devices store by four, and so bytes
    too; what pads a row is anything."""
    count, rows, cpu = shape[-1], math.prod(shape[:-1]), device is DeviceClass.CPU
    if device is DeviceClass.GPU and count >= LONG_ROW:
        return _row_by_team(count, rows, offset, values)
    lanes = 1 if cpu else LANES
    k = KernelBuilder("codes_softmax", (1, 1, 1) if cpu else (GROUP, 1, 1))
    x, y, table = k.read("x", f32, lanes), k.write("y", f32, lanes), k.constant("table", i32)
    walk = Walk(k, Nest((rows,), ((padded(count),),)), device, vectors=False, work=20 * count)
    length, lowest = walk.arguments.size("length", count), walk.arguments.size("lowest", offset)

    groups = walk.emit(lambda place: _softmax(k, _row(k, x, y, table, place.offsets[0], lowest, lanes), length, i32))
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, values)


def _row_by_team(count: int, rows: int, offset: int, values: Mapping[str, np.ndarray]) -> KernelCall:
    """A workgroup takes a row."""
    k = KernelBuilder(f"codes_softmax_wg{GROUP}", (GROUP, 1, 1))
    x, y, table = k.read("x", f32, LANES), k.write("y", f32, LANES), k.constant("table", i32)
    length, lowest, stride, last, span = k.sizes("length", "lowest", "stride", "last", "span")
    team = RowTeam(k)
    at = k.let(team.row(last, span) * stride, "at")
    _softmax(k, _row(k, x, y, table, at, lowest, LANES), length, i32, team)
    groups = row_groups(rows)
    return KernelCall(k.finish(), (count, offset, padded(count), rows - 1, groups[0]), groups, values)


def _row(k: KernelBuilder, x: Buffer, y: Buffer, table: Buffer, at: Expr, lowest: Expr, lanes: int) -> _Row:
    """The row that begins at an offset."""
    return _Row(
        lambda i, width: cast(k.load(x, at + i, width), i32),
        lambda index: _gathered(k, table, index),
        lambda i, code: k.store(y, at + i, cast(code + lowest, f32)),
        lanes,
    )


def _gathered(k: KernelBuilder, table: Buffer, index: Expr) -> Expr:
    """The entries at the lanes of `index`."""
    entries = [k.load(table, index[lane], 1) for lane in range(index.type.lanes)]
    return entries[0] if len(entries) == 1 else k.let(vector(*entries), "entries")


def _row_vectors(shape: Sequence[int], lowest: int, values: Mapping[str, np.ndarray]) -> KernelCall:
    """`ROWS` rows of bytes at a time, one in each lane; `lowest`: the output's lowest code as it is kept."""
    count, rows = shape[-1], math.prod(shape[:-1])
    k = KernelBuilder(f"u8_softmax_rows{ROWS}")
    x, y, table = k.read("x", "u8"), k.write("y", "u8"), k.constant("table", i32)
    walk = Walk(k, Nest((ceil_div(rows, ROWS),), ((1,),)), DeviceClass.CPU, vectors=False, work=8 * ROWS * count)
    size = walk.arguments.size
    length, stride, last = size("length", count), size("stride", padded(count)), size("last", rows - ROWS)
    base = size("lowest", lowest)

    def body(place: Place) -> None:
        first = k.let(minimum(place.coordinates[0] * ROWS, last), "row")
        starts = [k.let((first + row) * stride, "at") for row in range(ROWS)]

        def store(i: Expr, code: Expr) -> None:
            for row, start in enumerate(starts):
                k.store(y, start + i, k.let(code + base, "codes")[row])

        memory = _Row(
            lambda i, width: k.let(vector(*(k.load(x, start + i, 1) for start in starts)), "x"),
            lambda index: _gathered(k, table, index),
            store,
        )
        _softmax(k, memory, length, i32.of(ROWS))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, values)


def _row_words(shape: Sequence[int], lowest: int, values: Mapping[str, np.ndarray]) -> KernelCall:
    """As `_row_vectors`, of rows that are a word each: all codes of a column lie in one vector as they are."""
    count, rows = shape[-1], math.prod(shape[:-1])
    k = KernelBuilder(f"u8_softmax_words_of_{count}")
    x, y, table = k.read("x", i32, ROWS), k.write("y", i32, ROWS), k.constant("table", i32)
    walk = Walk(k, Nest((ceil_div(rows, ROWS),), ((1,),)), DeviceClass.CPU, vectors=False, work=2 * ROWS * count)
    last, base = walk.arguments.size("last", rows - ROWS), walk.arguments.size("lowest", lowest)

    def body(place: Place) -> None:
        first = k.let(minimum(place.coordinates[0] * ROWS, last), "row")
        words = k.load(x, first)
        codes = [k.let((words >> BYTE * i) & (DISTANCES - 1), "x") for i in range(count)]
        highest = k.let(functools.reduce(maximum, codes), "highest")
        entries = [_gathered(k, table, k.let(highest - code, "distance")) for code in codes]
        rounded = [(entry >> SUM_BITS) + ((entry >> (SUM_BITS - 1)) & 1) for entry in entries]
        scale = _scale(k, k.let(functools.reduce(operator.add, rounded), "total"))
        made = [(_code(k, scale, entry) + base) << BYTE * i for i, entry in enumerate(entries)]
        k.store(y, first, functools.reduce(operator.or_, made))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, values)


@dataclass(frozen=True, eq=False)
class _Row:
    """Memory of a row (or one row in each lane).

    Attributes:
        code: the code at a column, whatever stands for 0, or those of that many columns.
        entry: the entry of the table at an index.
        store: puts a code, counted from the output's lowest, at a column.
        width: columns that are stored at a time.
    """

    code: Callable[[Expr, int], Expr]
    entry: Callable[[Expr], Expr]
    store: Callable[[Expr, Expr], None]
    width: int = 1


def _softmax(k: KernelBuilder, row: _Row, length: Expr, kind: Type, team: Team = ALONE) -> None:
    zero = constant(i32, 0)
    highest = k.var(kind, row.code(zero, 1), "highest")
    with team.loop(k, 1, length) as i:
        k.set(highest, maximum(highest, row.code(i, 1)))
    team.join(k, highest, maximum)

    def distance(i: Expr, width: int = 1) -> Expr:
        return k.let(clamp(highest - row.code(i, width), 0, DISTANCES - 1), "distance")

    total = k.var(kind, 0, "total")
    with team.loop(k, 0, length) as i:
        k.set(total, total + row.entry(k.let(distance(i) + DISTANCES, "index")))
    team.join(k, total, operator.add)
    scale = _scale(k, total)
    with team.loop(k, 0, length, row.width) as i:
        row.store(i, _code(k, scale, row.entry(distance(i, row.width))))


def _scale(k: KernelBuilder, total: Expr) -> tuple[Expr, Expr]:
    """The reciprocal of a sum of exponentials, and how far its products with them are shifted."""
    zeros = k.let(leading_zeros(k, total), "zeros")
    inverse = one_over_one_plus(k, (bitcast(total, u32) << bitcast(zeros, u32)) & 0x7FFFFFFF)
    return inverse, k.let(SUM_BITS - zeros + (31 - 8), "shift")


def _code(k: KernelBuilder, scale: tuple[Expr, Expr], entries: Expr) -> Expr:
    """The codes of exponentials, counted from the output's lowest."""
    inverse, shift = scale
    product = saturating_high_of_any(k, entries.lift(inverse), entries)
    code = ((product >> (minimum(shift, 31) - 1)) + 1) >> 1
    return k.let(minimum(select(shift > 31, 0, code), 255), "code")


def leading_zeros(k: KernelBuilder, x: Expr) -> Expr:
    """Zero bits above the highest set bit of a positive i32."""
    zeros, rest = k.var(x.type, 1, "zeros"), k.var(x.type, x, "rest")
    for step in (16, 8, 4, 2, 1):
        low = k.let(rest < (1 << (31 - step)), "low")
        k.set(zeros, select(low, zeros + step, zeros))
        k.set(rest, select(low, rest << step, rest))
    return zeros


def one_over_one_plus(k: KernelBuilder, a: Expr) -> Expr:
    """1 / (1 + a) with 31 fraction bits, of a u32 below 2**31 that stands for [0, 1) with 31 fraction bits."""
    half = k.let(bitcast((a + 0x80000000) >> 1, i32), "half")
    x = k.let(saturating_high_of_any(k, half, half.lift(-1010580540)) + 1515870810, "x")
    for _ in range(3):
        error = k.let((1 << 29) - saturating_high_of_any(k, half, x), "error")
        x = k.let(x + (saturating_high_of_any(k, x, error) << 2), "x")
    return k.let(select(x >= (1 << 30), 0x7FFFFFFF, x << 1), "inverse")
