"""Writing the records of the schema as a model file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np

from ..schema import Buffer, Model
from ..schema.declaration import Field, Kind, Table

FILE_IDENTIFIER = b"TFL3"
BUFFER_ALIGNMENT = 16

_LARGEST_INSIDE = (1 << 31) - (1 << 26)
"""Bytes of constants that leave room for the tables in a flatbuffer of 2 GiB."""

_PREPEND: dict[str, Callable[..., None]] = {
    "?": flatbuffers.Builder.PrependBoolSlot,
    "b": flatbuffers.Builder.PrependInt8Slot,
    "B": flatbuffers.Builder.PrependUint8Slot,
    "H": flatbuffers.Builder.PrependUint16Slot,
    "i": flatbuffers.Builder.PrependInt32Slot,
    "I": flatbuffers.Builder.PrependUint32Slot,
    "q": flatbuffers.Builder.PrependInt64Slot,
    "Q": flatbuffers.Builder.PrependUint64Slot,
    "f": flatbuffers.Builder.PrependFloat32Slot,
}


def write_model(model: Model, *, constants_behind: bool | None = None) -> bytes:
    """The content of a `.tflite` file that reads back as `model`, with constants aligned to 16 bytes.

    Args:
        constants_behind: place constants after the flatbuffer, which cannot be larger than 2 GiB, and refer to them by
            offset. By default only when they are too large to go inside.
    """
    size = sum(len(buffer.data or b"") for buffer in model.buffers)
    if constants_behind is None:
        constants_behind = size > _LARGEST_INSIDE
    return _write_constants_behind(model) if constants_behind else _finish(model, size)


def _finish(model: Model, constants_size: int = 0) -> bytes:
    builder = flatbuffers.Builder(constants_size + (1 << 16))
    builder.Finish(_write_table(builder, model), file_identifier=FILE_IDENTIFIER)
    return bytes(builder.Output())


def _write_constants_behind(model: Model) -> bytes:
    start = _padded(len(_finish(_place_constants(model, BUFFER_ALIGNMENT))))  # offsets do not change the size
    parts = [_finish(_place_constants(model, start)), *(bytes(buffer.data) for buffer in model.buffers if buffer.data)]
    return b"".join(part.ljust(_padded(len(part)), b"\0") for part in parts)


def _place_constants(model: Model, start: int) -> Model:
    """The model with its constants replaced by offsets into the file, from `start` on."""
    buffers = []
    for buffer in model.buffers:
        if buffer.data:
            buffers.append(Buffer(offset=start, size=len(buffer.data)))
            start += _padded(len(buffer.data))
        else:
            buffers.append(buffer)
    return replace(model, buffers=tuple(buffers))


def _padded(size: int) -> int:
    return -(-size // BUFFER_ALIGNMENT) * BUFFER_ALIGNMENT


def save_model(model: Model, path: str | os.PathLike[str]) -> None:
    """Write `model` to a file.

    Raises:
        OSError: the file cannot be written.
    """
    Path(path).write_bytes(write_model(model))


def _write_table(builder: flatbuffers.Builder, record: Table) -> int:
    """Write a record after everything it refers to, and return its offset."""
    fields = type(record).declaration
    values = {name: getattr(record, name) for name, _ in fields}
    offsets = {name: _write_outside(builder, field, values[name]) for name, field in reversed(fields)}
    builder.StartObject(1 + max((field.id for _, field in fields), default=-1))
    for name, field in fields:
        if field.kind is Kind.SCALAR:
            _PREPEND[field.scalar.format](builder, field.id, values[name], field.default)
        elif offset := offsets[name]:
            builder.PrependUOffsetTRelativeSlot(field.id, offset, 0)
            if field.kind is Kind.UNION:
                builder.PrependUint8Slot(field.id - 1, 1 + field.members.index(type(values[name])), 0)
    return int(builder.EndObject())


def _write_outside(builder: flatbuffers.Builder, field: Field, value: Any) -> int:
    """Write what the table refers to by offset; 0 when there is nothing to write."""
    if (
        field.kind is Kind.SCALAR
        or value is None
        or (not field.always and isinstance(value, (str, tuple)) and not value)
    ):
        return 0
    if field.kind is Kind.STRING:
        return int(builder.CreateString(value, "utf-8", "surrogateescape"))
    if field.kind is Kind.BYTES:
        return _write_vector(builder, np.frombuffer(value, np.uint8), field.align)
    if field.kind is Kind.VECTOR:
        return _write_vector(builder, np.array(value, f"<{field.scalar.format}"), field.align)
    if field.kind is Kind.TABLES:
        return _write_offsets(builder, [_write_table(builder, record) for record in value])
    return _write_table(builder, value)


def _write_vector(builder: flatbuffers.Builder, values: np.ndarray, align: int) -> int:
    """Write a vector of numbers whose first element is aligned to its own width, or to `align` if that is more."""
    width = values.dtype.itemsize
    builder.StartVector(width, len(values), max(align, width))
    start = builder.Head() - values.nbytes
    builder.head = start
    builder.Bytes[start : start + values.nbytes] = values.tobytes()
    return int(builder.EndVector())


def _write_offsets(builder: flatbuffers.Builder, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())
