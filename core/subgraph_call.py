"""What the control-flow kernels share: shapes and results of a subgraph that stands for a node."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .graph import Shape
from .op import Op, Operand

CONTROL_FLOW = frozenset({"IF", "WHILE", "CALL", "STABLEHLO_WHILE", "STABLEHLO_CASE", "STABLEHLO_COMPOSITE"})
"""Operators that do nothing but run other subgraphs; delegates are offered the nodes of those."""
ONLY_CALLS = frozenset({"CALL", "STABLEHLO_COMPOSITE"})
"""Those of them that run one subgraph, once: they stand for its nodes."""
COMBINES = frozenset({"STABLEHLO_REDUCE", "STABLEHLO_REDUCE_WINDOW", "STABLEHLO_SCATTER", "STABLEHLO_SORT"})
"""Operators that combine or compare elements by a subgraph of scalars."""
RUNS_ONCE = "CALL_ONCE"
"""The operator that runs another subgraph in the first inference only."""


def resize_outputs(op: Op, shapes: Sequence[Shape | None]) -> None:
    """Give the node's outputs these shapes.

    Raises:
        RuntimeError: there are more or fewer outputs than shapes.
    """
    if len(shapes) != len(op.outputs):
        raise op.error(f"the subgraph has {len(shapes)} outputs, and the node has {len(op.outputs)}")
    for output, shape in zip(op.outputs, shapes, strict=True):
        if shape is None:
            output.mark_dynamic()
        else:
            output.resize(shape)


def deliver(output: Operand, result: np.ndarray) -> None:
    """Copy a result into an output; where its shape was not known before, into new memory."""
    if output.has_array and output.array.shape == result.shape and output.array.dtype == result.dtype:
        np.copyto(output.array, result)
    elif output.dynamic:
        output.array = result.astype(output.dtype, casting="no")
    else:
        raise RuntimeError(f"a subgraph returned {result.dtype.name} {list(result.shape)} for {output}")


def all_inputs(op: Op, start: int = 0) -> list[Operand]:
    """The node's inputs from `start` on, all of which must be there."""
    return [op.input(i) for i in range(start, len(op.inputs))]
