"""STABLEHLO_CASE: one of several subgraphs, by number; the last one for a number out of range."""
from __future__ import annotations

from math import prod

import numpy as np

from ..graph import Shape
from ..op import Bind, Op, Run
from ..subgraph_call import all_inputs, deliver, resize_outputs
from .registry import kernel


@kernel("STABLEHLO_CASE")
def prepare(op: Op) -> Bind:
    """Inputs: an INT32 number, then those of the branches."""
    number, inputs = op.input(0), all_inputs(op, 1)
    if number.dtype != np.int32 or prod(number.shape) != 1:
        raise op.error("the branch of STABLEHLO_CASE must be chosen by one INT32")
    branches = [op.context.subgraph(i) for i in op.options.branch_subgraph_indices]
    if not branches:
        raise op.error("STABLEHLO_CASE has no branches")

    def chosen(value: np.ndarray) -> int:
        index = int(value.item())
        return index if 0 <= index < len(branches) else len(branches) - 1

    shapes = [x.shape for x in inputs]
    taken = branches if number.value is None else [branches[chosen(number.value)]]
    resize_outputs(op, _common(op, [branch.prepare_for(shapes) for branch in taken]))

    def bind() -> Run:
        for branch in taken:
            branch.allocate_for(shapes)

        def run() -> None:
            results = branches[chosen(number.array)].call([x.array for x in inputs])
            for output, result in zip(op.outputs, results, strict=True):
                deliver(output, result)

        return run

    return bind


def _common(op: Op, results: list[list[Shape | None]]) -> list[Shape | None]:
    """The shape of each output where all branches agree on it, None where they do not."""
    if len({len(shapes) for shapes in results}) != 1:
        raise op.error("the branches of STABLEHLO_CASE have different numbers of outputs")
    return [shapes[0] if len(set(shapes)) == 1 else None for shapes in zip(*results, strict=True)]
