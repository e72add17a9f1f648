"""ASSIGN_VARIABLE: give a resource variable a value."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from .registry import kernel


@kernel("ASSIGN_VARIABLE")
def prepare(op: Op) -> Bind:
    handle, value, variables = op.input(0), op.input(1), op.context.resources.variables

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
