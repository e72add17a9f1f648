"""TANH; floats, 8- and 16-bit quantized."""
from __future__ import annotations

from functools import partial

import numpy as np

from ..arithmetic.lookup import Formula, rounded, table_8bit, table_run, unary_run
from ..arithmetic.sigmoid_table import SIGMOID_TABLE, sigmoid_input
from ..op import Bind, Op
from ..preparation import is_quantized, quantization_of, unsupported
from ..schema import TensorType
from .registry import kernel
from .unary import is_float


@kernel("TANH", inplace=(0,), rowwise=True)
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    if is_quantized(x):
        if x.type == TensorType.INT16:
            formula = _int16_formula(op)
            return lambda: unary_run(formula, x.array, out.array)
        table = table_8bit(rounded(np.tanh), x.dtype, quantization_of(op, x), out.dtype, quantization_of(op, out))
        out.mapped = (x, table)
        return lambda: table_run(table, x.array, out.array)
    if not is_float(x):
        raise unsupported(op, x)
    out.largest = 1.0
    return lambda: partial(np.tanh, x.array, out.array)


def _int16_formula(op: Op) -> Formula:
    scale_input = sigmoid_input(quantization_of(op, op.input(0)).scale, (0, 1))

    def formula(codes: np.ndarray) -> np.ndarray:
        value = scale_input(codes)
        magnitude = np.abs(value)
        index = np.minimum(magnitude >> 8, 254)
        low, high = SIGMOID_TABLE[index], SIGMOID_TABLE[index + 1]
        result = np.where(magnitude >> 8 >= 255, 65535 << 8, (low << 8) + (magnitude & 255) * (high - low))
        return np.where(value >= 0, result - (1 << 23) + 128, -result + (1 << 23) + 127) >> 8

    return formula
