"""Options of the operators that move, select or create data."""

from __future__ import annotations

from .declaration import BOOL, INT32, INT64, Table, enum, scalar, table, vector
from .enums import ActivationFunctionType, MirrorPadMode, TensorType


@table
class ReshapeOptions(Table):
    """Options of `RESHAPE`."""

    new_shape: tuple[int, ...] = vector(0, INT32)


@table
class SqueezeOptions(Table):
    """Options of `SQUEEZE`."""

    squeeze_dims: tuple[int, ...] = vector(0, INT32)


@table
class ExpandDimsOptions(Table):
    """Options of `EXPAND_DIMS`."""


@table
class ShapeOptions(Table):
    """Options of `SHAPE`."""

    out_type: TensorType = enum(0, TensorType.FLOAT32)


@table
class RankOptions(Table):
    """Options of `RANK`."""


@table
class TransposeOptions(Table):
    """Options of `TRANSPOSE`."""


@table
class ConcatenationOptions(Table):
    """Options of `CONCATENATION`."""

    axis: int = scalar(0, INT32)
    fused_activation_function: ActivationFunctionType = enum(1, ActivationFunctionType.NONE)


@table
class PackOptions(Table):
    """Options of `PACK`."""

    values_count: int = scalar(0, INT32)
    axis: int = scalar(1, INT32)


@table
class UnpackOptions(Table):
    """Options of `UNPACK`."""

    num: int = scalar(0, INT32)
    axis: int = scalar(1, INT32)


@table
class SplitOptions(Table):
    """Options of `SPLIT`."""

    num_splits: int = scalar(0, INT32)


@table
class SplitVOptions(Table):
    """Options of `SPLIT_V`."""

    num_splits: int = scalar(0, INT32)


@table
class SliceOptions(Table):
    """Options of `SLICE`."""


@table
class StridedSliceOptions(Table):
    """Options of `STRIDED_SLICE`."""

    begin_mask: int = scalar(0, INT32)
    end_mask: int = scalar(1, INT32)
    ellipsis_mask: int = scalar(2, INT32)
    new_axis_mask: int = scalar(3, INT32)
    shrink_axis_mask: int = scalar(4, INT32)
    offset: bool = scalar(5, BOOL)


@table
class DynamicUpdateSliceOptions(Table):
    """Options of `DYNAMIC_UPDATE_SLICE`."""


@table
class PadOptions(Table):
    """Options of `PAD`."""


@table
class PadV2Options(Table):
    """Options of `PADV2`."""


@table
class MirrorPadOptions(Table):
    """Options of `MIRROR_PAD`."""

    mode: MirrorPadMode = enum(0, MirrorPadMode.REFLECT)


@table
class TileOptions(Table):
    """Options of `TILE`."""


@table
class BroadcastToOptions(Table):
    """Options of `BROADCAST_TO`."""


@table
class GatherOptions(Table):
    """Options of `GATHER`."""

    axis: int = scalar(0, INT32)
    batch_dims: int = scalar(1, INT32)


@table
class GatherNdOptions(Table):
    """Options of `GATHER_ND`."""


@table
class ScatterNdOptions(Table):
    """Options of `SCATTER_ND`."""


@table
class OneHotOptions(Table):
    """Options of `ONE_HOT`."""

    axis: int = scalar(0, INT32)


@table
class WhereOptions(Table):
    """Options of `WHERE`."""


@table
class FillOptions(Table):
    """Options of `FILL`."""


@table
class RangeOptions(Table):
    """Options of `RANGE`."""


@table
class ReverseV2Options(Table):
    """Options of `REVERSE_V2`."""


@table
class ReverseSequenceOptions(Table):
    """Options of `REVERSE_SEQUENCE`."""

    seq_dim: int = scalar(0, INT32)
    batch_dim: int = scalar(1, INT32)


@table
class SpaceToDepthOptions(Table):
    """Options of `SPACE_TO_DEPTH`."""

    block_size: int = scalar(0, INT32)


@table
class DepthToSpaceOptions(Table):
    """Options of `DEPTH_TO_SPACE`."""

    block_size: int = scalar(0, INT32)


@table
class SpaceToBatchNDOptions(Table):
    """Options of `SPACE_TO_BATCH_ND`."""


@table
class BatchToSpaceNDOptions(Table):
    """Options of `BATCH_TO_SPACE_ND`."""


@table
class ResizeBilinearOptions(Table):
    """Options of `RESIZE_BILINEAR`."""

    align_corners: bool = scalar(2, BOOL)
    half_pixel_centers: bool = scalar(3, BOOL)


@table
class ResizeNearestNeighborOptions(Table):
    """Options of `RESIZE_NEAREST_NEIGHBOR`."""

    align_corners: bool = scalar(0, BOOL)
    half_pixel_centers: bool = scalar(1, BOOL)


@table
class MatrixDiagOptions(Table):
    """Options of `MATRIX_DIAG`."""


@table
class MatrixSetDiagOptions(Table):
    """Options of `MATRIX_SET_DIAG`."""


@table
class SparseToDenseOptions(Table):
    """Options of `SPARSE_TO_DENSE`."""

    validate_indices: bool = scalar(0, BOOL)


@table
class DensifyOptions(Table):
    """Options of `DENSIFY`."""


@table
class Rfft2dOptions(Table):
    """Options of `RFFT2D`."""


@table
class RandomOptions(Table):
    """Options of `RANDOM_STANDARD_NORMAL`, `RANDOM_UNIFORM`, `MULTINOMIAL`."""

    seed: int = scalar(0, INT64)
    seed2: int = scalar(1, INT64)
