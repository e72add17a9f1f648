"""IF: one of two subgraphs."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..subgraph_call import all_inputs, deliver, resize_outputs
from .registry import kernel


@kernel("IF")
def prepare(op: Op) -> Bind:
    condition, inputs = op.input(0), all_inputs(op, 1)
    if condition.dtype != np.bool_ or np.prod(condition.shape) != 1:
        raise op.error("the condition of IF must be one BOOL")
    branches = [op.context.subgraph(i) for i in (op.options.else_subgraph_index, op.options.then_subgraph_index)]
    shapes = [x.shape for x in inputs]
    taken = branches if condition.value is None else [branches[int(condition.value.item())]]
    if len(taken) == 1:
        resize_outputs(op, taken[0].prepare_for(shapes))
    else:
        otherwise, then = (branch.prepare_for(shapes) for branch in branches)
        if len(then) != len(otherwise):
            raise op.error("the branches of IF have different numbers of outputs")
        resize_outputs(op, [a if a == b else None for a, b in zip(then, otherwise, strict=True)])

    def bind() -> Run:
        for branch in taken:
            branch.allocate_for(shapes)

        def run() -> None:
            results = branches[int(condition.array.item())].call([x.array for x in inputs])
            for output, result in zip(op.outputs, results, strict=True):
                deliver(output, result)

        return run

    return bind
