"""What convolutions and matrix products have in common: how types and scales become weights, bounds and an epilogue.

Integer products are computed by BLAS on floats that hold the integers, in float32 where every partial sum fits its 24
bits, else in float64. Zero points of inputs are folded into the bias; those of weights are subtracted from the weights.
"""
from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from ..graph import Quantization
from ..op import Op, Operand
from ..schema import ActivationFunctionType, TensorType
from .activation import float_activation_range, quantized_activation_range
from .epilogue import Epilogue, FloatEpilogue, HybridEpilogue, QuantizedEpilogue
from .magnitude import needed_limits, of_product
from .numerics import channel_multipliers, tensor_multiplier
from .requantization import Rounding, exact_accumulator, requantization
from .split_scaling import split_scaling

_FLOATS = (TensorType.FLOAT32, TensorType.FLOAT16)
_LARGEST_CODE = {TensorType.INT8: 128, TensorType.UINT8: 255, TensorType.INT16: 32768}
_HYBRID_WEIGHTS = (TensorType.INT8, TensorType.UINT8, TensorType.INT4, TensorType.INT2)
_LARGEST_HYBRID_INPUT = 255
_SPLIT_ROWS = 400
"""From so many rows of outputs on, the check of the split scaling pays."""
_WITHOUT_WEIGHT_ZERO = ("DEPTHWISE_CONV_2D", "TRANSPOSE_CONV")


@dataclass(frozen=True, eq=False)
class Linear:
    """A linear operator, ready to be laid out as a product.

    Attributes:
        weights: in the accumulator's type, zero point removed, in the shape of the file; times the gain of a split
            scaling, if the epilogue has one.
        pad_value: the input code that stands for 0.
        epilogue: what follows the sums.
    """

    weights: np.ndarray
    pad_value: int
    epilogue: Epilogue

    @property
    def hybrid(self) -> HybridEpilogue | None:
        """The epilogue, if the activations are floats that have to be quantized first."""
        return self.epilogue if isinstance(self.epilogue, HybridEpilogue) else None


def linear(
    op: Op, source: Operand, weights: Operand, bias: Operand | None, *, channel_axis: int,
    activation: ActivationFunctionType, rounding: Rounding | None = None, chained_scales: bool | None = None,
    zero_point_in_sums: bool = True,
) -> Linear:
    """Decide how a node computes.

    Args:
        source, weights, bias: its operands; the values of the last two are known.
        channel_axis: of the weights, the one of output channels.
        activation: fused into the output.
        rounding: how 8-bit sums are scaled; by default in fixed point. 16-bit activations choose by their bias.
        chained_scales: hybrid only: see `HybridEpilogue`.
        zero_point_in_sums: the sums are of input codes as they are, so what the zero point adds is taken off again.

    Raises:
        RuntimeError: the kernel does not know this combination of types.
    """
    out = op.output()
    if source.type == TensorType.FLOAT32 and weights.type in _FLOATS:
        values = _value(weights).astype(np.float32, copy=False)
        vector = None if bias is None else _value(bias).astype(np.float32)
        taps = values.size // max(1, values.shape[channel_axis])
        limits = needed_limits(out, of_product(source, values, taps, vector), float_activation_range(activation))
        return Linear(values, 0, FloatEpilogue(vector, limits))
    if source.type == TensorType.FLOAT32 and weights.type in _HYBRID_WEIGHTS:
        return _hybrid(weights, bias, channel_axis, activation, chained_scales)
    if source.type in _LARGEST_CODE and out.type in _LARGEST_CODE and weights.type not in _FLOATS:
        rows = prod(out.shape) // max(1, weights.shape[channel_axis])
        facts = (
            _value(weights), None if bias is None else _value(bias), channel_axis, activation, rounding,
            zero_point_in_sums, rows >= _SPLIT_ROWS,
        )  # fmt: skip
        return op.known(facts, lambda: _quantized(
            op, source, weights, bias, channel_axis, activation, rounding, zero_point_in_sums, rows >= _SPLIT_ROWS
        ))  # fmt: skip
    raise op.error(f"{source.type.name} inputs with {weights.type.name} weights are not supported by {op.node.op}.")


def _value(operand: Operand) -> np.ndarray:
    assert operand.value is not None
    return operand.value


def quantization_of(op: Op, operand: Operand) -> Quantization:
    """The scales of a tensor.

    Raises:
        RuntimeError: it has none.
    """
    if operand.quantization is None or operand.quantization.scales.size == 0:
        raise op.error(f"{operand} has no quantization parameters")
    return operand.quantization


def _per_channel(values: np.ndarray, channels: int) -> np.ndarray:
    return np.broadcast_to(values, channels) if values.size == 1 else values


