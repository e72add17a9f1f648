"""CALL_ONCE: a subgraph that runs the first time only, to initialize resources."""
from __future__ import annotations

from ..op import Bind, Op, Run
from .registry import kernel


@kernel("CALL_ONCE")
def prepare(op: Op) -> Bind:
    index = op.options.init_subgraph_index
    subgraph, resources = op.context.subgraph(index), op.context.resources
    if subgraph.prepare_for([]):
        raise op.error("the subgraph of CALL_ONCE must not have outputs")

    def bind() -> Run:
        def run() -> None:
            if index not in resources.initialized:
                subgraph.call([])
                resources.initialized.add(index)

        return run

    return bind
