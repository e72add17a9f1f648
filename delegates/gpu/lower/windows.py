"""LOCAL_RESPONSE_NORMALIZATION and REDUCE_WINDOW."""

from __future__ import annotations

from ....core.graph import Graph, Node
from ....core.schema import ReduceWindowFunction, TensorType
from ....shaders.kernels.windows import LocalResponse, ReduceWindow
from ..program.ir_integer import Cells
from .checks import demand, demand_activations, demand_integers, operand, shape_of
from .comparison import demand_operands
from .context import Lowering
from .integers import demand_values
from .registry import lowering

KINDS = {
    ReduceWindowFunction.ADD: "sum",
    ReduceWindowFunction.MUL: "prod",
    ReduceWindowFunction.MINIMUM: "min",
    ReduceWindowFunction.MAXIMUM: "max",
    ReduceWindowFunction.ALL: "min",
    ReduceWindowFunction.ANY: "max",
}
"""Booleans are 0 and 1: the smallest tells whether all hold, the largest whether any does."""
LOGICAL = (ReduceWindowFunction.ALL, ReduceWindowFunction.ANY)


def _check_response(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0)
    demand(shape_of(operand(node, graph, 0)), "rank", "the input is a scalar")
    demand(node.options.bias > 0 and node.options.alpha >= 0, "options", "the bias is not above 0 or alpha is below it")


@lowering("LOCAL_RESPONSE_NORMALIZATION", check=_check_response)
def local_response_normalization(node: Node, lowered: Lowering) -> None:
    x, o = lowered.input(node, 0), node.options
    numbers = float(o.bias), float(o.alpha), float(o.beta)
    rule = LocalResponse(lowered.shape(x)[-1], int(o.radius), *numbers)
    lowered.add(Cells(inputs=(x,), output=lowered.output(node), nodes=(node.index,), rule=rule))


def _check_window(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0, 1)
    demand_values(node, graph)
    for position, role in ((2, "window"), (3, "strides"), (4, "dilations")):
        demand_integers(operand(node, graph, position), f"the {role}")
    function = node.options.reduce_function
    demand(function in KINDS, "options", "the reduction has no function")
    boolean = operand(node, graph, 0).type == TensorType.BOOL
    demand(boolean == (function in LOGICAL), "dtype", f"{function.name} of {operand(node, graph, 0)}")


@lowering("REDUCE_WINDOW", check=_check_window, floats=True, integers=True)
def reduce_window(node: Node, lowered: Lowering) -> None:
    x, initial, output = lowered.input(node, 0), lowered.input(node, 1), lowered.output(node)
    sizes = (lowered.integers(node, position) for position in (2, 3, 4))
    rule = ReduceWindow(KINDS[node.options.reduce_function], *sizes)
    inputs = x, lowered.reshaped(initial, (), (node.index,))
    lowered.add(Cells(inputs=inputs, output=output, nodes=(node.index,), rule=rule))
