"""WHILE and STABLEHLO_WHILE: a subgraph that computes the next state, repeated while another one says so."""
from __future__ import annotations

import numpy as np

from ..graph import Graph
from ..model.model_check import subgraphs_of
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
    changed = [k for k, t in enumerate(body.graph.outputs) if t != body.graph.inputs[k]]
    keeps_state = _keeps_inputs(body.graph) and not _may_call(op, condition.graph, op.options.body_subgraph_index)

    def run_static() -> None:
        outputs = [x.array for x in op.outputs]
        state = body.input_arrays(shapes) if keeps_state else outputs  # a copy less for each time
        for target, x in zip(state, inputs, strict=True):
            np.copyto(target, x.array)
        while condition.call(state)[0].item():
            results = body.call(state)
            for k in changed:
                np.copyto(state[k], results[k], casting="no")
        if keeps_state:
            for output, value in zip(outputs, state, strict=True):
                np.copyto(output, value)

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


def _keeps_inputs(body: Graph) -> bool:
    """Whether results may be written over the body's inputs one after the other: none of them is another input."""
    distinct = len(set(body.inputs)) == len(body.inputs)
    pairs = zip(body.inputs, body.outputs, strict=True)
    return distinct and all(output == own or output not in body.inputs for own, output in pairs)


def _may_call(op: Op, graph: Graph, index: int) -> bool:
    """Whether a graph runs the subgraph `index`, by itself or through others."""
    called = {i for node in graph.nodes if node.options is not None for i in subgraphs_of(node.options)}
    return index in called or any(_may_call(op, op.context.subgraph(i).graph, index) for i in called)
