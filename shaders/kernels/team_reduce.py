"""Reductions on a GPU in which many elements make few results: a workgroup shares out the elements of a few results.

One invocation for each result would leave the GPU idle: the mean of a picture of 112x112 with 32 channels would be 8
invocations that add up 12544 vectors each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..call import KernelCall
from ..language.builder import KernelBuilder
from ..language.expression import Expr, constant, i32, lane_tree, select, vector
from ..language.functions import minimum
from ..layout import LANES, ceil_div, padded
from ..parts.launch import flat_groups
from ..parts.nest import Arguments

TEAM = 128
"""Invocations in a workgroup."""
ACROSS = 8
"""Vectors of channels that a workgroup takes side by side: 128 bytes, as memory comes."""
FEW = 64
"""Loads that one invocation may do for a result by itself."""
BUSY = 1 << 15
"""Results side by side that keep a GPU busy."""

Combine = Callable[[Expr, Expr], Expr]
Finish = Callable[[Expr], Expr]


@dataclass(frozen=True)
class Reduction:
    """What is reduced.

    Args:
        shape: of `x`. axes: which are combined.
        storage: kind of the elements. identity: what combining starts from.
        combine: joins two elements or vectors.
    """

    shape: tuple[int, ...]
    axes: tuple[int, ...]
    storage: str
    identity: float
    combine: Combine

    @property
    def inner(self) -> bool:
        """Whether the elements that lie side by side are combined."""
        return len(self.shape) - 1 in self.axes

    @property
    def pays(self) -> bool:
        """Whether workgroups should share."""
        loads = self.steps * (ceil_div(self.shape[-1], LANES) if self.inner else 1)
        return loads > FEW and (self.inner or self.lines * padded(self.shape[-1]) < BUSY * LANES)

    @property
    def lines(self) -> int:
        """Results, or lines of them where channels stay."""
        return math.prod(n for a, n in enumerate(self.shape[:-1]) if a not in self.axes)

    @property
    def steps(self) -> int:
        """Elements, or rows of them where rows are combined."""
        return math.prod(n for a, n in enumerate(self.shape[:-1]) if a in self.axes)

    @property
    def work(self) -> int:
        """Elements of each result."""
        return self.steps * (self.shape[-1] if self.inner else 1)

    def walk(self, kept: bool) -> list[tuple[int, int]]:
        """(extent, distance in elements) of the axes that are kept, or of those that are not, but for the last one."""
        made: list[tuple[int, int]] = []
        stored = (*self.shape[:-1], padded(self.shape[-1]))
        for axis, extent in enumerate(self.shape[:-1]):
            distance = math.prod(stored[axis + 1 :])
            if (axis in self.axes) == kept or extent == 1:
                continue
            if made and made[-1][1] == extent * distance:
                made[-1] = (made[-1][0] * extent, distance)
            else:
                made.append((extent, distance))
        return made


def team_reduce(name: str, r: Reduction, finish: Callable[[Arguments], Finish]) -> KernelCall:
    """`y` = the elements of `x` along the axes, combined.

    Args:
        name: of the kind of reduction.
        finish: declares what it needs; gives what is done to the result.
    """
    across = 1 if r.inner else min(ACROSS, 1 << ((padded(r.shape[-1]) // LANES).bit_length() - 1))
    k = KernelBuilder(f"{r.storage}_{name}_team{across}{'_row' if r.inner else '_outer'}", (across, TEAM // across, 1))
    x, y = k.read("x", r.storage, LANES), k.write("y", r.storage, 1 if r.inner else LANES)
    shared = k.shared("partial", x.type, TEAM * LANES)
    arguments = Arguments(k)
    vectors = ceil_div(r.shape[-1], LANES)
    blocks = 1 if r.inner else ceil_div(vectors, across)
    groups = flat_groups(r.lines * blocks, 1)
    span, last, count = (
        arguments.size(n, v) for n, v in (("span", groups[0]), ("last", r.lines * blocks - 1), ("vectors", vectors))
    )
    group = k.let(minimum(k.group_id(0) + k.group_id(1) * span, last), "group")
    block_count = arguments.size("blocks", blocks)
    line = k.let(group // block_count, "line")
    lane, part = k.local_id(0), k.local_id(1)
    column = k.let(minimum((group - line * block_count) * across + lane, count - 1) * LANES, "column")
    start = _place(k, arguments, "kept", line, r.walk(True))
    parts = k.var(x.type, r.identity, "parts")
    if r.inner:
        width = arguments.size("width", r.shape[-1])
        steps = arguments.size("loads", r.steps * vectors)
        with k.loop(part, steps, TEAM) as i:
            row = k.let(i // count, "row")
            within = k.let((i - row * count) * LANES, "within")
            value = k.load(x, start + _place(k, arguments, "row", row, r.walk(False)) + within)
            k.set(parts, r.combine(parts, _cut(k, value, width - within, r.identity) if r.shape[-1] % LANES else value))
    else:
        with k.loop(part, arguments.size("steps", r.steps), TEAM // across) as i:
            k.set(parts, r.combine(parts, k.load(x, start + _place(k, arguments, "row", i, r.walk(False)) + column)))
    k.store(shared, (part * across + lane) * LANES, parts)
    k.barrier()
    done = finish(arguments)
    with k.when(part < 1):
        total = k.var(x.type, r.identity, "total")
        with k.loop(0, TEAM // across) as i:
            k.set(total, r.combine(total, k.load(shared, (i * across + lane) * LANES)))
        if r.inner:
            k.store(y, line * LANES, done(k.let(lane_tree(total, r.combine, k.let), "whole")))
        else:
            k.store(y, line * count * LANES + column, done(total))
    return KernelCall(k.finish(), tuple(arguments.values), groups)


def _place(k: KernelBuilder, arguments: Arguments, name: str, index: Expr, axes: Sequence[tuple[int, int]]) -> Expr:
    """Where the elements of a flat index over axes begin."""
    at = constant(i32, 0)
    for place, (extent, distance) in reversed(list(enumerate(axes))):
        step = arguments.size(f"{name}_by_{'abcdefgh'[place]}", distance)
        if place == 0:
            return k.let(at + index * step, "at")
        size = arguments.size(f"{name}_n_{'abcdefgh'[place]}", extent)
        rest = k.let(index // size, "rest")
        at, index = at + (index - rest * size) * step, rest
    return at


def _cut(k: KernelBuilder, value: Expr, count: Expr, identity: float) -> Expr:
    """The first `count` lanes, what changes nothing in the others."""
    index = vector(*(constant(i32, lane) for lane in range(LANES)))
    return k.let(select(index < count, value, value.lift(identity)), "valid")
