"""CUMSUM along a dimension, exclusive or in reverse."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import axis_in, dynamic, known_ints, options_of
from ..schema import CumsumOptions
from .registry import kernel


@kernel("CUMSUM")
def prepare(op: Op) -> Bind:
    x, requested = op.input(0), known_ints(op.input(1))
    op.output().resize(x.shape)
    if requested is None:
        return dynamic(op)
    axis = axis_in(op, requested[0], len(x.shape))
    options = options_of(op, CumsumOptions)

    def bind() -> Run:
        direction = slice(None, None, -1 if options.reverse else 1)
        source = np.moveaxis(x.array, axis, 0)[direction]
        target = np.moveaxis(op.output().array, axis, 0)[direction]

        def run() -> None:
            if not options.exclusive:
                np.cumsum(source, axis=0, out=target, dtype=target.dtype)
                return
            target[:1] = 0
            target[1:] = np.cumsum(source[:-1], axis=0, dtype=target.dtype)

        return run

    return bind
