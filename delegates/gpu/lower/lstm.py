"""LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM and BIDIRECTIONAL_SEQUENCE_LSTM of floats, with weights of floats or integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ....core.graph import Graph, Node
from ....core.schema import ActivationFunctionType, LSTMKernelType
from ....shaders.kernels.lstm import LstmCell, Projection
from ....shaders.kernels.recurrent import area
from ..program.ir_recurrent import Projected, Recurrence
from . import lstm_basic
from .checks import demand_activations, operand, optional
from .context import Lowering
from .gate_weights import added, between_steps, entering, gate_weights, widened
from .recurrence import Direction, store_outputs, store_states, trace_of
from .registry import lowering
from .states import demand_state, demand_weights

NONE = -10
"""The position of inputs that an operator has no place for."""
AUXILIARY = 39
"""The bidirectional operator's second input."""


@dataclass(frozen=True)
class Places:
    """Positions of a cell's inputs: the first of four (three peepholes: input, forget, output gate), or one; NONE."""

    weights: int
    recurrent: int
    peepholes: int
    biases: int
    projection: int
    states: int
    norms: int = NONE
    auxiliary: int = NONE


ONE_WAY = Places(1, 5, 9, 12, 16, 18, 20)
BOTH_WAYS = Places(1, 5, 9, 12, 16, 35, NONE, 40), Places(18, 22, 26, 29, 33, 37, NONE, 44)


def is_there(node: Node, position: int) -> bool:
    """Whether a node has an input."""
    return 0 <= position < len(node.inputs) and node.inputs[position] >= 0


def gates_of(node: Node, places: Places) -> tuple[int, ...]:
    """Input, forget, cell and output gate, as far as they have weights."""
    return (0, 1, 2, 3) if is_there(node, places.weights) else (1, 2, 3)


def _check_cell(node: Node, graph: Graph, places: Places, exact: bool) -> None:
    demand_activations(node, graph, places.states, places.states + 1, rank=None)
    for i in range(2):
        demand_state(operand(node, graph, places.states + i))
    groups = [(places.weights, 4), (places.recurrent, 4), (places.peepholes, 3), (places.biases, 4)]
    groups += [(places.projection, 2), *((p, 4) for p in (places.norms, places.auxiliary) if p != NONE)]
    for start, count in groups:
        for position in range(start, start + count):
            asymmetric = node.options.asymmetric_quantize_inputs
            demand_weights(graph, optional(node, graph, position), "the weights", exact, asymmetric)


def _check(node: Node, graph: Graph, exact: bool = False) -> None:
    if getattr(node.options, "kernel_type", None) == LSTMKernelType.BASIC:
        lstm_basic.check(node, graph)
        return
    demand_activations(node, graph, 0)
    _check_cell(node, graph, ONE_WAY, exact)


@lowering("LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM", check=partial(_check, exact=True), hybrid=True)
@lowering("LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM", check=_check)
def lstm(node: Node, lowered: Lowering) -> None:
    if getattr(node.options, "kernel_type", None) == LSTMKernelType.BASIC:
        lstm_basic.lower(node, lowered)
        return
    direction = Direction(getattr(node.options, "time_major", True))
    store_outputs(lowered, node, [_cell(lowered, node, lowered.input(node, 0), ONE_WAY, direction)])


def _check_bidirectional(node: Node, graph: Graph, exact: bool = False) -> None:
    demand_activations(node, graph, 0)
    if optional(node, graph, AUXILIARY) is not None:
        demand_activations(node, graph, AUXILIARY)
    for places in BOTH_WAYS:
        _check_cell(node, graph, places, exact)


