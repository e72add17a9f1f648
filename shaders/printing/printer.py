"""What the printers of all dialects share: statements, indentation and operators.

A dialect fills in how types, constants, functions, memory accesses and the frame of a kernel are spelt.
"""

from __future__ import annotations

import abc
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ..language.expression import MAX_FLOAT, Expr, Type, i32
from ..language.kernel import Barrier, Buffer, Kernel, Let, Loop, Memory, Prefetch, Set, Statement, Store, When

INDENT = "  "


class Printer(abc.ABC):
    """Turns a `Kernel` into the text of one dialect."""

    max_lanes: int

    @abc.abstractmethod
    def source(self, kernel: Kernel) -> str:
        """The complete text of a program with `kernel` as its entry point."""

    @abc.abstractmethod
    def type_name(self, type: Type) -> str:
        """Spelling of a value's type."""

    @abc.abstractmethod
    def constant(self, type: Type, value: float) -> str:
        """A scalar constant."""

    @abc.abstractmethod
    def construct(self, type: Type, parts: Sequence[str]) -> str:
        """A vector from scalars and vectors, or from one scalar for all lanes."""

    @abc.abstractmethod
    def lanes(self, text: str, start: int, count: int) -> str:
        """`count` lanes of the vector `text`."""

    @abc.abstractmethod
    def id(self, kind: str, axis: int) -> str:
        """global, group or local id along `axis`, as i32."""

    @abc.abstractmethod
    def call(self, name: str, type: Type, args: Sequence[str]) -> str:
        """A built-in function."""

    @abc.abstractmethod
    def binary(self, op: str, type: Type, left: str, right: str) -> str:
        """An arithmetic, bit or (for bool) logical operator."""

    @abc.abstractmethod
    def negation(self, type: Type, value: str) -> str:
        """Bitwise not of integers, logical not of bools."""

    @abc.abstractmethod
    def select(self, type: Type, condition: Type, args: Sequence[str]) -> str:
        """args = yes, no, condition."""

    @abc.abstractmethod
    def cast(self, to: Type, source: Type, value: str) -> str:
        """Conversion of values."""

    @abc.abstractmethod
    def bitcast(self, to: Type, value: str) -> str:
        """Conversion of bits."""

    @abc.abstractmethod
    def load(self, memory: Memory, type: Type, at: Expr) -> str:
        """A read of `type.lanes` elements."""

    @abc.abstractmethod
    def store(self, memory: Memory, at: Expr, type: Type, value: str) -> str:
        """A write of `type.lanes` elements, as a statement."""

    @abc.abstractmethod
    def any_lane(self, value: str) -> str:
        """Whether a vector of bool holds in any lane."""

    @abc.abstractmethod
    def shuffle(self, value: str, lane: str) -> str:
        """`value` of another invocation of the subgroup."""

    @abc.abstractmethod
    def declare(self, type: Type, name: str, mutable: bool) -> str:
        """The left side of a definition."""

    def prefetch(self, memory: Buffer, at: Expr) -> str:
        """A hint that an element will be read, as a statement."""
        raise ValueError(f"{type(self).__name__} has no hints")

    @abc.abstractmethod
    def barrier(self) -> str:
        """Workgroup barrier, as a statement."""

    def expr(self, e: Expr) -> str:
        """Text of an expression (fully parenthesised)."""
        if e.type.lanes > self.max_lanes:
            raise ValueError(f"{type(self).__name__} has no vectors of {e.type.lanes} lanes")
        if e.op == "load":
            return self.load(e.detail, e.type, e.args[0])  # type: ignore[arg-type]
        return self._operator(e, [self.expr(x) for x in e.args])

    def _operator(self, e: Expr, args: list[str]) -> str:
        op, first = e.op, e.args[0].type if e.args else e.type
        if op in ("name", "variable"):
            return str(e.detail)
        if op == "const":
            return self.constant(e.type, e.detail)  # type: ignore[arg-type]
        if op in ("splat", "vector"):
            return self.construct(e.type, args)
        if op in ("lane", "part"):
            return self.lanes(args[0], e.detail, e.type.lanes)  # type: ignore[arg-type]
        if op == "id":
            return self.id(*e.detail)  # type: ignore[misc]
        if op in ("call", "dot"):
            return self.call(str(e.detail or op), e.type, args)
        if op == "binary":
            return self.binary(str(e.detail), e.type, *args)
        if op == "compare":
            return f"({args[0]} {e.detail} {args[1]})"
        if op == "negate":
            return f"(-{args[0]})"
        if op == "not":
            return self.negation(e.type, args[0])
        if op == "select":
            return self.select(e.type, e.args[2].type, args)
        if op == "any":
            return self.any_lane(args[0])
        if op == "shuffle":
            return self.shuffle(*args)
        if op == "cast":
            return self.cast(e.type, first, args[0])
        return self.bitcast(e.type, args[0])

    def block(self, statements: Iterable[Statement], depth: int = 1) -> str:
        """The statements, one to a line."""
        return "".join(f"{INDENT * depth}{line}\n" for s in statements for line in self.statement(s, depth))

    def statement(self, s: Statement, depth: int) -> Iterator[str]:
        """Lines of one statement; nested blocks carry their own indentation."""
        if isinstance(s, Let):
            yield f"{self.declare(s.value.type, s.name, s.mutable)} = {self.expr(s.value)};"
        elif isinstance(s, Set):
            yield f"{s.variable.detail} = {self.expr(s.value)};"
        elif isinstance(s, Store):
            yield self.store(s.memory, s.offset, s.value.type, self.expr(s.value))
        elif isinstance(s, Barrier):
            yield self.barrier()
        elif isinstance(s, Prefetch):
            yield self.prefetch(s.memory, s.offset)
        elif isinstance(s, When):
            other = f" else {self._braces(s.other, depth)}" if s.other else ""
            yield f"if ({self.expr(s.condition)}) {self._braces(s.body, depth)}{other}"
        else:
            yield self._loop(s, depth)

    def _loop(self, s: Loop, depth: int) -> str:
        first = f"{self.declare(i32, s.index, True)} = {self.expr(s.start)}"
        head = f"for ({first}; {s.index} < {self.expr(s.stop)}; {s.index} += {self.expr(s.step)})"
        return f"{head} {self._braces(s.body, depth)}"

    def _braces(self, body: Iterable[Statement], depth: int) -> str:
        return f"{{\n{self.block(body, depth + 1)}{INDENT * depth}}}"


def float_text(value: float) -> str:
    """Shortest decimal text that reads back as the same float32, with a point or an exponent."""
    shortest = float(str(np.float32(value)))
    # Tint refuses a literal above the largest float32, even one that would round to it.
    return repr(shortest if abs(shortest) <= MAX_FLOAT else float(np.float32(value)))
