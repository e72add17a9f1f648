"""Attention on processors: a tile of queries side by side in vectors, keys and columns of v one below the other.

Scores are products of the keys' numbers and whole vectors of queries, as in `matmul`; so are the sums of rows of v.
What lies between, largest scores and exponentials, is the same for all lanes. Queries are transposed before, and
results after. The scores of a block of keys stay in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..attention_shape import AttentionShape, AttentionText
from ..call import KernelCall
from ..language.builder import KernelBuilder
from ..language.expression import Expr, constant, f32, i32, vector
from ..language.functions import exp, fma, maximum, minimum
from ..language.kernel import Kernel
from ..layout import LANES, ceil_div, padded
from ..parts.attention_frame import LOWEST, Frame
from ..parts.nest import CPU_LANES
from ..parts.remembered import remembered
from ..schedules.attention import TileAttention

Vectors = list[Expr]
SIDE = LANES
"""Rows and columns that are transposed together: larger squares are no quicker and take longer to compile."""


@dataclass(frozen=True)
class _Variant:
    """What the text depends on beside schedule and operands.

    Args:
        single: there is one block of keys.
        tail: keys beyond whole tiles of them.
        guarded: the last queries of a tile may not exist.
    """

    single: bool
    tail: int
    guarded: bool

    @property
    def name(self) -> str:
        return ("_once" if self.single else "") + (f"_tail{self.tail}" if self.tail else "") + "_part" * self.guarded


def tile_call(s: TileAttention, shape: AttentionShape) -> KernelCall:
    """One launch, with an invocation for each tile of queries of each head."""
    variant = _Variant(shape.keys <= s.block, shape.keys % s.rows, shape.queries % 4 != 0)
    tiles = ceil_div(padded(shape.queries), s.queries)
    return KernelCall(_kernel(s, shape.text, variant), shape.sizes, (tiles, shape.matrices, 1))


@remembered
def _kernel(s: TileAttention, text: AttentionText, variant: _Variant) -> Kernel:
    k = KernelBuilder(f"f32_attention_{s.name}_{text.name}{variant.name}")
    f = Frame.declare(k, text, CPU_LANES, 1)
    tile = _Tile(k, s, text, variant, f)
    tile.turn_queries()
    if variant.single:
        tile.block(constant(i32, 0), f.keys)
    else:
        tile.clear_sums()
        with k.loop(0, f.keys, s.block) as first:
            tile.block(first, k.let(minimum(f.keys - first, s.block), "count"))
    tile.store()
    return k.finish()


class _Tile:
    """The queries of one invocation, and what is known of them so far."""

    def __init__(self, k: KernelBuilder, s: TileAttention, text: AttentionText, variant: _Variant, f: Frame) -> None:
        self.k, self.s, self.text, self.variant, self.f = k, s, text, variant, f
        self.lanes = max(s.vectors)
        self.turned = k.private("turned", f32.of(self.lanes), padded(text.depth) * s.queries)
        self.scores = k.private("scores", f32.of(self.lanes), s.block * s.queries)
        self.sums = k.private("sums", f32.of(self.lanes), padded(text.width) * s.queries)
        end = k.let((f.queries + 3) // 4 * 4 - s.queries, "end")
        self.first = k.let(minimum(k.group_id(0) * s.queries, end), "query")
        self.largest = self._variables(LOWEST, "largest")
        self.total = self._variables(0.0, "total")

    def _variables(self, value: float, hint: str) -> Vectors:
        return [self.k.var(f32.of(lanes), value, hint) for lanes in self.s.vectors]

    def _places(self) -> list[tuple[int, int]]:
        """(first query in the tile, lanes) of each vector."""
        return [(sum(self.s.vectors[:i]), lanes) for i, lanes in enumerate(self.s.vectors)]

    # --- before and after

    def turn_queries(self) -> None:
        """q with its rows as columns, and scaled, in `turned`."""
        k, q = self.k, self.f.q
        with k.loop(0, self.s.queries, SIDE) as start:
            rows = [k.let(q.at(self.f.last_query(self.first + start + i)), "row") for i in range(SIDE)]
            with k.loop(0, padded(self.text.depth), SIDE) as column:
                turned = transposed(k, [k.load(q.buffer, row + column, SIDE) for row in rows])
                for c, value in enumerate(turned):
                    k.store(self.turned, (column + c) * self.s.queries + start, value * self.f.scale)

    def store(self) -> None:
        """The sums, divided, with their columns as rows."""
        k = self.k
        shares = k.private("shares", f32.of(self.lanes), self.s.queries)
        for (place, _), total in zip(self._places(), self.total, strict=True):
            k.store(shares, place, 1.0 / total)
        with k.loop(0, self.s.queries, SIDE) as start:
            query, share = k.let(self.first + start, "query"), k.load(shares, start, SIDE, "share")
            with k.loop(0, padded(self.text.width), SIDE) as column:
                sums = [k.load(self.sums, (column + c) * self.s.queries + start, SIDE) for c in range(SIDE)]
                for i, value in enumerate(transposed(k, [k.let(total * share) for total in sums])):
                    self._put(query + i, column, value)

    def _put(self, query: Expr, column: Expr, value: Expr) -> None:
        at = self.k.let(self.f.y.at(query) + column, "out")
        if not self.variant.guarded:
            self.k.store(self.f.y.buffer, at, value)
            return
        with self.k.when(query < self.f.queries):
            self.k.store(self.f.y.buffer, at, value)

    def clear_sums(self) -> None:
        zero = self.k.let(constant(f32.of(self.lanes), 0.0), "zero")
        with self.k.loop(0, padded(self.text.width) * self.s.queries, self.lanes) as i:
            self.k.store(self.sums, i, zero)

    # --- a block of keys

    def block(self, first: Expr, count: Expr) -> None:
        """Adds `count` keys from `first` on."""
        k, s, tail = self.k, self.s, self.variant.tail
        highest = [k.var(v.type, v, "highest") for v in self.largest]
        whole = k.let(count - count % s.rows, "whole") if tail else count
        with k.loop(0, whole, s.rows) as key:
            self._add_scores(highest, first, key, s.rows)
        if tail:
            with k.when(whole < count):
                self._add_scores(highest, first, whole, tail)
        factors = [] if self.variant.single else self._scale_down(highest)
        with k.loop(0, count) as key:
            self._exponentials(highest, key)
        for column, columns in self._column_tiles():
            self._add_values(factors, first, count, column, columns)

    def _add_scores(self, highest: Vectors, first: Expr, key: Expr, rows: int) -> None:
        """The scores of `rows` keys, in `scores`, and the largest of them."""
        k, s, f = self.k, self.s, self.f
        starts = [k.let(f.k.at(first + key + r), "row") for r in range(rows)]
        sums = [[k.var(f32.of(lanes), 0, "sum") for lanes in s.vectors] for _ in range(rows)]
        with k.loop(0, self.text.depth) as i:
            queries = [k.load(self.turned, i * s.queries + start, lanes) for start, lanes in self._places()]
            for row, at in zip(sums, starts, strict=True):
                value = k.load(f.k.buffer, at + i, 1)
                for total, query in zip(row, queries, strict=True):
                    k.set(total, fma(query, value, total))
        for r, row in enumerate(sums):
            for total, high, (start, lanes) in zip(row, highest, self._places(), strict=True):
                score = k.let(self._masked(total, k.let(first + key + r, "key"), start, lanes), "score")
                k.set(high, maximum(high, score))
                k.store(self.scores, (key + r) * s.queries + start, score)

    def _masked(self, score: Expr, key: Expr, start: int, lanes: int) -> Expr:
        mask, factor = self.f.mask, self.f.mask_scale
        if mask is None or factor is None:
            return score
        if self.text.masked == "keys":
            return maximum(score + self.k.load(mask.buffer, mask.at(key), 1) * factor, LOWEST)
        return maximum(fma(self.k.load(mask.buffer, mask.at(key) + self.first + start, lanes), factor, score), LOWEST)

    def _scale_down(self, highest: Vectors) -> Vectors:
        """What the sums are to be multiplied by, now that the largest scores are known; the total is, here."""
        k, factors = self.k, []
        for old, new, total in zip(self.largest, highest, self.total, strict=True):
            factors.append(k.let(exp(old - new), "factor"))
            k.set(total, total * factors[-1])
            k.set(old, new)
        return factors

    def _exponentials(self, highest: Vectors, key: Expr) -> None:
        k = self.k
        for high, total, (start, lanes) in zip(highest, self.total, self._places(), strict=True):
            at = k.let(key * self.s.queries + start, "at")
            value = k.let(exp(k.load(self.scores, at, lanes) - high), "e")
            k.store(self.scores, at, value)
            k.set(total, total + value)

    def _column_tiles(self) -> Iterator[tuple[Expr, int]]:
        """(first column, columns) of each tile of them: a loop, and what remains."""
        width, columns = self.text.width, self.s.columns
        whole = width - width % columns
        if whole:
            with self.k.loop(0, whole, columns) as column:
                yield column, columns
        if whole < width:
            yield constant(i32, whole), width - whole

    def _add_values(self, factors: Vectors, first: Expr, count: Expr, column: Expr, columns: int) -> None:
        """Adds the exponentials times rows of v to some columns' sums."""
        k, s, v = self.k, self.s, self.f.v
        starts = [start for start, _ in self._places()]
        places = [[k.let((column + c) * s.queries + start, "at") for start in starts] for c in range(columns)]
        sums = [[k.var(f32.of(lanes), 0, "sum") for lanes in s.vectors] for _ in places]
        for ats, row in zip(places if factors else (), sums, strict=False):
            for at, total, factor in zip(ats, row, factors, strict=True):
                k.set(total, k.load(self.sums, at, total.type.lanes) * factor)
        with k.loop(0, count) as key:
            scores = [k.load(self.scores, key * s.queries + start, lanes) for start, lanes in self._places()]
            at = k.let(v.at(first + key) + column, "row")
            for c, row in enumerate(sums):
                value = k.load(v.buffer, at + c, 1)
                for total, score in zip(row, scores, strict=True):
                    k.set(total, fma(score, value, total))
        for ats, row in zip(places, sums, strict=True):
            for at, total in zip(ats, row, strict=True):
                k.store(self.sums, at, total)


def transposed(k: KernelBuilder, rows: Vectors) -> Vectors:
    """The columns of four rows of four: corners change places, then single numbers."""
    a, b, c, d = rows
    left, right = (
        [k.let(vector(upper.part(at, 2), lower.part(at, 2)), "half") for upper, lower in ((a, c), (b, d))]
        for at in (0, 2)
    )
    return [
        k.let(vector(upper[at], lower[at], upper[at + 2], lower[at + 2]), "turned")
        for upper, lower in (left, right)
        for at in (0, 1)
    ]
