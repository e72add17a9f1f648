"""DYNAMIC_UPDATE_SLICE: a tensor with a box of it replaced; the box is moved inside where it would stick out."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import copier, same_type
from .registry import kernel


@kernel("DYNAMIC_UPDATE_SLICE", inplace=(0,))
def prepare(op: Op) -> Bind:
    x, update, start, out = op.input(0), op.input(1), op.input(2), op.output()
    same_type(op, x, update)
    rank = len(x.shape)
    if len(update.shape) != rank or start.shape != (rank,) or any(
        n > m for n, m in zip(update.shape, x.shape, strict=True)
    ):
        raise op.error(f"update {update} at {start} does not fit {x}")
    out.resize(x.shape)
    room = np.array(x.shape, np.int64) - np.array(update.shape, np.int64)

    def bind() -> Run:
        target, copy = out.array, copier(x.array, out.array)

        def run() -> None:
            copy()
            first = np.clip(start.array.astype(np.int64), 0, room).tolist()
            target[tuple(slice(i, i + n) for i, n in zip(first, update.shape, strict=True))] = update.array

        return run

    return bind
