"""TOPK_V2: the k largest elements along the last dimension and their indices, the first of equals first."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import dynamic, known_ints
from .registry import kernel


@kernel("TOPK_V2")
def prepare(op: Op) -> Bind:
    x, k = op.input(0), known_ints(op.input(1))
    if k is None:
        return dynamic(op)
    if not x.shape or len(k) != 1 or not 0 <= k[0] <= x.shape[-1]:
        raise op.error(f"cannot take the {list(k)} largest of {list(x.shape)}")
    for output in op.outputs:
        output.resize((*x.shape[:-1], k[0]))

    def bind() -> Run:
        source, values, indices = x.array, op.output(0).array, op.output(1).array

        def run() -> None:
            order = np.argsort(_descending(source), axis=-1, kind="stable")[..., : k[0]]
            np.copyto(indices, order, casting="unsafe")
            np.copyto(values, np.take_along_axis(source, order, axis=-1))

        return run

    return bind


def _descending(x: np.ndarray) -> np.ndarray:
    """Keys whose ascending order is the descending order of x; NaN goes last."""
    return -x if x.dtype.kind == "f" else ~x
