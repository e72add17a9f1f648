"""RNN, UNIDIRECTIONAL_SEQUENCE_RNN, BIDIRECTIONAL_SEQUENCE_RNN: h = activation(W x + R h + b); floats and hybrid."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..activation import apply_activation
from ..op import Bind, Op, Run
from ..packing import packs
from ..preparation import options_of, unsupported
from ..schema import BidirectionalSequenceRNNOptions, RNNOptions, SequenceRNNOptions
from ..steps import sequence
from .lstm_cell import product
from .registry import kernel

Options = RNNOptions | SequenceRNNOptions | BidirectionalSequenceRNNOptions


def _cell(op: Op, first: int, options: Options) -> Callable[[np.ndarray], np.ndarray]:
    """One step from [batch, depth] to the new state [batch, units]; the cell's operands start at input `first`."""
    asymmetric = options.asymmetric_quantize_inputs
    inputs = product(op, [op.input(first)], asymmetric)
    recurrent = product(op, [op.input(first + 1)], asymmetric)
    bias, state = op.input(first + 2).array, op.input(first + 3).array

    def step(x: np.ndarray) -> np.ndarray:
        state[...] = apply_activation(inputs(x) + recurrent(state) + bias, options.fused_activation_function)
        return state

    return step


def _run(step: Callable[[np.ndarray], np.ndarray], source: np.ndarray, target: np.ndarray, backward: bool) -> Run:
    """Run a cell over [time, batch, depth]."""
    order = range(len(source) - 1, -1, -1) if backward else range(len(source))

    def run() -> None:
        for t in order:
            target[t] = step(source[t])

    return run


def _check(op: Op, first: int) -> int:
    """The number of units of the cell whose operands start at input `first`."""
    x, weights, recurrent, bias = (op.input(i) for i in (0, first, first + 1, first + 2))
    units = weights.shape[0]
    if x.dtype.kind != "f":
        raise unsupported(op, x)
    if weights.shape != (units, x.shape[-1]) or recurrent.shape != (units, units) or bias.shape != (units,):
        raise op.error(f"RNN weights {weights}, {recurrent} and {bias} do not fit {x}")
    return units


@kernel("RNN")
@packs(1, 2, 3)
def prepare(op: Op) -> Bind:
    options, x = options_of(op, RNNOptions), op.input(0)
    op.output().resize((x.shape[0], _check(op, 1)))
    return lambda: _run(_cell(op, 1, options), x.array[None], op.output().array[None], False)


@kernel("UNIDIRECTIONAL_SEQUENCE_RNN")
@packs(1, 2, 3)
def prepare_sequence(op: Op) -> Bind:
    options, x = options_of(op, SequenceRNNOptions), op.input(0)
    op.output().resize((*x.shape[:2], _check(op, 1)))

    def bind() -> Run:
        source, target = x.array, op.output().array
        if not options.time_major:
            source, target = source.swapaxes(0, 1), target.swapaxes(0, 1)
        return _run(_cell(op, 1, options), source, target, False)

    return bind


@kernel("BIDIRECTIONAL_SEQUENCE_RNN")
@packs(1, 2, 3, 5, 6, 7)
def prepare_bidirectional(op: Op) -> Bind:
    """Outputs forward and backward states, or one after the other in the last dimension if they are merged."""
    options, x = options_of(op, BidirectionalSequenceRNNOptions), op.input(0)
    if any(op.optional_input(i) is not None for i in range(9, 12)):
        raise op.error("auxiliary inputs of BIDIRECTIONAL_SEQUENCE_RNN are not supported")
    forward, backward = _check(op, 1), _check(op, 5)
    op.output().resize((*x.shape[:2], forward + backward if options.merge_outputs else forward))
    if not options.merge_outputs:
        op.output(1).resize((*x.shape[:2], backward))

    def bind() -> Run:
        source, first = x.array, op.output().array
        targets = [first[..., :forward], first[..., forward:] if options.merge_outputs else op.output(1).array]
        if not options.time_major:
            source, targets = source.swapaxes(0, 1), [target.swapaxes(0, 1) for target in targets]
        cells = _cell(op, 1, options), _cell(op, 5, options)
        return sequence([_run(cells[0], source, targets[0], False), _run(cells[1], source, targets[1], True)])

    return bind
