"""READ_VARIABLE: the value of a resource variable."""
from __future__ import annotations

from ..op import Bind, Op, Run
from ..preparation import invoke_error
from ..subgraph_call import deliver
from .registry import kernel


@kernel("READ_VARIABLE")
def prepare(op: Op) -> Bind:
    handle, output, variables = op.input(0), op.output(), op.context.resources.variables
    output.mark_dynamic()

    def bind() -> Run:
        def run() -> None:
            value = variables.get(int(handle.array.flat[0]))
            if value is None:
                raise invoke_error(op, f"variable {handle.name} is read before it is assigned.")
            deliver(output, value)

        return run

    return bind
