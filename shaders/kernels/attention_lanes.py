"""Attention for shader APIs in software: an invocation for a few queries, which stay in registers with their sums.

All invocations of a group read the same rows of k and v. On llvmpipe each lane of the subgroup loads four columns of a
row and hands them to the others by shuffles: loads are dear there. Loops keep the text short, and what they would index
is selected.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from ..attention_shape import AttentionShape, AttentionText
from ..call import KernelCall
from ..device_class import LLVMPIPE_LANES
from ..language.builder import KernelBuilder
from ..language.expression import Expr, constant, equal, f32, select, vector
from ..language.functions import exp, fma, maximum, minimum, shuffle
from ..language.kernel import Kernel
from ..layout import LANES, ceil_div, padded
from ..parts.attention_frame import LOWEST, Frame, Placed
from ..parts.lane_tile import chosen
from ..parts.remembered import remembered
from ..schedules.attention import LaneAttention

Vectors = list[Expr]


def lane_call(s: LaneAttention, shape: AttentionShape) -> KernelCall:
    """One launch; queries beyond the last one are the last one again."""
    groups = ceil_div(shape.queries, s.group * s.rows)
    return KernelCall(_kernel(s, shape.text), shape.sizes, (groups, shape.matrices, 1))


@remembered
def _kernel(s: LaneAttention, text: AttentionText) -> Kernel:
    k = KernelBuilder(f"f32_attention_{s.name}_{text.name}", (s.group, 1, 1))
    f = Frame.declare(k, text, LANES, 1)
    lane = k.local_id(0)
    first = k.let(k.group_id(0) * (s.group * s.rows) + lane, "first")
    queries = [k.let(f.last_query(first + r * s.group), "query") for r in range(s.rows)]
    rows = _Rows(k, s, text, f, lane, queries, _loaded_queries(k, text, f, queries))
    with k.loop(0, f.keys, s.block) as key:
        scores = rows.scores(key)
        rows.scale_down(scores)
        rows.add_values(key, scores)
    rows.store()
    return k.finish()


def _loaded_queries(k: KernelBuilder, text: AttentionText, f: Frame, queries: Vectors) -> list[Vectors]:
    """All columns of each query, scaled, in vectors of 4."""
    count = ceil_div(text.depth, LANES)
    starts = [k.let(f.q.at(query), "row") for query in queries]
    made = [[k.var(f32.of(LANES), 0, "q") for _ in range(count)] for _ in queries]
    with k.loop(0, count) as c:
        for row, start in zip(made, starts, strict=True):
            value = k.let(k.load(f.q.buffer, start + c * LANES) * f.scale, "q")
            for i, part in enumerate(row):
                k.set(part, select(equal(c, i), value, part))
    return [[*row[:-1], _cut(k, row[-1], text.depth - (count - 1) * LANES)] for row in made]


def _cut(k: KernelBuilder, value: Expr, valid: int) -> Expr:
    """Four columns with zeros for those that pad the row, which hold anything."""
    if valid >= LANES:
        return value
    zero = constant(f32, 0.0)
    return k.let(vector(*(value[i] if i < valid else zero for i in range(LANES))), "part")


@dataclass(frozen=True, eq=False)
class _Row:
    """A row of k or v as it was loaded: its vectors, or what each lane has of them."""

    k: KernelBuilder
    loaded: Vectors
    shared: bool

    def part(self, c: int) -> Expr:
        """Columns 4c to 4c + 3."""
        if not self.shared:
            return self.loaded[c]
        return self.k.let(shuffle(self.loaded[c // LLVMPIPE_LANES], c % LLVMPIPE_LANES), "part")


class _Rows:
    """The queries of an invocation, and what is known of them so far."""

    def __init__(
        self,
        k: KernelBuilder,
        s: LaneAttention,
        text: AttentionText,
        f: Frame,
        lane: Expr,
        queries: Vectors,
        loaded: list[Vectors],
    ) -> None:
        self.k, self.s, self.text, self.f, self.lane, self.queries, self.loaded = k, s, text, f, lane, queries, loaded
        self.largest = [k.var(f32, LOWEST, "largest") for _ in queries]
        self.total = [k.var(f32, 0, "total") for _ in queries]
        width = ceil_div(text.width, LANES)
        self.sums = [[k.var(f32.of(LANES), 0, "sum") for _ in range(width)] for _ in queries]

    def scores(self, first: Expr) -> list[Vectors]:
        """Scores of each query with the keys of a block."""
        k, f = self.k, self.f
        made = [[k.var(f32, LOWEST, "score") for _ in range(self.s.block)] for _ in self.queries]
        with k.loop(0, minimum(f.keys - first, self.s.block)) as j:
            key = k.let(first + j, "key")
            row = self._row(f.k, key, self.text.depth)
            sums = [k.var(f32.of(LANES), 0, "products") for _ in self.queries]
            for c in range(ceil_div(self.text.depth, LANES)):
                part = _cut(k, row.part(c), self.text.depth - c * LANES)
                for total, query in zip(sums, self.loaded, strict=True):
                    k.set(total, fma(query[c], part, total))
            for scores, at, total in zip(made, self.queries, sums, strict=True):
                score = k.let(self._masked(total[0] + total[1] + (total[2] + total[3]), key, at), "score")
                for i, known in enumerate(scores):
                    k.set(known, select(equal(j, i), score, known))
        return made

    def _masked(self, score: Expr, key: Expr, query: Expr) -> Expr:
        mask, factor = self.f.mask, self.f.mask_scale
        if mask is None or factor is None:
            return score
        at = self.k.let(mask.at(key) if self.text.masked == "keys" else mask.at(key) + query, "at")
        return maximum(fma(self.k.load(mask.buffer, at, 1), factor, score), LOWEST)

    def _row(self, m: Placed, key: Expr, columns: int) -> _Row:
        """The row of a key."""
        k, start = self.k, self.k.let(m.at(key), "row")
        if not self.s.shares:
            return _Row(k, [k.load(m.buffer, start + c) for c in range(0, padded(columns), LANES)], False)
        pace, last = LLVMPIPE_LANES * LANES, padded(columns) - LANES
        places = [k.let(minimum(self.lane * LANES + c, last), "mine") for c in range(0, columns, pace)]
        return _Row(k, [k.load(m.buffer, start + place) for place in places], True)

    def scale_down(self, scores: list[Vectors]) -> None:
        """Finds the largest score of each query; sums that are known already are scaled to it."""
        k = self.k
        for row, old, total, sums in zip(scores, self.largest, self.total, self.sums, strict=True):
            new = k.let(functools.reduce(maximum, row, old), "highest")
            factor = k.let(exp(old - new), "factor")
            k.set(old, new)
            for part in (total, *sums):
                k.set(part, part * factor)

    def add_values(self, first: Expr, scores: list[Vectors]) -> None:
        """Adds exp(score - largest), and rows of v times that."""
        k, f = self.k, self.f
        with k.loop(0, minimum(f.keys - first, self.s.block)) as j:
            row = self._row(f.v, k.let(first + j, "key"), self.text.width)
            pairs = zip(scores, self.largest, strict=True)
            weights = [k.let(exp(chosen(k, known, j) - largest), "e") for known, largest in pairs]
            for total, weight in zip(self.total, weights, strict=True):
                k.set(total, total + weight)
            for c in range(ceil_div(self.text.width, LANES)):
                part = row.part(c)
                for sums, weight in zip(self.sums, weights, strict=True):
                    k.set(sums[c], fma(part, weight, sums[c]))

    def store(self) -> None:
        k, y = self.k, self.f.y
        lines = [k.let(y.at(query), "row") for query in self.queries]
        shares = [k.let(1.0 / total, "share") for total in self.total]
        with k.loop(0, ceil_div(self.text.width, LANES)) as c:
            for line, share, sums in zip(lines, shares, self.sums, strict=True):
                k.store(y.buffer, line + c * LANES, chosen(k, sums, c) * share)
