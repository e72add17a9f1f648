"""Attention on GPUs: a workgroup for a few dozen queries, with a block of keys at a time in workgroup memory.

An invocation has the scores of some queries with four neighbouring keys, and sums of some columns of v, by fours.
Invocations that share queries tell each other their largest scores, and their exponentials, in workgroup memory too.
"""

from __future__ import annotations

from ..attention_shape import AttentionShape, AttentionText
from ..call import KernelCall
from ..language.builder import KernelBuilder
from ..language.expression import Expr, dot, f32, select, vector
from ..language.functions import exp, fma, mask_lanes, maximum, minimum
from ..language.kernel import Kernel
from ..layout import LANES, ceil_div, padded
from ..parts.attention_frame import LOWEST, Frame, Placed
from ..parts.remembered import remembered
from ..schedules.attention import GroupAttention

Vectors = list[Expr]


def group_call(s: GroupAttention, shape: AttentionShape) -> KernelCall:
    """One launch, with a workgroup for `s.queries` queries of each head."""
    groups = ceil_div(shape.queries, s.queries)
    return KernelCall(_kernel(s, shape.text), shape.sizes, (groups, shape.matrices, 1))


@remembered
def _kernel(s: GroupAttention, text: AttentionText) -> Kernel:
    k = KernelBuilder(f"f32_attention_{s.name}_{text.name}", (s.across, s.queries // s.rows, 1))
    group = _Group(k, s, text, Frame.declare(k, text, LANES, 1))
    with k.loop(0, group.f.keys, s.keys) as first:
        group.stage(group.f.k, first, text.depth)
        k.barrier()
        scores = group.scores(first)
        k.barrier()
        group.exponentials(first, scores)
        group.stage(group.f.v, first, text.width)
        k.barrier()
        group.add_values()
        k.barrier()
    group.store()
    return k.finish()


class _Group:
    """A workgroup, seen from one of its invocations."""

    def __init__(self, k: KernelBuilder, s: GroupAttention, text: AttentionText, f: Frame) -> None:
        self.k, self.s, self.text, self.f = k, s, text, f
        self.staged = k.shared("staged", f32.of(LANES), s.keys * padded(max(text.depth, text.width)))
        self.factors = k.shared("factors", f32.of(LANES), s.queries * s.keys)
        self.told = k.shared("told", f32, s.queries * s.across)
        self.lane, self.line = k.local_id(0), k.let(k.local_id(1) * s.rows, "line")
        first = k.let(k.group_id(0) * s.queries + self.line, "first")
        self.queries = [k.let(first + r, "query") for r in range(s.rows)]
        self.rows = [k.let(f.q.at(f.last_query(query)), "row") for query in self.queries]
        self.largest = [k.var(f32, LOWEST, "largest") for _ in self.queries]
        self.total = [k.var(f32, 0, "total") for _ in self.queries]
        chunks = ceil_div(ceil_div(text.width, LANES), s.across)
        self.sums = [[k.var(f32.of(LANES), 0, "sum") for _ in range(chunks)] for _ in self.queries]

    def stage(self, m: Placed, first: Expr, columns: int) -> None:
        """Rows of a block of keys, in workgroup memory; those beyond the last are the last again."""
        k, s = self.k, self.s
        vectors, threads = ceil_div(columns, LANES), s.across * (s.queries // s.rows)
        thread = k.let(self.line // s.rows * s.across + self.lane, "thread")
        with k.loop(thread, s.keys * vectors, threads) as item:
            row = k.let(item // vectors, "row")
            column = k.let((item - row * vectors) * LANES, "column")
            key = k.let(minimum(first + row, self.f.keys - 1), "key")
            value = k.load(m.buffer, m.at(key) + column)
            k.store(self.staged, item * LANES, self._cut(value, column, columns))

    def _cut(self, value: Expr, column: Expr, columns: int) -> Expr:
        """Zeros for what pads a row."""
        return mask_lanes(value, columns - column) if columns % LANES else value

    def scores(self, first: Expr) -> list[Vectors]:
        """Scores of four keys for each query; the largest of them is told to all."""
        k, depth = self.k, self.text.depth
        sums = [[k.var(f32, 0, "score") for _ in range(LANES)] for _ in self.rows]
        mine = k.let(self.lane * (LANES * padded(depth)), "mine")
        with k.loop(0, padded(depth), LANES) as c:
            keys = [k.load(self.staged, mine + (j * padded(depth) + c)) for j in range(LANES)]
            for row, start in zip(sums, self.rows, strict=True):
                query = self._cut(k.load(self.f.q.buffer, start + c), c, depth)
                query = k.let(query * self.f.scale, "query")
                for total, key in zip(row, keys, strict=True):
                    k.set(total, total + dot(query, key))
        key = k.let(first + self.lane * LANES, "key")
        made = []
        for r, row in enumerate(sums):
            made.append([self._score(total, key + j, self.queries[r]) for j, total in enumerate(row)])
            highest = maximum(maximum(*made[-1][:2]), maximum(*made[-1][2:]))
            k.store(self.told, (self.line + r) * self.s.across + self.lane, highest)
        return made

    def _score(self, total: Expr, key: Expr, query: Expr) -> Expr:
        """With the mask; of a key that is not there the lowest."""
        mask, factor, score = self.f.mask, self.f.mask_scale, total
        if mask is not None and factor is not None:
            row = mask.at(minimum(key, self.f.keys - 1))
            at = self.k.let(row if self.text.masked == "keys" else row + self.f.last_query(query), "at")
            score = maximum(fma(self.k.load(mask.buffer, at, 1), factor, total), LOWEST)
        return self.k.let(select(key < self.f.keys, score, LOWEST), "score")

    def exponentials(self, first: Expr, scores: list[Vectors]) -> None:
        """exp(score - largest), told to all; sums that are known already are scaled to the new largest score."""
        k, s = self.k, self.s
        key = k.let(first + self.lane * LANES, "key")
        for r, (row, old, total) in enumerate(zip(scores, self.largest, self.total, strict=True)):
            new: Expr = old
            for lane in range(s.across):
                new = maximum(new, k.load(self.told, (self.line + r) * s.across + lane))
            new = k.let(new, "highest")
            factor = k.let(exp(old - new), "factor")
            values = [select(key + j < self.f.keys, exp(score - new), 0.0) for j, score in enumerate(row)]
            made = k.let(vector(*values), "e")
            k.set(total, fma(total, factor, made[0] + made[1] + (made[2] + made[3])))
            k.set(old, new)
            for part in self.sums[r]:
                k.set(part, part * factor)
            k.store(self.factors, (self.line + r) * s.keys + self.lane * LANES, made)

    def _columns(self) -> Vectors:
        """First columns of the sums; where there are too many, the last again."""
        last = padded(self.text.width) - LANES
        return [
            self.k.let(minimum((self.lane + i * self.s.across) * LANES, last), "column")
            for i in range(len(self.sums[0]))
        ]

    def add_values(self) -> None:
        """Adds the block's rows of v times exponentials."""
        k, s, width = self.k, self.s, padded(self.text.width)
        columns = self._columns()
        with k.loop(0, s.keys, LANES) as key:
            factors = [k.load(self.factors, (self.line + r) * s.keys + key) for r in range(s.rows)]
            for u in range(LANES):
                values = [k.load(self.staged, (key + u) * width + column) for column in columns]
                for row, factor in zip(self.sums, factors, strict=True):
                    for total, value in zip(row, values, strict=True):
                        k.set(total, fma(value, factor[u], total))

    def store(self) -> None:
        k, s, y = self.k, self.s, self.f.y
        for r, total in enumerate(self.total):
            k.store(self.told, (self.line + r) * s.across + self.lane, total)
        k.barrier()
        columns = self._columns()
        for r, (query, sums) in enumerate(zip(self.queries, self.sums, strict=True)):
            parts = [k.load(self.told, (self.line + r) * s.across + lane) for lane in range(s.across)]
            share = k.let(1.0 / sum(parts[1:], parts[0]), "share")
            with k.when(query < self.f.queries):
                for column, value in zip(columns, sums, strict=True):
                    k.store(y.buffer, y.at(query) + column, value * share)
