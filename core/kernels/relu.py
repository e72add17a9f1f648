"""RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1: a clamp; floats, 8- and 16-bit quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.lookup import Formula, type_range, unary_run
from ..arithmetic.numerics import quantize_multiplier, requantize, round_half_away
from ..op import Bind, Op, Run
from ..preparation import is_quantized, quantization_of, same_type, unsupported
from .registry import kernel

_RANGES: dict[str, tuple[float, float]] = {
    "RELU": (0.0, np.inf),
    "RELU6": (0.0, 6.0),
    "RELU_N1_TO_1": (-1.0, 1.0),
    "RELU_0_TO_1": (0.0, 1.0),
}


@kernel("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", inplace=(0,))
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    same_type(op, x, out)
    out.resize(x.shape)
    low, high = _RANGES[op.node.op]
    if is_quantized(x):
        formula = _formula(op, low, high)
        return lambda: unary_run(formula, x.array, out.array)
    if x.dtype.kind not in "if":
        raise unsupported(op, x)
    out.largest = min(x.largest, high)

    def bind() -> Run:
        source, target, lower = x.array, out.array, x.dtype.type(low)
        if np.isinf(high):
            return lambda: np.maximum(source, lower, out=target)
        upper = x.dtype.type(high)

        def run() -> None:
            np.clip(source, lower, upper, out=target)

        return run

    return bind


def _formula(op: Op, low: float, high: float) -> Formula:
    x, out = quantization_of(op, op.input(0)), quantization_of(op, op.output())
    m, s = quantize_multiplier(float(x.scale / out.scale))
    smallest, largest = type_range(op.output().dtype)

    def code(value: float) -> int:
        return out.zero_point + int(round_half_away(np.float32(value) / out.scale))

    first = max(smallest, code(low))
    last = largest if np.isinf(high) else min(largest, code(high))
    return lambda codes: np.clip(requantize(codes - x.zero_point, m, s) + out.zero_point, first, last)
