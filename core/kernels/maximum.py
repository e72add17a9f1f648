"""MAXIMUM and MINIMUM. Codes are compared as they are: LiteRT ignores scales and zero points here."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import broadcast, same_type, unsupported
from .registry import kernel


@kernel("MAXIMUM", "STABLEHLO_MAXIMUM", inplace=(0, 1))
def prepare_maximum(op: Op) -> Bind:
    return _prepare(op, np.greater, np.maximum)


@kernel("MINIMUM", "STABLEHLO_MINIMUM", inplace=(0, 1))
def prepare_minimum(op: Op) -> Bind:
    return _prepare(op, np.less, np.minimum)


def _prepare(op: Op, wins: Callable[..., Any], ufunc: Callable[..., Any]) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    if a.dtype.kind not in "iufb" and a.type.name != "BFLOAT16":
        raise unsupported(op, a)
    out.resize(broadcast(op, a, b))

    def bind() -> Run:
        x, y, target = a.array, b.array, out.array
        if x.dtype.kind in "iu":
            return lambda: ufunc(x, y, out=target)
        # A NaN in the first operand loses, one in the second wins: `a > b ? a : b`.
        return lambda: np.copyto(target, np.where(wins(x, y), x, y))

    return bind
