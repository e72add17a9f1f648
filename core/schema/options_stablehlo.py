"""Options of the StableHLO operators (second options union)."""

from __future__ import annotations

from .declaration import BOOL, INT32, INT64, UINT32, Bytes, Table, byte_vector, enum, scalar, string, table, vector
from .enums import (
    CustomOptionsFormat,
    RngAlgorithm,
    StablehloComparisonDirection,
    StablehloComparisonType,
    StablehloPrecisionConfig,
)


@table
class StablehloConcatenateOptions(Table):
    """Options of `STABLEHLO_CONCATENATE`."""

    dimension: int = scalar(0, INT64)


@table
class StablehloBroadcastInDimOptions(Table):
    """Options of `STABLEHLO_BROADCAST_IN_DIM`."""

    broadcast_dimensions: tuple[int, ...] = vector(0, INT64)


@table
class StablehloSliceOptions(Table):
    """Options of `STABLEHLO_SLICE`."""

    start_indices: tuple[int, ...] = vector(0, INT64)
    limit_indices: tuple[int, ...] = vector(1, INT64)
    strides: tuple[int, ...] = vector(2, INT64)


@table
class StablehloConvolutionOptions(Table):
    """Options of `STABLEHLO_CONVOLUTION`."""

    window_strides: tuple[int, ...] = vector(0, INT64)
    padding: tuple[int, ...] = vector(1, INT64)
    lhs_dilation: tuple[int, ...] = vector(2, INT64)
    rhs_dilation: tuple[int, ...] = vector(3, INT64)
    window_reversal: tuple[bool, ...] = vector(4, BOOL)
    input_batch_dimension: int = scalar(5, INT64)
    input_feature_dimension: int = scalar(6, INT64)
    input_spatial_dimensions: tuple[int, ...] = vector(7, INT64)
    kernel_input_feature_dimension: int = scalar(8, INT64)
    kernel_output_feature_dimension: int = scalar(9, INT64)
    kernel_spatial_dimensions: tuple[int, ...] = vector(10, INT64)
    output_batch_dimension: int = scalar(11, INT64)
    output_feature_dimension: int = scalar(12, INT64)
    output_spatial_dimensions: tuple[int, ...] = vector(13, INT64)
    feature_group_count: int = scalar(14, INT64)
    batch_group_count: int = scalar(15, INT64)
    precision_config: tuple[StablehloPrecisionConfig, ...] = vector(16, UINT32, enum=StablehloPrecisionConfig)


@table
class StablehloCustomCallOptions(Table):
    """Options of `STABLEHLO_CUSTOM_CALL`."""

    call_target_name: str = string(0)
    has_side_effect: bool = scalar(1, BOOL)
    backend_config: str = string(2)
    api_version: int = scalar(3, INT32)
    called_computations: tuple[int, ...] = vector(4, INT32)
    custom_attributes: Bytes = byte_vector(5)


@table
class StablehloReduceOptions(Table):
    """Options of `STABLEHLO_REDUCE`."""

    dimensions: tuple[int, ...] = vector(0, INT64)
    body_subgraph_index: int = scalar(1, INT32)


@table
class StablehloScatterOptions(Table):
    """Options of `STABLEHLO_SCATTER`."""

    indices_are_sorted: bool = scalar(0, BOOL)
    update_window_dims: tuple[int, ...] = vector(1, INT64)
    inserted_window_dims: tuple[int, ...] = vector(2, INT64)
    scatter_dims_to_operand_dims: tuple[int, ...] = vector(3, INT64)
    index_vector_dim: int = scalar(4, INT64)
    unique_indices: bool = scalar(5, BOOL)
    update_computation_subgraph_index: int = scalar(6, INT32)


@table
class StablehloCompareOptions(Table):
    """Options of `STABLEHLO_COMPARE`."""

    comparison_direction: StablehloComparisonDirection = enum(0, StablehloComparisonDirection(0), UINT32)
    compare_type: StablehloComparisonType = enum(1, StablehloComparisonType(0), UINT32)


