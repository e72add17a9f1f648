"""What a traced kernel is made of: bindings, scalars, workgroup memory and statements."""

from __future__ import annotations

from dataclasses import dataclass, field

from .expression import Expr, Type

VALUE_TYPES = {"f32": "f32", "i32": "i32", "u32": "u32", "f16": "f32", "i8": "i32", "u8": "i32", "i16": "i32"}
"""Storage kind of a buffer's elements -> kind of the values that loads give."""


@dataclass(frozen=True)
class Buffer:
    """A binding: `storage` kind of its elements, widest vector `lanes`, `access` read | write | read_write."""

    name: str
    storage: str
    lanes: int
    access: str
    constant: bool = False

    @property
    def type(self) -> Type:
        """Type of the value that a load of all lanes gives."""
        return Type(VALUE_TYPES[self.storage], self.lanes)


@dataclass(frozen=True)
class Shared:
    """`count` elements of workgroup memory, read and written as vectors of `type.lanes`.

    `private`: each invocation has its own.
    """

    name: str
    type: Type
    count: int
    private: bool = False


Memory = Buffer | Shared


@dataclass(frozen=True)
class Scalar:
    """An argument given per launch."""

    name: str
    type: Type


@dataclass(frozen=True, eq=False)
class Let:
    """A named value; with `mutable` a variable and its first value."""

    name: str
    value: Expr
    mutable: bool = False


@dataclass(frozen=True, eq=False)
class Set:
    """Assignment to a variable."""

    variable: Expr
    value: Expr


@dataclass(frozen=True, eq=False)
class Store:
    """Write of a value at an element offset."""

    memory: Memory
    offset: Expr
    value: Expr


@dataclass(frozen=True, eq=False)
class When:
    """`body` where the scalar condition holds, else `other`."""

    condition: Expr
    body: list[Statement]
    other: list[Statement] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Loop:
    """`body` for index = start, start + step, ... below stop."""

    index: str
    start: Expr
    stop: Expr
    step: Expr
    body: list[Statement]


@dataclass(frozen=True, eq=False)
class Prefetch:
    """A hint that what lies at an element offset will be read soon; it may lie outside the binding."""

    memory: Buffer
    offset: Expr


@dataclass(frozen=True, eq=False)
class Barrier:
    """Workgroup memory written before is visible to the whole group after."""


Statement = Let | Set | Store | When | Loop | Barrier | Prefetch


@dataclass(frozen=True, eq=False)
class Kernel:
    """A traced kernel: what a printer prints. `group` is the workgroup size."""

    name: str
    group: tuple[int, int, int]
    buffers: tuple[Buffer, ...]
    scalars: tuple[Scalar, ...]
    shared: tuple[Shared, ...]
    body: tuple[Statement, ...]

    @property
    def operands(self) -> tuple[Buffer, ...]:
        """The activation bindings, in order."""
        return tuple(b for b in self.buffers if not b.constant)
