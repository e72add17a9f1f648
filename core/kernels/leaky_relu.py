"""LEAKY_RELU: x where x >= 0, else alpha * x; floats, 8- and 16-bit quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.lookup import Formula, type_range, unary_run
from ..arithmetic.numerics import quantize_multiplier, requantize
from ..op import Bind, Op, Run
from ..preparation import is_quantized, options_of, quantization_of, unsupported
from ..schema import LeakyReluOptions
from .registry import kernel


@kernel("LEAKY_RELU")
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    alpha = np.float32(options_of(op, LeakyReluOptions).alpha)
    if is_quantized(x):
        formula = _formula(op, alpha)
        return lambda: unary_run(formula, x.array, out.array)
    if x.dtype.kind != "f":
        raise unsupported(op, x)

    def bind() -> Run:
        source, target, slope = x.array, out.array, x.dtype.type(alpha)
        positive = np.empty(x.shape, bool)

        def run() -> None:
            np.greater(source, 0, out=positive)
            np.multiply(source, slope, out=target)
            np.copyto(target, source, where=positive)

        return run

    return bind


def _formula(op: Op, alpha: np.float32) -> Formula:
    x, out = quantization_of(op, op.input(0)), quantization_of(op, op.output())
    low, high = type_range(op.output().dtype)
    m1, s1 = quantize_multiplier(float(x.scale / out.scale))
    m2, s2 = quantize_multiplier(float(x.scale * alpha / out.scale))

    def formula(codes: np.ndarray) -> np.ndarray:
        value = codes - x.zero_point
        negative = requantize(value, m2, s2) if m2 >= 0 else -requantize(value, -m2, s2)
        return np.clip(np.where(value >= 0, requantize(value, m1, s1), negative) + out.zero_point, low, high)

    return formula
