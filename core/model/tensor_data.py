"""Constants: from the bytes of a buffer to an array, and back."""

from __future__ import annotations

import itertools
import math
import struct

import numpy as np

from ..dtypes import numpy_dtype, packed_bits
from ..schema import Model, Tensor, TensorType


def tensor_data(model: Model, tensor: Tensor) -> np.ndarray | None:
    """The value of one constant; see `Constants.get`, which is the better choice for many."""
    return Constants(model).get(tensor)


class Constants:
    """The constants of a model as read-only arrays, without copying where the format allows it.

    INT4, UINT4 and INT2 are unpacked to one element per byte; strings become an object array of bytes. What has to be
    decoded is decoded once per buffer, however many tensors share it.
    """

    def __init__(self, model: Model) -> None:
        self._buffers = model.buffers
        self._decoded: dict[tuple[int, int], np.ndarray] = {}

    def get(self, tensor: Tensor) -> np.ndarray | None:
        """The tensor's value in its shape, or None when it has no data.

        The values of a sparse tensor come as they are stored, one-dimensional; `tensor.sparsity` says where they go.

        Raises:
            ValueError: the buffer does not have the size that type and shape ask for, or the data is elsewhere.
        """
        if tensor.external_buffer:
            raise ValueError(
                f"tensor '{tensor.name}' keeps its data in another file (external buffer {tensor.external_buffer}): "
                "open the model by its path"
            )
        data = self._buffers[tensor.buffer].data
        if data is None or (len(data) == 0 and math.prod(tensor.shape) != 0):
            return None
        try:
            if tensor.sparsity is None:
                count = _element_count(tensor.shape)
                _check_size(tensor.type, count, data)
            flat = self._flat(tensor.buffer, tensor.type, data)
        except ValueError as error:
            shape, type = list(tensor.shape), getattr(tensor.type, "name", tensor.type)
            raise ValueError(f"constant '{tensor.name}' of type {type} and shape {shape}: {error}") from None
        return flat if tensor.sparsity is not None else flat[:count].reshape(tensor.shape)

    def _flat(self, buffer: int, type: int, data: bytes | memoryview) -> np.ndarray:
        key = buffer, int(type)
        if key not in self._decoded:
            self._decoded[key] = _decode(type, data)
            self._decoded[key].flags.writeable = False
        return self._decoded[key]


def _element_count(shape: tuple[int, ...]) -> int:
    if any(n < 0 for n in shape):
        raise ValueError("a constant has no unknown dimension")
    return math.prod(shape)


def _check_size(type: int, count: int, data: bytes | memoryview) -> None:
    if type == TensorType.STRING:
        stored = struct.unpack_from("<i", data)[0] if len(data) >= 4 else -1
        if stored != count:
            raise ValueError(f"needs {count} strings, and its buffer holds {max(stored, 0)}")
        return
    expected = (count * (packed_bits(type) or 8 * numpy_dtype(type).itemsize) + 7) // 8
    if len(data) != expected:
        raise ValueError(f"needs {expected} bytes, and its buffer has {len(data)}")


def _decode(type: int, data: bytes | memoryview) -> np.ndarray:
    """All elements that a buffer holds, one-dimensional."""
    if type == TensorType.STRING:
        return _strings(memoryview(data))
    bits = packed_bits(type)
    if bits:
        packed = np.frombuffer(data, np.uint8)
        return unpack_integers(packed, bits, len(packed) * 8 // bits, signed=type != TensorType.UINT4)
    dtype = numpy_dtype(type)
    if dtype.hasobject:
        raise ValueError("this type has no stored form")
    array = np.frombuffer(data, dtype)
    return array if array.flags.aligned else array.copy()  # unaligned: where the file put it, not every library can go


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


def _strings(data: memoryview) -> np.ndarray:
    """Decode a string tensor: a count, one more offset than strings, then the bytes; all numbers int32."""
    count = struct.unpack_from("<i", data)[0] if len(data) >= 4 else -1
    if count < 0 or 4 + 4 * (count + 1) > len(data):
        raise ValueError(f"{len(data)} bytes have no room for the offsets of {count} strings")
    offsets = struct.unpack_from(f"<{count + 1}i", data, 4)
    if any(a > b for a, b in itertools.pairwise(offsets)) or offsets[0] < 0 or offsets[-1] > len(data):
        raise ValueError(f"the offsets of its strings do not rise from 0 to {len(data)}")
    array = np.empty(count, object)
    for i in range(count):
        array[i] = bytes(data[offsets[i] : offsets[i + 1]])
    return array


def encode_constant(array: np.ndarray, type: TensorType) -> bytes:
    """The bytes of a buffer that holds the elements of `array`, which has the dtype for `type`."""
    if type == TensorType.STRING:
        return pack_strings(array)
    bits = packed_bits(type)
    return pack_integers(array, bits) if bits else array.tobytes()


def pack_strings(values: np.ndarray) -> bytes:
    """The bytes of a string tensor holding `values` (bytes or str), in row-major order."""
    strings = [v.encode() if isinstance(v, str) else bytes(v) for v in np.asarray(values, object).reshape(-1)]
    start = 4 + 4 * (len(strings) + 1)
    ends = np.cumsum([start, *map(len, strings)], dtype=np.int32)
    return struct.pack("<i", len(strings)) + ends.astype("<i4").tobytes() + b"".join(strings)
