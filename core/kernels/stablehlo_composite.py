"""STABLEHLO_COMPOSITE: an operator given by the subgraph that computes it; CALL: a subgraph as it is."""
from __future__ import annotations

from ..op import Bind, Op, Run
from ..subgraph_call import all_inputs, deliver, resize_outputs
from .registry import kernel


@kernel("STABLEHLO_COMPOSITE")
def prepare(op: Op) -> Bind:
    return _prepare(op, op.options.decomposition_subgraph_index)


@kernel("CALL")
def prepare_call(op: Op) -> Bind:
    return _prepare(op, op.options.subgraph)


def _prepare(op: Op, index: int) -> Bind:
    inputs = all_inputs(op)
    subgraph = op.context.subgraph(index)
    shapes = [x.shape for x in inputs]
    resize_outputs(op, subgraph.prepare_for(shapes))

    def bind() -> Run:
        subgraph.allocate_for(shapes)

        def run() -> None:
            results = subgraph.call([x.array for x in inputs])
            for output, result in zip(op.outputs, results, strict=True):
                deliver(output, result)

        return run

    return bind
