"""What the lowerings of recurrent operators share: how a sequence is gone through, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....core.graph import Node
from ....shaders.kernels.recurrent import Trace
from ....shaders.kernels.region_copy import Region
from ..program import ir
from ..program.ir_integer import Map
from ..program.ir_recurrent import Recurrence
from ..program.regions import between, whole
from .context import Lowering


@dataclass(frozen=True)
class Direction:
    """How a sequence [time, batch, ...] (`time_major`) or [batch, time, ...] is gone through."""

    time_major: bool
    backward: bool = False


def outputs_of(lowered: Lowering, op: Recurrence) -> np.ndarray:
    """The outputs of all steps in the trace, as a view in the order of the sequence."""
    trace = op.trace
    rows = _rows(lowered, op)[1:, :, : trace.outputs]
    rows = rows[::-1] if op.backward else rows
    return rows if op.time_major else rows.swapaxes(0, 1)


def _rows(lowered: Lowering, op: Recurrence) -> np.ndarray:
    trace = op.trace
    return whole(lowered.shape(op.output))[: trace.rows].reshape(trace.steps + 1, trace.batch, trace.row)


def store_states(lowered: Lowering, node: Node, op: Recurrence, positions: Sequence[int]) -> None:
    """What the last step leaves becomes the variables at `positions`: the output's and, if there is one, the cell's."""
    widths = op.trace.outputs, op.trace.units
    last = _rows(lowered, op)[-1]
    for position, start, width in zip(positions, (0, op.trace.c), widths, strict=False):
        old = lowered.input(node, position)
        made = lowered.like(old, lowered.shape(old))
        region = between(whole(lowered.shape(made)), last[:, start : start + width])
        _copy(lowered, node, (op,), made, [region])
        lowered.update(node, position, made)


def store_outputs(
    lowered: Lowering, node: Node, ops: Sequence[Recurrence], merged: bool = False, shift: int = 0
) -> None:
    """The outputs of each cell, in an output of its own or side by side in the first; `shift` is added to codes."""
    outputs = [lowered.output(node, i) for i in range(1 if merged else len(ops))]
    splits = np.cumsum([op.trace.outputs for op in ops])[:-1]
    places = np.split(whole(lowered.shape(outputs[0])), splits, axis=-1) if merged else [
        whole(lowered.shape(output)) for output in outputs
    ]  # fmt: skip
    shaped = [outputs_of(lowered, op).reshape(place.shape) for op, place in zip(ops, places, strict=True)]
    parts = [between(place, view) for place, view in zip(places, shaped, strict=True)]
    for i, output in enumerate(outputs):
        mine = slice(None) if merged else slice(i, i + 1)
        _copy(lowered, node, ops[mine], output, parts[mine], shift)


def _copy(
    lowered: Lowering, node: Node, ops: Sequence[Recurrence], output: int, parts: Sequence[Region], shift: int = 0
) -> None:
    """A region of each trace to `output`, which is of floats where the traces are of integers."""
    inputs, nodes = tuple(op.output for op in ops), (node.index,)
    whole_numbers = lowered.storage(inputs[0]) == "i32"
    made = lowered.new(lowered.shape(output), storage="i32") if whole_numbers else output
    lowered.add(ir.Copy(inputs=inputs, output=made, nodes=nodes, parts=tuple(enumerate(parts))))
    if whole_numbers:
        steps = (ir.Binary("ADD", constant=float(shift)),) if shift else ()
        lowered.add(Map(inputs=(made,), output=output, nodes=nodes, function="TO_FLOAT", steps=steps))


def trace_of(
    lowered: Lowering, gates: int, direction: Direction, outputs: int, units: int = 0, projected: int = 0, sums: int = 0
) -> Trace:
    """The trace of a cell over the gates' sums of a sequence, or of one step [batch, ...]."""
    shape = lowered.shape(gates)
    time, batch = (1, shape[0]) if len(shape) == 2 else shape[:2] if direction.time_major else shape[1::-1]
    return Trace(time, batch, outputs, units, projected, sums)
