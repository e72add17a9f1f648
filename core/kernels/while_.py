"""WHILE and STABLEHLO_WHILE: a subgraph that computes the next state, repeated while another one says so."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..subgraph_call import all_inputs, deliver, resize_outputs
from .registry import kernel


@kernel("WHILE", "STABLEHLO_WHILE")
def prepare(op: Op) -> Bind:
    inputs = all_inputs(op)
    condition = op.context.subgraph(op.options.cond_subgraph_index)
    body = op.context.subgraph(op.options.body_subgraph_index)
    shapes = [x.shape for x in inputs]
    if len(condition.prepare_for(shapes)) != 1:
        raise op.error("the condition of WHILE must have one output")
    next_shapes = body.prepare_for(shapes)
    if len(next_shapes) != len(shapes):
        raise op.error(f"the body of WHILE has {len(shapes)} inputs and {len(next_shapes)} outputs")
    is_static = next_shapes == shapes
    resize_outputs(op, [shape if is_static else None for shape in shapes])

    def run_static() -> None:
        state = [x.array for x in op.outputs]
        for target, x in zip(state, inputs, strict=True):
            np.copyto(target, x.array)
        while condition.call(state)[0].item():
            for target, result in zip(state, body.call(state), strict=True):
                np.copyto(target, result, casting="no")

    def run_dynamic() -> None:
        state = [x.array for x in inputs]
        while condition.call(state)[0].item():
            state = [result.copy() for result in body.call(state)]
        for output, result in zip(op.outputs, state, strict=True):
            deliver(output, result)

    def bind() -> Run:
        if not is_static:
            return run_dynamic
        condition.allocate_for(shapes)
        body.allocate_for(shapes)
        return run_static

    return bind
