"""RSQRT: 1 / sqrt(x); floats, 8- and 16-bit quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.fixed_point import inverse_sqrt
from ..arithmetic.lookup import Formula, type_range, unary_run
from ..arithmetic.numerics import quantize_multiplier, requantize
from ..op import Bind, Op
from ..preparation import is_quantized, quantization_of
from ..schema import TensorType
from .registry import kernel
from .sqrt import checked
from .unary import prepare_unary

_SHIFT = 20


@kernel("RSQRT", inplace=(0,))
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    if not is_quantized(x):
        return prepare_unary(op, _rsqrt)
    if x.type == TensorType.INT16:
        largest = np.float32(32767) * quantization_of(op, out).scale
        return prepare_unary(op, lambda v: np.where(v > 0, _rsqrt(np.maximum(v, np.float32(1e-45))), largest))
    out.resize(x.shape)
    formula = _int8_formula(op)
    zero_point = quantization_of(op, x).zero_point
    return lambda: checked(op, unary_run(formula, x.array, out.array), zero_point)


def _rsqrt(x: np.ndarray) -> np.ndarray:
    return np.asarray(x).dtype.type(1) / np.sqrt(x)


def _int8_formula(op: Op) -> Formula:
    x, out = quantization_of(op, op.input(0)), quantization_of(op, op.output())
    low, high = type_range(op.output().dtype)
    m, s = quantize_multiplier(float(1.0 / np.float64(np.sqrt(x.scale) * out.scale)))

    def formula(codes: np.ndarray) -> np.ndarray:
        values = codes - x.zero_point
        scales = np.array([inverse_sqrt(max(1, int(value))) for value in values.flat], np.int64)
        multiplier, shift = scales.reshape(*values.shape, 2)[..., 0], scales.reshape(*values.shape, 2)[..., 1]
        root = requantize(1, multiplier, shift + _SHIFT)
        scaled = requantize(root, m, s - _SHIFT) + out.zero_point
        return np.where(values > 0, np.clip(scaled, low, high), high)

    return formula
