"""HARD_SWISH: x * clamp(x + 3, 0, 6) / 6; floats and 8-bit quantized."""
from __future__ import annotations

from functools import partial

import numpy as np

from ..arithmetic.clamp import clamp, scalar
from ..arithmetic.lookup import Formula, type_range, unary_run
from ..arithmetic.numerics import quantize_multiplier, reduce_multiplier, rounding_divide_by_pot
from ..op import Bind, Op, Run
from ..preparation import is_quantized, quantization_of, unsupported
from ..steps import sequence
from .registry import kernel


@kernel("HARD_SWISH")
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    if is_quantized(x):
        formula = _formula(op)
        return lambda: unary_run(formula, x.array, out.array)
    if x.dtype.kind != "f":
        raise unsupported(op, x)

    def bind() -> Run:
        source, target = x.array, out.array
        return sequence([
            partial(np.add, source, scalar(3, x.dtype), target),
            clamp(target, 0, 6),
            partial(np.multiply, source, target, target),
            partial(np.divide, target, scalar(6, x.dtype), target),
        ])

    return bind


def _formula(op: Op) -> Formula:
    """16-bit fixed point. Source: HardSwish of LiteRT's reference_ops.h."""
    x, out = quantization_of(op, op.input(0)), quantization_of(op, op.output())
    low, high = type_range(op.output().dtype)
    fine = np.float32(1 / 128) * x.scale
    out_multiplier, out_shift = quantize_multiplier(float(fine / out.scale))
    slope_multiplier, slope_shift = quantize_multiplier(float(fine / np.float32(3 / 32768)))
    out_multiplier, slope_multiplier = int(reduce_multiplier(out_multiplier)), int(reduce_multiplier(slope_multiplier))
    if out_shift > 0:
        raise op.error("the output's scale is too small for HARD_SWISH")

    def formula(codes: np.ndarray) -> np.ndarray:
        value = ((codes - x.zero_point) * 128).astype(np.int16).astype(np.int64)
        scaled = (value * out_multiplier + (1 << 14)) >> 15
        slope = (_relu_ish(value, slope_multiplier, slope_shift) + 32768) >> 1
        product = scaled * slope
        result = np.where(product < 0, -(-product >> 15), product >> 15)
        shifted = (rounding_divide_by_pot(result, -out_shift) + out.zero_point).astype(np.int16)
        return np.clip(shifted, low, high).astype(np.int64)

    return formula


def _relu_ish(value: np.ndarray, multiplier: int, shift: int) -> np.ndarray:
    """x / 3 in Q15, saturating."""
    if shift > 0:
        value = np.clip(value << (shift - 1), -32768, 32767)
    value = (value * multiplier + (1 << 14)) >> 15
    if shift > 0:
        return np.clip(value << 1, -32768, 32767)
    return rounding_divide_by_pot(value, -shift)
