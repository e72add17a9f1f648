"""Steps of recurrent operators: a launch per step multiplies what the last one left and makes the next state of it.

All that a sequence computes lies in one buffer, its trace. A row of the trace holds, for one step and one sequence of
the batch, the areas `h` (what goes out), `c` (the cell's state) and `m` (what a projection reads); row 0 is the state
before the first step. Behind the rows there is room for sums that one launch leaves to the next. Areas are as wide as
their vectors, padded with zeros that every cell keeps: weights are zero there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr
from ..language.functions import minimum
from ..language.kernel import Buffer, Shared
from ..layout import LANES, ceil_div
from ..parts.nest import CPU_LANES, GROUP, Arguments

ACROSS, SLICES = 8, 16
"""On a GPU: vectors of units that a workgroup takes, and invocations that share the product of each."""


def area(elements: int) -> int:
    """The width of an area: whole vectors of every device class."""
    lanes = LANES if elements <= LANES else CPU_LANES
    return ceil_div(elements, lanes) * lanes


@dataclass(frozen=True)
class Trace:
    """Where things lie, in elements.

    Args:
        steps: of the sequence. batch: sequences.
        outputs, units, projected: true widths of the areas `h`, `c` and `m`; 0 for one that is not there.
        sums: width of the sums that a launch leaves to the next, for each sequence of the batch.
    """

    steps: int
    batch: int
    outputs: int
    units: int = 0
    projected: int = 0
    sums: int = 0

    @property
    def c(self) -> int:
        """Where the area of the state begins in a row."""
        return area(self.outputs)

    @property
    def m(self) -> int:
        """Where the area before the projection begins in a row."""
        return self.c + area(self.units)

    @property
    def row(self) -> int:
        return self.m + area(self.projected)

    @property
    def rows(self) -> int:
        """Elements of all rows, one more than there are steps for each sequence."""
        return (self.steps + 1) * self.batch * self.row

    @property
    def size(self) -> int:
        return self.rows + self.batch * self.sums


@dataclass(frozen=True)
class Step:
    """Where one launch reads and writes, in elements of the trace or of `x`.

    Args:
        before, after: the rows of the first sequence before and after the step.
        source: where the multiplied area of the first sequence begins.
        gates: where the first sequence's sums begin in `x`, and how far apart those of the sequences lie; None: there
            are none.
    """

    before: int
    after: int
    source: int = 0
    gates: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Spot:
    """Some elements of one sequence inside a kernel.

    Attributes:
        before, after: where its row before the step and its row after it begin.
        scratch: where its sums begin.
        unit: the first of the elements, `lanes` many.
        units: elements from one vector of `vectors` to the next, and from one gate to the next.
        numbers: what the cell has declared.
    """

    k: KernelBuilder
    trace: Buffer
    vectors: Buffer | None
    before: Expr
    after: Expr
    scratch: Expr
    unit: Expr
    lanes: int
    units: Expr
    numbers: tuple[Expr, ...]

    def load(self, at: Expr) -> Expr:
        """The trace's elements from `at` + unit on."""
        return self.k.load(self.trace, at + self.unit, self.lanes)

    def store(self, at: Expr, value: Expr) -> None:
        """Writes them."""
        self.k.store(self.trace, at + self.unit, value)

    def vector(self, index: int) -> Expr:
        """Those elements of one of the call's vectors."""
        assert self.vectors is not None
        return self.k.load(self.vectors, self.units * index + self.unit, self.lanes)


class Cell(Protocol):
    """What becomes of the gates' sums."""

    @property
    def name(self) -> str:
        """Part of the kernel's name."""

    def declare(self, arguments: Arguments) -> tuple[Expr, ...]:
        """Declares the numbers it needs; finds them in `Spot.numbers`."""

    def finish(self, spot: Spot, sums: Sequence[Expr], entering: Sequence[Expr]) -> None:
        """Stores what it makes of one vector of sums per gate, and of what the inputs bring to each (if anything)."""


def joined(k: KernelBuilder, sums: Sequence[Expr], entering: Sequence[Expr]) -> Sequence[Expr]:
    """Sums with what the inputs bring."""
    return [k.let(a + b, "total") for a, b in zip(sums, entering, strict=True)] if entering else sums


def scalar(arguments: Arguments, name: str, value: int) -> Expr:
    """An i32 argument, whatever its value: all steps share one text."""
    arguments.values.append(value)
    return arguments.k.scalar(name)


