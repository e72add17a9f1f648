"""Options of the elementwise operators."""

from __future__ import annotations

from .declaration import BOOL, FLOAT32, INT32, Table, enum, scalar, table, vector
from .enums import ActivationFunctionType, TensorType


@table
class AddOptions(Table):
    """Options of `ADD`."""

    fused_activation_function: ActivationFunctionType = enum(0, ActivationFunctionType.NONE)
    pot_scale_int16: bool = scalar(1, BOOL, True)


@table
class SubOptions(Table):
    """Options of `SUB`."""

    fused_activation_function: ActivationFunctionType = enum(0, ActivationFunctionType.NONE)
    pot_scale_int16: bool = scalar(1, BOOL, True)


@table
class MulOptions(Table):
    """Options of `MUL`."""

    fused_activation_function: ActivationFunctionType = enum(0, ActivationFunctionType.NONE)


@table
class DivOptions(Table):
    """Options of `DIV`."""

    fused_activation_function: ActivationFunctionType = enum(0, ActivationFunctionType.NONE)


@table
class PowOptions(Table):
    """Options of `POW`."""


@table
class FloorDivOptions(Table):
    """Options of `FLOOR_DIV`."""


@table
class FloorModOptions(Table):
    """Options of `FLOOR_MOD`."""


@table
class MaximumMinimumOptions(Table):
    """Options of `MAXIMUM`, `MINIMUM`."""


@table
class SquaredDifferenceOptions(Table):
    """Options of `SQUARED_DIFFERENCE`."""


@table
class ATan2Options(Table):
    """Options of `ATAN2`."""


@table
class AddNOptions(Table):
    """Options of `ADD_N`."""


@table
class AbsOptions(Table):
    """Options of `ABS`."""


@table
class NegOptions(Table):
    """Options of `NEG`."""


@table
class ExpOptions(Table):
    """Options of `EXP`."""


@table
class CosOptions(Table):
    """Options of `COS`."""


@table
class SquareOptions(Table):
    """Options of `SQUARE`."""


@table
class SignOptions(Table):
    """Options of `SIGN`."""


@table
class HardSwishOptions(Table):
    """Options of `HARD_SWISH`."""


@table
class LeakyReluOptions(Table):
    """Options of `LEAKY_RELU`."""

    alpha: float = scalar(0, FLOAT32)


@table
class GeluOptions(Table):
    """Options of `GELU`."""

    approximate: bool = scalar(0, BOOL)


@table
class LessOptions(Table):
    """Options of `LESS`."""


@table
class LessEqualOptions(Table):
    """Options of `LESS_EQUAL`."""


@table
class GreaterOptions(Table):
    """Options of `GREATER`."""


@table
class GreaterEqualOptions(Table):
    """Options of `GREATER_EQUAL`."""


@table
class EqualOptions(Table):
    """Options of `EQUAL`."""


@table
class NotEqualOptions(Table):
    """Options of `NOT_EQUAL`."""


@table
class LogicalOrOptions(Table):
    """Options of `LOGICAL_OR`."""


@table
class LogicalAndOptions(Table):
    """Options of `LOGICAL_AND`."""


@table
class LogicalNotOptions(Table):
    """Options of `LOGICAL_NOT`."""


@table
class BitwiseXorOptions(Table):
    """Options of `BITWISE_XOR`."""


@table
class RightShiftOptions(Table):
    """Options of `RIGHT_SHIFT`."""


@table
class SelectOptions(Table):
    """Options of `SELECT`."""


@table
class SelectV2Options(Table):
    """Options of `SELECT_V2`."""


@table
class CastOptions(Table):
    """Options of `CAST`."""

    in_data_type: TensorType = enum(0, TensorType.FLOAT32)
    out_data_type: TensorType = enum(1, TensorType.FLOAT32)


@table
class BitcastOptions(Table):
    """Options of `BITCAST`."""


@table
class QuantizeOptions(Table):
    """Options of `QUANTIZE`."""


@table
class DequantizeOptions(Table):
    """Options of `DEQUANTIZE`."""


@table
class FakeQuantOptions(Table):
    """Options of `FAKE_QUANT`."""

    min: float = scalar(0, FLOAT32)
    max: float = scalar(1, FLOAT32)
    num_bits: int = scalar(2, INT32)
    narrow_range: bool = scalar(3, BOOL)


@table
class BucketizeOptions(Table):
    """Options of `BUCKETIZE`."""

    boundaries: tuple[float, ...] = vector(0, FLOAT32)


@table
class ZerosLikeOptions(Table):
    """Options of `ZEROS_LIKE`."""
