"""MATRIX_DIAG and MATRIX_SET_DIAG: matrices with given diagonals, in the last two dimensions."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from .registry import kernel


@kernel("MATRIX_DIAG")
def prepare(op: Op) -> Bind:
    diagonal, out = op.input(0), op.output()
    if not diagonal.shape:
        raise op.error("MATRIX_DIAG takes at least a vector")
    n = diagonal.shape[-1]
    out.resize((*diagonal.shape, n))

    def run() -> None:
        out.array.fill(0)
        out.array[..., np.arange(n), np.arange(n)] = diagonal.array

    return lambda: run


@kernel("MATRIX_SET_DIAG")
def prepare_set(op: Op) -> Bind:
    x, diagonal, out = op.input(0), op.input(1), op.output()
    n = min(x.shape[-2:]) if len(x.shape) >= 2 else -1
    if diagonal.shape != (*x.shape[:-2], n):
        raise op.error(f"diagonals {diagonal} do not fit {x}")
    out.resize(x.shape)

    def run() -> None:
        np.copyto(out.array, x.array)
        out.array[..., np.arange(n), np.arange(n)] = diagonal.array

    return lambda: run
