"""Options of the reductions, normalisations, sorts and segment operators."""

from __future__ import annotations

from .declaration import BOOL, FLOAT32, INT32, Table, enum, scalar, table
from .enums import ActivationFunctionType, ReduceWindowFunction, TensorType


@table
class ReducerOptions(Table):
    """Options of `MEAN`, `SUM`, `REDUCE_PROD`, `REDUCE_MAX`, `REDUCE_MIN`, `REDUCE_ANY`, `REDUCE_ALL`."""

    keep_dims: bool = scalar(0, BOOL)


@table
class ArgMaxOptions(Table):
    """Options of `ARG_MAX`."""

    output_type: TensorType = enum(0, TensorType.FLOAT32)


@table
class ArgMinOptions(Table):
    """Options of `ARG_MIN`."""

    output_type: TensorType = enum(0, TensorType.FLOAT32)


@table
class CumsumOptions(Table):
    """Options of `CUMSUM`."""

    exclusive: bool = scalar(0, BOOL)
    reverse: bool = scalar(1, BOOL)


@table
class SoftmaxOptions(Table):
    """Options of `SOFTMAX`."""

    beta: float = scalar(0, FLOAT32)


@table
class LogSoftmaxOptions(Table):
    """Options of `LOG_SOFTMAX`."""


@table
class L2NormOptions(Table):
    """Options of `L2_NORMALIZATION`."""

    fused_activation_function: ActivationFunctionType = enum(0, ActivationFunctionType.NONE)


@table
class LocalResponseNormalizationOptions(Table):
    """Options of `LOCAL_RESPONSE_NORMALIZATION`."""

    radius: int = scalar(0, INT32)
    bias: float = scalar(1, FLOAT32)
    alpha: float = scalar(2, FLOAT32)
    beta: float = scalar(3, FLOAT32)


@table
class TopKV2Options(Table):
    """Options of `TOPK_V2`."""


@table
class UniqueOptions(Table):
    """Options of `UNIQUE`."""

    idx_out_type: TensorType = enum(0, TensorType.INT32)


@table
class SegmentSumOptions(Table):
    """Options of `SEGMENT_SUM`."""


@table
class UnsortedSegmentProdOptions(Table):
    """Options of `UNSORTED_SEGMENT_PROD`."""


@table
class UnsortedSegmentMaxOptions(Table):
    """Options of `UNSORTED_SEGMENT_MAX`."""


@table
class UnsortedSegmentMinOptions(Table):
    """Options of `UNSORTED_SEGMENT_MIN`."""


@table
class UnsortedSegmentSumOptions(Table):
    """Options of `UNSORTED_SEGMENT_SUM`."""


@table
class NonMaxSuppressionV4Options(Table):
    """Options of `NON_MAX_SUPPRESSION_V4`."""


@table
class NonMaxSuppressionV5Options(Table):
    """Options of `NON_MAX_SUPPRESSION_V5`."""


@table
class ReduceWindowOptions(Table):
    """Options of `REDUCE_WINDOW`."""

    reduce_function: ReduceWindowFunction = enum(0, ReduceWindowFunction.UNSUPPORTED, INT32)
