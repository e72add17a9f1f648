"""UNIQUE: the distinct elements of a vector in the order of their first occurrence, and where each element is there."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import dynamic
from .registry import kernel


@kernel("UNIQUE")
def prepare(op: Op) -> Bind:
    x = op.input(0)
    if len(x.shape) != 1:
        raise op.error(f"UNIQUE takes a vector, not {x}")
    if x.value is None:
        return dynamic(op)
    op.output(0).resize((len(np.unique(x.value)),))
    op.output(1).resize(x.shape)

    def run() -> None:
        values, first, inverse = np.unique(x.array, return_index=True, return_inverse=True)
        order = np.argsort(first)
        op.output(0).array[...] = values[order]
        op.output(1).array[...] = np.argsort(order)[inverse.reshape(-1)]

    return lambda: run
