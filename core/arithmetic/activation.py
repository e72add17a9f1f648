"""Fused activations: the range an output is clamped to, in floats and in quantized codes."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import Quantization
from ..schema import ActivationFunctionType as Activation
from .numerics import round_half_away

_FLOAT_MAX = float(np.finfo(np.float32).max)
_REAL_RANGES: dict[Activation, tuple[float | None, float | None]] = {
    Activation.RELU: (0.0, None),
    Activation.RELU6: (0.0, 6.0),
    Activation.RELU_N1_TO_1: (-1.0, 1.0),
}


def float_activation_range(activation: Activation) -> tuple[np.float32, np.float32]:
    """The clamp (low, high) of a float operator. Without an activation that is the finite range: inf becomes FLT_MAX.

    TANH and SIGN_BIT do not clamp; the operators that have them apply them on their own (`apply_activation`).
    """
    low, high = _REAL_RANGES.get(activation, (None, None))
    return np.float32(-_FLOAT_MAX if low is None else low), np.float32(_FLOAT_MAX if high is None else high)


def quantized_activation_range(activation: Activation, quantization: Quantization, dtype: Any) -> tuple[int, int]:
    """The clamp (low, high) in codes of the output's type.

    Source: `CalculateActivationRangeQuantized`, `kernel_util.cc`.
    """
    limits = np.iinfo(dtype)
    low, high = _REAL_RANGES.get(activation, (None, None))
    code_low = limits.min if low is None else max(limits.min, _quantize(low, quantization))
    code_high = limits.max if high is None else min(limits.max, _quantize(high, quantization))
    return int(code_low), int(code_high)


def _quantize(value: float, quantization: Quantization) -> int:
    return quantization.zero_point + int(round_half_away(np.float32(value) / np.float32(quantization.scale)))


def apply_activation(x: np.ndarray, activation: Activation) -> np.ndarray:
    """Apply any activation to float32 values in place and return them (recurrent operators)."""
    if activation in _REAL_RANGES:
        low, high = _REAL_RANGES[activation]
        np.maximum(x, np.float32(low), out=x)
        return x if high is None else np.minimum(x, np.float32(high), out=x)
    if activation == Activation.TANH:
        return np.tanh(x, out=x)
    if activation == Activation.SIGN_BIT:
        x[...] = np.signbit(x)
    return x
