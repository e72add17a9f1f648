"""Unary operators that are one function of the values as they are, without quantization:
NEG, SIN, COS, FLOOR, CEIL, ROUND, SIGN, SQUARE, LOGICAL_NOT, ZEROS_LIKE."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import Bind, Op
from ..preparation import unsupported
from .registry import kernel
from .unary import function_run

_FUNCTIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "NEG": (np.negative, "if"),
    "SIN": (np.sin, "f"),
    "COS": (np.cos, "f"),
    "FLOOR": (np.floor, "f"),
    "CEIL": (np.ceil, "f"),
    "ROUND": (np.rint, "f"),
    "SIGN": (np.sign, "if"),
    "SQUARE": (np.square, "if"),
    "LOGICAL_NOT": (np.logical_not, "b"),
    "ZEROS_LIKE": (np.zeros_like, "iufb"),
}
"""The function and the kinds of NumPy types it takes. NEG wraps and ignores zero points, as LiteRT's does."""


@kernel(*_FUNCTIONS, inplace=(0,))
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    function, kinds = _FUNCTIONS[op.node.op]
    if x.dtype.kind not in kinds + "V":
        raise unsupported(op, x)
    out.resize(x.shape)
    return lambda: function_run(function, x.array, out.array)
