"""ARG_MAX and ARG_MIN: index of the first largest or smallest element along a dimension."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import axis_in, dynamic, known_ints
from .registry import kernel


@kernel("ARG_MAX")
def prepare_max(op: Op) -> Bind:
    return _prepare(op, largest=True)


@kernel("ARG_MIN")
def prepare_min(op: Op) -> Bind:
    return _prepare(op, largest=False)


def _prepare(op: Op, largest: bool) -> Bind:
    x, out, requested = op.input(0), op.output(), known_ints(op.input(1))
    if requested is None:
        return dynamic(op)
    axis = axis_in(op, requested[0], len(x.shape))
    out.resize((*x.shape[:axis], *x.shape[axis + 1 :]))
    find = np.argmax if largest else np.argmin

    def bind() -> Run:
        source, target = x.array, out.array
        if source.dtype.kind != "f":
            return lambda: np.copyto(target, find(source, axis=axis), casting="unsafe")
        loser = -np.inf if largest else np.inf

        def run() -> None:
            nan = np.isnan(source)
            if not nan.any():
                np.copyto(target, find(source, axis=axis), casting="unsafe")
                return
            # Elements are compared in order with the best so far: a NaN never wins, and none wins over a first NaN.
            index = find(np.where(nan, loser, source), axis=axis)
            np.copyto(target, np.where(nan.take(0, axis=axis), 0, index), casting="unsafe")

        return run

    return bind
