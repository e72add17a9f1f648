"""Where values live: constants and host values in buffers of their own, everything else in one arena.

The arena is planned greedily: the largest value first, each at the lowest place that no value alive at the same time
takes (Pisarchyk & Lee 2020, "Efficient memory management for deep neural net inference", greedy by size). A value is
alive from the operation that makes it to the last that reads it, both included, so that no kernel's output overlaps
its inputs: kernels may compute elements twice, and WebGPU refuses such bindings.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass

from ..program import ir


@dataclass(frozen=True)
class Lifetime:
    """A value of `size` bytes, alive during the operations `first` to `last`."""

    value: int
    size: int
    first: int
    last: int

    def meets(self, other: Lifetime) -> bool:
        """Whether both are alive during some operation."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Arena:
    """Offsets in bytes by value, and the size of the whole."""

    offsets: dict[int, int]
    size: int


def lifetimes(program: ir.Program) -> tuple[Lifetime, ...]:
    """Of every value that needs a place in the arena; aliased values count as the one whose memory they share."""
    roots = program.roots
    hosts = {roots.get(v, v) for v in (*program.inputs, *program.results) if v is not None}
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for position, op in enumerate(program.ops):
        for value in (*op.reads, op.output):
            root = roots.get(value, value)
            if root not in hosts and program.values[root].data is None:
                first.setdefault(root, position)
                last[root] = position
    return tuple(Lifetime(v, program.values[v].nbytes, first[v], last[v]) for v in first)


def plan(values: tuple[Lifetime, ...], alignment: int) -> Arena:
    """Offsets for all values, multiples of `alignment`."""
    placed: list[tuple[int, Lifetime]] = []
    for value in sorted(values, key=lambda v: (-v.size, v.first, v.value)):
        offset = 0
        for start, other in placed:
            if other.meets(value):
                if offset + value.size <= start:
                    break
                offset = max(offset, _align(start + other.size, alignment))
        bisect.insort(placed, (offset, value), key=lambda entry: entry[0])
    size = max((offset + value.size for offset, value in placed), default=0)
    return Arena({value.value: offset for offset, value in placed}, _align(size, alignment))


def _align(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment
