"""Decoding of declared tables from a flatbuffer that is not trusted.

Every offset, length and vtable is checked before it is followed. A flatbuffer may refer to the same bytes many times,
so a small file can describe an enormous tree; a bound on the bytes decoded in total stops that. Nesting is bounded by
the declaration, which has no recursive table.

Format: https://flatbuffers.dev/internals/
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, NoReturn, TypeVar

from ..schema.declaration import Field, Kind, Table

T = TypeVar("T", bound=Table)

_UINT32 = struct.Struct("<I")
_INT32 = struct.Struct("<i")
_VTABLE_HEADER = struct.Struct("<HH")

_MAX_SHARING = 4
"""How many times over a file may be decoded; producers share strings and small vectors between tables, no more."""
_FREE_BYTES = 1 << 16
"""Bytes that may be decoded from any file, however small."""


class MalformedError(ValueError):
    """The buffer is not a flatbuffer of the declared tables; `path` names the place, innermost first."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.path: list[str] = []

    def __str__(self) -> str:
        where = ".".join(reversed(self.path)).replace(".[", "[")
        return f"{where}: {super().__str__()}" if where else super().__str__()


def decode(data: memoryview, root: type[T]) -> T:
    """The record at the root of a flatbuffer.

    Args:
        data: the whole file, read-only, format "B". Byte vectors of the record are views of it.

    Raises:
        MalformedError: an offset, length or type code does not fit.
    """
    decoder = _Decoder(data)
    return decoder.table(root, decoder.offset(0))  # type: ignore[return-value]


class _Slot(NamedTuple):
    """A field with what decoding it needs: its place among the constructor's arguments and its inline width.

    `decode` is None for a union, which needs its type code as well.
    """

    name: str
    argument: int
    id: int
    width: int
    field: Field
    decode: Callable[[_Decoder, Field, int], Any] | None


class _Layout(NamedTuple):
    defaults: tuple[Any, ...]
    slots: tuple[_Slot, ...]
    vtable_length: int


def _inline_width(field: Field) -> int:
    """Bytes the field takes inside its table: a number itself, or an offset to what it holds."""
    return field.scalar.width if field.kind is Kind.SCALAR else 4


_LAYOUTS: dict[type[Table], _Layout] = {}


def _layout(cls: type[Table]) -> _Layout:
    if cls not in _LAYOUTS:
        _LAYOUTS[cls] = _make_layout(cls)
    return _LAYOUTS[cls]


def _make_layout(cls: type[Table]) -> _Layout:
    fields = cls.declaration
    slots = tuple(
        _Slot(name, i, field.id, _inline_width(field), field, _DECODERS.get(field.kind))
        for i, (name, field) in enumerate(fields)
    )
    return _Layout(tuple(f.default for _, f in fields), slots, 1 + max((f.id for _, f in fields), default=-1))


@cache
def _vtable_format(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}H")


