"""FILL: a shape filled with one value; RANGE: numbers from a start in equal steps."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import dynamic, known_ints, positive_shape
from .registry import kernel


@kernel("FILL")
def prepare_fill(op: Op) -> Bind:
    shape, value, out = known_ints(op.input(0)), op.input(1), op.output()
    if shape is None:
        return dynamic(op)
    out.resize(positive_shape(op, shape))
    return lambda: lambda: np.copyto(out.array, value.array.reshape(()))


@kernel("RANGE")
def prepare_range(op: Op) -> Bind:
    out = op.output()
    values = [op.input(i).value for i in range(3)]
    if any(value is None for value in values):
        return dynamic(op)
    start, limit, delta = (np.asarray(value).reshape(()) for value in values)
    if delta == 0 or (start > limit and delta > 0) or (start < limit and delta < 0):
        raise op.error(f"no range from {start} to {limit} in steps of {delta}")
    if out.dtype.kind == "f":
        count = int(np.ceil(np.abs((limit - start) / delta)))
    else:
        count = -(-abs(int(limit) - int(start)) // abs(int(delta)))
    out.resize((count,))

    def run() -> None:
        first, step = op.input(0).array.reshape(()), op.input(2).array.reshape(())
        np.copyto(out.array, first + np.arange(count).astype(out.dtype) * step, casting="unsafe")

    return lambda: run
