"""What the lowerings of recurrent operators share: operands as areas, a cell over a sequence, and what it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....core.graph import Node
from ....shaders.recurrent import Trace, area
from .. import ir
from ..ir_recurrent import Recurrence
from ..regions import between, whole
from .context import Lowering


def widened(values: np.ndarray, *widths: int) -> np.ndarray:
    """`values` with zeros after them along the last axes, up to these widths."""
    missing = [(0, 0)] * (values.ndim - len(widths))
    missing += [(0, width - n) for n, width in zip(values.shape[-len(widths) :], widths, strict=True)]
    return np.ascontiguousarray(np.pad(values, missing))


def entering(
    lowered: Lowering,
    nodes: tuple[int, ...],
    x: int,
    weights: Sequence[np.ndarray],
    biases: Sequence[np.ndarray] | None = None,
) -> int:
    """The gates' sums of all steps from an input [..., depth]: one product with the gates' weights [units, depth]."""
    units = area(weights[0].shape[0])
    matrix = np.concatenate([widened(w, units, w.shape[1]) for w in weights])
    bias = None if biases is None else np.concatenate([widened(b, units) for b in biases])
    made = lowered.new((*lowered.shape(x)[:-1], len(matrix)))
    return lowered.add(ir.FullyConnected(inputs=(x,), output=made, nodes=nodes, weights=matrix, bias=bias))


def added(lowered: Lowering, nodes: tuple[int, ...], sums: int, others: int) -> int:
    """The sum of two values of one shape."""
    made, step = lowered.new(lowered.shape(sums)), ir.Binary("ADD", others)
    return lowered.add(ir.Elementwise(inputs=(sums,), output=made, nodes=nodes, steps=(step,)))


def between_steps(weights: Sequence[np.ndarray], outputs: int) -> np.ndarray:
    """The gates' recurrent weights [units, outputs], or [units] for diagonal matrices, as a `Recurrence` has them."""
    square = [np.diag(w) if w.ndim == 1 else w for w in weights]
    return np.stack([widened(w, area(w.shape[0]), area(outputs)) for w in square])


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
        lowered.add(ir.Copy(inputs=(op.output,), output=made, nodes=(node.index,), parts=((0, region),)))
        lowered.update(node, position, made)


def store_outputs(lowered: Lowering, node: Node, ops: Sequence[Recurrence], merged: bool) -> None:
    """The outputs of each cell, in an output of its own or side by side in the first."""
    outputs = [lowered.output(node, i) for i in range(1 if merged else len(ops))]
    splits = np.cumsum([op.trace.outputs for op in ops])[:-1]
    places = np.split(whole(lowered.shape(outputs[0])), splits, axis=-1) if merged else [
        whole(lowered.shape(output)) for output in outputs
    ]  # fmt: skip
    shaped = [outputs_of(lowered, op).reshape(place.shape) for op, place in zip(ops, places, strict=True)]
    parts = [between(place, view) for place, view in zip(places, shaped, strict=True)]
    for i, output in enumerate(outputs):
        mine = range(len(ops)) if merged else (i,)
        lowered.add(
            ir.Copy(
                inputs=tuple(ops[k].output for k in mine),
                output=output,
                nodes=(node.index,),
                parts=tuple((slot, parts[k]) for slot, k in enumerate(mine)),
            )
        )


def trace_of(
    lowered: Lowering, gates: int, direction: Direction, outputs: int, units: int = 0, projected: int = 0, sums: int = 0
) -> tuple[Trace, int]:
    """The trace of a cell over the gates' sums of a sequence, or of one step [batch, ...], and a value for it."""
    shape = lowered.shape(gates)
    time, batch = (1, shape[0]) if len(shape) == 2 else shape[:2] if direction.time_major else shape[1::-1]
    trace = Trace(time, batch, outputs, units, projected, sums)
    return trace, lowered.new((trace.size,))