class _Decoder:
    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.size = len(data)
        self.budget = self.size * _MAX_SHARING + _FREE_BYTES

    def offset(self, at: int) -> int:
        """Where the unsigned offset stored at `at` (inside the buffer) points; 4 bytes there are readable."""
        target: int = at + _UINT32.unpack_from(self.data, at)[0]
        if target + 4 > self.size:
            _fail(f"offset at byte {at} points to byte {target}, beyond the end of the {self.size} bytes")
        return target

    def spend(self, amount: int) -> None:
        self.budget -= amount
        if self.budget < 0:
            _fail("the tables refer to the same bytes too many times")

    def table(self, cls: type[Table], at: int) -> Table:
        layout = _layout(cls)
        present, table_size = self.vtable(at, layout.vtable_length)
        self.spend(4 + table_size)
        values = list(layout.defaults)
        for slot in layout.slots:
            if slot.id < len(present) and (start := present[slot.id]):
                if start < 4 or start + slot.width > table_size:
                    _fail(f"field {slot.name} lies outside its table of {table_size} bytes", cls.__name__)
                try:
                    if slot.decode is None:
                        values[slot.argument] = self.union(slot.field, present[slot.id - 1], at, at + start)
                    else:
                        values[slot.argument] = slot.decode(self, slot.field, at + start)
                except MalformedError as error:
                    error.path.append(slot.name)
                    raise
        return cls(*values)

    def vtable(self, at: int, count: int) -> tuple[tuple[int, ...], int]:
        """The first `count` (or fewer) field offsets of the table at `at`, and the table's size in bytes."""
        vtable = at - _INT32.unpack_from(self.data, at)[0]
        if vtable < 0 or vtable + 4 > self.size:
            _fail(f"table at byte {at} has its vtable at byte {vtable}, outside the {self.size} bytes")
        vtable_size, table_size = _VTABLE_HEADER.unpack_from(self.data, vtable)
        if vtable_size < 4 or vtable_size % 2 or vtable + vtable_size > self.size:
            _fail(f"vtable at byte {vtable} has the impossible size {vtable_size}")
        if table_size < 4 or at + table_size > self.size:
            _fail(f"table at byte {at} has the impossible size {table_size}")
        stored = _vtable_format(min((vtable_size - 4) // 2, count))
        return stored.unpack_from(self.data, vtable + 4), table_size

    def span(self, at: int, width: int) -> tuple[int, int]:
        """First byte and number of elements of the vector that the offset at `at` points to."""
        start = self.offset(at)
        count: int = _UINT32.unpack_from(self.data, start)[0]
        if start + 4 + count * width > self.size:
            _fail(f"vector at byte {start} with {count} elements of {width} bytes ends beyond the {self.size} bytes")
        return start + 4, count

    def scalar(self, field: Field, at: int) -> Any:
        value = field.scalar.packer.unpack_from(self.data, at)[0]
        return value if field.enum is None else field.enum._value2member_map_.get(value, value)

    def vector(self, field: Field, at: int) -> tuple[Any, ...]:
        start, count = self.span(at, field.scalar.width)
        self.spend(4 + count * field.scalar.width)
        values = struct.unpack_from(f"<{count}{field.scalar.format}", self.data, start)
        return values if field.enum is None else tuple(field.enum._value2member_map_.get(v, v) for v in values)

    def string(self, field: Field, at: int) -> str:
        start, count = self.span(at, 1)
        self.spend(4 + count)
        return str(self.data[start : start + count], "utf-8", "surrogateescape")

    def byte_vector(self, field: Field, at: int) -> memoryview:
        start, count = self.span(at, 1)
        return self.data[start : start + count]

    def child(self, field: Field, at: int) -> Table:
        return self.table(field.members[0], self.offset(at))

    def tables(self, field: Field, at: int) -> tuple[Table, ...]:
        start, count = self.span(at, 4)
        self.spend(4 + count * 4)
        (cls,) = field.members
        records = []
        for i in range(count):
            try:
                records.append(self.table(cls, self.offset(start + 4 * i)))
            except MalformedError as error:
                error.path.append(f"[{i}]")
                raise
        return tuple(records)

    def union(self, field: Field, code_start: int, table: int, at: int) -> Table | None:
        """The member that the type code, `code_start` bytes into the table, selects; None when there is no code."""
        if table + code_start >= self.size:
            _fail(f"type code at byte {table + code_start} lies beyond the {self.size} bytes")
        code = self.data[table + code_start] if code_start else 0
        if code > len(field.members):
            _fail(f"type code {code} is not one of the {len(field.members)} of this union")
        return self.table(field.members[code - 1], self.offset(at)) if code else None


_DECODERS: dict[Kind, Callable[[_Decoder, Field, int], Any]] = {
    Kind.SCALAR: _Decoder.scalar,
    Kind.VECTOR: _Decoder.vector,
    Kind.STRING: _Decoder.string,
    Kind.BYTES: _Decoder.byte_vector,
    Kind.TABLE: _Decoder.child,
    Kind.TABLES: _Decoder.tables,
}


def _fail(what: str, *path: str) -> NoReturn:
    error = MalformedError(what)
    error.path.extend(path)
    raise error
