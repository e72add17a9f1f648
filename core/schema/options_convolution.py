"""Options of the convolutions, pools and matrix products."""

from __future__ import annotations

from .declaration import BOOL, INT32, Bytes, Table, byte_vector, enum, scalar, table
from .enums import ActivationFunctionType, FullyConnectedOptionsWeightsFormat, Padding, TensorType


@table
class Conv2DOptions(Table):
    """Options of `CONV_2D`."""

    padding: Padding = enum(0, Padding.SAME)
    stride_w: int = scalar(1, INT32)
    stride_h: int = scalar(2, INT32)
    fused_activation_function: ActivationFunctionType = enum(3, ActivationFunctionType.NONE)
    dilation_w_factor: int = scalar(4, INT32, 1)
    dilation_h_factor: int = scalar(5, INT32, 1)
    quantized_bias_type: TensorType = enum(6, TensorType.FLOAT32)


@table
class Conv3DOptions(Table):
    """Options of `CONV_3D`, `CONV_3D_TRANSPOSE`."""

    padding: Padding = enum(0, Padding.SAME)
    stride_d: int = scalar(1, INT32)
    stride_w: int = scalar(2, INT32)
    stride_h: int = scalar(3, INT32)
    fused_activation_function: ActivationFunctionType = enum(4, ActivationFunctionType.NONE)
    dilation_d_factor: int = scalar(5, INT32, 1)
    dilation_w_factor: int = scalar(6, INT32, 1)
    dilation_h_factor: int = scalar(7, INT32, 1)


@table
class DepthwiseConv2DOptions(Table):
    """Options of `DEPTHWISE_CONV_2D`."""

    padding: Padding = enum(0, Padding.SAME)
    stride_w: int = scalar(1, INT32)
    stride_h: int = scalar(2, INT32)
    depth_multiplier: int = scalar(3, INT32)
    fused_activation_function: ActivationFunctionType = enum(4, ActivationFunctionType.NONE)
    dilation_w_factor: int = scalar(5, INT32, 1)
    dilation_h_factor: int = scalar(6, INT32, 1)


@table
class TransposeConvOptions(Table):
    """Options of `TRANSPOSE_CONV`."""

    padding: Padding = enum(0, Padding.SAME)
    stride_w: int = scalar(1, INT32)
    stride_h: int = scalar(2, INT32)
    fused_activation_function: ActivationFunctionType = enum(3, ActivationFunctionType.NONE)
    quantized_bias_type: TensorType = enum(4, TensorType.FLOAT32)


@table
class Pool2DOptions(Table):
    """Options of `AVERAGE_POOL_2D`, `L2_POOL_2D`, `MAX_POOL_2D`."""

    padding: Padding = enum(0, Padding.SAME)
    stride_w: int = scalar(1, INT32)
    stride_h: int = scalar(2, INT32)
    filter_width: int = scalar(3, INT32)
    filter_height: int = scalar(4, INT32)
    fused_activation_function: ActivationFunctionType = enum(5, ActivationFunctionType.NONE)


@table
class FullyConnectedOptions(Table):
    """Options of `FULLY_CONNECTED`."""

    fused_activation_function: ActivationFunctionType = enum(0, ActivationFunctionType.NONE)
    weights_format: FullyConnectedOptionsWeightsFormat = enum(1, FullyConnectedOptionsWeightsFormat.DEFAULT)
    keep_num_dims: bool = scalar(2, BOOL)
    asymmetric_quantize_inputs: bool = scalar(3, BOOL)
    quantized_bias_type: TensorType = enum(4, TensorType.FLOAT32)
    quant_spec: Bytes = byte_vector(5)


@table
class BatchMatMulOptions(Table):
    """Options of `BATCH_MATMUL`."""

    adj_x: bool = scalar(0, BOOL)
    adj_y: bool = scalar(1, BOOL)
    asymmetric_quantize_inputs: bool = scalar(2, BOOL)


@table
class DilateOptions(Table):
    """Options of `DILATE`."""
