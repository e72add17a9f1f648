"""Loops whose length the compiler cannot see, so that it does not unroll them.

llvmpipe makes long code of every load and store. A loop of constant length that its compiler unrolls takes seconds to
compile (4 s for the rows of a layer normalization), and runs no faster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from weakref import WeakKeyDictionary

from ..call import KernelCall
from ..language.expression import Expr, i32
from ..language.kernel import Kernel, Loop, Scalar, Statement, When

SHORT = 2
"""Iterations up to which a loop may be unrolled."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_made: WeakKeyDictionary[Kernel, tuple[Kernel, tuple[int, ...]]] = WeakKeyDictionary()
"""What was made of kernels that are still there: one kernel often serves many calls."""


def opaque_loops(call: KernelCall) -> KernelCall:
    """The call with the ends of loops of constant length as scalars."""
    known = _made.get(call.kernel)
    if known is None:
        known = _made[call.kernel] = _opaque(call.kernel)
    kernel, ends = known
    return replace(call, kernel=kernel, sizes=(*call.sizes, *ends)) if ends else call


def _opaque(kernel: Kernel) -> tuple[Kernel, tuple[int, ...]]:
    """The kernel with more scalars, and their values."""
    rewriting = _Rewriting()
    body = tuple(rewriting.block(kernel.body))
    scalars = (*kernel.scalars, *(Scalar(name, i32) for name in rewriting.ends.values()))
    return replace(kernel, scalars=scalars, body=body), tuple(rewriting.ends)


class _Rewriting:
    """Replaces the ends of loops.

    Attributes:
        ends: constant end -> name of its scalar.
    """

    def __init__(self) -> None:
        self.ends: dict[int, str] = {}

    def block(self, statements: Iterable[Statement]) -> list[Statement]:
        return [self._statement(s) for s in statements]

    def _statement(self, s: Statement) -> Statement:
        if isinstance(s, When):
            return When(s.condition, self.block(s.body), self.block(s.other))
        if isinstance(s, Loop):
            return replace(s, stop=self._stop(s), body=self.block(s.body))
        return s

    def _stop(self, loop: Loop) -> Expr:
        parts = [part.detail for part in (loop.start, loop.stop, loop.step) if part.op == "const"]
        if len(parts) < 3:
            return loop.stop
        start, stop, step = (int(str(part)) for part in parts)
        if stop - start <= SHORT * step or (stop not in self.ends and len(self.ends) == len(_LETTERS)):
            return loop.stop
        return Expr("name", i32, (), self.ends.setdefault(stop, f"end_{_LETTERS[len(self.ends) % len(_LETTERS)]}"))
