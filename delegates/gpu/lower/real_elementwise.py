"""FLOOR_DIV, FLOOR_MOD, ATAN2, FAKE_QUANT and ADD_N of floats."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ..program import ir
from .checks import demand, demand_float, operand
from .comparison import demand_operands
from .constants import is_known
from .context import Lowering
from .elementwise import operand_step
from .integer_elementwise import check_divisor, demand_computed, demand_divisor
from .registry import lowering


def _check_binary(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0, 1)
    demand_float(graph.outputs_of(node)[0])
    demand_computed(node, graph)
    if node.op == "FLOOR_DIV":
        demand_divisor(node, graph)


@lowering("FLOOR_DIV", "FLOOR_MOD", "ATAN2", check=_check_binary)
def binary(node: Node, lowered: Lowering) -> None:
    operands = lowered.input(node, 0), lowered.input(node, 1)
    if node.op == "FLOOR_DIV":
        check_divisor(node, lowered)
    lowered.map(node.op, operands, lowered.output(node), (node.index,))


def _check_fake_quant(node: Node, graph: Graph) -> None:
    demand_float(operand(node, graph, 0))
    demand_float(graph.outputs_of(node)[0])
    demand(node.options.min < node.options.max, "options", f"no range from {node.options.min} to {node.options.max}")


@lowering("FAKE_QUANT", check=_check_fake_quant)
def fake_quant(node: Node, lowered: Lowering) -> None:
    """The range is moved so that it has a code for 0 (NudgeQuantizationRange of LiteRT)."""
    options, f = node.options, np.float32
    first, last = f(1 if options.narrow_range else 0), f((1 << options.num_bits) - 1)
    scale = (f(options.max) - f(options.min)) / (last - first)
    zero = np.clip(np.trunc(first - f(options.min) / scale + f(0.5)), first, last)
    limits = float((first - zero) * scale), float((last - zero) * scale)
    x, output = lowered.input(node, 0), lowered.output(node)
    lowered.map("FAKE_QUANT", (x,), output, (node.index,), (*limits, float(scale)))


def _check_sum(node: Node, graph: Graph) -> None:
    demand(len(node.inputs) > 1, "options", "one operand is no sum")
    demand_operands(node, graph, *range(len(node.inputs)))
    demand_float(graph.outputs_of(node)[0])
    demand(not is_known(graph, operand(node, graph, 0)), "constant", "the first operand is constant")


@lowering("ADD_N", check=_check_sum)
def add_n(node: Node, lowered: Lowering) -> None:
    values = [lowered.input(node, i) for i in range(len(node.inputs))]
    output = lowered.output(node)
    steps = tuple(operand_step("ADD", v, lowered) for v in values[1:])
    lowered.add(ir.Elementwise(inputs=(values[0],), output=output, nodes=(node.index,), steps=steps))
