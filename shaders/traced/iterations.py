"""How many loop iterations one invocation of a call goes through.

Some drivers end all loops of an invocation after a number of iterations, nested loops counted together, and compute
wrong values without an error (llvmpipe before Mesa 25: 65,535). A pipeline has to know before it launches.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from ..call import KernelCall
from ..language.expression import Expr
from ..language.kernel import Let, Loop, Statement, When

_BINARY: dict[Any, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: int(a / b) if b else 0,
    "%": lambda a, b: a - int(a / b) * b if b else 0,
    "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
}
_CALLS: dict[Any, Callable[..., int]] = {"min": min, "max": max, "abs": abs}


def loop_iterations(call: KernelCall) -> int:
    """The most iterations among the first, middle and last invocation along each axis.

    Bounds that depend on memory or on variables count as no iterations: kernels have them from indices and sizes.
    """
    kernel = call.kernel
    sizes = {s.name: v for s, v in zip(kernel.scalars, call.sizes, strict=True) if isinstance(v, int)}
    extents = [groups * size for groups, size in zip(call.groups, kernel.group, strict=True)]
    points = itertools.product(*(sorted({0, n // 2, n - 1}) for n in extents))
    return max(_Invocation(point, kernel.group, sizes).count(kernel.body) for point in points)


class _Invocation:
    """One invocation; values are found only where a loop's bounds need them."""

    def __init__(self, point: Sequence[int], group: Sequence[int], sizes: dict[str, int]) -> None:
        self.ids = {("global", i): p for i, p in enumerate(point)}
        self.ids |= {("group", i): p // g for i, (p, g) in enumerate(zip(point, group, strict=True))}
        self.ids |= {("local", i): p % g for i, (p, g) in enumerate(zip(point, group, strict=True))}
        self.values: dict[Any, Expr | int | None] = {**sizes}

    def count(self, body: Sequence[Statement]) -> int:
        return sum(self._statement(s) for s in body)

    def _statement(self, statement: Statement) -> int:
        if isinstance(statement, Let):
            self.values[statement.name] = None if statement.mutable else statement.value
        elif isinstance(statement, When):
            return max(self.count(statement.body), self.count(statement.other))
        elif isinstance(statement, Loop):
            return self._loop(statement)
        return 0

    def _loop(self, loop: Loop) -> int:
        start, stop, step = (self.value(x) for x in (loop.start, loop.stop, loop.step))
        if start is None or stop is None or not step:
            return 0
        times = max(0, -(-(stop - start) // step))
        self.values[loop.index] = start
        return times * (1 + self.count(loop.body))

    def value(self, expr: Expr) -> int | None:
        """The integer that `expr` has here, or None where it cannot be told."""
        if expr.op == "const":
            return int(expr.detail) if isinstance(expr.detail, int | bool) else None
        if expr.op == "id":
            return self.ids.get(expr.detail)  # type: ignore[call-overload]
        if expr.op == "name":
            return self._named(expr.detail)
        args = [self.value(x) for x in expr.args]
        known = [x for x in args if x is not None]
        if len(known) < len(args):
            return None
        if expr.op in ("binary", "compare") and expr.detail in _BINARY:
            return int(_BINARY[expr.detail](*known))
        if expr.op == "call" and expr.detail in _CALLS:
            return int(_CALLS[expr.detail](*known))
        if expr.op == "select":
            return known[0] if known[2] else known[1]
        if expr.op == "negate":
            return -known[0]
        return known[0] if expr.op in ("cast", "splat") else None

    def _named(self, name: object) -> int | None:
        value = self.values.get(name)
        if isinstance(value, Expr):
            value = self.values[name] = self.value(value)
        return value
