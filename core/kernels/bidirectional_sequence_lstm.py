"""BIDIRECTIONAL_SEQUENCE_LSTM: a cell forwards and another backwards in time; float32 and with integer weights."""
from __future__ import annotations

import numpy as np

from ..arithmetic.packing import packs
from ..op import Bind, Op, Operand, Run
from ..preparation import options_of, unsupported
from ..schema import BidirectionalSequenceLSTMOptions
from ..steps import sequence
from .lstm_cell import LstmOperands, LstmSettings, product
from .registry import kernel
from .unidirectional_sequence_lstm import lstm_run

_AUXILIARY, _AUXILIARY_WEIGHTS = 39, (40, 44)
"""The auxiliary input, and the first of its four weights for either cell."""


@kernel("BIDIRECTIONAL_SEQUENCE_LSTM")
@packs(*range(1, 35), *range(40, 48))
def prepare(op: Op) -> Bind:
    """Input [time, batch, depth], or [batch, time, depth] unless time_major.

    An auxiliary input [..., any] with weights adds to the gates; without weights it is the backward cell's input.
    Outputs forward and backward states, or one after the other in the last dimension if they are merged.
    """
    options, x = options_of(op, BidirectionalSequenceLSTMOptions), op.input(0)
    if len(x.shape) != 3 or x.dtype.kind != "f":
        raise unsupported(op, x)
    other = op.optional_input(_AUXILIARY)
    is_added = op.optional_input(_AUXILIARY_WEIGHTS[0] + 1) is not None
    if (other is None and is_added) or (other is not None and other.shape[:2] != x.shape[:2]):
        raise op.error(f"the auxiliary input {other} does not fit {x}")
    sources = [x, x if other is None or is_added else other]
    batch = x.shape[1 if options.time_major else 0]
    cells = [_operands(op, first, state, y, batch) for first, state, y in zip((1, 18), (35, 37), sources, strict=True)]
    auxiliary = [_auxiliary_weights(op, i, cells[i]) if is_added else [] for i in range(2)]
    widths = [cell.outputs for cell in cells]
    if options.merge_outputs:
        op.output().resize((*x.shape[:2], sum(widths)))
    else:
        for i, width in enumerate(widths):
            op.output(i).resize((*x.shape[:2], width))
    settings = LstmSettings(
        options.fused_activation_function, options.cell_clip, options.proj_clip, options.asymmetric_quantize_inputs
    )

    def bind() -> Run:
        def time_first(array: np.ndarray) -> np.ndarray:
            return array if options.time_major else array.swapaxes(0, 1)

        first = op.output().array
        targets = [first[..., : widths[0]], first[..., widths[0] :] if options.merge_outputs else op.output(1).array]
        added = [
            (time_first(other.array), product(op, weights, settings.asymmetric)) if other is not None and weights
            else None
            for weights in auxiliary
        ]  # fmt: skip
        return sequence([
            lstm_run(op, cells[i], settings, time_first(sources[i].array), time_first(targets[i]), i == 1, added[i])
            for i in range(2)
        ])

    return bind


def _auxiliary_weights(op: Op, cell: int, operands: LstmOperands) -> list[Operand]:
    """The weights of the auxiliary input for the gates that a cell has."""
    weights = [op.input(_AUXILIARY_WEIGHTS[cell] + gate) for gate in operands.gates]
    if any(w.shape != (operands.units, op.input(_AUXILIARY).shape[-1]) for w in weights):
        raise op.error("the weights of the auxiliary input do not fit it")
    return weights


def _operands(op: Op, first: int, state: int, source: Operand, batch: int) -> LstmOperands:
    """The operands of a cell over `source`, whose weights start at input `first` and whose states are at `state`."""

    def optional(*offsets: int) -> tuple:
        return tuple(op.optional_input(first + offset) for offset in offsets)

    peepholes = optional(8, 9, 10)
    return LstmOperands(
        optional(0, 1, 2, 3),
        optional(4, 5, 6, 7),
        (peepholes[0], peepholes[1], None, peepholes[2]),
        optional(11, 12, 13, 14),
        op.optional_input(first + 15),
        op.optional_input(first + 16),
        op.input(state),
        op.input(state + 1),
        (None, None, None, None),
    ).checked(op, source.shape[-1], batch)
