"""Quantization and sparsity of a tensor."""

from __future__ import annotations

from .declaration import (
    FLOAT32,
    INT32,
    INT64,
    UINT8,
    UINT16,
    Bytes,
    Table,
    byte_vector,
    enum,
    scalar,
    table,
    tables,
    union,
    vector,
)
from .enums import DimensionType


@table
class CustomQuantization(Table):
    """Quantization parameters in a format of the producer's own."""

    custom: Bytes = byte_vector(0, align=16)


@table
class BlockwiseQuantization(Table):
    """Scales per block of the innermost dimension; `scales` and `zero_points` are tensor indices (-1: zero)."""

    scales: int = scalar(0, INT32)
    zero_points: int = scalar(1, INT32)
    block_size: int = scalar(2, INT32)
    block_shape: tuple[int, ...] = vector(3, INT32)


@table
class MultiAxisQuantization(Table):
    """Scales over several dimensions; `scales` and `zero_points` are tensor indices (-1: zero)."""

    scales: int = scalar(0, INT32)
    zero_points: int = scalar(1, INT32)
    block_size: int = scalar(2, INT32)
    quantized_dimensions: tuple[int, ...] = vector(3, INT32)


QuantizationDetails = CustomQuantization | BlockwiseQuantization | MultiAxisQuantization
QUANTIZATION_DETAILS = (CustomQuantization, BlockwiseQuantization, MultiAxisQuantization)


@table
class QuantizationParameters(Table):
    """Affine quantization, real = scale * (q - zero_point), per tensor or along `quantized_dimension`."""

    min: tuple[float, ...] = vector(0, FLOAT32)
    max: tuple[float, ...] = vector(1, FLOAT32)
    scale: tuple[float, ...] = vector(2, FLOAT32)
    zero_point: tuple[int, ...] = vector(3, INT64)
    details: QuantizationDetails | None = union(5, QUANTIZATION_DETAILS)
    quantized_dimension: int = scalar(6, INT32)


@table
class Int32Vector(Table):
    """Indices of a sparse dimension."""

    values: tuple[int, ...] = vector(0, INT32)


@table
class Uint16Vector(Table):
    """Indices of a sparse dimension."""

    values: tuple[int, ...] = vector(0, UINT16, align=4)


@table
class Uint8Vector(Table):
    """Indices of a sparse dimension."""

    values: tuple[int, ...] = vector(0, UINT8, align=4)


SparseIndexVector = Int32Vector | Uint16Vector | Uint8Vector
SPARSE_INDEX_VECTORS = (Int32Vector, Uint16Vector, Uint8Vector)


@table
class DimensionMetadata(Table):
    """One dimension of a sparse tensor: its size when dense, compressed segments and indices otherwise."""

    format: DimensionType = enum(0, DimensionType.DENSE)
    dense_size: int = scalar(1, INT32)
    array_segments: SparseIndexVector | None = union(3, SPARSE_INDEX_VECTORS)
    array_indices: SparseIndexVector | None = union(5, SPARSE_INDEX_VECTORS)


@table
class SparsityParameters(Table):
    """How a sparse tensor is stored: the order its dimensions are walked in, its blocks, each dimension's format."""

    traversal_order: tuple[int, ...] = vector(0, INT32)
    block_map: tuple[int, ...] = vector(1, INT32)
    dim_metadata: tuple[DimensionMetadata, ...] = tables(2, DimensionMetadata)
