"""READ_VARIABLE: the value of a resource variable."""
from __future__ import annotations

from ..op import Bind, Op, Run
from ..preparation import invoke_error
from ..subgraph_call import deliver
from .registry import kernel


@kernel("READ_VARIABLE")
def prepare(op: Op) -> Bind:
    """The shape is known while preparing where the model fixes it (`Resources.shapes`)."""
    handle, output, resources = op.input(0), op.output(), op.context.resources
    shape = None if handle.value is None else resources.shapes.get(int(handle.value.flat[0]))
    if shape is None:
        output.mark_dynamic()
    else:
        output.resize(shape)

    def bind() -> Run:
        def run() -> None:
            value = resources.variables.get(int(handle.array.flat[0]))
            if value is None:
                raise invoke_error(op, f"variable {handle.name} is read before it is assigned.")
            if shape is not None and value.shape != shape:
                message = f"variable {handle.name} has shape {list(value.shape)}; it was {list(shape)} before this run."
                raise invoke_error(op, message)
            deliver(output, value)

        return run

    return bind
