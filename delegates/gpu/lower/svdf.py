"""SVDF of floats, with weights of floats or integers: a product with the input, then rules for state and output."""

from __future__ import annotations

from functools import partial

import numpy as np

from ....core.graph import Graph, Node
from ....core.schema import ActivationFunctionType
from ....shaders.kernels.svdf import SvdfOutput, SvdfState
from ..program.ir_integer import Cells
from .checks import demand_activations, operand, optional
from .context import Lowering
from .gate_weights import entering, gate_weights
from .registry import lowering
from .states import demand_state, demand_weights

FEATURES, TIMES, BIAS, STATE = 1, 2, 3, 4


def _check(node: Node, graph: Graph, exact: bool = False) -> None:
    demand_activations(node, graph, 0, STATE, rank=2)
    asymmetric = node.options.asymmetric_quantize_inputs
    demand_weights(graph, operand(node, graph, FEATURES), "the weights of features", exact, asymmetric)
    demand_weights(graph, operand(node, graph, TIMES), "the weights over time", False, asymmetric)
    demand_weights(graph, optional(node, graph, BIAS), "the bias values", False, asymmetric)
    demand_state(operand(node, graph, STATE))


def add_state(lowered: Lowering, node: Node, features: int, filters: int, memory: int) -> int:
    """Adds what makes the new state of the input's features [batch, filters or more]."""
    state = lowered.input(node, STATE)
    made = lowered.like(state, lowered.shape(state))
    lowered.add(Cells(inputs=(features, state), output=made, nodes=(node.index,), rule=SvdfState(filters, memory)))
    lowered.update(node, STATE, made)
    return made


@lowering("SVDF", check=partial(_check, exact=True), hybrid=True)
@lowering("SVDF", check=_check)
def svdf(node: Node, lowered: Lowering) -> None:
    nodes, options = (node.index,), node.options
    times, bias = (lowered.constant(node, i) for i in (TIMES, BIAS))
    assert times is not None
    filters, memory = times.shape
    features = entering(lowered, nodes, lowered.input(node, 0), gate_weights(lowered, node, (FEATURES,)))
    new_state = add_state(lowered, node, features, filters, memory)
    rows = times.reshape(filters // options.rank, options.rank * memory)
    columns = rows if bias is None else np.concatenate([rows, bias.reshape(-1, 1)], axis=1)
    rule = SvdfOutput(rows.shape[1], bias is not None, ActivationFunctionType(options.fused_activation_function).name)
    inputs = new_state, lowered.known(columns, "times")
    lowered.add(Cells(inputs=inputs, output=lowered.output(node), nodes=nodes, rule=rule))
