"""Tensor types of the format and the NumPy dtypes that hold their elements."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from .schema import TensorType

_NUMPY = {
    TensorType.FLOAT32: np.float32,
    TensorType.FLOAT16: np.float16,
    TensorType.FLOAT64: np.float64,
    TensorType.INT8: np.int8,
    TensorType.INT16: np.int16,
    TensorType.INT32: np.int32,
    TensorType.INT64: np.int64,
    TensorType.UINT8: np.uint8,
    TensorType.UINT16: np.uint16,
    TensorType.UINT32: np.uint32,
    TensorType.UINT64: np.uint64,
    TensorType.BOOL: np.bool_,
    TensorType.COMPLEX64: np.complex64,
    TensorType.COMPLEX128: np.complex128,
    TensorType.INT4: np.int8,
    TensorType.INT2: np.int8,
    TensorType.UINT4: np.uint8,
    TensorType.STRING: np.object_,
    TensorType.VARIANT: np.object_,
    TensorType.RESOURCE: np.int32,
}

_ML_DTYPES = {
    TensorType.BFLOAT16: "bfloat16",
    TensorType.FLOAT8_E4M3FN: "float8_e4m3fn",
    TensorType.FLOAT8_E5M2: "float8_e5m2",
}

_BITS = {TensorType.INT4: 4, TensorType.UINT4: 4, TensorType.INT2: 2}


@cache
def numpy_dtype(type: int) -> np.dtype[Any]:
    """The dtype of arrays that hold tensors of `type`: int8 for INT4 and INT2, object for STRING.

    Raises:
        ValueError: no such tensor type.
    """
    if type in _ML_DTYPES:
        import ml_dtypes

        return np.dtype(getattr(ml_dtypes, _ML_DTYPES[TensorType(type)]))
    if type not in _NUMPY:
        raise ValueError(f"Unsupported data type {int(type)} in tensor")
    return np.dtype(_NUMPY[TensorType(type)])


def packed_bits(type: int) -> int:
    """Bits of an element of a type stored several to a byte (INT4, UINT4, INT2), else 0."""
    return _BITS.get(TensorType(type), 0) if type in _BITS else 0


def tensor_type(dtype: Any) -> TensorType:
    """The tensor type for a `TensorType`, its name in any case ("int4"), or anything that NumPy takes for a dtype.

    Raises:
        ValueError: no tensor type holds such elements.
    """
    if isinstance(dtype, TensorType):
        return dtype
    if isinstance(dtype, str) and dtype.upper() in TensorType.__members__:
        return TensorType[dtype.upper()]
    try:
        numpy = np.dtype(dtype)
    except TypeError:
        raise ValueError(f"there is no tensor type {dtype!r}") from None
    if numpy.kind in "OSU":
        return TensorType.STRING
    if numpy.name.upper() not in TensorType.__members__:
        raise ValueError(f"no tensor type holds elements of {numpy}")
    return TensorType[numpy.name.upper()]
