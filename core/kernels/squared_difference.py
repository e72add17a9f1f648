"""SQUARED_DIFFERENCE: (a - b)^2 with broadcasting; float32, int32, int8 quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.lookup import BinaryFormula, binary_run, type_range
from ..arithmetic.numerics import quantize_multiplier, requantize, wrap32
from ..op import Bind, Op, Run
from ..preparation import broadcast, is_quantized, quantization_of, same_type
from .registry import kernel

_LEFT_SHIFT = 7


@kernel("SQUARED_DIFFERENCE", inplace=(0, 1))
def prepare(op: Op) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    out.resize(broadcast(op, a, b))
    if is_quantized(a):
        formula = _formula(op)
        return lambda: binary_run(formula, a.array, b.array, out.array)

    def bind() -> Run:
        x, y, target = a.array, b.array, out.array

        def run() -> None:
            np.subtract(x, y, out=target)
            np.multiply(target, target, out=target)

        return run

    return bind


def _formula(op: Op) -> BinaryFormula:
    a, b, out = (quantization_of(op, operand) for operand in (op.input(0), op.input(1), op.output()))
    low, high = type_range(op.output().dtype)
    twice = np.float32(2) * max(a.scale, b.scale)
    m1, s1 = quantize_multiplier(float(np.float64(a.scale) / np.float64(twice)))
    m2, s2 = quantize_multiplier(float(np.float64(b.scale) / np.float64(twice)))
    real = np.float64(twice) * np.float64(twice) / np.float64(np.float32(1 << 2 * _LEFT_SHIFT) * out.scale)
    m, s = quantize_multiplier(float(real))

    def formula(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        first = requantize((x - a.zero_point) << _LEFT_SHIFT, m1, s1)
        difference = first - requantize((y - b.zero_point) << _LEFT_SHIFT, m2, s2)
        return np.clip(requantize(wrap32(difference * difference), m, s) + out.zero_point, low, high)

    return formula
