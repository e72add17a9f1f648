"""REAL, IMAG, COMPLEX_ABS, RFFT2D: complex numbers and the transform that makes them."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import Bind, Op
from ..preparation import dynamic, known_ints, unsupported
from .registry import kernel

_FUNCTIONS: dict[str, Callable[..., Any]] = {"REAL": np.real, "IMAG": np.imag, "COMPLEX_ABS": np.abs}


@kernel(*_FUNCTIONS)
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    if x.dtype.kind != "c":
        raise unsupported(op, x)
    out.resize(x.shape)
    function = _FUNCTIONS[op.node.op]
    return lambda: lambda: np.copyto(out.array, function(x.array))


@kernel("RFFT2D")
def prepare_rfft2d(op: Op) -> Bind:
    """Over the last two dimensions, cropped or padded to powers of two: [..., h, w] to [..., h, w / 2 + 1]."""
    x, out, lengths = op.input(0), op.output(), known_ints(op.input(1))
    if lengths is None:
        return dynamic(op)
    if len(x.shape) < 2 or len(lengths) != 2 or any(n < 1 or n & (n - 1) for n in lengths):
        raise op.error(f"cannot transform {x} with lengths {list(lengths)}")
    out.resize((*x.shape[:-2], lengths[0], lengths[1] // 2 + 1))
    return lambda: lambda: np.copyto(out.array, np.fft.rfft2(x.array, lengths), casting="unsafe")
