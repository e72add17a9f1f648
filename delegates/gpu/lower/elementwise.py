"""Operators that work element by element, alone or with a second operand that broadcasts."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ..program import ir
from .checks import demand, demand_activations, demand_constant, demand_float, operand, shape_of
from .constants import has_constant_value
from .context import Lowering, activation_steps
from .registry import lowering

UNARY = {
    **{f: f for f in ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "TANH", "LOGISTIC", "HARD_SWISH", "ELU")},
    **{f: f for f in ("ABS", "NEG", "SQUARE", "SQRT", "RSQRT", "EXP", "LOG", "SIN", "COS", "FLOOR", "CEIL", "ROUND")},
    "SIGN": "SIGN",
}
BINARY = ("ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "POW")


def check_unary(node: Node, graph: Graph) -> None:
    """One float operand."""
    demand_activations(node, graph, 0)


def add_unary(node: Node, lowered: Lowering, step: ir.Unary) -> None:
    """Lowers the node to one step."""
    x = lowered.input(node, 0)
    lowered.add(ir.Elementwise(inputs=(x,), output=lowered.output(node), nodes=(node.index,), steps=(step,)))


@lowering(*UNARY, check=check_unary)
def unary(node: Node, lowered: Lowering) -> None:
    add_unary(node, lowered, ir.Unary(UNARY[node.op]))


@lowering("LEAKY_RELU", check=check_unary)
def leaky_relu(node: Node, lowered: Lowering) -> None:
    add_unary(node, lowered, ir.Unary("LEAKY_RELU", (float(node.options.alpha),)))


@lowering("GELU", check=check_unary)
def gelu(node: Node, lowered: Lowering) -> None:
    add_unary(node, lowered, ir.Unary("GELU_TANH" if node.options.approximate else "GELU"))


def check_binary(node: Node, graph: Graph) -> None:
    """Two float operands, not both constant."""
    demand_activations(node, graph)
    tensors = [operand(node, graph, i) for i in range(2)]
    computed = [t for t in tensors if not has_constant_value(graph, t)]
    demand(computed, "constant", "both operands are constant: nothing to compute at run time")
    for tensor in computed:
        demand_float(tensor)


@lowering(*BINARY, check=check_binary)
def binary(node: Node, lowered: Lowering) -> None:
    finite = (ir.Unary("FINITE"),) if node.op == "DIV" else ()
    add_binary(node, lowered, node.op, (*finite, *activation_steps(node.options)))


def add_binary(node: Node, lowered: Lowering, function: str, rest: tuple[ir.Step, ...] = ()) -> None:
    """Lowers the node to a step with its second operand (or its first), and the rest."""
    operands = [lowered.input(node, i) for i in range(2)]
    output = lowered.output(node)
    main = main_operand(operands, lowered, lowered.shape(output))
    first: ir.Step = operand_step(function, operands[1 - main], lowered, reverse=main == 1)
    lowered.add(ir.Elementwise(inputs=(operands[main],), output=output, nodes=(node.index,), steps=(first, *rest)))


def main_operand(operands: list[int], lowered: Lowering, shape: tuple[int, ...]) -> int:
    """Which operand the chain starts from: a computed one, of the output's shape if there is one."""
    computed = [i for i, v in enumerate(operands) if lowered.values[v].data is None]
    return next((i for i in computed if lowered.shape(operands[i]) == shape), computed[0])


def operand_step(function: str, operand: int, lowered: Lowering, reverse: bool = False) -> ir.Binary:
    """A step with an operand, or with its number where it is one."""
    data = lowered.values[operand].data
    if data is not None and data.size == 1 and np.isfinite(data).all():
        return ir.Binary(function, constant=float(data.reshape(())), reverse=reverse)
    return ir.Binary(function, operand, reverse=reverse)


def _check_prelu(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0)
    alpha = operand(node, graph, 1)
    demand_constant(graph, alpha, "the slopes")
    rank = len(shape_of(operand(node, graph, 0)))
    demand(len(shape_of(alpha)) <= rank, "rank", f"the slopes {alpha} have more dimensions than the input")


@lowering("PRELU", check=_check_prelu)
def prelu(node: Node, lowered: Lowering) -> None:
    x, alpha, output = lowered.input(node, 0), lowered.input(node, 1), lowered.output(node)
    step = operand_step("PRELU", alpha, lowered)
    lowered.add(ir.Elementwise(inputs=(x,), output=output, nodes=(node.index,), steps=(step,)))
