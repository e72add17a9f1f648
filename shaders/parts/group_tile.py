"""The workgroup tile shared by matrix products and convolutions: a group stages blocks of both operands in workgroup
memory, and each invocation computes thread_rows x 4 of the tile's outputs.

The left operand is cut at the true depth, beyond which its padding may hold anything; the packed weights are zero
there.
"""

from __future__ import annotations

from collections.abc import Callable

from ..language.builder import KernelBuilder
from ..language.expression import Expr, f32
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
        label = f"{name}_wg{t.rows}x{t.columns}x{t.depth}_t{t.thread_rows}x4{f'_s{steps}' if steps < 4 else ''}"
        self.k = k = KernelBuilder(f"{label}{epilogue.name}", (self._across, t.rows // t.thread_rows, 1))
        self.x, self.weights, self.arithmetic = operands.declare(k, steps, 4, t.thread_rows)
        self._bound, self.y = epilogue.declare(k, 4), k.write("y", f32, 4)

    def open(self) -> tuple[Expr, Expr]:
        """(panel, first row) of this workgroup."""
        k, t = self.k, self.tile
        self._left = k.shared("left", self.arithmetic.type.of(self.steps), t.rows * t.depth)
        self._right = k.shared("right", self.arithmetic.type.of(4), t.columns * t.depth)
        panel, row = k.group_id(0), k.let(k.group_id(1) * t.rows, "row")
        self._lane, self._line = k.local_id(0), k.local_id(1)
        self.thread = k.let(self._line * self._across + self._lane, "thread")
        return panel, row

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
                k.store(self._left, item * self.steps, load(start, item))
        vectors = t.columns * t.depth // 4
        for start in range(0, vectors, self._threads):
            item = k.let(self.thread + start, "item")
            with k.when(item < vectors):
                k.store(self._right, item * 4, k.load(self.weights, at + item * 4))
        k.barrier()

    def multiply(self) -> None:
        """Adds the products of a block that was staged."""
        k, t, arithmetic, sums = self.k, self.tile, self.arithmetic, self._sums
        for q in range(0, t.depth, self.steps):
            a = [k.load(self._left, (self._line * t.thread_rows + r) * t.depth + q) for r in range(t.thread_rows)]
            for u in range(self.steps):
                b = k.load(self._right, self._lane * 4 + (q + u) * t.columns)
                for r in range(t.thread_rows):
                    k.set(sums[r], arithmetic.multiplied(sums[r], a[r][u], b))
            for r, value in enumerate(a):
                arithmetic.also(k, r, value)
        k.barrier()

    def store(self, panel: Expr, row: Expr, rows: Expr, columns: Expr) -> None:
        """Writes the tile through the epilogue, but for what lies beyond the last row."""
        k, t, bound = self.k, self.tile, self._bound
        channel = k.let(minimum(panel * t.columns, columns - t.columns) + self._lane * 4, "channel")
        totals = self.arithmetic.finished(k, [[total] for total in self._sums], channel, (0,), (4,))
        loaded = bound.channel_values(k, channel, 4)
        for r, (total,) in enumerate(totals):
            here = k.let(row + self._line * t.thread_rows + r, "here")
            with k.when(here < rows):
                at = k.let(here * columns + channel, "out")
                k.store(self.y, at, bound.apply(k, total, at, channel, loaded))
