"""STABLEHLO_COMPOSITE: an operator given by the subgraph that computes it."""
from __future__ import annotations

from ..op import Bind, Op, Run
from ..subgraph_call import all_inputs, deliver, resize_outputs
from .registry import kernel


@kernel("STABLEHLO_COMPOSITE")
def prepare(op: Op) -> Bind:
    inputs = all_inputs(op)
    decomposition = op.context.subgraph(op.options.decomposition_subgraph_index)
    resize_outputs(op, decomposition.prepare_for([x.shape for x in inputs]))

    def bind() -> Run:
        def run() -> None:
            results = decomposition.call([x.array for x in inputs])
            for output, result in zip(op.outputs, results, strict=True):
                deliver(output, result)

        return run

    return bind
