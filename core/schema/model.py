"""The model: buffers, tensors, operators, subgraphs, signatures."""

from __future__ import annotations

from .builtin_operator import BuiltinOperator
from .declaration import (
    BOOL,
    INT8,
    INT32,
    UINT32,
    UINT64,
    Bytes,
    Table,
    byte_vector,
    child,
    enum,
    scalar,
    string,
    table,
    tables,
    union,
    vector,
)
from .enums import CustomOptionsFormat, TensorType
from .quantization import QuantizationParameters, SparsityParameters
from .unions import BUILTIN_OPTIONS, BUILTIN_OPTIONS_2


@table
class VariantSubType(Table):
    """Shape and type of the tensors inside a variant tensor."""

    shape: tuple[int, ...] = vector(0, INT32)
    type: TensorType = enum(1, TensorType.FLOAT32)
    has_rank: bool = scalar(2, BOOL)


@table
class Tensor(Table):
    """A tensor of a subgraph, constant if its buffer holds data. `shape_signature` has -1 for unknown dimensions."""

    shape: tuple[int, ...] = vector(0, INT32, always=True)
    type: TensorType = enum(1, TensorType.FLOAT32)
    buffer: int = scalar(2, UINT32)
    name: str = string(3)
    quantization: QuantizationParameters | None = child(4, QuantizationParameters)
    is_variable: bool = scalar(5, BOOL)
    sparsity: SparsityParameters | None = child(6, SparsityParameters)
    shape_signature: tuple[int, ...] = vector(7, INT32)
    has_rank: bool = scalar(8, BOOL)
    variant_tensors: tuple[VariantSubType, ...] = tables(9, VariantSubType)
    external_buffer: int = scalar(10, UINT32)


@table
class OperatorCode(Table):
    """An operator kind and version that operators refer to; see `builtin_code_of` for the two code fields."""

    deprecated_builtin_code: int = scalar(0, INT8)
    custom_code: str = string(1)
    version: int = scalar(2, INT32, 1)
    builtin_code: BuiltinOperator = enum(3, BuiltinOperator.ADD, INT32)


@table
class Operator(Table):
    """A node of a subgraph: tensor indices in, tensor indices out (-1: an optional input left out), options."""

    opcode_index: int = scalar(0, UINT32)
    inputs: tuple[int, ...] = vector(1, INT32, always=True)
    outputs: tuple[int, ...] = vector(2, INT32, always=True)
    builtin_options: Table | None = union(4, BUILTIN_OPTIONS)
    custom_options: Bytes = byte_vector(5)
    custom_options_format: CustomOptionsFormat = enum(6, CustomOptionsFormat.FLEXBUFFERS)
    mutating_variable_inputs: tuple[bool, ...] = vector(7, BOOL)
    intermediates: tuple[int, ...] = vector(8, INT32)
    large_custom_options_offset: int = scalar(9, UINT64)
    large_custom_options_size: int = scalar(10, UINT64)
    builtin_options_2: Table | None = union(12, BUILTIN_OPTIONS_2)
    debug_metadata_index: int = scalar(13, INT32, -1)


@table
class SubGraph(Table):
    """Tensors and the operators on them in execution order."""

    tensors: tuple[Tensor, ...] = tables(0, Tensor, always=True)
    inputs: tuple[int, ...] = vector(1, INT32, always=True)
    outputs: tuple[int, ...] = vector(2, INT32, always=True)
    operators: tuple[Operator, ...] = tables(3, Operator, always=True)
    name: str = string(4)
    debug_metadata_index: int = scalar(5, INT32, -1)


@table
class Buffer(Table):
    """Bytes of a constant. `offset` and `size` place them after the flatbuffer; the reader turns that into `data`."""

    data: Bytes = byte_vector(0, align=16)
    offset: int = scalar(1, UINT64)
    size: int = scalar(2, UINT64)


@table
class ExternalBufferGroup(Table):
    """A file that holds external buffers."""

    name: str = string(0)


@table
class ExternalBuffer(Table):
    """A range of bytes in a file of its group."""

    id: int = scalar(0, UINT32)
    group: int = scalar(1, UINT32)
    offset: int = scalar(2, UINT64)
    length: int = scalar(3, UINT64)
    packing: str = string(4)


@table
class Metadata(Table):
    """A named buffer."""

    name: str = string(0)
    buffer: int = scalar(1, UINT32)


@table
class TensorMap(Table):
    """A signature's name for a tensor."""

    name: str = string(0, always=True)
    tensor_index: int = scalar(1, UINT32)


@table
class SignatureDef(Table):
    """A named entry point: a subgraph with names for its inputs and outputs."""

    inputs: tuple[TensorMap, ...] = tables(0, TensorMap, always=True)
    outputs: tuple[TensorMap, ...] = tables(1, TensorMap, always=True)
    signature_key: str = string(2, always=True)
    subgraph_index: int = scalar(4, UINT32)


@table
class Model(Table):
    """The root of a model file."""

    version: int = scalar(0, UINT32)
    operator_codes: tuple[OperatorCode, ...] = tables(1, OperatorCode, always=True)
    subgraphs: tuple[SubGraph, ...] = tables(2, SubGraph, always=True)
    description: str = string(3)
    buffers: tuple[Buffer, ...] = tables(4, Buffer, always=True)
    metadata_buffer: tuple[int, ...] = vector(5, INT32)
    metadata: tuple[Metadata, ...] = tables(6, Metadata)
    signature_defs: tuple[SignatureDef, ...] = tables(7, SignatureDef)
    external_buffer_groups: tuple[ExternalBufferGroup, ...] = tables(8, ExternalBufferGroup)
    external_buffers: tuple[ExternalBuffer, ...] = tables(9, ExternalBuffer)
