"""A row taken by one invocation, or on a GPU, where it is long, by a workgroup: the same code for both.

    with team.loop(k, 0, length) as i:
        k.set(total, total + k.load(x, at + i))
    team.join(k, total, operator.add)
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from ..call import MAX_GROUPS
from ..language.builder import KernelBuilder
from ..language.expression import Expr, Operand
from ..language.functions import minimum
from ..layout import ceil_div
from .nest import AXES, GROUP

LONG_ROW = 128
"""Elements of a row from which a workgroup takes it on a GPU."""


class Team:
    """One invocation alone."""

    @contextlib.contextmanager
    def loop(self, k: KernelBuilder, start: int, stop: Operand, step: int = 1) -> Iterator[Expr]:
        """This invocation's share of start, start + step, ... below stop."""
        with k.loop(start, stop, step) as i:
            yield i

    def join(self, k: KernelBuilder, value: Expr, combine: Callable[[Expr, Expr], Expr]) -> None:
        """Makes a variable what the values of all invocations of the team combine to, in any order.

        All begin from something that may be combined more than once, or that changes nothing.
        """


ALONE = Team()


class RowTeam(Team):
    """A workgroup of `GROUP`."""

    def __init__(self, k: KernelBuilder) -> None:
        self.lane, self._joined = k.local_id(0), 0
        self._group, self._groups = k.group_id(0), k.group_id(1)

    def row(self, last: Expr, span: Expr) -> Expr:
        """The row of this workgroup, of rows up to `last`; those beyond it do the last one once more, so that all
        reach the barriers."""
        return minimum(self._group + self._groups * span, last)

    @contextlib.contextmanager
    def loop(self, k: KernelBuilder, start: int, stop: Operand, step: int = 1) -> Iterator[Expr]:
        first = self.lane * step + start if start else self.lane * step
        with k.loop(first, stop, GROUP * step) as i:
            yield i

    def join(self, k: KernelBuilder, value: Expr, combine: Callable[[Expr, Expr], Expr]) -> None:
        shared = k.shared(f"joined_{AXES[self._joined]}", value.type, GROUP * value.type.lanes)
        self._joined += 1
        lanes = value.type.lanes
        k.store(shared, self.lane * lanes, value)
        k.barrier()
        k.set(value, k.load(shared, 0))
        with k.loop(1, GROUP) as other:
            k.set(value, combine(value, k.load(shared, other * lanes)))


def row_groups(rows: int) -> tuple[int, int, int]:
    """Workgroups for as many rows; the first is the `span` of `RowTeam.row`."""
    across = min(rows, MAX_GROUPS)
    return across, ceil_div(rows, across), 1
