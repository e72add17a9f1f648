"""SCATTER_ND: add updates at coordinates of a tensor of zeros."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import dynamic, invoke_error, known_ints, positive_shape
from .registry import kernel


@kernel("SCATTER_ND")
def prepare(op: Op) -> Bind:
    indices, updates, out = op.input(0), op.input(1), op.output()
    requested = known_ints(op.input(2))
    if requested is None:
        return dynamic(op)
    shape = positive_shape(op, requested)
    depth = indices.shape[-1] if indices.shape else 0
    if depth > len(shape) or updates.shape != (*indices.shape[:-1], *shape[depth:]):
        raise op.error(f"updates {list(updates.shape)} at {list(indices.shape)} do not fit shape {list(shape)}")
    out.resize(shape)

    def run() -> None:
        coordinates, target = indices.array, out.array
        if coordinates.size and ((coordinates < 0) | (coordinates >= np.array(shape[:depth]))).any():
            raise invoke_error(op, "scatter index out of bounds")
        target.fill(0)
        at = tuple(np.moveaxis(coordinates, -1, 0))
        if target.dtype == np.bool_:
            target[at] |= updates.array
        else:
            np.add.at(target, at, updates.array)

    return lambda: run
