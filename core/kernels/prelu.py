"""PRELU: x where x >= 0, else alpha * x, alpha broadcasting; floats, 8- and 16-bit quantized."""
from __future__ import annotations

import numpy as np

from ..lookup import BinaryFormula, binary_run, type_range
from ..numerics import quantize_multiplier, requantize
from ..op import Bind, Op, Run
from ..preparation import broadcast, is_quantized, quantization_of, unsupported
from .registry import kernel


@kernel("PRELU")
def prepare(op: Op) -> Bind:
    x, alpha, out = op.input(0), op.input(1), op.output()
    shape = broadcast(op, x, alpha)
    if shape != x.shape:
        raise op.error(f"Given shapes, {list(x.shape)} and {list(alpha.shape)}, alpha must not enlarge the input.")
    out.resize(shape)
    if is_quantized(x):
        formula = _formula(op)
        return lambda: binary_run(formula, x.array, alpha.array, out.array)
    if x.dtype.kind != "f":
        raise unsupported(op, x)

    def bind() -> Run:
        source, slope, target = x.array, alpha.array, out.array
        positive = np.empty(x.shape, bool)

        def run() -> None:
            np.greater_equal(source, 0, out=positive)
            np.multiply(source, slope, out=target)
            np.copyto(target, source, where=positive)

        return run

    return bind


def _formula(op: Op) -> BinaryFormula:
    x, alpha, out = (quantization_of(op, operand) for operand in (op.input(0), op.input(1), op.output()))
    low, high = type_range(op.output().dtype)
    m1, s1 = quantize_multiplier(float(x.scale / out.scale))
    m2, s2 = quantize_multiplier(float(x.scale * alpha.scale / out.scale))

    def formula(codes: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        value = codes - x.zero_point
        negative = requantize(value * (slopes - alpha.zero_point), m2, s2)
        return np.clip(np.where(value >= 0, requantize(value, m1, s1), negative) + out.zero_point, low, high)

    return formula
