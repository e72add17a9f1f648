"""ABS; floats, int32, 8- and 16-bit quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.lookup import type_range, unary_run
from ..arithmetic.numerics import quantize_multiplier, requantize
from ..op import Bind, Op
from ..preparation import is_quantized, quantization_of, unsupported
from .registry import kernel


@kernel("ABS", inplace=(0,))
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    if not is_quantized(x):
        if x.dtype.kind not in "iuf":
            raise unsupported(op, x)
        return lambda: lambda: np.abs(x.array, out=out.array)
    source, target = quantization_of(op, x), quantization_of(op, out)
    low, high = type_range(out.dtype)
    m, s = quantize_multiplier(float(source.scale / target.scale))
    same = source.scale == target.scale

    def formula(codes: np.ndarray) -> np.ndarray:
        value = np.abs(codes - source.zero_point)
        return np.clip((value if same else requantize(value, m, s)) + target.zero_point, low, high)

    return lambda: unary_run(formula, x.array, out.array)
