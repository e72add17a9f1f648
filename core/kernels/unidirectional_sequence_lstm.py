"""UNIDIRECTIONAL_SEQUENCE_LSTM and LSTM: float32, with integer weights (hybrid), and int8 with int16 state."""
from __future__ import annotations

import numpy as np

from ..arithmetic.packing import packs
from ..op import Bind, Op, Run
from ..preparation import options_of
from ..schema import LSTMKernelType, LSTMOptions, UnidirectionalSequenceLSTMOptions
from .lstm_basic import prepare_basic
from .lstm_cell import WEIGHT_INPUTS, LstmCell, LstmOperands, LstmSettings, Product
from .lstm_cell_8bit import INTERMEDIATES, EightBitLstmCell
from .lstm_cell_integer import IntegerLstmCell
from .registry import kernel


@kernel("UNIDIRECTIONAL_SEQUENCE_LSTM")
@packs(*WEIGHT_INPUTS)
def prepare(op: Op) -> Bind:
    """Input [batch, time, depth], or [time, batch, depth] if time_major; output likewise."""
    options, x = options_of(op, UnidirectionalSequenceLSTMOptions), op.input(0)
    if len(x.shape) != 3:
        raise op.error("the input of a sequence LSTM has three dimensions")
    operands = LstmOperands.of(op, x.shape[1 if options.time_major else 0])
    op.output().resize((*x.shape[:2], operands.outputs))
    settings = LstmSettings(
        options.fused_activation_function, options.cell_clip, options.proj_clip, options.asymmetric_quantize_inputs,
        options.time_major,
    )  # fmt: skip

    def bind() -> Run:
        source, target = x.array, op.output().array
        if not options.time_major:
            source, target = source.swapaxes(0, 1), target.swapaxes(0, 1)
        return lstm_run(op, operands, settings, source, target)

    return bind


@kernel("LSTM")
@packs(*WEIGHT_INPUTS)
def prepare_step(op: Op) -> Bind:
    """One step: input [batch, depth], output [batch, outputs]."""
    options, x = options_of(op, LSTMOptions), op.input(0)
    if options.kernel_type == LSTMKernelType.BASIC:
        return prepare_basic(op)
    if len(x.shape) != 2:
        raise op.error("the input of an LSTM has two dimensions")
    operands = LstmOperands.of(op, x.shape[0])
    op.output().resize((x.shape[0], operands.outputs))
    settings = LstmSettings(
        options.fused_activation_function, options.cell_clip, options.proj_clip, options.asymmetric_quantize_inputs
    )
    return lambda: lstm_run(op, operands, settings, x.array[None], op.output().array[None])


def lstm_run(
    op: Op,
    operands: LstmOperands,
    settings: LstmSettings,
    source: np.ndarray,
    target: np.ndarray,
    backward: bool = False,
    auxiliary: tuple[np.ndarray, Product] | None = None,
) -> Run:
    """A callable that runs a cell over `source` [time, batch, depth] into `target` [time, batch, outputs].

    `auxiliary` is another input [time, batch, any] and its product with weights of its own, which adds to the gates.
    """
    steps = range(len(source) - 1, -1, -1) if backward else range(len(source))
    cell = _cell_class(op, source)(op, operands, settings)
    time, batch, depth = source.shape

    def run() -> None:
        gates = cell.input_products(source.reshape(time * batch, depth)).reshape(time, batch, -1)
        if auxiliary is not None:
            other, weights = auxiliary
            gates = gates + weights(other.reshape(time * batch, -1)).reshape(gates.shape)
        for t in steps:
            target[t] = cell.step(gates[t])

    return run


def _cell_class(op: Op, source: np.ndarray) -> type[LstmCell | IntegerLstmCell | EightBitLstmCell]:
    if source.dtype.kind == "f":
        return LstmCell
    return EightBitLstmCell if len(op.intermediates) == INTERMEDIATES else IntegerLstmCell
