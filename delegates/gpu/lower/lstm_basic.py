"""LSTM of the kernel type BASIC, whose state comes in and goes out with the data."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ....shaders.kernels.lstm_basic import LstmOutput, LstmState
from ..program import ir
from ..program.ir_integer import Cells
from ..program.regions import between, whole
from .checks import demand, demand_activations, demand_constant, operand, shape_of
from .context import Lowering


def check(node: Node, graph: Graph) -> None:
    """That the node can be lowered.

    Raises:
        Refusal: it cannot.
    """
    demand(len(node.inputs) == 5 and len(node.outputs) == 4, "options", "a basic LSTM has 5 inputs and 4 outputs")
    demand_activations(node, graph, 0, 1, 4)
    demand_constant(graph, operand(node, graph, 2), "the weights")
    demand_constant(graph, operand(node, graph, 3), "the bias values")
    demand(len(shape_of(operand(node, graph, 1))) == 2, "rank", "the previous activation is no matrix")


def lower(node: Node, lowered: Lowering) -> None:
    """Data and previous activation side by side, one product for all gates, then state and output."""
    nodes, previous, state = (node.index,), lowered.input(node, 1), lowered.input(node, 4)
    batch, units = lowered.shape(previous)
    weights, bias = lowered.constant(node, 2), lowered.constant(node, 3)
    assert weights is not None and bias is not None
    x = lowered.reshaped(lowered.input(node, 0), (batch, weights.shape[1] - units), nodes)
    activation, new_state, joined, gates = (lowered.output(node, i) for i in range(4))
    halves = np.split(whole(lowered.shape(joined)), [lowered.shape(x)[1]], axis=1)
    regions = [between(half, whole(lowered.shape(v))) for half, v in zip(halves, (x, previous), strict=True)]
    lowered.add(ir.Copy(inputs=(x, previous), output=joined, nodes=nodes, parts=tuple(enumerate(regions))))
    bias = bias.reshape(-1)
    lowered.add(ir.FullyConnected(inputs=(joined,), output=gates, nodes=nodes, weights=weights, bias=bias))
    lowered.add(Cells(inputs=(gates, state), output=new_state, nodes=nodes, rule=LstmState(units)))
    lowered.add(Cells(inputs=(gates, new_state), output=activation, nodes=nodes, rule=LstmOutput(units)))
