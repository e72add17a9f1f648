"""SPARSE_TO_DENSE: values at coordinates of a tensor filled with a default; DENSIFY: a sparse constant, dense."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import copier, dynamic, invoke_error, known_ints, options_of, positive_shape
from ..schema import SparseToDenseOptions
from .registry import kernel


@kernel("SPARSE_TO_DENSE")
def prepare(op: Op) -> Bind:
    indices, values, default, out = op.input(0), op.input(2), op.input(3), op.output()
    requested = known_ints(op.input(1))
    if requested is None:
        return dynamic(op)
    shape = positive_shape(op, requested)
    rank = len(shape)
    coordinates_shape = {0: (1, 1), 1: (-1, 1) if rank == 1 else (1, -1)}.get(len(indices.shape), indices.shape)
    count = indices.shape[0] if -1 in coordinates_shape[:1] or len(indices.shape) == 2 else 1
    if values.shape not in ((), (count,)):
        raise op.error(f"{count} places for values {values}")
    out.resize(shape)
    validate = options_of(op, SparseToDenseOptions).validate_indices

    def run() -> None:
        at = indices.array.reshape(coordinates_shape)
        if at.shape[1] != rank or (at < 0).any() or (at >= np.array(shape)).any():
            raise invoke_error(op, f"indices are outside of shape {list(shape)}")
        if validate and len(np.unique(at, axis=0)) != len(at):
            raise invoke_error(op, "indices are repeated")
        np.copyto(out.array, default.array.reshape(()))
        out.array[tuple(at.T)] = values.array

    return lambda: run


@kernel("DENSIFY")
def prepare_densify(op: Op) -> Bind:
    """Sparse constants are expanded when the model is read, so what is left is a copy."""
    x = op.input(0)
    op.output().resize(x.shape)
    return lambda: copier(x.array, op.output().array)
