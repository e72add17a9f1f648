"""SVDF of floats: one product with the input, then state and output by rules of their own."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ....core.schema import ActivationFunctionType
from ....shaders.svdf import SvdfOutput, SvdfState
from .. import ir
from ..ir_integer import Cells
from .checks import demand_activations, operand, optional
from .context import Lowering
from .registry import lowering
from .states import demand_float_weights, demand_state

FEATURES, TIMES, BIAS, STATE = 1, 2, 3, 4


def _check(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0, STATE, rank=2)
    for position, role in ((FEATURES, "the weights of features"), (TIMES, "the weights over time")):
        demand_float_weights(graph, operand(node, graph, position), role)
    demand_float_weights(graph, optional(node, graph, BIAS), "the bias values")
    demand_state(operand(node, graph, STATE))


def add_state(
    lowered: Lowering, node: Node, features: np.ndarray, memory: int, steps: tuple[ir.Step, ...] = ()
) -> int:
    """Adds what makes the new state, with `steps` on each product of the input and the weights of features."""
    x, state, nodes = lowered.input(node, 0), lowered.input(node, STATE), (node.index,)
    made = lowered.new((lowered.shape(x)[0], len(features)))
    lowered.add(ir.FullyConnected(inputs=(x,), output=made, nodes=nodes, steps=steps, weights=features, bias=None))
    new_state = lowered.like(state, lowered.shape(state))
    lowered.add(Cells(inputs=(made, state), output=new_state, nodes=nodes, rule=SvdfState(len(features), memory)))
    lowered.update(node, STATE, new_state)
    return new_state


@lowering("SVDF", check=_check)
def svdf(node: Node, lowered: Lowering) -> None:
    nodes, options = (node.index,), node.options
    features, times, bias = (lowered.constant(node, i) for i in (FEATURES, TIMES, BIAS))
    assert features is not None and times is not None
    filters, memory = times.shape
    new_state = add_state(lowered, node, features, memory)
    rows = times.reshape(filters // options.rank, options.rank * memory)
    columns = rows if bias is None else np.concatenate([rows, bias.reshape(-1, 1)], axis=1)
    rule = SvdfOutput(rows.shape[1], bias is not None, ActivationFunctionType(options.fused_activation_function).name)
    inputs = new_state, lowered.known(columns, "times")
    lowered.add(Cells(inputs=inputs, output=lowered.output(node), nodes=nodes, rule=rule))
