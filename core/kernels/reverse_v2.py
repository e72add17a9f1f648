"""REVERSE_V2: reverse along dimensions; REVERSE_SEQUENCE: the first elements of each row, as many as its length."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import axes_in, axis_in, bind_copy, dynamic, invoke_error, known_ints, options_of
from ..schema import ReverseSequenceOptions
from .registry import kernel


@kernel("REVERSE_V2")
def prepare(op: Op) -> Bind:
    x, requested = op.input(0), known_ints(op.input(1))
    op.output().resize(x.shape)
    if requested is None:
        return dynamic(op)
    axes = axes_in(op, requested, len(x.shape))
    return bind_copy(op, lambda array: np.flip(array, axes))


@kernel("REVERSE_SEQUENCE")
def prepare_sequence(op: Op) -> Bind:
    x, lengths, out = op.input(0), op.input(1), op.output()
    options = options_of(op, ReverseSequenceOptions)
    rank = len(x.shape)
    sequence, batch = axis_in(op, options.seq_dim, rank), axis_in(op, options.batch_dim, rank)
    if sequence == batch or lengths.shape != (x.shape[batch],):
        raise op.error(f"sequence lengths {list(lengths.shape)} for dimension {batch} of {list(x.shape)}")
    out.resize(x.shape)

    def run() -> None:
        source = np.moveaxis(x.array, (batch, sequence), (0, 1))
        target = np.moveaxis(out.array, (batch, sequence), (0, 1))
        for row, n in enumerate(lengths.array.tolist()):
            if not 0 <= n <= source.shape[1]:
                raise invoke_error(op, f"sequence length {n} is out of range")
            target[row, :n] = source[row, :n][::-1]
            target[row, n:] = source[row, n:]

    return lambda: run
