"""Types and expressions of the kernel language: immutable trees that a printer turns into text.

An `Expr` knows its `Type` (scalar kind and lanes). Python operators build bigger trees; a Python number beside an
expression becomes a constant of that expression's type, and a scalar beside a vector is spread over its lanes.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MAX_FLOAT = 3.4028234663852886e38
"""Largest finite float32 (constants must be finite: WGSL has no literal for infinity)."""


@dataclass(frozen=True)
class Type:
    """A scalar kind (`f32`, `i32`, `u32`, `bool`) times a number of lanes (1 is a scalar)."""

    scalar: str
    lanes: int = 1

    def of(self, lanes: int) -> Type:
        """The same scalar kind with `lanes` lanes."""
        return self if lanes == self.lanes else Type(self.scalar, lanes)

    @property
    def is_float(self) -> bool:
        """True for floating point kinds."""
        return self.scalar == "f32"


f32, i32, u32, boolean = Type("f32"), Type("i32"), Type("u32"), Type("bool")

_INTEGER_IDENTITIES = {("+", 0), ("-", 0), ("*", 1), ("/", 1), ("<<", 0), (">>", 0)}
_FOLD = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


@dataclass(frozen=True, eq=False)
class Expr:
    """One node of an expression tree.

    Args:
        op: what the node does (`const`, `name`, `binary`, `call`, `select`, `load`, ...).
        type: type of its value.
        args: its operands.
        detail: what `op` needs besides (a constant's value, a name, an operator, a buffer).
    """

    op: str
    type: Type
    args: tuple[Expr, ...] = ()
    detail: object = None

    def lift(self, value: Operand) -> Expr:
        """`value` as an expression of this type's kind and lanes (numbers become constants, scalars are spread).

        Raises:
            TypeError: if `value` has another kind, or lanes that are neither 1 nor this type's.
        """
        made = value if isinstance(value, Expr) else constant(self.type.of(1), value)
        if made.type.scalar != self.type.scalar:
            raise TypeError(f"{made.type} beside {self.type}: cast one of them")
        if made.type.lanes == self.type.lanes:
            return made
        if made.type.lanes != 1:
            raise TypeError(f"{made.type} beside {self.type}: the lanes differ")
        return Expr("splat", self.type, (made,))

    def __getitem__(self, lane: int) -> Expr:
        if not 0 <= lane < self.type.lanes:
            raise IndexError(f"lane {lane} of {self.type}")
        return self if self.type.lanes == 1 else Expr("lane", self.type.of(1), (self,), lane)

    def part(self, start: int, lanes: int) -> Expr:
        """Lanes `start` to `start + lanes` as a shorter vector (or a scalar)."""
        if not 0 <= start <= start + lanes <= self.type.lanes:
            raise IndexError(f"lanes {start}..{start + lanes} of {self.type}")
        if lanes in (1, self.type.lanes):
            return self[start] if lanes == 1 else self
        return Expr("part", self.type.of(lanes), (self,), start)

    def __add__(self, other: Operand) -> Expr:
        return binary("+", self, other)

    def __radd__(self, other: Operand) -> Expr:
        return binary("+", other, self)

    def __sub__(self, other: Operand) -> Expr:
        return binary("-", self, other)

    def __rsub__(self, other: Operand) -> Expr:
        return binary("-", other, self)

    def __mul__(self, other: Operand) -> Expr:
        return binary("*", self, other)

    def __rmul__(self, other: Operand) -> Expr:
        return binary("*", other, self)

    def __truediv__(self, other: Operand) -> Expr:
        return _divide(self, other, True)

    def __rtruediv__(self, other: Operand) -> Expr:
        return _divide(other, self, True)

    def __floordiv__(self, other: Operand) -> Expr:
        return _divide(self, other, False)

    def __rfloordiv__(self, other: Operand) -> Expr:
        return _divide(other, self, False)

    def __mod__(self, other: Operand) -> Expr:
        return binary("%", self, other)

    def __rmod__(self, other: Operand) -> Expr:
        return binary("%", other, self)

    def __lshift__(self, other: Operand) -> Expr:
        return binary("<<", self, other)

    def __rshift__(self, other: Operand) -> Expr:
        return binary(">>", self, other)

    def __and__(self, other: Operand) -> Expr:
        return binary("&", self, other)

    def __or__(self, other: Operand) -> Expr:
        return binary("|", self, other)

    def __xor__(self, other: Operand) -> Expr:
        return binary("^", self, other)

    def __invert__(self) -> Expr:
        return Expr("not", self.type, (self,))

    def __neg__(self) -> Expr:
        return Expr("negate", self.type, (self,))

    def __lt__(self, other: Operand) -> Expr:
        return compare("<", self, other)

    def __le__(self, other: Operand) -> Expr:
        return compare("<=", self, other)

    def __gt__(self, other: Operand) -> Expr:
        return compare(">", self, other)

    def __ge__(self, other: Operand) -> Expr:
        return compare(">=", self, other)

    def __bool__(self) -> bool:
        raise TypeError("an expression has no value while the kernel is traced: use `when` or `select`")


Operand = Expr | int | float | bool
"""What stands beside an expression: a Python number becomes a constant."""


def constant(type: Type, value: Operand) -> Expr:
    """A finite constant, spread over the lanes of `type`.

    Raises:
        ValueError: for infinity and NaN (WGSL has no such constants: pass them as a scalar of the kernel).
    """
    if isinstance(value, Expr):
        raise TypeError("a constant is made from a Python number")
    if type.is_float and not math.isfinite(value):
        raise ValueError(f"constants must be finite, got {value}")
    single = Expr("const", type.of(1), (), float(value) if type.is_float else int(value))
    return single if type.lanes == 1 else Expr("splat", type, (single,))


def vector(*lanes: Expr) -> Expr:
    """One vector from scalars (and shorter vectors) of one kind, in order."""
    return Expr("vector", lanes[0].type.of(sum(x.type.lanes for x in lanes)), lanes)


def _pair(a: Operand, b: Operand) -> tuple[Expr, Expr]:
    if not isinstance(a, Expr):
        assert isinstance(b, Expr)
        return b.lift(a), b
    if not isinstance(b, Expr):
        return a, a.lift(b)
    widest = b if b.type.lanes > a.type.lanes else a
    return widest.lift(a), widest.lift(b)


def binary(op: str, a: Operand, b: Operand) -> Expr:
    """`a op b` lane by lane; integer arithmetic on constants is folded, so index arithmetic stays readable."""
    x, y = _pair(a, b)
    if not x.type.is_float and x.type.scalar != "bool" and x.type.lanes == 1:
        folded = _fold(op, x, y)
        if folded is not None:
            return folded
    return Expr("binary", x.type, (x, y), op)


def _fold(op: str, x: Expr, y: Expr) -> Expr | None:
    left, right = (e.detail if e.op == "const" else None for e in (x, y))
    if isinstance(left, int) and isinstance(right, int) and op in _FOLD:
        return constant(x.type, _FOLD[op](left, right))
    if (op, right) in _INTEGER_IDENTITIES:
        return x
    if op in ("+", "*") and (op, left) in _INTEGER_IDENTITIES:
        return y
    if op == "*" and 0 in (left, right):
        return constant(x.type, 0)
    return None


def _divide(a: Operand, b: Operand, real: bool) -> Expr:
    x, y = _pair(a, b)
    if x.type.is_float != real:
        raise TypeError("`/` divides floats, `//` divides integers (rounding towards zero)")
    return binary("/", x, y)


def compare(op: str, a: Operand, b: Operand) -> Expr:
    """Lane by lane comparison; `op` is one of `<`, `<=`, `>`, `>=`, `==`, `!=`. The result is bool."""
    x, y = _pair(a, b)
    return Expr("compare", boolean.of(x.type.lanes), (x, y), op)


def equal(a: Operand, b: Operand) -> Expr:
    """a == b (a function: `==` keeps its Python meaning)."""
    return compare("==", a, b)


def not_equal(a: Operand, b: Operand) -> Expr:
    """a != b."""
    return compare("!=", a, b)


def call(name: str, *args: Operand) -> Expr:
    """A built-in function of arguments of one type; scalars and numbers are spread to the widest."""
    widest = max((a for a in args if isinstance(a, Expr)), key=lambda a: a.type.lanes)
    return Expr("call", widest.type, tuple(widest.lift(a) for a in args), name)


def select(condition: Expr, yes: Operand, no: Operand) -> Expr:
    """`yes` where `condition` holds, else `no`. A scalar condition chooses whole vectors. Both sides are computed."""
    x, y = _pair(yes, no)
    if condition.type.lanes != 1 and x.type.lanes == 1:
        x, y = (Expr("splat", e.type.of(condition.type.lanes), (e,)) for e in (x, y))
    if condition.type.lanes not in (1, x.type.lanes):
        raise TypeError(f"select of {x.type} by {condition.type}")
    return Expr("select", x.type, (x, y, condition))


def cast(value: Expr, to: Type) -> Expr:
    """Conversion of each lane to the kind of `to` (floats to integers round towards zero; true is 1)."""
    same = value.type.scalar == to.scalar
    return value if same else Expr("cast", to.of(value.type.lanes), (value,))


def bitcast(value: Expr, to: Type) -> Expr:
    """The same bits read as the kind of `to`."""
    return Expr("bitcast", to.of(value.type.lanes), (value,))


def dot(a: Expr, b: Expr) -> Expr:
    """Scalar product of two vectors of up to 4 float lanes."""
    return Expr("dot", a.type.of(1), (a, b))


def lane_tree(
    value: Expr,
    join: Callable[[Expr, Expr], Expr] = operator.add,
    named: Callable[[Expr], Expr] = lambda made: made,
) -> Expr:
    """All lanes of a (named) vector joined pairwise, wide ones as vectors first.

    Args:
        join: by addition unless told otherwise.
        named: names what is used more than once.
    """
    while value.type.lanes > 4:
        half = value.type.lanes // 2
        value = named(join(value.part(0, half), value.part(half, half)))
    parts: Sequence[Expr] = [value[i] for i in range(value.type.lanes)]
    while len(parts) > 1:
        half = len(parts) // 2
        joined = [join(parts[i], parts[half + i]) for i in range(half)]
        parts = joined + list(parts[2 * half :])
    return parts[0]
