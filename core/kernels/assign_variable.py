"""ASSIGN_VARIABLE: give a resource variable a value."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from .registry import kernel


@kernel("ASSIGN_VARIABLE")
def prepare(op: Op) -> Bind:
    handle, value, resources = op.input(0), op.input(1), op.context.resources
    variables, number = resources.variables, None if handle.value is None else int(handle.value.flat[0])
    if number in resources.shapes and resources.shapes[number] != value.shape:
        del resources.shapes[number]  # a resized input has led to another one than the file has

    def bind() -> Run:
        def run() -> None:
            number, array = int(handle.array.flat[0]), value.array
            kept = variables.get(number)
            if kept is not None and kept.shape == array.shape and kept.dtype == array.dtype:
                np.copyto(kept, array)
            else:
                variables[number] = array.copy()

        return run

    return bind
