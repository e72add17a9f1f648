"""Constants: from the bytes of a buffer to an array, and back."""

from __future__ import annotations

import itertools
import math
import struct

import numpy as np

from .dtypes import numpy_dtype, packed_bits
from .schema import Model, Tensor, TensorType


def tensor_data(model: Model, tensor: Tensor) -> np.ndarray | None:
    """The value of a constant, read-only and without copying where the format allows it.

    INT4, UINT4 and INT2 are unpacked to one element per byte; strings become an object array of bytes. The values of
    a sparse tensor come as they are stored, one-dimensional; `tensor.sparsity` says where they go.

    Returns:
        An array of `tensor.shape`, or None when the tensor has no data.

    Raises:
        ValueError: the buffer does not have the size that type and shape ask for, or the data is elsewhere.
    """
    if tensor.external_buffer:
        raise ValueError(f"tensor '{tensor.name}' keeps its data in external buffer {tensor.external_buffer}")
    data = model.buffers[tensor.buffer].data
    if data is None or (len(data) == 0 and math.prod(tensor.shape) != 0):
        return None
    if tensor.type == TensorType.STRING:
        return _strings(memoryview(data), tensor)
    bits = packed_bits(tensor.type)
    array = _unpack(data, tensor, bits) if bits else _view(data, tensor)
    array.flags.writeable = False
    return array


def _element_count(tensor: Tensor) -> int:
    count = math.prod(tensor.shape)
    if any(n < 0 for n in tensor.shape):
        raise ValueError(f"constant '{tensor.name}' has the unknown shape {list(tensor.shape)}")
    return count


def _size_error(tensor: Tensor, expected: int, size: int) -> ValueError:
    return ValueError(
        f"constant '{tensor.name}' of type {TensorType(tensor.type).name} and shape {list(tensor.shape)} "
        f"needs {expected} bytes, and its buffer has {size}"
    )


def _view(data: bytes | memoryview, tensor: Tensor) -> np.ndarray:
    dtype = numpy_dtype(tensor.type)
    if tensor.sparsity is not None:
        if len(data) % dtype.itemsize:
            raise _size_error(tensor, dtype.itemsize, len(data))
        return _aligned(np.frombuffer(data, dtype))
    expected = _element_count(tensor) * dtype.itemsize
    if len(data) != expected:
        raise _size_error(tensor, expected, len(data))
    return _aligned(np.frombuffer(data, dtype)).reshape(tensor.shape)


def _aligned(array: np.ndarray) -> np.ndarray:
    """The array, copied if the file placed it where the processor cannot load its elements directly."""
    return array if array.flags.aligned else array.copy()


def _unpack(data: bytes | memoryview, tensor: Tensor, bits: int) -> np.ndarray:
    packed = np.frombuffer(data, np.uint8)
    if tensor.sparsity is not None:
        return unpack_integers(packed, bits, len(packed) * 8 // bits, signed=tensor.type != TensorType.UINT4)
    count = _element_count(tensor)
    if len(packed) != (count * bits + 7) // 8:
        raise _size_error(tensor, (count * bits + 7) // 8, len(packed))
    return unpack_integers(packed, bits, count, signed=tensor.type != TensorType.UINT4).reshape(tensor.shape)


def unpack_integers(packed: np.ndarray, bits: int, count: int, *, signed: bool) -> np.ndarray:
    """Integers of 2 or 4 bits, lowest bits first in each byte, as int8 (or uint8), one-dimensional."""
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    fields = (packed[:, None] >> shifts).reshape(-1)[:count]
    if not signed:
        return fields & np.uint8((1 << bits) - 1)
    high = (fields << np.uint8(8 - bits)).view(np.int8)
    return high >> np.int8(8 - bits)


def pack_integers(values: np.ndarray, bits: int) -> bytes:
    """The inverse of `unpack_integers`: values of any shape, flattened; the last byte is filled up with zeros."""
    fields = np.ascontiguousarray(values).reshape(-1).view(np.uint8) & np.uint8((1 << bits) - 1)
    per_byte = 8 // bits
    fields = np.pad(fields, (0, -len(fields) % per_byte)).reshape(-1, per_byte)
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    return np.bitwise_or.reduce(fields << shifts, axis=1).astype(np.uint8).tobytes()


def _strings(data: memoryview, tensor: Tensor) -> np.ndarray:
    """Decode a string tensor: a count, one more offset than strings, then the bytes; all numbers int32."""
    expected = _element_count(tensor)
    where = f"string constant '{tensor.name}'"
    if len(data) < 4:
        raise ValueError(f"{where} has only {len(data)} bytes")
    (count,) = struct.unpack_from("<i", data)
    if count != expected:
        raise ValueError(f"{where} holds {count} strings, and its shape {list(tensor.shape)} asks for {expected}")
    if 4 + 4 * (count + 1) > len(data):
        raise ValueError(f"{where} has no room for the offsets of {count} strings in {len(data)} bytes")
    offsets = struct.unpack_from(f"<{count + 1}i", data, 4)
    if any(a > b for a, b in itertools.pairwise(offsets)) or offsets[0] < 0 or offsets[-1] > len(data):
        raise ValueError(f"{where} has offsets that do not rise from 0 to {len(data)}")
    array = np.empty(count, object)
    for i in range(count):
        array[i] = bytes(data[offsets[i] : offsets[i + 1]])
    array.flags.writeable = False
    return array.reshape(tensor.shape)


def pack_strings(values: np.ndarray) -> bytes:
    """The bytes of a string tensor holding `values` (bytes or str), in row-major order."""
    strings = [v.encode() if isinstance(v, str) else bytes(v) for v in np.asarray(values, object).reshape(-1)]
    start = 4 + 4 * (len(strings) + 1)
    ends = np.cumsum([start, *map(len, strings)], dtype=np.int32)
    return struct.pack("<i", len(strings)) + ends.astype("<i4").tobytes() + b"".join(strings)
