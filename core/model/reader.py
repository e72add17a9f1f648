"""Reading a model file into the records of the schema."""

from __future__ import annotations

import mmap
import os
from dataclasses import replace
from pathlib import Path

from ..schema import Buffer, Model, Operator, SubGraph
from .external_buffers import resolve_external_buffers
from .flatbuffer import MalformedError, decode
from .mapped_file import map_file
from .model_check import check_model

FILE_IDENTIFIER = b"TFL3"
SCHEMA_VERSION = 3

_INVALID = "The model is not a valid Flatbuffer buffer"


def open_model(path: str | bytes | os.PathLike[str]) -> Model:
    """Read a model file by mapping it into memory; constants are read from disk when they are used.

    Constants in external files are looked for in the model's folder. The files must stay as they are while the model
    is in use.

    Raises:
        ValueError: a file cannot be opened, is empty, or is not a model; see `read_model`.
    """
    model = read_model(map_file(path))
    return resolve_external_buffers(model, Path(os.fsdecode(path)).parent)


def read_model(data: bytes | bytearray | memoryview | mmap.mmap) -> Model:
    """Decode and check a model.

    Constants are read-only views of `data`, not copies. Buffers and custom options that large models keep behind the
    flatbuffer are resolved: in the result they are in `data` and `custom_options`, with offset and size zero.

    Args:
        data: the whole content of a `.tflite` file.

    Raises:
        ValueError: the content is not a flatbuffer of the schema, or an index or offset in it is out of range.
    """
    view = memoryview(data).cast("B").toreadonly()
    if len(view) < 8:
        raise ValueError(f"{_INVALID}: {len(view)} bytes are too few for a header")
    if bytes(view[4:8]) != FILE_IDENTIFIER:
        raise ValueError(f"{_INVALID}: its file identifier is {bytes(view[4:8])!r}, not {FILE_IDENTIFIER!r}")
    try:
        model = decode(view, Model)
    except MalformedError as error:
        raise ValueError(f"{_INVALID}: {error}") from None
    if model.version != SCHEMA_VERSION:
        raise ValueError(
            f"Model provided is schema version {model.version} not equal to supported version {SCHEMA_VERSION}.\n"
        )
    model = _resolve_outside(_with_empty_buffer(model), view)
    check_model(model)
    return model


def _with_empty_buffer(model: Model) -> Model:
    """Buffer 0 is empty by the format's definition; some files without constants leave it out."""
    return model if model.buffers else replace(model, buffers=(Buffer(),))


def _resolve_outside(model: Model, file: memoryview) -> Model:
    """The model with everything stored behind the flatbuffer put where it would be inside it."""
    buffers = tuple(_resolve_buffer(buffer, i, file) for i, buffer in enumerate(model.buffers))
    subgraphs = tuple(_resolve_subgraph(subgraph, file) for subgraph in model.subgraphs)
    return replace(model, buffers=buffers, subgraphs=subgraphs)


def _resolve_buffer(buffer: Buffer, index: int, file: memoryview) -> Buffer:
    if not buffer.offset and not buffer.size:
        return buffer
    data = buffer.data
    if data is None and buffer.offset > 1:  # producers write 1 before they know the offset
        data = _outside(file, buffer.offset, buffer.size, f"Constant buffer {index} specified an out of range offset.")
    return Buffer(data=data)


def _resolve_subgraph(subgraph: SubGraph, file: memoryview) -> SubGraph:
    if not any(op.large_custom_options_offset or op.large_custom_options_size for op in subgraph.operators):
        return subgraph
    return replace(subgraph, operators=tuple(_resolve_operator(op, file) for op in subgraph.operators))


def _resolve_operator(op: Operator, file: memoryview) -> Operator:
    options, offset = op.custom_options, op.large_custom_options_offset
    if options is None and offset > 1:
        message = f"Custom Option Offset for opcode_index {op.opcode_index} is out of bound."
        options = _outside(file, offset, op.large_custom_options_size, message)
    return replace(op, custom_options=options, large_custom_options_offset=0, large_custom_options_size=0)


def _outside(file: memoryview, offset: int, size: int, message: str) -> memoryview:
    if offset + size > len(file):
        raise ValueError(f"{message} Bytes {offset} to {offset + size} of {len(file)}")
    return file[offset : offset + size]
