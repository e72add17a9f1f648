"""Loop nests over elements: the skeleton of elementwise kernels and of data movement.

A nest has axes, outermost first, and tracks: memory that is walked with one stride per axis. The innermost axis is
walked in vectors. On the cpu class one invocation takes a range of rows (or a part of one long row) and loops; on the
others one invocation takes one vector. Extents and strides are arguments of the kernel, so that one text serves all
shapes of a kind; only strides of 0 and 1 and the number of axes are part of the text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..call import MAX_GROUPS
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, constant, f32, i32
from ..language.functions import minimum
from ..layout import LANES, ceil_div

GROUP = 64
"""Invocations in a workgroup on the GPU classes."""

CPU_LANES = 16
GRAIN = 8192
"""Elements that one invocation of the cpu class should at least get."""

MAX_ROW_GROUPS = 32768
"""Workgroups along grid axis 0, before axis 2 is used."""

SHORT_ROW = 4 * GROUP
"""Vectors below which the rows of a block do not get a grid axis of their own."""

AXES = "abcdefghijklmnop"
"""Letters that name axes and tracks in the arguments."""


_ZERO = constant(i32, 0)


@dataclass(frozen=True)
class Nest:
    """Extents of the axes, and for each track its strides along them, all in elements."""

    extents: tuple[int, ...]
    tracks: tuple[tuple[int, ...], ...]

    def merged(self) -> Nest:
        """The same walk with fewer axes: those of length 1 go, neighbours join where every track runs on."""
        made: list[tuple[int, tuple[int, ...]]] = []
        for axis, extent in enumerate(self.extents):
            strides = tuple(track[axis] for track in self.tracks)
            if made and all(o == s * extent for o, s in zip(made[-1][1], strides, strict=True)):
                made[-1] = (made[-1][0] * extent, strides)
            elif extent != 1:
                made.append((extent, strides))
        made = made or [(1, tuple(1 for _ in self.tracks))]
        return Nest(tuple(n for n, _ in made), tuple(zip(*(s for _, s in made), strict=True)))


@dataclass
class Arguments:
    """Scalars of a kernel together with their values, so that the two cannot part."""

    k: KernelBuilder
    values: list[int | float] = field(default_factory=list)

    def size(self, name: str, value: int, folds: bool = True) -> Expr:
        """An i32 argument; 0 and 1 become constants of the text if it `folds`."""
        if folds and value in (0, 1):
            return constant(i32, value)
        self.values.append(value)
        return self.k.scalar(name)

    def number(self, name: str, value: float) -> Expr:
        """An f32 argument."""
        self.values.append(value)
        return self.k.scalar(name, f32)


@dataclass(frozen=True)
class Place:
    """Where the body of a nest stands.

    Attributes:
        lanes: width of the vector to make.
        coordinates: one per axis; the last is the first element of the vector.
        offsets: one per track.
    """

    lanes: int
    coordinates: tuple[Expr, ...]
    offsets: tuple[Expr, ...]


Body = Callable[[Place], None]


class Walk:
    """Emits the loops of a nest. Declare all bindings of the kernel before making one."""

    def __init__(
        self, k: KernelBuilder, nest: Nest, device: DeviceClass, *, vectors: bool = True, work: int = 1
    ) -> None:
        """
        Args:
            vectors: walk the innermost axis in vectors; False: element by element.
            work: how much an element costs, in loads.
        """
        self.k, self.nest, self.device, self.lanes = k, nest, device, LANES if vectors else 1
        self.grain = max(GRAIN // work, CPU_LANES)
        self.arguments = Arguments(k)
        self.extents = [self.arguments.size(f"extent_{AXES[a]}", n) for a, n in enumerate(nest.extents)]
        self.strides = [
            [self.arguments.size(f"stride_{AXES[t]}_{AXES[a]}", s) for a, s in enumerate(track)]
            for t, track in enumerate(nest.tracks)
        ]

    def emit(self, body: Body) -> tuple[int, int, int]:
        """Writes the loops around `body`; gives the workgroup counts."""
        return self._cpu(body) if self.device is DeviceClass.CPU else self._gpu(body)

    # --- one invocation per vector

    def _gpu(self, body: Body) -> tuple[int, int, int]:
        """Grid axis 0 (with axis 2 where it is too short) runs over the inner axes, axis 1 over the others, if any."""
        k, extents = self.k, self.nest.extents
        vectors, blocks = ceil_div(extents[-1], self.lanes), math.prod(extents[:-2])
        apart = len(extents) > 2 and blocks <= MAX_GROUPS and vectors * extents[-2] >= SHORT_ROW
        outer, inner = (self.extents[:-2], extents[-2:]) if apart else ([], extents)
        total = vectors * math.prod(inner[:-1])
        count, limit = self.arguments.size("vectors", vectors), self.arguments.size("total", total)
        high = ceil_div(total, GROUP * MAX_ROW_GROUPS)
        index = k.global_id(0)
        if high > 1:
            index = k.let(index + k.global_id(2) * (GROUP * MAX_ROW_GROUPS), "index")
        with k.when(index < limit):
            coordinates = self._unfold(k.global_id(1), outer) if apart else []
            line = k.let(index // count, "line") if vectors > 1 else index
            column = k.let((index - line * count) * self.lanes, "column") if vectors > 1 else _ZERO
            coordinates += self._unfold(line, self.extents[len(outer) : -1])
            self._body(body, coordinates, column, self.lanes)
        groups = min(ceil_div(total, GROUP), MAX_ROW_GROUPS)
        return groups, blocks if apart else 1, high

    # --- one invocation per range of rows

    def _cpu(self, body: Body) -> tuple[int, int, int]:
        k, extents = self.k, self.nest.extents
        width = extents[-1]
        span = width if width < 2 * self.grain else -(-self.grain // CPU_LANES) * CPU_LANES
        parts = ceil_div(width, span)
        item = k.global_id(0)
        start, stop = _ZERO, self.extents[-1]
        if parts > 1:
            part_count, part_span = self.arguments.size("parts", parts), self.arguments.size("span", span)
            start = k.let(item % part_count * part_span, "start")
            stop = k.let(minimum(start + part_span, self.extents[-1]), "stop")
            item = k.let(item // part_count, "item")
        if len(extents) == 1:
            self._row(body, [], start, stop)
            return parts, 1, 1
        rows = max(1, min(extents[-2], ceil_div(self.grain, width)))
        chunks, blocks = ceil_div(extents[-2], rows), math.prod(extents[:-2])
        together = max(1, min(blocks, self.grain // (extents[-2] * width)))

        def block(index: Expr) -> None:
            self._rows(body, index, rows, chunks, start, stop)

        self._blocks(block, item, blocks * chunks, together)
        return parts * ceil_div(blocks * chunks, together), 1, 1

    def _blocks(self, block: Callable[[Expr], None], item: Expr, count: int, together: int) -> None:
        """`block` for the item's share of `count` blocks."""
        if together == 1:
            block(item)
            return
        total, share = self.arguments.size("blocks", count), self.arguments.size("together", together)
        first = self.k.let(item * share, "first_block")
        with self.k.loop(first, minimum(first + share, total)) as index:
            block(index)

    def _rows(self, body: Body, item: Expr, rows: int, chunks: int, start: Expr, stop: Expr) -> None:
        k = self.k
        row_count, chunk_count = self.arguments.size("rows", rows), self.arguments.size("chunks", chunks)
        first = k.let(item % chunk_count * row_count, "first") if chunks > 1 else _ZERO
        outer = self._unfold(k.let(item // chunk_count, "outer") if chunks > 1 else item, self.extents[:-2])
        last = k.let(minimum(first + row_count, self.extents[-2]), "last")
        with k.loop(first, last) as line:
            self._row(body, [*outer, line], start, stop)

    def _row(self, body: Body, coordinates: list[Expr], start: Expr, stop: Expr) -> None:
        k, width = self.k, self.nest.extents[-1]
        if width <= self.lanes:
            lanes = LANES if width == LANES else 1
            for place in range(0, width, lanes):
                self._body(body, coordinates, constant(i32, place), lanes)
            return
        position = start
        for lanes in (CPU_LANES, LANES, 1) if self.lanes > 1 else (1,):
            if lanes == 1 < self.lanes and width % LANES == 0:
                continue
            end = k.let(position + (stop - position) // lanes * lanes, "end") if lanes > 1 else stop
            with k.loop(position, end, lanes) as column:
                self._body(body, coordinates, column, lanes)
            position = end

    # --- common

    def _unfold(self, index: Expr, extents: Sequence[Expr]) -> list[Expr]:
        """Coordinates of a flat index over the outer axes."""
        coordinates: list[Expr] = []
        for extent in reversed(extents[1:]):
            coordinates.append(self.k.let(index % extent, "c"))
            index = self.k.let(index // extent, "rest")
        if extents:
            coordinates.append(index)
        return coordinates[::-1]

    def _body(self, body: Body, outer: list[Expr], column: Expr, lanes: int) -> None:
        coordinates = [*outer, column]
        offsets = []
        for strides in self.strides:
            at = _ZERO
            for coordinate, stride in zip(coordinates, strides, strict=True):
                at = at + coordinate * stride
            offsets.append(self.k.let(at, "at"))
        body(Place(lanes, tuple(coordinates), tuple(offsets)))
