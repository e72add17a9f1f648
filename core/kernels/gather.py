"""GATHER: slices of a tensor along one dimension, with batch dimensions."""
from __future__ import annotations

from math import prod

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import axis_in, invoke_error, options_of
from ..schema import GatherOptions
from .registry import kernel


@kernel("GATHER")
def prepare(op: Op) -> Bind:
    x, indices, out = op.input(0), op.input(1), op.output()
    options = options_of(op, GatherOptions)
    axis = axis_in(op, options.axis, len(x.shape))
    batch = options.batch_dims + (len(indices.shape) if options.batch_dims < 0 else 0)
    if not 0 <= batch <= min(axis, len(indices.shape)) or x.shape[:batch] != indices.shape[:batch]:
        raise op.error(f"batch_dims {options.batch_dims} does not fit {x} and {indices}")
    out.resize((*x.shape[:axis], *indices.shape[batch:], *x.shape[axis + 1 :]))
    count = x.shape[axis]

    def bind() -> Run:
        batches = prod(x.shape[:batch])
        outer, inner = prod(x.shape[batch:axis]), prod(x.shape[axis + 1 :])
        source = x.array.reshape(batches, outer, count, inner)
        chosen = indices.array.reshape(batches, -1)
        target = out.array.reshape(batches, outer, chosen.shape[1], inner)

        def run() -> None:
            if chosen.size and (chosen.min() < 0 or chosen.max() >= count):
                raise invoke_error(op, "gather index out of bounds")
            for b in range(batches):
                target[b] = source[b][:, chosen[b]]

        return run

    return bind


@kernel("GATHER_ND")
def prepare_nd(op: Op) -> Bind:
    """Slices at coordinates: the last dimension of the indices addresses the first dimensions of the tensor."""
    x, indices, out = op.input(0), op.input(1), op.output()
    if not x.shape or not indices.shape or indices.shape[-1] > len(x.shape):
        raise op.error(f"cannot gather from {x} at {indices}")
    depth = indices.shape[-1]
    out.resize((*indices.shape[:-1], *x.shape[depth:]))

    def run() -> None:
        coordinates = indices.array
        if coordinates.size and ((coordinates < 0) | (coordinates >= np.array(x.shape[:depth]))).any():
            raise invoke_error(op, "gather index out of bounds")
        out.array[...] = x.array[tuple(np.moveaxis(coordinates, -1, 0))]

    return lambda: run
