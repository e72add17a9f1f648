"""How the schema is declared: frozen records whose fields carry their place in the flatbuffer.

A record class is the declaration. The reader and the writer walk `Table.declaration`; nothing else knows the format.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: object) -> Callable[[Any], Any]:
        return lambda decorator: decorator


Bytes = bytes | memoryview | None
"""A byte vector: a view of the file it was read from, or bytes of one's own; None when absent."""


@dataclass(frozen=True)
class Scalar:
    """A fixed-width number: its `struct` format, little endian, and its width in bytes."""

    format: str
    width: int
    packer: struct.Struct


def _scalar_type(code: str) -> Scalar:
    packer = struct.Struct("<" + code)
    return Scalar(code, packer.size, packer)


BOOL = _scalar_type("?")
INT8 = _scalar_type("b")
UINT8 = _scalar_type("B")
UINT16 = _scalar_type("H")
INT32 = _scalar_type("i")
UINT32 = _scalar_type("I")
INT64 = _scalar_type("q")
UINT64 = _scalar_type("Q")
FLOAT32 = _scalar_type("f")


class Kind(Enum):
    """What a field holds."""

    SCALAR = "scalar"
    VECTOR = "vector of numbers"
    STRING = "string"
    BYTES = "byte vector"
    TABLE = "table"
    TABLES = "vector of tables"
    UNION = "union"


class Table:
    """Base of every record of the schema; `declaration` has its fields as (name, Field), in constructor order.

    The records are frozen dataclasses. Their methods are here, because a method of its own for every one of 160
    classes makes importing the schema ten times slower.
    """

    __slots__ = ()
    declaration: ClassVar[tuple[tuple[str, Field], ...]] = ()

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self.declaration
        if len(values) > len(fields):
            raise TypeError(f"{type(self).__name__} has {len(fields)} fields, not {len(values)}")
        for (name, _), value in zip(fields, values, strict=False):
            object.__setattr__(self, name, value)
        for name, declared in fields[len(values) :]:
            object.__setattr__(self, name, named.pop(name, declared.default))
        if named:
            raise TypeError(f"{type(self).__name__} has no field {', '.join(named)}, or it is given twice")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name, _ in self.declaration)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        values = zip(self.declaration, self._values(), strict=True)
        changed = (f"{name}={value!r}" for (name, declared), value in values if value != declared.default)
        return f"{type(self).__name__}({', '.join(changed)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._values()


@dataclass(frozen=True)
class Field:
    """Declaration of one field.

    Attributes:
        id: Its slot in the vtable; a union's type code is in the slot before.
        kind: What it holds.
        default: Its value when the file leaves it out.
        scalar: Number format of a scalar or of a vector's elements.
        enum: Enumeration the numbers belong to.
        members: The table's class, or a union's classes in the order of their type codes (from 1).
        always: Written even when empty, because LiteRT refuses models without it.
        align: Alignment in bytes of a vector's first element, if more than its element's.
    """

    id: int
    kind: Kind
    default: Any
    scalar: Scalar = UINT8
    enum: type[IntEnum] | None = None
    members: tuple[type[Table], ...] = ()
    always: bool = False
    align: int = 0


def _declare(declaration: Field) -> Any:
    return field(default=declaration.default, metadata={"flatbuffer": declaration})


def scalar(id: int, type: Scalar, default: int | float | bool | None = None) -> Any:
    """A number; zero or False when the file leaves it out, unless `default` says otherwise."""
    zero: int | float | bool = {"?": False, "f": 0.0}.get(type.format, 0)
    return _declare(Field(id, Kind.SCALAR, zero if default is None else default, type))


def enum(id: int, default: IntEnum, storage: Scalar = INT8) -> Any:
    """A value of the enumeration that `default` belongs to; unknown values stay ints."""
    return _declare(Field(id, Kind.SCALAR, default, storage, enum=type(default)))


def vector(id: int, element: Scalar, *, enum: type[IntEnum] | None = None, always: bool = False, align: int = 0) -> Any:
    """A tuple of numbers, empty when absent."""
    return _declare(Field(id, Kind.VECTOR, (), element, enum=enum, always=always, align=align))


def string(id: int, *, always: bool = False) -> Any:
    """A str, empty when absent; bytes that are not UTF-8 survive as surrogate escapes."""
    return _declare(Field(id, Kind.STRING, "", always=always))


def byte_vector(id: int, *, align: int = 0) -> Any:
    """A read-only view of bytes; None when absent, which is not the same as empty."""
    return _declare(Field(id, Kind.BYTES, None, align=align))


def child(id: int, type: type[Table]) -> Any:
    """A record, or None."""
    return _declare(Field(id, Kind.TABLE, None, members=(type,)))


def tables(id: int, type: type[Table], *, always: bool = False) -> Any:
    """A tuple of records, empty when absent."""
    return _declare(Field(id, Kind.TABLES, (), members=(type,), always=always))


def union(id: int, members: tuple[type[Table], ...]) -> Any:
    """A record of one of the classes in `members`, or None."""
    return _declare(Field(id, Kind.UNION, None, members=members))


_T = TypeVar("_T", bound=Table)


@dataclass_transform(frozen_default=True)
def table(cls: type[_T]) -> type[_T]:
    """Class decorator: a frozen dataclass with slots that knows its declaration."""
    record = dataclass(init=False, eq=False, repr=False, slots=True)(cls)
    record.declaration = tuple((f.name, f.metadata["flatbuffer"]) for f in fields(record))  # type: ignore[arg-type]
    return record
