"""The register tile of a device whose invocations run in step, eight to a subgroup (llvmpipe).

A team of neighbouring lanes takes the same rows and one panel of columns each. Every lane loads one value of k for each
row, and hands it to its team by a shuffle: a load by eight lanes costs as much as a dozen shuffles. Or, `spread`, every
lane loads one value of a few rows: what is written once in the text is then compiled for few loads instead of many. The
compiler does not know how often the loops run, so it leaves them alone: a short text compiles in a tenth or a fifth of
a second, the unrolled one in five.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..device_class import LLVMPIPE_LANES
from ..language.builder import KernelBuilder
from ..language.expression import Expr, Operand, constant, equal, i32, select, vector
from ..language.functions import minimum, shuffle
from ..language.kernel import Buffer
from ..layout import ceil_div
from ..schedules.select import LaneTile
from .arithmetic import FLOATS, Arithmetic, Sums
from .epilogue import Bound
from .tile import TileColumns


@dataclass(frozen=True, eq=False)
class Team:
    """Lanes that share rows.

    Args:
        across: how many they are.
        first: index of the team's first lane in the subgroup.
        position: of this lane in the team.
        row_tile, panel: what this lane computes.
    """

    across: Expr
    first: Expr
    position: Expr
    row_tile: Expr
    panel: Expr


def lane_groups(s: LaneTile, row_tiles: int, panels: int) -> tuple[int, int, int]:
    """Workgroup counts for all tiles."""
    return ceil_div(panels, s.across), ceil_div(row_tiles, LLVMPIPE_LANES // s.across), 1


def within_groups(s: LaneTile, panels: int) -> LaneTile:
    """The tile with teams that stay within a group of `panels` panels: lanes of another one need other values of x."""
    across = min(s.across, panels & -panels)
    return s if across == s.across else replace(s, across=across, spread=False)


def lane_sizes(s: LaneTile) -> tuple[int, ...]:
    """What kernels of this tile take for `lane_arguments`."""
    return (s.rows,) if s.spread else (_shift(s), s.rows)


def lane_arguments(k: KernelBuilder, s: LaneTile) -> tuple[Expr, Expr]:
    """The `shift` and the `tile_rows`; the former is part of the text where lanes load rows of their own."""
    shift = constant(i32, _shift(s)) if s.spread else k.scalar("shift")
    return shift, k.scalar("tile_rows")


def _shift(s: LaneTile) -> int:
    return s.across.bit_length() - 1


def find_team(k: KernelBuilder, panels: Expr, shift: Expr) -> Team:
    """This invocation's team of 1 << shift lanes. Lanes without a panel of their own compute the last one again."""
    across = k.let(constant(i32, 1) << shift, "across")
    lane = k.local_id(0)
    position = k.let(lane & (across - 1), "position")
    teams = k.let(constant(i32, LLVMPIPE_LANES) >> shift, "teams")
    row_tile = k.let(k.group_id(1) * teams + (lane >> shift), "tile")
    panel = k.let(minimum((k.group_id(0) << shift) + position, panels - 1), "panel")
    return Team(across, k.let(lane - position, "first"), position, row_tile, panel)


def whole_team(k: KernelBuilder, panels: Expr) -> Team:
    """As `find_team`, with one team to a subgroup: all lanes have the same rows, so loops may depend on them."""
    lane = k.local_id(0)
    panel = k.let(minimum(k.group_id(0) * LLVMPIPE_LANES + lane, panels - 1), "panel")
    return Team(constant(i32, LLVMPIPE_LANES), constant(i32, 0), lane, k.group_id(1), panel)


def loaded_rows(k: KernelBuilder, s: LaneTile, team: Team) -> list[Operand]:
    """Rows of the tile, counted from its first, that this lane loads."""
    if not s.spread:
        return list(range(s.rows))
    return [k.let(minimum(team.position + first, s.rows - 1), "mine") for first in range(0, s.rows, s.across)]


