"""The workgroup tile shared by matrix products and convolutions: a group stages blocks of both operands in workgroup
memory, and each invocation computes thread_rows x 4 of the tile's outputs.

The left operand is cut at the true depth, beyond which its padding may hold anything; the packed weights are zero
there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from ..language.builder import KernelBuilder
from ..language.expression import Expr, f32, select
from ..language.functions import minimum
from ..schedules.select import GroupTile
from .arithmetic import Operands
from .epilogue import Epilogue


class GroupProduct:
    """The kernel of a tile. Scalars are declared between its making and `open`.

    Attributes:
        k: the kernel's builder. tile: its schedule. steps: values of k that a load of x brings.
        x, weights, y: bindings. arithmetic: how the operands are multiplied.
        thread: index of this invocation in its workgroup.
    """

    def __init__(self, name: str, t: GroupTile, epilogue: Epilogue, operands: Operands, steps: int) -> None:
        self.tile, self.steps, self._across = t, steps, t.columns // 4
        self._threads = self._across * (t.rows // t.thread_rows)
        parts = f"_k{t.slices}" * (t.slices > 1) + f"_s{steps}" * (steps < 4)
        label = f"{name}_wg{t.rows}x{t.columns}x{t.depth}_t{t.thread_rows}x4{parts}"
        self.k = k = KernelBuilder(f"{label}{epilogue.name}", (self._across, t.rows // t.thread_rows, t.slices))
        self.x, self.weights, self.arithmetic = operands.declare(k, steps, 4, t.thread_rows)
        self._bound, self.y = epilogue.declare(k, 4), k.write("y", f32, 4)

    def open(self) -> tuple[Expr, Expr]:
        """(panel, first row) of this workgroup."""
        k, t = self.k, self.tile
        self._left = k.shared("left", self.arithmetic.type.of(self.steps), t.rows * t.depth * t.slices)
        self._right = k.shared("right", self.arithmetic.type.of(4), t.columns * t.depth * t.slices)
        panel, row = k.group_id(0), k.let(k.group_id(1) * t.rows, "row")
        self._lane, self._line = k.local_id(0), k.local_id(1)
        self.thread = k.let(self._line * self._across + self._lane, "thread")
        self._slice = k.local_id(2) if t.slices > 1 else self.thread.lift(0)
        self._left_at = k.let(self._slice * (t.rows * t.depth), "left_at") if t.slices > 1 else self._slice
        self._right_at = k.let(self._slice * (t.columns * t.depth), "right_at") if t.slices > 1 else self._slice
        return panel, row

    @contextlib.contextmanager
    def blocks(self, count: Expr) -> Iterator[Expr]:
        """Loops over blocks of k, of which a slice takes its share; those beyond the last count as zeros."""
        k, slices = self.k, self.tile.slices
        if slices == 1:
            with k.loop(0, count) as block:
                yield block
            return
        with k.loop(0, (count + (slices - 1)) // slices) as turn:
            block = k.let(turn * slices + self._slice, "block")
            self._counts = k.let(block < count, "counts")
            yield k.let(minimum(block, count - 1), "block")

    def begin(self) -> None:
        """The sums, all zero."""
        self._sums = [self.k.var(self.arithmetic.type.of(4), 0, "sum") for _ in range(self.tile.thread_rows)]

    @property
    def parts(self) -> int:
        """Loads that bring a row of a block of the left operand."""
        return self.tile.depth // self.steps

    def turns(self) -> range:
        """What is added to `thread` for each load of the left operand that an invocation does."""
        return range(0, self.tile.rows * self.parts, self._threads)

    def stage(self, load: Callable[[int, Expr], Expr], at: Expr) -> None:
        """Copies a block of both operands to workgroup memory.

        Args:
            load: makes the values of an item of the left operand, of (turn, index of the item).
            at: where the block of weights begins.
        """
        k, t = self.k, self.tile
        for start in self.turns():
            item = k.let(self.thread + start, "item")
            with k.when(item < t.rows * self.parts):
                value = load(start, item)
                value = value if t.slices == 1 else select(self._counts, k.let(value), value.lift(0))
                k.store(self._left, self._left_at + item * self.steps, value)
        vectors = t.columns * t.depth // 4
        for start in range(0, vectors, self._threads):
            item = k.let(self.thread + start, "item")
            with k.when(item < vectors):
                k.store(self._right, self._right_at + item * 4, k.load(self.weights, at + item * 4))
        k.barrier()

    def multiply(self) -> None:
        """Adds the products of a block that was staged."""
        k, t, arithmetic, sums = self.k, self.tile, self.arithmetic, self._sums
        for q in range(0, t.depth, self.steps):
            lines = [self._left_at + (self._line * t.thread_rows + r) * t.depth for r in range(t.thread_rows)]
            a = [k.load(self._left, line + q) for line in lines]
            for u in range(self.steps):
                b = k.load(self._right, self._right_at + self._lane * 4 + (q + u) * t.columns)
                for r in range(t.thread_rows):
                    k.set(sums[r], arithmetic.multiplied(sums[r], a[r][u], b))
            for r, value in enumerate(a):
                arithmetic.also(k, r, value)
        k.barrier()

    def store(self, panel: Expr, row: Expr, rows: Expr, columns: Expr) -> None:
        """Writes the tile through the epilogue, but for what lies beyond the last row."""
        k, t, bound = self.k, self.tile, self._bound
        if t.slices > 1:
            self._join()
        channel = k.let(minimum(panel * t.columns, columns - t.columns) + self._lane * 4, "channel")
        totals = self.arithmetic.finished(k, [[total] for total in self._sums], channel, (0,), (4,))
        loaded = bound.channel_values(k, channel, 4)
        for r, (total,) in enumerate(totals):
            here = k.let(row + self._line * t.thread_rows + r, "here")
            with k.when((here < rows) & (self._slice < 1) if t.slices > 1 else here < rows):
                at = k.let(here * columns + channel, "out")
                k.store(self.y, at, bound.apply(k, total, at, channel, loaded))

    def _join(self) -> None:
        """Makes the sums of the first slice those of all, row by row in the same memory."""
        k, vectors = self.k, self._threads
        partial = k.shared("partial", self.arithmetic.type.of(4), vectors * self.tile.slices * 4)
        for total in self._sums:
            k.store(partial, (self._slice * vectors + self.thread) * 4, total)
            k.barrier()
            with k.when(self._slice < 1), k.loop(1, self.tile.slices) as other:
                k.set(total, total + k.load(partial, (other * vectors + self.thread) * 4))
            k.barrier()
