"""QUANTIZE: reals to codes, or codes to codes of another quantization."""
from __future__ import annotations

import numpy as np

from ..arithmetic.lookup import type_range, unary_run
from ..arithmetic.numerics import quantize_multiplier, requantize
from ..op import Bind, Op, Operand, Run
from ..preparation import quantization_of, unsupported
from ..schema import TensorType
from .registry import kernel

_PACKED_RANGES = {TensorType.INT4: (-8, 7), TensorType.INT2: (-2, 1), TensorType.UINT4: (0, 15)}


@kernel("QUANTIZE")
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    if x.dtype.kind == "f":
        return lambda: _bind_float(op)
    if x.dtype not in (np.int8, np.uint8, np.int16, np.int32):
        raise unsupported(op, x)
    source, target = quantization_of(op, x), quantization_of(op, out)
    m, s = quantize_multiplier(float(np.float64(source.scale) / np.float64(target.scale)))
    low, high = type_range(out.dtype)

    def formula(codes: np.ndarray) -> np.ndarray:
        return np.clip(requantize(codes - source.zero_point, m, s) + target.zero_point, low, high)

    if x.dtype.itemsize <= 2:
        return lambda: unary_run(formula, x.array, out.array)
    return lambda: lambda: np.copyto(out.array, formula(x.array.astype(np.int64)), casting="unsafe")


def per_channel_view(operand: Operand, values: np.ndarray) -> np.ndarray:
    """Values per channel, shaped to broadcast against a tensor quantized per channel."""
    quantization = operand.quantization
    assert quantization is not None
    if values.size == 1:
        return values.reshape(())
    shape = [1] * len(operand.shape)
    shape[quantization.dimension] = -1
    return values.reshape(shape)


def _bind_float(op: Op) -> Run:
    """code = round(x / scale) + zero point.

    The quotient is converted to int32 as x86 does it: what does not fit becomes the smallest int32. To that the zero
    point is added, modulo 2**32, before the sum is clamped: a negative one makes it the largest code.
    """
    x, out = op.input(0), op.output()
    quantization_of(op, out)
    assert out.quantization is not None
    scale = per_channel_view(out, out.quantization.scales.astype(np.float32))
    zero_point = per_channel_view(out, out.quantization.zero_points.astype(np.float32))
    low, high = _PACKED_RANGES.get(out.type, type_range(out.dtype))
    misfit = np.where(zero_point < 0, np.float32(2.0**31), np.float32(-(2.0**31)))
    source, target = x.array, out.array
    quotient, half = np.empty(x.shape, np.float32), np.empty(x.shape, np.float32)
    exact = bool(np.abs(zero_point).max(initial=0) <= 1 << 16) and high < 1 << 17

    def run() -> None:
        np.divide(source, scale, out=quotient)
        _round_half_away(quotient, half)
        if not np.abs(quotient, out=half).max(initial=0) < 2.0**31:
            np.copyto(quotient, misfit, where=~(half < 2.0**31))
        if exact:
            np.clip(quotient, -(2.0**22), 2.0**22, out=quotient)
            np.add(quotient, zero_point, out=quotient)
            np.clip(quotient, low, high, out=quotient)
            np.copyto(target, quotient, casting="unsafe")
        else:
            np.copyto(target, np.clip(quotient.astype(np.int64) + np.int64(zero_point), low, high), casting="unsafe")

    return run


def _round_half_away(x: np.ndarray, scratch: np.ndarray) -> None:
    """C's roundf in place. Adding the float below one half keeps 0.49999997 from being rounded up."""
    np.copysign(np.float32(0.49999997), x, out=scratch)
    np.add(x, scratch, out=x)
    np.trunc(x, out=x)
