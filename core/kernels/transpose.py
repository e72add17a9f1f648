"""TRANSPOSE: permute the dimensions."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import axis_in, bind_copy, dynamic, known_ints
from .registry import kernel


@kernel("TRANSPOSE")
def prepare(op: Op) -> Bind:
    x, permutation = op.input(0), known_ints(op.input(1))
    if permutation is None:
        return dynamic(op)
    rank = len(x.shape)
    axes = tuple(axis_in(op, axis, rank) for axis in permutation)
    if sorted(axes) != list(range(rank)):
        raise op.error(f"{list(permutation)} is no permutation of {rank} dimensions")
    op.output().resize(tuple(x.shape[axis] for axis in axes))
    return bind_copy(op, lambda array: np.transpose(array, axes))
