"""RNN, UNIDIRECTIONAL_SEQUENCE_RNN, BIDIRECTIONAL_SEQUENCE_RNN: h = activation(W x + R h + b); floats and hybrid."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..arithmetic.activation import apply_activation
from ..arithmetic.packing import packs
from ..op import Bind, Op, Operand, Run
from ..preparation import options_of, unsupported
from ..schema import BidirectionalSequenceRNNOptions, RNNOptions, SequenceRNNOptions
from ..steps import sequence
from .lstm_cell import Product, product
from .registry import kernel

Step = Callable[[np.ndarray, "np.ndarray | int"], np.ndarray]
Options = RNNOptions | SequenceRNNOptions | BidirectionalSequenceRNNOptions


def _cell(op: Op, first: int, options: Options) -> Step:
    """One step from [batch, depth] and what is added to it to the new state [batch, units]; the cell's operands start
    at input `first`."""
    asymmetric = options.asymmetric_quantize_inputs
    inputs = product(op, [op.input(first)], asymmetric)
    recurrent = product(op, [op.input(first + 1)], asymmetric)
    bias, state = op.input(first + 2).array, op.input(first + 3).array

    def step(x: np.ndarray, added: np.ndarray | int) -> np.ndarray:
        sums = inputs(x) + added + recurrent(state) + bias
        state[...] = apply_activation(sums, options.fused_activation_function)
        return state

    return step


def _run(
    step: Step, source: np.ndarray, target: np.ndarray, backward: bool = False,
    auxiliary: tuple[np.ndarray, Product] | None = None,
) -> Run:  # fmt: skip
    """Run a cell over [time, batch, depth]; `auxiliary` is another input and its product with weights of its own."""
    order = range(len(source) - 1, -1, -1) if backward else range(len(source))

    def run() -> None:
        for t in order:
            target[t] = step(source[t], 0 if auxiliary is None else auxiliary[1](auxiliary[0][t]))

    return run


def _check(op: Op, first: int, x: Operand, time_major: bool = False) -> int:
    """The number of units of the cell over `x` whose operands start at input `first`."""
    weights, recurrent, bias, state = (op.input(i) for i in range(first, first + 4))
    units = weights.shape[0]
    if x.dtype.kind != "f":
        raise unsupported(op, x)
    if weights.shape != (units, x.shape[-1]) or recurrent.shape != (units, units) or bias.shape != (units,):
        raise op.error(f"RNN weights {weights}, {recurrent} and {bias} do not fit {x}")
    if state.shape != (x.shape[1 if time_major else 0], units):
        raise op.error(f"the state {state} of an RNN does not fit {x}")
    return units


@kernel("RNN")
@packs(1, 2, 3)
def prepare(op: Op) -> Bind:
    options, x = options_of(op, RNNOptions), op.input(0)
    op.output().resize((x.shape[0], _check(op, 1, x)))
    return lambda: _run(_cell(op, 1, options), x.array[None], op.output().array[None])


@kernel("UNIDIRECTIONAL_SEQUENCE_RNN")
@packs(1, 2, 3)
def prepare_sequence(op: Op) -> Bind:
    options, x = options_of(op, SequenceRNNOptions), op.input(0)
    op.output().resize((*x.shape[:2], _check(op, 1, x, options.time_major)))

    def bind() -> Run:
        source, target = x.array, op.output().array
        if not options.time_major:
            source, target = source.swapaxes(0, 1), target.swapaxes(0, 1)
        return _run(_cell(op, 1, options), source, target)

    return bind


@kernel("BIDIRECTIONAL_SEQUENCE_RNN")
@packs(1, 2, 3, 5, 6, 7, 10, 11)
def prepare_bidirectional(op: Op) -> Bind:
    """An auxiliary input with weights adds to both cells; without weights it is the backward cell's input.

    Outputs forward and backward states, or one after the other in the last dimension if they are merged.
    """
    options, x, other = options_of(op, BidirectionalSequenceRNNOptions), op.input(0), op.optional_input(9)
    weights = [op.optional_input(10), op.optional_input(11)]
    is_added = weights[0] is not None
    if is_added != (weights[1] is not None) or (other is None and is_added):
        raise op.error("an auxiliary input needs weights for both cells, and they need it")
    sources = [x, x if other is None or is_added else other]
    units = (_check(op, 1, sources[0], options.time_major), _check(op, 5, sources[1], options.time_major))
    if other is not None and other.shape[:2] != x.shape[:2]:
        raise op.error(f"the auxiliary input {other} does not fit {x}")
    for w, n in zip(weights, units, strict=True):
        if w is not None and other is not None and w.shape != (n, other.shape[-1]):
            raise op.error(f"{w} does not fit the auxiliary input {other}")
    op.output().resize((*x.shape[:2], sum(units) if options.merge_outputs else units[0]))
    if not options.merge_outputs:
        op.output(1).resize((*x.shape[:2], units[1]))

    def bind() -> Run:
        def time_first(array: np.ndarray) -> np.ndarray:
            return array if options.time_major else array.swapaxes(0, 1)

        first = op.output().array
        targets = [first[..., : units[0]], first[..., units[0] :] if options.merge_outputs else op.output(1).array]
        added = [
            None if other is None or w is None
            else (time_first(other.array), product(op, [w], options.asymmetric_quantize_inputs))
            for w in weights
        ]  # fmt: skip
        return sequence([
            _run(_cell(op, at, options), time_first(sources[i].array), time_first(targets[i]), i == 1, added[i])
            for i, at in enumerate((1, 5))
        ])

    return bind
