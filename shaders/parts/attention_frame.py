"""What the kernels of attention share: sizes, and where the matrices of a head lie."""

from __future__ import annotations

from dataclasses import dataclass

from ..attention_shape import AttentionText
from ..language.builder import KernelBuilder
from ..language.expression import MAX_FLOAT, Expr, f32
from ..language.functions import minimum
from ..language.kernel import Buffer

PARTS = ("offset", "batch", "head", "row")
"""Of the scalars that say where an operand lies."""
LOWEST = -MAX_FLOAT
"""What the largest score starts from, and a masked one is at least: finite, so that no difference is NaN."""


@dataclass(frozen=True, eq=False)
class Placed:
    """An operand inside a kernel: its buffer, the offset of this invocation's matrix, and elements from row to row."""

    buffer: Buffer
    start: Expr
    row: Expr

    def at(self, row: Expr) -> Expr:
        """Offset of a row."""
        return self.start + row * self.row


@dataclass(frozen=True, eq=False)
class Frame:
    """What all kernels of attention share: sizes, and where the matrices of one head lie."""

    q: Placed
    k: Placed
    v: Placed
    y: Placed
    mask: Placed | None
    queries: Expr
    keys: Expr
    scale: Expr
    mask_scale: Expr | None

    @classmethod
    def declare(cls, k: KernelBuilder, text: AttentionText, lanes: int, axis: int) -> Frame:
        """Bindings read by up to `lanes`, scalars, and the matrices of the head that the group id along `axis` says."""
        buffers = {name: k.read(name, f32, lanes) for name in dict.fromkeys(text.bindings)}
        buffers["y"] = k.write("y", f32, lanes)
        heads, queries, keys = k.sizes("heads", "queries", "keys")
        bindings = (*text.bindings[:3], "y", *text.bindings[3:])
        named = [[k.scalar(f"{x}_{part}") for part in PARTS] for x in "qkvym"[: len(bindings)]]
        scale, mask_scale = k.scalar("scale", f32), k.scalar("mask_scale", f32) if text.masked else None
        matrix = k.group_id(axis)
        batch = k.let(matrix // heads, "batch")
        head = k.let(matrix - batch * heads, "head")
        placed = [
            Placed(buffers[binding], k.let(offset + batch * by_batch + head * by_head, "start"), row)
            for binding, (offset, by_batch, by_head, row) in zip(bindings, named, strict=True)
        ]
        q, key, v, y, *mask = placed
        return cls(q, key, v, y, mask[0] if mask else None, queries, keys, scale, mask_scale)

    def last_query(self, query: Expr) -> Expr:
        """`query`, or the last one where there are fewer."""
        return minimum(query, self.queries - 1)
