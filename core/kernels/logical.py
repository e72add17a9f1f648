"""LOGICAL_AND, LOGICAL_OR, BITWISE_XOR, RIGHT_SHIFT with broadcasting."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import Bind, Op
from ..preparation import broadcast, same_type, unsupported
from .registry import kernel


def _right_shift(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """Arithmetic shift; counts outside the type's width are taken at its ends, as TensorFlow does."""
    np.right_shift(a, np.clip(b, 0, 8 * a.itemsize - 1), out=out)


_FUNCTIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "LOGICAL_AND": (np.logical_and, "b"),
    "LOGICAL_OR": (np.logical_or, "b"),
    "BITWISE_XOR": (np.bitwise_xor, "biu"),
    "RIGHT_SHIFT": (_right_shift, "iu"),
}


@kernel(*_FUNCTIONS, inplace=(0, 1))
def prepare(op: Op) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    function, kinds = _FUNCTIONS[op.node.op]
    if a.dtype.kind not in kinds:
        raise unsupported(op, a)
    out.resize(broadcast(op, a, b))
    return lambda: lambda: function(a.array, b.array, out=out.array)
