"""ONE_HOT: a new dimension that is `on` at the index and `off` elsewhere."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import axis_in, dynamic, known_ints, options_of
from ..schema import OneHotOptions
from .registry import kernel


@kernel("ONE_HOT")
def prepare(op: Op) -> Bind:
    indices, depth, out = op.input(0), known_ints(op.input(1)), op.output()
    if depth is None:
        return dynamic(op)
    shape = indices.shape
    axis = axis_in(op, options_of(op, OneHotOptions).axis, len(shape) + 1)
    out.resize((*shape[:axis], depth[0], *shape[axis:]))

    def bind() -> Run:
        positions = np.arange(depth[0], dtype=np.int64).reshape((-1,) + (1,) * (len(shape) - axis))
        chosen = np.expand_dims(indices.array, axis)
        on, off = op.input(2).array.reshape(()), op.input(3).array.reshape(())

        def run() -> None:
            np.copyto(out.array, off)
            np.copyto(out.array, on, where=chosen == positions)

        return run

    return bind