@lowering("BIDIRECTIONAL_SEQUENCE_LSTM", check=partial(_check_bidirectional, exact=True), hybrid=True)
@lowering("BIDIRECTIONAL_SEQUENCE_LSTM", check=_check_bidirectional)
def bidirectional_lstm(node: Node, lowered: Lowering) -> None:
    """An auxiliary input with weights adds to the gates; without weights it is the backward cell's input."""
    x = lowered.input(node, 0)
    other = lowered.input(node, AUXILIARY) if is_there(node, AUXILIARY) else None
    is_added = is_there(node, BOTH_WAYS[0].auxiliary + 1)
    ops = []
    for backward, places in enumerate(BOTH_WAYS):
        source = other if backward and other is not None and not is_added else x
        direction = Direction(node.options.time_major, bool(backward))
        ops.append(_cell(lowered, node, source, places, direction, other if is_added else None))
    store_outputs(lowered, node, ops, node.options.merge_outputs)


def _cell(
    lowered: Lowering, node: Node, x: int, places: Places, direction: Direction, auxiliary: int | None = None
) -> Recurrence:
    """Adds a cell over `x`; `auxiliary` is another input, which adds to the gates."""
    gates, nodes = gates_of(node, places), (node.index,)

    def at(start: int) -> list[int]:
        return [start + gate for gate in gates]

    def constants(start: int) -> list[np.ndarray]:
        return [value for position in at(start) if (value := lowered.constant(node, position)) is not None]

    h, c = lowered.input(node, places.states), lowered.input(node, places.states + 1)
    (_, outputs), (_, units) = lowered.shape(h), lowered.shape(c)
    normalized, biases = is_there(node, places.norms + 1), constants(places.biases)
    weights, recurrent = (gate_weights(lowered, node, at(start)) for start in (places.weights, places.recurrent))
    sums = entering(lowered, nodes, x, weights, None if normalized else biases)
    if auxiliary is not None:
        others = gate_weights(lowered, node, at(places.auxiliary))
        sums = added(lowered, nodes, sums, entering(lowered, nodes, auxiliary, others))
    projected, peepholes = _projected(lowered, node, places), _peepholes(lowered, node, places, units)
    scratch = len(gates) * area(units) if normalized else 0
    trace = trace_of(lowered, sums, direction, outputs, units, units if projected else 0, scratch)
    vectors = [*peepholes, *([*constants(places.norms), *biases] if normalized else [])]
    activation = ActivationFunctionType(node.options.fused_activation_function).name
    op = Recurrence(
        inputs=(sums, h, c),
        output=lowered.new((trace.size,)),
        nodes=nodes,
        trace=trace,
        cell=LstmCell(trace, len(gates) == 3, bool(peepholes), activation, float(node.options.cell_clip)),
        matrix=between_steps(recurrent.matrices, outputs),
        vectors=np.stack([widened(v, area(units)) for v in vectors]) if vectors else None,
        projected=projected,
        quantize=recurrent.quantize(outputs),
        normalized=normalized,
        time_major=direction.time_major,
        backward=direction.backward,
    )
    lowered.add(op)
    store_states(lowered, node, op, (places.states, places.states + 1))
    return op


def _peepholes(lowered: Lowering, node: Node, places: Places, units: int) -> Sequence[np.ndarray]:
    """Of the input, forget and output gate, zeros for one that is left out; none if there are none."""
    found = [lowered.constant(node, places.peepholes + i) for i in range(3)]
    if all(value is None for value in found):
        return ()
    return [np.zeros(units, np.float32) if value is None else value for value in found]


def _projected(lowered: Lowering, node: Node, places: Places) -> Projected | None:
    if not is_there(node, places.projection):
        return None
    weights, bias = gate_weights(lowered, node, (places.projection,)), lowered.constant(node, places.projection + 1)
    (matrix,) = weights.matrices
    outputs, units = (area(n) for n in matrix.shape)
    cell = Projection(bias is not None, float(node.options.proj_clip))
    added_bias = None if bias is None else widened(bias, outputs)[None]
    return Projected(cell, widened(matrix, outputs, units)[None], added_bias, weights.quantize(matrix.shape[1]))
