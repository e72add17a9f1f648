"""LOGISTIC: 1 / (1 + exp(-x)); floats, 8- and 16-bit quantized."""
from __future__ import annotations

from functools import partial

import numpy as np

from ..arithmetic.clamp import scalar
from ..arithmetic.lookup import Formula, rounded, table_8bit, table_run, unary_run
from ..arithmetic.sigmoid_table import SIGMOID_TABLE, sigmoid_input
from ..op import Bind, Op, Run
from ..preparation import is_quantized, quantization_of, unsupported
from ..schema import TensorType
from ..steps import sequence
from .registry import kernel
from .unary import is_float

_ALWAYS_ONE = np.float32(16.619047164916992188)
"""From here on float32 LiteRT returns 1."""
_ONLY_EXP = np.float32(-9)
"""Below this LiteRT returns exp(x)."""


@kernel("LOGISTIC", rowwise=True)
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    if is_quantized(x):
        if x.type == TensorType.INT16:
            formula = _int16_formula(op)
            return lambda: unary_run(formula, x.array, out.array)
        table = table_8bit(logistic, x.dtype, quantization_of(op, x), out.dtype, quantization_of(op, out))
        out.mapped = (x, table)
        return lambda: table_run(table, x.array, out.array)
    if not is_float(x):
        raise unsupported(op, x)
    out.largest = 1.0
    return lambda: _bind_float(x.array, out.array)


def logistic(x: np.ndarray) -> np.ndarray:
    """The float32 function for tables, in the three ranges that LiteRT treats apart."""
    exp = rounded(np.exp)
    y = np.float32(1) / (np.float32(1) + exp(-x))
    return np.where(x > _ALWAYS_ONE, np.float32(1), np.where(x < _ONLY_EXP, exp(x), y))


def _bind_float(source: np.ndarray, target: np.ndarray) -> Run:
    one = scalar(1, source.dtype)
    return sequence([
        partial(np.negative, source, target),
        partial(np.exp, target, target),  # overflows below -88, where the quotient is rightly 0
        partial(np.add, target, one, target),
        partial(np.divide, one, target, target),
    ])


def _int16_formula(op: Op) -> Formula:
    scale_input = sigmoid_input(quantization_of(op, op.input(0)).scale, (0,))

    def formula(codes: np.ndarray) -> np.ndarray:
        value = scale_input(codes)
        magnitude = np.abs(value)
        index = np.minimum(magnitude >> 9, 254)
        low, high = SIGMOID_TABLE[index], SIGMOID_TABLE[index + 1]
        result = np.where(magnitude >> 9 >= 255, 32767 << 10, (low << 9) + (magnitude & 511) * (high - low))
        return np.where(value >= 0, result + 512, (1 << 25) - result + 511) >> 10

    return formula
