"""FLOOR_DIV and FLOOR_MOD: quotient rounded down, and the remainder that belongs to it; with broadcasting."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import broadcast, invoke_error, same_type, unsupported
from .registry import kernel


@kernel("FLOOR_DIV", "FLOOR_MOD", inplace=(0, 1))
def prepare(op: Op) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    if a.dtype.kind not in "iuf":
        raise unsupported(op, a)
    out.resize(broadcast(op, a, b))
    is_float, is_mod = a.dtype.kind == "f", op.node.op == "FLOOR_MOD"

    def bind() -> Run:
        x, y, target = a.array, b.array, out.array

        def run() -> None:
            if not (is_float and is_mod) and not y.all():
                raise invoke_error(op, "Division by 0")
            if is_mod:
                (_float_mod if is_float else np.mod)(x, y, out=target)
            elif is_float:
                np.floor(np.divide(x, y, out=target), out=target)
            else:
                np.floor_divide(x, y, out=target)

        return run

    return bind


def _float_mod(x: np.ndarray, y: np.ndarray, out: np.ndarray) -> None:
    """C's fmod, plus the divisor where the signs differ."""
    remainder = np.fmod(x, y)
    np.copyto(out, np.where((remainder != 0) & ((y < 0) != (remainder < 0)), remainder + y, remainder))
