"""Arithmetic on integers, logic on booleans, element by element; integers wrap as the CPU kernels' do."""

from __future__ import annotations

from ....core.graph import Graph, Node
from ....core.schema import ActivationFunctionType
from .checks import demand, operand
from .context import Lowering
from .integer_checks import add_checked
from .integers import demand_integer
from .registry import lowering

UNARY = {op: f"INTEGER_{op}" for op in ("ABS", "NEG", "SIGN", "SQUARE")} | {"LOGICAL_NOT": "LOGICAL_NOT"}
BINARY = {
    **{op: f"INTEGER_{op}" for op in ("ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE")},
    **{op: f"INTEGER_{op}" for op in ("DIV", "FLOOR_DIV", "FLOOR_MOD", "POW")},
    "BITWISE_XOR": "INTEGER_XOR",
    "RIGHT_SHIFT": "INTEGER_RIGHT_SHIFT",
    "LOGICAL_AND": "LOGICAL_AND",
    "LOGICAL_OR": "LOGICAL_OR",
}
DIVIDING = ("DIV", "FLOOR_DIV", "FLOOR_MOD")
CLAMPS = {
    ActivationFunctionType.RELU: (0, 2**31 - 1),
    ActivationFunctionType.RELU6: (0, 6),
    ActivationFunctionType.RELU_N1_TO_1: (-1, 1),
}
"""What fused activations leave of integers; the CPU kernels know no others."""


def demand_integers_of(node: Node, graph: Graph, *positions: int) -> None:
    """The inputs at `positions` and all outputs are integers that the device holds."""
    for tensor in (*(operand(node, graph, p) for p in positions), *graph.outputs_of(node)):
        demand_integer(graph, tensor)


def demand_computed(node: Node, graph: Graph) -> None:
    """Not all operands are constant."""
    known = all(t is None or t.data is not None for t in graph.inputs_of(node))
    demand(not known, "constant", "all operands are constant: nothing to compute at run time")


def demand_divisor(node: Node, graph: Graph) -> None:
    """Constant divisors are not 0; computed ones are checked when the node runs."""
    divisor = operand(node, graph, 1)
    demand(divisor.data is None or divisor.data.all(), "options", f"a divisor in {divisor} is 0")


def check_divisor(node: Node, lowered: Lowering) -> None:
    """The run fails where a computed divisor is 0, as it does on the CPU."""
    value, nodes = lowered.input(node, 1), (node.index,)
    if lowered.values[value].data is None:
        zero = lowered.map("IS_ZERO", (value,), lowered.new(lowered.shape(value), storage="i32"), nodes)
        lowered.check(zero, nodes, f"a divisor of {node.op} is 0")


def _check_unary(node: Node, graph: Graph) -> None:
    demand_integers_of(node, graph, 0)


@lowering(*UNARY, check=_check_unary, integers=True)
def unary(node: Node, lowered: Lowering) -> None:
    add_checked(node, lowered, UNARY[node.op], (lowered.input(node, 0),), lowered.output(node))


def _check_binary(node: Node, graph: Graph) -> None:
    demand_integers_of(node, graph, 0, 1)
    demand_computed(node, graph)
    if node.op in DIVIDING:
        demand_divisor(node, graph)
    if node.op == "POW":
        exponents = operand(node, graph, 1).data
        demand(exponents is not None, "constant", "the exponents are computed, and the CPU refuses negative ones")
        demand(exponents is None or exponents.min(initial=0) >= 0, "options", "an exponent is negative")


@lowering(*BINARY, check=_check_binary, integers=True)
def binary(node: Node, lowered: Lowering) -> None:
    operands = lowered.input(node, 0), lowered.input(node, 1)
    if node.op in DIVIDING:
        check_divisor(node, lowered)
    function = getattr(node.options, "fused_activation_function", ActivationFunctionType.NONE)
    output, nodes = lowered.output(node), (node.index,)
    if function not in CLAMPS:
        add_checked(node, lowered, BINARY[node.op], operands, output)
        return
    made = add_checked(node, lowered, BINARY[node.op], operands, lowered.like(output, lowered.shape(output)))
    lowered.map("INTEGER_CLAMP_BETWEEN", (made,), output, nodes, CLAMPS[function])


def _check_sum(node: Node, graph: Graph) -> None:
    tensors = [operand(node, graph, i) for i in range(len(node.inputs))]
    demand(len(tensors) > 1, "options", "one operand is no sum")
    for tensor in (*tensors, *graph.outputs_of(node)):
        demand_integer(graph, tensor)
    demand_computed(node, graph)


@lowering("ADD_N", check=_check_sum, integers=True)
def add_n(node: Node, lowered: Lowering) -> None:
    total, rest = lowered.input(node, 0), range(1, len(node.inputs))
    for i in rest:
        made = lowered.output(node) if i == rest[-1] else lowered.like(total, lowered.shape(total))
        total = add_checked(node, lowered, "INTEGER_ADD", (total, lowered.input(node, i)), made)
