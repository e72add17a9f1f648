"""Options of control flow, resources, lookups and text operators."""

from __future__ import annotations

from .declaration import BOOL, INT32, UINT32, Table, enum, scalar, string, table, vector
from .enums import CombinerType, LSHProjectionType, TensorType


@table
class IfOptions(Table):
    """Options of `IF`."""

    then_subgraph_index: int = scalar(0, INT32)
    else_subgraph_index: int = scalar(1, INT32)


@table
class WhileOptions(Table):
    """Options of `WHILE`."""

    cond_subgraph_index: int = scalar(0, INT32)
    body_subgraph_index: int = scalar(1, INT32)


@table
class CallOptions(Table):
    """Options of `CALL`."""

    subgraph: int = scalar(0, UINT32)


@table
class CallOnceOptions(Table):
    """Options of `CALL_ONCE`."""

    init_subgraph_index: int = scalar(0, INT32)


@table
class VarHandleOptions(Table):
    """Options of `VAR_HANDLE`."""

    container: str = string(0)
    shared_name: str = string(1)


@table
class ReadVariableOptions(Table):
    """Options of `READ_VARIABLE`."""


@table
class AssignVariableOptions(Table):
    """Options of `ASSIGN_VARIABLE`."""


@table
class HashtableOptions(Table):
    """Options of `HASHTABLE`."""

    table_id: int = scalar(0, INT32)
    key_dtype: TensorType = enum(1, TensorType.FLOAT32)
    value_dtype: TensorType = enum(2, TensorType.FLOAT32)


@table
class HashtableFindOptions(Table):
    """Options of `HASHTABLE_FIND`."""


@table
class HashtableImportOptions(Table):
    """Options of `HASHTABLE_IMPORT`."""


@table
class HashtableSizeOptions(Table):
    """Options of `HASHTABLE_SIZE`."""


@table
class EmbeddingLookupSparseOptions(Table):
    """Options of `EMBEDDING_LOOKUP_SPARSE`."""

    combiner: CombinerType = enum(0, CombinerType.SUM)


@table
class ConcatEmbeddingsOptions(Table):
    """Options of `CONCAT_EMBEDDINGS`."""

    num_channels: int = scalar(0, INT32)
    num_columns_per_channel: tuple[int, ...] = vector(1, INT32)
    embedding_dim_per_channel: tuple[int, ...] = vector(2, INT32)


@table
class LSHProjectionOptions(Table):
    """Options of `LSH_PROJECTION`."""

    type: LSHProjectionType = enum(0, LSHProjectionType.UNKNOWN)


@table
class SkipGramOptions(Table):
    """Options of `SKIP_GRAM`."""

    ngram_size: int = scalar(0, INT32)
    max_skip_size: int = scalar(1, INT32)
    include_all_ngrams: bool = scalar(2, BOOL)