def _centred_weights(op: Op, weights: Operand) -> np.ndarray:
    """Weight codes less their zero point, in int32; LiteRT ignores those of some operators, and those of channels."""
    codes = _value(weights).astype(np.int32)
    quantization = quantization_of(op, weights)
    ignores = quantization.per_channel or (weights.type != TensorType.UINT8 and op.node.op in _WITHOUT_WEIGHT_ZERO)
    return codes if ignores else codes - quantization.zero_point


def _sum_over(codes: np.ndarray, channel_axis: int, magnitudes: bool = False) -> np.ndarray:
    """Sums of int32 codes per channel, in int64; of codes below 2**17, so many as to stay below 2**31 add up faster."""
    axes = tuple(i for i in range(codes.ndim) if i != channel_axis % codes.ndim)
    few = codes.size <= codes.shape[channel_axis] << 14
    total = np.sum(np.abs(codes) if magnitudes else codes, axis=axes, dtype=np.int32 if few else np.int64)
    return np.asarray(total, np.int64)


def _quantized(
    op: Op, source: Operand, weights: Operand, bias: Operand | None, channel_axis: int,
    activation: ActivationFunctionType, rounding: Rounding | None, zero_point_in_sums: bool, many_rows: bool,
) -> Linear:
    codes = _centred_weights(op, weights)
    channels = codes.shape[channel_axis]
    zero_point = quantization_of(op, source).zero_point
    offset = -zero_point * int(zero_point_in_sums) * _sum_over(codes, channel_axis)
    if bias is not None:
        offset = offset + _value(bias).astype(np.int64).reshape(-1)
    taps = _sum_over(codes, channel_axis, magnitudes=True)
    largest = _LARGEST_CODE[source.type] + (0 if zero_point_in_sums else abs(zero_point))
    bound = float(np.max(taps * largest + np.abs(offset), initial=0))
    output = quantization_of(op, op.output())
    limits = quantized_activation_range(activation, output, op.output().dtype)
    rounding = rounding or sum_rounding(op, source, bias)
    reals = _per_channel(_multipliers(op, source, weights, rounding), channels)
    scaling = requantization(rounding, reals, output.zero_point, limits, op.output().dtype)
    accumulator = exact_accumulator(bound)
    split = None
    if accumulator == np.float32 and many_rows:
        split = split_scaling(scaling, offset, np.maximum(taps * largest, 1))
    values = codes.astype(accumulator)
    if split is not None:
        values *= split.gain.reshape([-1 if d == channel_axis % codes.ndim else 1 for d in range(codes.ndim)])
    return Linear(values, zero_point, QuantizedEpilogue(offset, scaling, bound, accumulator, split))


def sum_rounding(op: Op, source: Operand, bias: Operand | None) -> Rounding:
    """Fixed point for 8-bit activations; for 16-bit ones wide, unless the options say that the bias has 32 bits."""
    if source.type != TensorType.INT16:
        return Rounding.FIXED
    if getattr(op.options, "quantized_bias_type", None) == TensorType.INT32:
        return Rounding.FIXED
    if bias is not None and bias.type != TensorType.INT64:
        raise op.error(f"16-bit activations need an INT64 bias, or quantized_bias_type INT32; {bias} is neither.")
    return Rounding.WIDE


def _multipliers(op: Op, source: Operand, weights: Operand, rounding: Rounding) -> np.ndarray:
    """Real multipliers, one or one per channel.

    With one scale, uint8 weights in convolutions and 16-bit weights have the product of two scales in float32.
    """
    first, second = quantization_of(op, source), quantization_of(op, weights)
    output = quantization_of(op, op.output())
    in_float32 = rounding is not Rounding.DOUBLE and weights.type in (TensorType.UINT8, TensorType.INT16)
    if in_float32 and not second.per_channel:
        return np.array([tensor_multiplier(first.scale, second.scale, output.scale)])
    return channel_multipliers(float(first.scale), second.scales, float(output.scale))


def _hybrid(
    weights: Operand, bias: Operand | None, channel_axis: int, activation: ActivationFunctionType,
    chained_scales: bool | None,
) -> Linear:
    codes = _value(weights).astype(np.int32)
    quantization = weights.quantization
    assert quantization is not None
    if weights.type == TensorType.UINT8:
        codes = codes - quantization.zero_point
    scales = _per_channel(quantization.scales, codes.shape[channel_axis]).astype(np.float32)
    bound = float(np.max(_sum_over(codes, channel_axis, magnitudes=True) * _LARGEST_HYBRID_INPUT, initial=0))
    vector = None if bias is None else _value(bias).astype(np.float32).reshape(-1)
    chained = bool(np.any(scales != scales[:1])) if chained_scales is None else chained_scales
    epilogue = HybridEpilogue(
        vector, scales, float_activation_range(activation), exact_accumulator(bound), chained=chained
    )
    return Linear(codes.astype(epilogue.accumulator), 0, epilogue)

