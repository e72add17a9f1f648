"""ADD_N: the sum of any number of tensors of one shape."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import copier, same_type
from .registry import kernel


@kernel("ADD_N")
def prepare(op: Op) -> Bind:
    inputs = [op.input(i) for i in range(len(op.inputs))]
    for operand in inputs[1:]:
        same_type(op, inputs[0], operand)
        if operand.shape != inputs[0].shape:
            raise op.error("the operands of ADD_N differ in shape")
    op.output().resize(inputs[0].shape)

    def bind() -> Run:
        target, first = op.output().array, copier(inputs[0].array, op.output().array)
        rest = [operand.array for operand in inputs[1:]]

        def run() -> None:
            first()
            for array in rest:
                np.add(target, array, out=target)

        return run

    return bind
