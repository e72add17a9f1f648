"""LOG_SOFTMAX over the last dimension; floats and 8-bit quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.fixed_point import log_above_one
from ..arithmetic.lookup import type_range
from ..arithmetic.numerics import quantize_multiplier, requantize, rounding_divide_by_pot, wrap32
from ..op import Bind, Op, Run
from ..preparation import is_quantized, quantization_of, unsupported
from .registry import kernel
from .softmax_8bit import ExpTable


@kernel("LOG_SOFTMAX")
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    if is_quantized(x):
        return _prepare_8bit(op)
    if x.dtype.kind != "f":
        raise unsupported(op, x)

    def bind() -> Run:
        source, target = x.array, out.array

        def run() -> None:
            np.subtract(source, source.max(axis=-1, keepdims=True), out=target)
            np.subtract(target, np.log(np.exp(target).sum(axis=-1, keepdims=True)), out=target)

        return run

    return bind


def _prepare_8bit(op: Op) -> Bind:
    """Output scale 1/16, zero point the type's maximum. Source: LogSoftmax of LiteRT's reference kernels."""
    x, out = op.input(0), op.output()
    table = ExpTable(np.float32(1), quantization_of(op, x).scale)
    low, high = type_range(out.dtype)
    reverse_m, reverse_s = quantize_multiplier((1 << (31 - table.s)) / table.m)

    def bind() -> Run:
        source, target = x.array, out.array

        def run() -> None:
            distances = table.distances(source).astype(np.intp)
            log_sum = log_above_one(table.sums(distances))
            floor = np.maximum(table.smallest - 1, requantize(wrap32(log_sum - (1 << 31)), reverse_m, reverse_s))
            codes = rounding_divide_by_pot(table.rescaled[distances] - log_sum, 31 - 5 - 4) + high
            np.copyto(target, np.where(-distances > floor, np.clip(codes, low, high), low), casting="unsafe")

        return run

    return bind
