"""PACK: stack tensors along a new dimension."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import axis_in, copier, options_of
from ..schema import PackOptions
from ..steps import sequence
from .registry import kernel


@kernel("PACK")
def prepare(op: Op) -> Bind:
    inputs = [op.input(i) for i in range(len(op.inputs))]
    shape = op.input(0).shape
    axis = axis_in(op, options_of(op, PackOptions).axis, len(shape) + 1)
    if any(operand.shape != shape or operand.type != inputs[0].type for operand in inputs):
        raise op.error("cannot pack tensors of different shapes or types")
    op.output().resize((*shape[:axis], len(inputs), *shape[axis:]))

    def bind() -> Run:
        target = op.output().array
        parts = np.moveaxis(target, axis, 0)
        return sequence([copier(operand.array, parts[i, ...]) for i, operand in enumerate(inputs)])

    return bind
