"""POW and ATAN2, with broadcasting."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import broadcast, invoke_error, same_type, unsupported
from .registry import kernel
from .unary import is_float


@kernel("POW", inplace=(0, 1))
def prepare(op: Op) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    if a.dtype.kind not in "if":
        raise unsupported(op, a)
    out.resize(broadcast(op, a, b))

    def bind() -> Run:
        x, y, target = a.array, b.array, out.array

        def run() -> None:
            if y.dtype.kind == "i" and (y < 0).any():
                raise invoke_error(op, "POW does not support negative exponents for integers.")
            np.power(x, y, out=target)

        return run

    return bind


@kernel("ATAN2", inplace=(0, 1))
def prepare_atan2(op: Op) -> Bind:
    y, x, out = op.input(0), op.input(1), op.output()
    same_type(op, y, x)
    if not is_float(y):
        raise unsupported(op, y)
    out.resize(broadcast(op, y, x))
    return lambda: lambda: np.arctan2(y.array, x.array, out=out.array)