class Frame:
    """What the kernels of this family have in common: an invocation takes one vector of units of a few sequences.

    Attributes:
        trace: the binding `y`, of kind `storage`.
        lanes: width of the vectors. rows: sequences that an invocation takes.
        slices: invocations that share the same units, of which the first has what they come to.
        units: of a gate, as an argument. unit: the first of the invocation's.
    """

    def __init__(
        self, name: str, device: DeviceClass, trace: Trace, units: int, vectors: np.ndarray | None, rows: int,
        storage: str = "f32", slices: int = 1,
    ) -> None:  # fmt: skip
        self.is_cpu, self.rows, self.slices = device is DeviceClass.CPU, rows, slices
        self.lanes = min(CPU_LANES, units) if self.is_cpu else LANES
        label = f"{storage}_recurrent_{name}_r{rows}x{self.lanes}" + (f"_s{slices}" if slices > 1 else "")
        self.across = 1 if self.is_cpu else GROUP if slices == 1 else ACROSS
        self.k = KernelBuilder(label, (self.across, slices, 1))
        self.trace = self.k.buffer("y", storage, self.lanes, "read_write")
        self.constants = {} if vectors is None else {"vectors": vectors}
        self.vectors = None if vectors is None else self.k.constant("vectors", storage, self.lanes)
        self._place, self._count = trace, units
        self._partial: Shared | None = None

    def open(self, step: Step) -> None:
        """Declares the scalars; all bindings must be there."""
        self.arguments = arguments = Arguments(self.k)
        self.units, self.row = scalar(arguments, "units", self._count), scalar(arguments, "row", self._place.row)
        self._before, self._after = scalar(arguments, "before", step.before), scalar(arguments, "after", step.after)
        self._scratch = scalar(arguments, "scratch", self._place.rows)
        self._scratch_row = scalar(arguments, "scratch_row", self._place.sums)

    def locate(self) -> None:
        """Finds the invocation's units and sequences; all scalars must be there."""
        self.unit = self.k.let(self.k.global_id(0) * self.lanes, "unit")
        if self.slices > 1:  # all reach the barriers, also those beyond the last unit
            self.exists = self.k.let(self.unit < self.units, "exists")
            self.unit = self.k.let(minimum(self.unit, self.units - self.lanes), "unit")
            self.slice = self.k.local_id(1)
        block = self.k.global_id(1) if self.slices == 1 else self.k.group_id(1)
        sequence = self.k.let(block * self.rows, "sequence")
        self.sequences = [self.k.let(sequence + r, "n") for r in range(self.rows)]

    def gathered(self, sums: Sequence[Expr]) -> Callable[[], list[Expr]]:
        """Partial sums of all slices to the first of them; gives what adds them up there. Called for one sequence after
        the other, whose sums take the same place."""
        if self.slices == 1:
            return lambda: list(sums)
        k, kind, lane = self.k, sums[0].type, self.k.local_id(0)
        if self._partial is None:
            self._partial = k.shared("partial", kind, len(sums) * self.slices * self.across * LANES)
        else:
            k.barrier()
        partial, pace = self._partial, self.across * LANES
        for gate, total in enumerate(sums):
            k.store(partial, (self.slice + gate * self.slices) * pace + lane * LANES, total)
        k.barrier()

        def added() -> list[Expr]:
            totals = [k.var(kind, 0, "total") for _ in sums]
            with k.loop(0, self.slices) as part:
                for gate, total in enumerate(totals):
                    more = k.load(partial, (part + gate * self.slices) * pace + lane * LANES)
                    k.set(total, total + more)
            return totals

        return added

    def finishing(self) -> contextlib.AbstractContextManager[None]:
        """Code for the invocations that have the sums."""
        return self.k.when((self.slice < 1) & self.exists) if self.slices > 1 else contextlib.nullcontext()

    def spot(self, sequence: Expr, numbers: tuple[Expr, ...]) -> Spot:
        """The invocation's elements of a sequence."""
        k, row = self.k, self.k.let(sequence * self.row, "line")
        before, after = k.let(self._before + row, "row"), k.let(self._after + row, "row")
        scratch = k.let(self._scratch + sequence * self._scratch_row, "sums")
        return Spot(k, self.trace, self.vectors, before, after, scratch, self.unit, self.lanes, self.units, numbers)

    def call(self, body: Callable[[], None]) -> KernelCall:
        """The finished launch, which does `body`."""
        if self.is_cpu or self.slices > 1:
            body()
        else:
            with self.k.when(self.unit < self.units):
                body()
        vectors = self._count // self.lanes
        groups = ceil_div(vectors, self.across), self._place.batch // self.rows, 1
        return KernelCall(self.k.finish(), tuple(self.arguments.values), groups, self.constants)