@dataclass(frozen=True, eq=False)
class LaneProduct:
    """The operands of a team's products.

    Args:
        x: left operand, read one by one.
        weights: right operand: packed panels [k, width], or lines of a whole matrix.
        x_pitch: elements from one k to the next in x; None: 1.
        pitch: elements from one k to the next in the weights; None: the tile's width (packed panels).
        columns: where a line of the weights holds all k of a column: offsets of the tile's columns from the first.
        arithmetic: how they are multiplied.
    """

    tile: LaneTile
    team: Team
    x: Buffer
    weights: Buffer
    x_pitch: Expr | None = None
    pitch: Expr | None = None
    columns: Sequence[Expr] = ()
    arithmetic: Arithmetic = FLOATS

    @classmethod
    def of(cls, s: LaneTile, team: Team, bindings: tuple[Buffer, Buffer, Arithmetic]) -> LaneProduct:
        """Of packed panels; `bindings` as `Operands.declare` gives them."""
        x, weights, arithmetic = bindings
        return cls(s, team, x, weights, arithmetic=arithmetic)

    def finished(self, k: KernelBuilder, sums: Sums, column: Expr) -> Sums:
        """The sums of a tile that starts at `column`, when all products are in them."""
        return self.arithmetic.finished(k, sums, column, self.tile.starts, self.tile.vectors)

    def add(
        self,
        k: KernelBuilder,
        sums: Sums,
        starts: Sequence[Expr],
        first: Expr,
        depth: Expr,
        valid: Sequence[Expr] | None = None,
    ) -> None:
        """Adds the products of `depth` values of k; the arguments are those of `tile.Product.add`, with `starts` and
        `valid` of the `loaded_rows`."""
        team, across = self.team, self.tile.across
        if self.tile.spread:
            with k.loop(0, depth) as i:
                left = self._left(k, starts, i, valid)
                values = [(left[r // across], team.first + r % across) for r in range(len(sums))]
                self._step(k, sums, values, self._at(k, first, i))
            return
        with k.loop(0, depth, team.across) as i:
            left = self._left(k, starts, k.let(minimum(i + team.position, depth - 1), "mine"), valid)
            with k.loop(0, minimum(team.across, depth - i)) as u:
                lane = k.let(team.first + u, "lane")
                self._step(k, sums, [(value, lane) for value in left], self._at(k, first, i + u))

    def _left(
        self, k: KernelBuilder, starts: Sequence[Expr], depth: Expr, valid: Sequence[Expr] | None
    ) -> Sequence[Expr]:
        """The values of k = `depth` of the rows that begin at `starts`."""
        offset = depth if self.x_pitch is None else k.let(depth * self.x_pitch, "mine")
        left = [k.load(self.x, start + offset, hint="l") for start in starts]
        if valid is None:
            return left
        return [k.let(self.arithmetic.masked(value, ok), "l") for value, ok in zip(left, valid, strict=True)]

    def _at(self, k: KernelBuilder, first: Expr, depth: Expr) -> Expr:
        """Offset of the weights of k = `depth`."""
        return k.let(first + depth * (self.tile.width if self.pitch is None else self.pitch), "at")

    def _step(self, k: KernelBuilder, sums: Sums, left: Sequence[tuple[Expr, Expr]], at: Expr) -> None:
        """Adds the products of one k. `left`: for each row, the value that holds it and in which lane."""
        vectors = zip(self.tile.starts, self.tile.vectors, strict=True)
        right = [self._right(k, at, start, lanes) for start, lanes in vectors]
        for index, (row, (value, lane)) in enumerate(zip(sums, left, strict=True)):
            a = k.let(shuffle(value, lane), "a")
            for total, b in zip(row, right, strict=True):
                k.set(total, self.arithmetic.multiplied(total, a, b))
            self.arithmetic.also(k, index, a)

    def _right(self, k: KernelBuilder, at: Expr, start: int, lanes: int) -> Expr:
        """The weights of one k for `lanes` columns from `start` on."""
        if not self.columns:
            return k.load(self.weights, at + start, lanes, "r")
        single = (k.load(self.weights, at + column, 1) for column in self.columns[start : start + lanes])
        return k.let(vector(*single), "r")


def store_rows(
    k: KernelBuilder,
    s: LaneTile,
    y: Buffer,
    bound: Bound,
    sums: Sums,
    row: Expr,
    columns: Expr,
    column: Expr,
    tile_rows: Expr,
) -> None:
    """Writes rows row, row + 1, ... of y [.., columns] from `column` on through the epilogue, in a loop of `tile_rows`.

    One text for all rows: which sums are meant is selected.
    """
    places = TileColumns.of(k, s, y, bound, column)
    with k.loop(0, tile_rows) as r:
        places.store(k, [chosen(k, values, r) for values in zip(*sums, strict=True)], k.let((row + r) * columns, "c"))


def chosen(k: KernelBuilder, values: Sequence[Expr], index: Expr) -> Expr:
    """values[index]."""
    value = values[0]
    for i, other in enumerate(values[1:], 1):
        value = k.let(select(equal(index, i), other, value), "sum")
    return value