@table
class StablehloDynamicSliceOptions(Table):
    """Options of `STABLEHLO_DYNAMIC_SLICE`."""

    slice_sizes: tuple[int, ...] = vector(0, INT64)


@table
class StablehloPadOptions(Table):
    """Options of `STABLEHLO_PAD`."""

    edge_padding_low: tuple[int, ...] = vector(0, INT64)
    edge_padding_high: tuple[int, ...] = vector(1, INT64)
    interior_padding: tuple[int, ...] = vector(2, INT64)


@table
class StablehloIotaOptions(Table):
    """Options of `STABLEHLO_IOTA`."""

    iota_dimension: int = scalar(0, INT64)


@table
class StablehloDotGeneralOptions(Table):
    """Options of `STABLEHLO_DOT_GENERAL`."""

    lhs_batching_dimensions: tuple[int, ...] = vector(0, INT64)
    rhs_batching_dimensions: tuple[int, ...] = vector(1, INT64)
    lhs_contracting_dimensions: tuple[int, ...] = vector(2, INT64)
    rhs_contracting_dimensions: tuple[int, ...] = vector(3, INT64)
    precision_config: tuple[StablehloPrecisionConfig, ...] = vector(4, UINT32, enum=StablehloPrecisionConfig)


@table
class StablehloReduceWindowOptions(Table):
    """Options of `STABLEHLO_REDUCE_WINDOW`."""

    window_dimensions: tuple[int, ...] = vector(0, INT64)
    window_strides: tuple[int, ...] = vector(1, INT64)
    base_dilations: tuple[int, ...] = vector(2, INT64)
    window_dilations: tuple[int, ...] = vector(3, INT64)
    padding: tuple[int, ...] = vector(4, INT64)
    body_subgraph_index: int = scalar(5, INT32)


@table
class StablehloSortOptions(Table):
    """Options of `STABLEHLO_SORT`."""

    dimension: int = scalar(0, INT64)
    is_stable: bool = scalar(1, BOOL)
    comparator_subgraph_index: int = scalar(2, INT32)


@table
class StablehloWhileOptions(Table):
    """Options of `STABLEHLO_WHILE`."""

    cond_subgraph_index: int = scalar(0, INT32)
    body_subgraph_index: int = scalar(1, INT32)


@table
class StablehloGatherOptions(Table):
    """Options of `STABLEHLO_GATHER`."""

    offset_dims: tuple[int, ...] = vector(0, INT64)
    collapsed_slice_dims: tuple[int, ...] = vector(1, INT64)
    start_index_map: tuple[int, ...] = vector(2, INT64)
    index_vector_dim: int = scalar(3, INT64)
    slice_sizes: tuple[int, ...] = vector(4, INT64)
    indices_are_sorted: bool = scalar(5, BOOL)


@table
class StablehloTransposeOptions(Table):
    """Options of `STABLEHLO_TRANSPOSE`."""

    permutation: tuple[int, ...] = vector(0, INT64)


@table
class StablehloRngBitGeneratorOptions(Table):
    """Options of `STABLEHLO_RNG_BIT_GENERATOR`."""

    algorithm: RngAlgorithm = enum(0, RngAlgorithm.DEFAULT)


@table
class StableHLOCompositeOptions(Table):
    """Options of `STABLEHLO_COMPOSITE`."""

    name: str = string(0)
    decomposition_subgraph_index: int = scalar(1, INT32)
    composite_attributes: Bytes = byte_vector(2)
    composite_attributes_format: CustomOptionsFormat = enum(3, CustomOptionsFormat.FLEXBUFFERS)
    version: int = scalar(4, INT32)


@table
class StablehloShiftLeftOptions(Table):
    """Options of `STABLEHLO_SHIFT_LEFT`."""


@table
class StablehloCaseOptions(Table):
    """Options of `STABLEHLO_CASE`."""

    branch_subgraph_indices: tuple[int, ...] = vector(0, INT32)
