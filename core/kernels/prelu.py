"""PRELU: x where x >= 0, else alpha * x, alpha broadcasting; floats, 8- and 16-bit quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.broadcasting import widened
from ..arithmetic.lookup import BinaryFormula, binary_run, type_range
from ..arithmetic.numerics import quantize_multiplier, requantize
from ..op import Bind, Op, Run
from ..preparation import broadcast, is_quantized, quantization_of, unsupported
from ..steps import sequence
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
        slope, source, target = alpha.array, x.array, out.array
        if alpha.value is not None:
            slope, source, target = widened(alpha.value, source, target)
            if ((slope >= 0) & (slope <= 1)).all():
                return sequence([
                    lambda: np.multiply(source, slope, out=target), lambda: np.maximum(source, target, out=target)
                ])  # fmt: skip
        positive = np.empty(target.shape, target.dtype)

        def run() -> None:
            np.minimum(source, 0, out=target)
            np.multiply(target, slope, out=target)
            np.maximum(source, 0, out=positive)
            np.add(target, positive, out=target)

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
