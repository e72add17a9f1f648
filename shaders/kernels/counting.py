"""Rules of `cells` that search along one dimension: extremes, ranks, positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..language.builder import KernelBuilder
from ..language.expression import Expr, compare, constant, equal, i32, select
from ..parts.integer import from_bool
from .cells import Reader


@dataclass(frozen=True)
class ArgExtreme:
    """The index of the first largest (or smallest) of `length` elements of x along `axis`.

    Elements are compared in order with the best so far: a NaN never wins, and none wins over a first NaN.
    """

    axis: int
    length: int
    largest: bool

    @property
    def name(self) -> str:
        return "arg_max" if self.largest else "arg_min"

    @property
    def work(self) -> int:
        return self.length

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        (x,) = operands
        before, after = at[: self.axis], at[self.axis :]
        first = x(*before, constant(i32, 0), *after)
        best, place = k.var(first.type, first, "best"), k.var(i32, 0, "place")
        with k.loop(1, self.length) as i:
            value = x(*before, i, *after)
            with k.when(compare(">" if self.largest else "<", value, best)):
                k.set(best, value)
                k.set(place, i)
        return place


@dataclass(frozen=True)
class OneHot:
    """`on` where the index at the other coordinates is the coordinate along `axis`, else `off`."""

    axis: int
    name = "one_hot"
    work = 3

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        indices, on, off = operands
        index = indices(*at[: self.axis], *at[self.axis + 1 :])
        return select(equal(index, at[self.axis]), on(*_zeros(on)), off(*_zeros(off)))


@dataclass(frozen=True)
class Bucketize:
    """How many of `count` sorted boundaries an element does not stay below."""

    count: int
    name = "bucketize"

    @property
    def work(self) -> int:
        return self.count

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, boundaries = operands
        value, found = x(*at), k.var(i32, 0, "found")
        with k.loop(0, self.count) as i:
            k.set(found, found + from_bool(compare(">=", value, boundaries(i))))
        return found


@dataclass(frozen=True)
class Rank:
    """How many of the `length` int32 along `axis` stand before each: those above it, and equals that come first."""

    axis: int
    length: int
    name = "rank"

    @property
    def work(self) -> int:
        return self.length

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        (x,) = operands
        value, found = x(*at), k.var(i32, 0, "found")
        with k.loop(0, self.length) as i:
            other = x(*at[: self.axis], i, *at[self.axis + 1 :])
            k.set(found, found + from_bool((other > value) | (equal(other, value) & (i < at[self.axis]))))
        return found


@dataclass(frozen=True)
class PlaceOfRank:
    """Where among `length` ranks along `axis` the coordinate of the output stands."""

    axis: int
    length: int
    name = "place_of_rank"

    @property
    def work(self) -> int:
        return self.length

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        (ranks,) = operands
        found = k.var(i32, 0, "found")
        place = at[self.axis]
        with k.loop(0, self.length) as i, k.when(equal(ranks(*at[: self.axis], i, *at[self.axis + 1 :]), place)):
            k.set(found, i)
        return found


@dataclass(frozen=True)
class Iota:
    """The coordinate along `axis`."""

    axis: int
    name = "iota"
    work = 1

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        return at[self.axis]


def _zeros(operand: Reader) -> tuple[Expr, ...]:
    """Coordinates of the first element."""
    return (constant(i32, 0),) * len(operand.shape)
