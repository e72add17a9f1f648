"""SQRT; floats, 8- and 16-bit quantized (LiteRT truncates the quantized result)."""
from __future__ import annotations

import numpy as np

from ..arithmetic.lookup import type_range, unary_run
from ..op import Bind, Op, Run
from ..preparation import invoke_error, is_quantized, quantization_of
from .registry import kernel
from .unary import prepare_unary


@kernel("SQRT", inplace=(0,))
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    if not is_quantized(x):
        return prepare_unary(op, np.sqrt)
    out.resize(x.shape)
    source, target = quantization_of(op, x), quantization_of(op, out)
    low, high = type_range(out.dtype)

    def formula(codes: np.ndarray) -> np.ndarray:
        real = source.scale * np.maximum(codes - source.zero_point, 0).astype(np.float32)
        return np.clip(np.trunc(np.sqrt(real) / target.scale).astype(np.int64) + target.zero_point, low, high)

    return lambda: checked(op, unary_run(formula, x.array, out.array), source.zero_point)


def checked(op: Op, run: Run, zero_point: int) -> Run:
    """`run` after a check that no input is negative."""
    codes = op.input(0).array

    def checked_run() -> None:
        if (codes < zero_point).any():
            raise invoke_error(op, f"{op.node.op} of a negative number.")
        run()

    return checked_run
