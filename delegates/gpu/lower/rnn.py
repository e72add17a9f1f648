"""RNN, UNIDIRECTIONAL_SEQUENCE_RNN and BIDIRECTIONAL_SEQUENCE_RNN of floats."""

from __future__ import annotations

from ....core.graph import Graph, Node
from ....core.schema import ActivationFunctionType
from ....shaders.rnn import RnnCell
from ..ir_recurrent import Recurrence
from .checks import demand_activations, operand, optional
from .context import Lowering
from .recurrence import (
    Direction,
    added,
    between_steps,
    entering,
    store_outputs,
    store_states,
    trace_of,
)
from .registry import lowering
from .states import demand_float_weights, demand_state

AUXILIARY, AUXILIARY_WEIGHTS = 9, (10, 11)
"""The bidirectional operator's second input, and its weights for either cell."""


def _check_cell(node: Node, graph: Graph, first: int) -> None:
    for position, role in zip(range(first, first + 3), ("weights", "recurrent weights", "bias values"), strict=True):
        demand_float_weights(graph, operand(node, graph, position), f"the {role}")
    demand_activations(node, graph, first + 3)
    demand_state(operand(node, graph, first + 3))


def _check(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0)
    _check_cell(node, graph, 1)


def _cell(
    lowered: Lowering, node: Node, x: int, first: int, direction: Direction, auxiliary: tuple[int, int] | None = None
) -> Recurrence:
    """Adds the cell whose operands start at input `first`; `auxiliary`: another input, and where its weights are."""
    nodes, state = (node.index,), lowered.input(node, first + 3)
    weights, recurrent, bias = (lowered.constant(node, first + i) for i in range(3))
    assert weights is not None and recurrent is not None and bias is not None
    gates = entering(lowered, nodes, x, [weights], [bias])
    if auxiliary is not None:
        other = lowered.constant(node, auxiliary[1])
        assert other is not None
        gates = added(lowered, nodes, gates, entering(lowered, nodes, auxiliary[0], [other]))
    units = weights.shape[0]
    trace = trace_of(lowered, gates, direction, units)
    cell = RnnCell(ActivationFunctionType(node.options.fused_activation_function).name)
    op = Recurrence(
        inputs=(gates, state),
        output=lowered.new((trace.size,)),
        nodes=nodes,
        trace=trace,
        cell=cell,
        matrix=between_steps([recurrent], units),
        time_major=direction.time_major,
        backward=direction.backward,
    )
    lowered.add(op)
    store_states(lowered, node, op, (first + 3,))
    return op


@lowering("RNN", "UNIDIRECTIONAL_SEQUENCE_RNN", check=_check)
def rnn(node: Node, lowered: Lowering) -> None:
    direction = Direction(getattr(node.options, "time_major", True))
    store_outputs(lowered, node, [_cell(lowered, node, lowered.input(node, 0), 1, direction)])


def _check_bidirectional(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0)
    for first in (1, 5):
        _check_cell(node, graph, first)
    if optional(node, graph, AUXILIARY) is not None:
        demand_activations(node, graph, AUXILIARY)
    for position in AUXILIARY_WEIGHTS:
        demand_float_weights(graph, optional(node, graph, position), "the weights of the auxiliary input")


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
