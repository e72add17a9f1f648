"""L2_NORMALIZATION over the last dimension; floats and 8-bit quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.fixed_point import inverse_sqrt
from ..arithmetic.lookup import type_range
from ..arithmetic.numerics import requantize, rounding_divide_by_pot
from ..arithmetic.numerics import saturating_rounding_doubling_high_mul as srdhm
from ..op import Bind, Op, Run
from ..preparation import is_quantized, quantization_of, unsupported
from ..schema import TensorType
from .registry import kernel

_EPSILON = np.float32(1e-6)


@kernel("L2_NORMALIZATION")
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    if not x.shape:
        raise op.error(f"{x} has no dimension to normalize")
    out.resize(x.shape)
    if is_quantized(x):
        return lambda: _bind_8bit(op)
    if x.dtype.kind != "f":
        raise unsupported(op, x)

    def bind() -> Run:
        source, target = x.array, out.array

        def run() -> None:
            np.multiply(source, source, out=target)
            norm = np.maximum(np.sqrt(target.sum(axis=-1, keepdims=True)), _EPSILON)
            np.divide(source, norm, out=target)

        return run

    return bind


def _bind_8bit(op: Op) -> Run:
    """The output has scale 1/128 and the zero point in the middle of its type."""
    x, out = op.input(0), op.output()
    zero_point = quantization_of(op, x).zero_point
    low, high = type_range(out.dtype)
    source, target = x.array.reshape(-1, x.shape[-1]), out.array.reshape(-1, x.shape[-1])

    def run() -> None:
        values = source.astype(np.int64) - zero_point
        factors = np.array([inverse_sqrt(int(n)) for n in (values * values).sum(axis=-1)], np.int64).reshape(-1, 2)
        m, s = factors[:, :1], factors[:, 1:]
        if x.type == TensorType.INT8:
            codes = requantize(values, m, s + 7)
        else:
            codes = 128 + rounding_divide_by_pot(srdhm(values * 128, m), np.minimum(-s, 31))
        np.copyto(target, np.clip(codes, low, high), casting="unsafe")

    return run
