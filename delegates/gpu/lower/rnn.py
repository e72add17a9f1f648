"""RNN, UNIDIRECTIONAL_SEQUENCE_RNN and BIDIRECTIONAL_SEQUENCE_RNN of floats, with weights of floats or integers."""

from __future__ import annotations

from functools import partial

from ....core.graph import Graph, Node
from ....core.schema import ActivationFunctionType
from ....shaders.kernels.rnn import RnnCell
from ..program.ir_recurrent import Recurrence
from .checks import demand_activations, operand, optional
from .context import Lowering
from .gate_weights import added, between_steps, entering, gate_weights
from .recurrence import Direction, store_outputs, store_states, trace_of
from .registry import lowering
from .states import demand_state, demand_weights

AUXILIARY, AUXILIARY_WEIGHTS = 9, (10, 11)
"""The bidirectional operator's second input, and its weights for either cell."""


def _check_cell(node: Node, graph: Graph, first: int, exact: bool) -> None:
    for position, role in zip(range(first, first + 3), ("weights", "recurrent weights", "bias values"), strict=True):
        asymmetric = node.options.asymmetric_quantize_inputs
        demand_weights(graph, operand(node, graph, position), f"the {role}", exact, asymmetric)
    demand_activations(node, graph, first + 3)
    demand_state(operand(node, graph, first + 3))


def _check(node: Node, graph: Graph, exact: bool = False) -> None:
    demand_activations(node, graph, 0)
    _check_cell(node, graph, 1, exact)


def _cell(
    lowered: Lowering, node: Node, x: int, first: int, direction: Direction, auxiliary: tuple[int, int] | None = None
) -> Recurrence:
    """Adds the cell whose operands start at input `first`; `auxiliary`: another input, and where its weights are."""
    nodes, state = (node.index,), lowered.input(node, first + 3)
    weights, recurrent = (gate_weights(lowered, node, (first + i,)) for i in range(2))
    bias = lowered.constant(node, first + 2)
    assert bias is not None
    gates = entering(lowered, nodes, x, weights, [bias])
    if auxiliary is not None:
        other = gate_weights(lowered, node, (auxiliary[1],))
        gates = added(lowered, nodes, gates, entering(lowered, nodes, auxiliary[0], other))
    (units,) = bias.shape
    trace = trace_of(lowered, gates, direction, units)
    cell = RnnCell(ActivationFunctionType(node.options.fused_activation_function).name)
    op = Recurrence(
        inputs=(gates, state),
        output=lowered.new((trace.size,)),
        nodes=nodes,
        trace=trace,
        cell=cell,
        matrix=between_steps(recurrent.matrices, units),
        quantize=recurrent.quantize(units),
        time_major=direction.time_major,
        backward=direction.backward,
    )
    lowered.add(op)
    store_states(lowered, node, op, (first + 3,))
    return op


@lowering("RNN", "UNIDIRECTIONAL_SEQUENCE_RNN", check=partial(_check, exact=True), hybrid=True)
@lowering("RNN", "UNIDIRECTIONAL_SEQUENCE_RNN", check=_check)
def rnn(node: Node, lowered: Lowering) -> None:
    direction = Direction(getattr(node.options, "time_major", True))
    store_outputs(lowered, node, [_cell(lowered, node, lowered.input(node, 0), 1, direction)])


def _check_bidirectional(node: Node, graph: Graph, exact: bool = False) -> None:
    demand_activations(node, graph, 0)
    for first in (1, 5):
        _check_cell(node, graph, first, exact)
    if optional(node, graph, AUXILIARY) is not None:
        demand_activations(node, graph, AUXILIARY)
    for position in AUXILIARY_WEIGHTS:
        role, asymmetric = "the weights of the auxiliary input", node.options.asymmetric_quantize_inputs
        demand_weights(graph, optional(node, graph, position), role, exact, asymmetric)


@lowering("BIDIRECTIONAL_SEQUENCE_RNN", check=partial(_check_bidirectional, exact=True), hybrid=True)
@lowering("BIDIRECTIONAL_SEQUENCE_RNN", check=_check_bidirectional)
def bidirectional_rnn(node: Node, lowered: Lowering) -> None:
    """An auxiliary input with weights adds to both cells; without weights it is the backward cell's input."""
    graph, x, time_major = lowered.graph, lowered.input(node, 0), node.options.time_major
    other = None if optional(node, graph, AUXILIARY) is None else lowered.input(node, AUXILIARY)
    is_added = optional(node, graph, AUXILIARY_WEIGHTS[0]) is not None
    ops = []
    for first, weights in zip((1, 5), AUXILIARY_WEIGHTS, strict=True):
        backward = first > 1
        source = other if backward and other is not None and not is_added else x
        auxiliary = (other, weights) if other is not None and is_added else None
        ops.append(_cell(lowered, node, source, first, Direction(time_major, backward), auxiliary))
    store_outputs(lowered, node, ops, node.options.merge_outputs)
