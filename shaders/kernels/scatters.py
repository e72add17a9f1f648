"""Rules of `cells` that look for what lands on an element: scattering without writes that could collide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..language.builder import KernelBuilder
from ..language.expression import Expr, compare, constant, equal, i32, select
from ..language.functions import clamp
from .cells import Reader
from .reduce import combine, identity


@dataclass(frozen=True)
class Scatter:
    """All of `count` slices whose coordinates are those of the element, combined in order.

    Operands: coordinates [count, depth], slices [count, ...] and, for kind "last", the value of what nothing lands on.

    Args:
        depth: coordinates of a slice.
        kind: "last", or a kind of `reduce`, which starts from its neutral element.
    """

    count: int
    depth: int
    kind: str

    @property
    def name(self) -> str:
        return f"scatter_{self.kind}"

    @property
    def work(self) -> int:
        return self.count * self.depth

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        places, slices = operands[:2]
        kind = slices.buffer.type
        start = operands[2]() if self.kind == "last" else constant(kind, identity(self.kind, kind))
        total = k.var(kind, start, "total")
        with k.loop(0, self.count) as i:
            here = equal(places(i, constant(i32, 0)), at[0])
            for d in range(1, self.depth):
                here = here & equal(places(i, constant(i32, d)), at[d])
            with k.when(here):
                value = slices(i, *at[self.depth :])
                k.set(total, value if self.kind == "last" else combine(self.kind, total, value))
        return total


@dataclass(frozen=True)
class StablehloScatter:
    """x with what lands on each element of `count` slices, combined in order; see the StableHLO specification.

    Operands: x, starts [count, numbers], slices [count, ...].

    Args:
        shape: of x.
        sizes: of a slice along each dimension of x; None where it has only one element and no dimension for it.
        numbers: which number of a start is for each dimension of x; None where slices start at 0.
        kind: "last", or a kind of `reduce`; an extreme takes the place of what it is beyond, so a NaN never does.
    """

    count: int
    shape: tuple[int, ...]
    sizes: tuple[int | None, ...]
    numbers: tuple[int | None, ...]
    kind: str

    @property
    def name(self) -> str:
        return f"stablehlo_scatter_{self.kind}"

    @property
    def work(self) -> int:
        return self.count * len(self.shape)

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, starts, slices = operands
        total = k.var(x.buffer.type, x(*at), "total")
        with k.loop(0, self.count) as i:
            inside, places = constant(i32, 1) > 0, list[Expr]()
            for d, size in enumerate(self.sizes):
                place = self._place(k, at[d], starts, i, d)
                inside = inside & compare(">=", place, 0) & compare("<", place, size or 1)
                places += [] if size is None else [clamp(place, 0, size - 1)]
            with k.when(inside):
                k.set(total, self._step(total, slices(i, *places)))
        return total

    def _place(self, k: KernelBuilder, at: Expr, starts: Reader, i: Expr, d: int) -> Expr:
        """Where in slice i the coordinate `at` of dimension d is; of starts far outside somewhere outside."""
        number = self.numbers[d]
        if number is None:
            return at
        start = clamp(starts(i, constant(i32, number)), -(self.sizes[d] or 1), self.shape[d])
        return k.let(at - start, "place")

    def _step(self, total: Expr, value: Expr) -> Expr:
        if self.kind == "last":
            return value
        if self.kind in ("max", "min"):
            return select(compare(">" if self.kind == "max" else "<", value, total), value, total)
        return combine(self.kind, total, value)


@dataclass(frozen=True)
class DynamicSlice:
    """The box of x that starts at the int32 numbers of the second operand, moved inside by at most `room`."""

    room: tuple[int, ...]
    name = "dynamic_slice"
    work = 3

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, starts = operands
        first = [clamp(starts(constant(i32, d)), 0, room) for d, room in enumerate(self.room)]
        return x(*(k.let(a + start, "place") for a, start in zip(at, first, strict=True)))


@dataclass(frozen=True)
class UpdateSlice:
    """x with the box `sizes` that starts at the numbers of the third operand, moved inside, taken from the second."""

    sizes: tuple[int, ...]
    room: tuple[int, ...]
    name = "update_slice"
    work = 4

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, update, starts = operands
        places, inside = [], None
        for d, (size, room) in enumerate(zip(self.sizes, self.room, strict=True)):
            place = k.let(at[d] - clamp(starts(constant(i32, d)), 0, room), "place")
            here = compare(">=", place, 0) & compare("<", place, size)
            inside = here if inside is None else inside & here
            places.append(clamp(place, 0, size - 1))
        assert inside is not None
        return select(inside, update(*places), x(*at))
