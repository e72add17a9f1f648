"""Rules of `cells` that pick elements of an operand at coordinates that another operand holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..language.builder import KernelBuilder
from ..language.expression import Expr, constant, i32, select
from ..language.functions import clamp
from .cells import Reader


@dataclass(frozen=True)
class Gather:
    """y[batch, outer, chosen, inner] = x[batch, outer, indices[batch, chosen], inner]; an index outside is moved in.

    Args:
        axis: of x, the one that the indices point along.
        batch_dims: leading dimensions that x and the indices share.
        index_rank: dimensions of the indices.
        length: of x along `axis`.
    """

    axis: int
    batch_dims: int
    index_rank: int
    length: int
    name = "gather"
    work = 2

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, indices = operands
        chosen = self.index_rank - self.batch_dims
        place = indices(*at[: self.batch_dims], *at[self.axis : self.axis + chosen])
        inside = k.let(clamp(place, 0, self.length - 1), "place")
        return x(*at[: self.axis], inside, *at[self.axis + chosen :])


@dataclass(frozen=True)
class TakeAlong:
    """y[outer, i, inner] = x[outer, places[outer, i, inner], inner], the places along `axis` being inside."""

    axis: int
    name = "take_along"
    work = 2

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, places = operands
        return x(*at[: self.axis], k.let(places(*at), "place"), *at[self.axis + 1 :])


@dataclass(frozen=True)
class GatherND:
    """y[chosen, inner] = x[indices[chosen], inner], the last dimension of the indices being coordinates of x.

    Args:
        chosen: dimensions of the indices without the last.
        lengths: of the dimensions of x that the indices address; a coordinate outside is moved inside.
    """

    chosen: int
    lengths: tuple[int, ...]
    name = "gather_nd"
    work = 4

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, indices = operands
        places = [
            k.let(clamp(indices(*at[: self.chosen], constant(i32, d)), 0, n - 1), "place")
            for d, n in enumerate(self.lengths)
        ]
        return x(*places, *at[self.chosen :])


@dataclass(frozen=True)
class StablehloGather:
    """Slices of x from many starts, each moved so that its slice lies inside; see the StableHLO specification.

    Args:
        room: how far the slice can move along each dimension of x.
        offset_dims: dimensions of y that run over a slice.
        collapsed: dimensions of x in which a slice has one element, which y has not.
        start_map: the dimension of x that each number of a start is for.
        vector_dim: the dimension of the starts that runs over a start's numbers.
        start_rank: dimensions of the starts.
    """

    room: tuple[int, ...]
    offset_dims: tuple[int, ...]
    collapsed: tuple[int, ...]
    start_map: tuple[int, ...]
    vector_dim: int
    start_rank: int
    name = "stablehlo_gather"
    work = 4

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, starts = operands
        batch = [c for d, c in enumerate(at) if d not in self.offset_dims]
        offsets = iter(self.offset_dims)
        places = []
        for d, room in enumerate(self.room):
            place = constant(i32, 0) if d in self.collapsed else at[next(offsets)]
            if d in self.start_map:
                start = starts(*self._place(batch, self.start_map.index(d)))
                place = place + clamp(start, 0, room)
            places.append(k.let(place, "place"))
        return x(*places)

    def _place(self, batch: Sequence[Expr], number: int) -> tuple[Expr, ...]:
        """Coordinates of one number of a start."""
        if self.vector_dim == self.start_rank:
            return tuple(batch)
        return (*batch[: self.vector_dim], constant(i32, number), *batch[self.vector_dim :])


@dataclass(frozen=True)
class ReverseSequence:
    """Of each row the first elements, as many as its length says, in reverse; the rest as they are."""

    sequence: int
    batch: int
    name = "reverse_sequence"
    work = 2

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        x, lengths = operands
        length, here = lengths(at[self.batch]), at[self.sequence]
        place = k.let(select(here < length, length - 1 - here, here), "place")
        return x(*at[: self.sequence], place, *at[self.sequence + 1 :])
