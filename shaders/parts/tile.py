"""The register tile shared by matrix products and convolutions: rows x width sums held by one invocation.

Rows of the left operand start anywhere in `x`; the right operand is a packed panel [k, width] of weights.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from ..language.builder import KernelBuilder
from ..language.expression import Expr, Operand, Type, f32
from ..language.kernel import Buffer
from ..schedules.select import LaneTile, RegisterTile
from .arithmetic import FLOATS, Arithmetic, Operands, Sums
from .epilogue import Bound, Piece
from .launch import flat_groups, flat_id, flat_span


def tile_groups(s: RegisterTile, row_tiles: int, panels: int) -> tuple[tuple[int, int, int], int]:
    """Workgroup counts for all tiles, and the `span` that `tile_position` takes."""
    if s.group == 1:
        return (row_tiles, panels, 1), 0
    count = row_tiles * panels
    return flat_groups(count, s.group), flat_span(count, s.group)


def tile_position(k: KernelBuilder, s: RegisterTile, panels: Expr, span: Expr) -> tuple[Expr, Expr]:
    """(row tile, panel) of this invocation. A workgroup of several takes panels first, then row tiles."""
    if s.group == 1:
        return k.global_id(0), k.global_id(1)
    flat = flat_id(k, span)
    return k.let(flat // panels, "tile"), k.let(flat % panels, "panel")


def zero_sums(k: KernelBuilder, s: RegisterTile | LaneTile, type: Type = f32) -> Sums:
    """A variable for each vector of the tile."""
    return [[k.var(type.of(lanes), 0, "sum") for lanes in s.vectors] for _ in range(s.rows)]


@dataclass(frozen=True, eq=False)
class Product:
    """The operands of a tile's products.

    Args:
        tile: its schedule.
        x: left operand; one load brings `tile.steps` values of a row.
        weights: packed panels, or rows of a whole matrix.
        pitch: elements from one k to the next in the weights; None: the tile's width (packed panels).
        arithmetic: how they are multiplied.
    """

    tile: RegisterTile
    x: Buffer
    weights: Buffer
    pitch: Expr | None = None
    arithmetic: Arithmetic = FLOATS

    @classmethod
    def of(cls, k: KernelBuilder, s: RegisterTile, operands: Operands) -> Product:
        """Of packed panels; declares the bindings."""
        x, weights, arithmetic = operands.declare(k, s.steps, s.lanes, s.rows)
        return cls(s, x, weights, arithmetic=arithmetic)

    def finished(self, k: KernelBuilder, sums: Sums, column: Expr) -> Sums:
        """The sums of a tile that starts at `column`, when all products are in them."""
        return self.arithmetic.finished(k, sums, column, self.tile.starts, self.tile.vectors)

    def miss(self, k: KernelBuilder, sums: Sums, first: Expr) -> None:
        """Adds to all rows what one value of k adds that is not valid; where `nothing` adds something."""
        nothing = self.arithmetic.nothing
        assert nothing is not None
        for place, lanes in enumerate(self.tile.vectors):
            right = k.load(self.weights, first + self.tile.starts[place], lanes, "r")
            for row in sums:
                k.set(row[place], self.arithmetic.multiplied(row[place], nothing, right))

    def past(self, first: Expr, count: Operand) -> Expr:
        """Offset in the weights, `count` values of k beyond `first`."""
        return first + count * self.pitch if self.pitch is not None else first + count * self.tile.width

    def add(
        self,
        k: KernelBuilder,
        sums: Sums,
        starts: Sequence[Expr],
        first: Expr,
        depth: Expr,
        tail: int,
        valid: Sequence[Expr] | None = None,
        ahead: tuple[Expr, Expr] | None = None,
    ) -> None:
        """Adds the products of `depth` values of k.

        Args:
            sums: one row for each of `starts`.
            starts: offsets of the rows in x.
            first: offset of the panel in the weights.
            tail: depth % steps.
            valid: per row, whether it counts (others read as zero).
            ahead: where weights begin that are needed soon, and how far to hint at them with each value of k.
        """
        steps = self.tile.steps
        whole = k.let(depth - depth % steps, "whole") if steps > 1 else depth
        with k.loop(0, whole, steps) as i:
            if ahead is not None:
                k.prefetch(self.weights, ahead[0] + i * ahead[1])
            self.step(k, sums, [s + i for s in starts], self.past(first, i), steps, valid)
        if tail:
            self.step(k, sums, [s + whole for s in starts], self.past(first, whole), tail, valid)

    def step(
        self,
        k: KernelBuilder,
        sums: Sums,
        starts: Sequence[Expr],
        first: Expr,
        count: int,
        valid: Sequence[Expr] | None = None,
    ) -> None:
        """Adds the products of `count` <= steps values of k, unrolled."""
        tile = self.tile
        left = [k.load(self.x, start, hint="l") for start in starts]
        if valid is not None:
            left = [k.let(self.arithmetic.masked(value, ok), "l") for value, ok in zip(left, valid, strict=True)]
        for u in range(count):
            at = k.let(self.past(first, u), "at")
            right = [
                k.load(self.weights, at + j, lanes, "r") for j, lanes in zip(tile.starts, tile.vectors, strict=True)
            ]
            for row, a in zip(sums, left, strict=True):
                for total, b in zip(row, right, strict=True):
                    k.set(total, self.arithmetic.multiplied(total, a[u], b))
        for row_index, value in enumerate(left):
            self.arithmetic.also(k, row_index, value)


def where_needed(
    k: KernelBuilder, s: RegisterTile, valid: list[Expr], add: Callable[[list[Expr] | None], None], skip: bool = True
) -> None:
    """Calls `add` with the masks; where branches are cheap (groups of one) also without them.

    `skip`: nothing is added where no row is valid.
    """
    if s.group > 1:
        add(valid)
        return
    with k.when(reduce(and_, valid)):
        add(None)
    with k.otherwise(), k.when(reduce(or_, valid)) if skip else contextlib.nullcontext():
        add(valid)


@dataclass(frozen=True, eq=False)
class TileColumns:
    """Where the vectors of a tile's rows go: their first channels, and the per-channel operands of the epilogue."""

    y: Buffer
    bound: Bound
    channels: tuple[Expr, ...]
    loaded: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, k: KernelBuilder, s: RegisterTile | LaneTile, y: Buffer, bound: Bound, column: Expr) -> TileColumns:
        """The columns of a tile that starts at channel `column`."""
        channels = tuple(k.let(column + start, "channel") for start in s.starts)
        pairs = zip(channels, s.vectors, strict=True)
        return cls(y, bound, channels, tuple(bound.channel_values(k, channel, lanes) for channel, lanes in pairs))

    def store(self, k: KernelBuilder, row: list[Expr], line: Expr) -> None:
        """Writes one row of sums, at offset `line` in y, through the epilogue."""
        self.store_all(k, [row], [line])

    def store_all(self, k: KernelBuilder, rows: Sums, lines: Sequence[Expr]) -> None:
        """Writes rows of sums, each at its offset in y."""
        pieces = [
            Piece(total, k.let(line + channel, "out"), channel, loaded)
            for row, line in zip(rows, lines, strict=True)
            for total, channel, loaded in zip(row, self.channels, self.loaded, strict=True)
        ]
        self.bound.store(k, self.y, pieces)


def store_tile(
    k: KernelBuilder, s: RegisterTile, y: Buffer, bound: Bound, sums: Sums, lines: Sequence[Expr], column: Expr
) -> None:
    """Writes a tile through the epilogue; `lines` are the offsets of its rows in y."""
    TileColumns.of(k, s, y, bound, column).store_all(k, sums, lines)
