"""Options of the recurrent operators."""

from __future__ import annotations

from .declaration import BOOL, FLOAT32, INT32, Table, enum, scalar, table
from .enums import ActivationFunctionType, LSTMKernelType


@table
class SVDFOptions(Table):
    """Options of `SVDF`."""

    rank: int = scalar(0, INT32)
    fused_activation_function: ActivationFunctionType = enum(1, ActivationFunctionType.NONE)
    asymmetric_quantize_inputs: bool = scalar(2, BOOL)


@table
class RNNOptions(Table):
    """Options of `RNN`."""

    fused_activation_function: ActivationFunctionType = enum(0, ActivationFunctionType.NONE)
    asymmetric_quantize_inputs: bool = scalar(1, BOOL)


@table
class SequenceRNNOptions(Table):
    """Options of `UNIDIRECTIONAL_SEQUENCE_RNN`."""

    time_major: bool = scalar(0, BOOL)
    fused_activation_function: ActivationFunctionType = enum(1, ActivationFunctionType.NONE)
    asymmetric_quantize_inputs: bool = scalar(2, BOOL)


@table
class BidirectionalSequenceRNNOptions(Table):
    """Options of `BIDIRECTIONAL_SEQUENCE_RNN`."""

    time_major: bool = scalar(0, BOOL)
    fused_activation_function: ActivationFunctionType = enum(1, ActivationFunctionType.NONE)
    merge_outputs: bool = scalar(2, BOOL)
    asymmetric_quantize_inputs: bool = scalar(3, BOOL)


@table
class LSTMOptions(Table):
    """Options of `LSTM`."""

    fused_activation_function: ActivationFunctionType = enum(0, ActivationFunctionType.NONE)
    cell_clip: float = scalar(1, FLOAT32)
    proj_clip: float = scalar(2, FLOAT32)
    kernel_type: LSTMKernelType = enum(3, LSTMKernelType.FULL)
    asymmetric_quantize_inputs: bool = scalar(4, BOOL)


@table
class UnidirectionalSequenceLSTMOptions(Table):
    """Options of `UNIDIRECTIONAL_SEQUENCE_LSTM`."""

    fused_activation_function: ActivationFunctionType = enum(0, ActivationFunctionType.NONE)
    cell_clip: float = scalar(1, FLOAT32)
    proj_clip: float = scalar(2, FLOAT32)
    time_major: bool = scalar(3, BOOL)
    asymmetric_quantize_inputs: bool = scalar(4, BOOL)
    diagonal_recurrent_tensors: bool = scalar(5, BOOL)


@table
class BidirectionalSequenceLSTMOptions(Table):
    """Options of `BIDIRECTIONAL_SEQUENCE_LSTM`."""

    fused_activation_function: ActivationFunctionType = enum(0, ActivationFunctionType.NONE)
    cell_clip: float = scalar(1, FLOAT32)
    proj_clip: float = scalar(2, FLOAT32)
    merge_outputs: bool = scalar(3, BOOL)
    time_major: bool = scalar(4, BOOL, True)
    asymmetric_quantize_inputs: bool = scalar(5, BOOL)
