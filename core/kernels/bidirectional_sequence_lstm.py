"""BIDIRECTIONAL_SEQUENCE_LSTM: a cell forwards and another backwards in time; float32 and with integer weights."""
from __future__ import annotations

from ..op import Bind, Op, Run
from ..packing import packs
from ..preparation import options_of, unsupported
from ..schema import BidirectionalSequenceLSTMOptions
from ..steps import sequence
from .lstm_cell import LstmOperands, LstmSettings
from .registry import kernel
from .unidirectional_sequence_lstm import lstm_run

_AUXILIARY = range(39, 48)


@kernel("BIDIRECTIONAL_SEQUENCE_LSTM")
@packs(*range(1, 35))
def prepare(op: Op) -> Bind:
    """Input [time, batch, depth], or [batch, time, depth] unless time_major.

    Outputs forward and backward states, or one after the other in the last dimension if they are merged.
    """
    options, x = options_of(op, BidirectionalSequenceLSTMOptions), op.input(0)
    if len(x.shape) != 3 or x.dtype.kind != "f":
        raise unsupported(op, x)
    if any(op.optional_input(i) is not None for i in _AUXILIARY):
        raise op.error("auxiliary inputs of BIDIRECTIONAL_SEQUENCE_LSTM are not supported")
    cells = [_operands(op, 1, 35), _operands(op, 18, 37)]
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
        source, first = x.array, op.output().array
        targets = [first[..., : widths[0]], first[..., widths[0] :] if options.merge_outputs else op.output(1).array]
        if not options.time_major:
            source, targets = source.swapaxes(0, 1), [target.swapaxes(0, 1) for target in targets]
        return sequence([
            lstm_run(op, cell, settings, source, target, backward=i == 1)
            for i, (cell, target) in enumerate(zip(cells, targets, strict=True))
        ])

    return bind


def _operands(op: Op, first: int, state: int) -> LstmOperands:
    """The operands of a cell whose weights start at input `first` and whose states are at `state`."""

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
    ).checked(op, op.input(0).shape[-1])
