"""RELU and its kin, LEAKY_RELU and PRELU of codes.

Functions of one 8-bit code are tables; 16-bit codes are scaled in integers instead, which needs no table of 65536.
"""

from __future__ import annotations

import numpy as np

from ....core.arithmetic.numerics import quantize_multiplier, round_half_away
from ....core.graph import Graph, Node
from ....core.schema import TensorType
from ....shaders.parts.requantize import Rescale
from ....shaders.parts.slopes import LeakyRelu, Prelu
from ..program import ir
from .checks import demand, operand
from .code_checks import centred_range, demand_code_node, demand_codes, demand_float_twin, scale_of
from .context import Lowering
from .quantized_elementwise import add_binary, add_lookup, check_function
from .registry import lowering

RANGES = {"RELU": (0.0, np.inf), "RELU6": (0.0, 6.0), "RELU_N1_TO_1": (-1.0, 1.0), "RELU_0_TO_1": (0.0, 1.0)}


def _check(node: Node, graph: Graph) -> None:
    if operand(node, graph, 0).type == TensorType.INT16:
        demand_code_node(node, graph, 0)
    else:
        check_function(node, graph)


@lowering(*RANGES, "LEAKY_RELU", check=_check, codes=True)
def activation(node: Node, lowered: Lowering) -> None:
    source, output = lowered.tensor(node, 0), lowered.graph.tensors[node.outputs[0]]
    if source.type != TensorType.INT16:
        add_lookup(node, lowered)
        return
    real = scale_of(source) / scale_of(output)
    limits = centred_range(output)
    if node.op == "LEAKY_RELU":
        below = float(scale_of(source) * np.float32(node.options.alpha) / scale_of(output))
        scalings = quantize_multiplier(float(real)), quantize_multiplier(abs(below))
        arithmetic: ir.UnaryArithmetic = LeakyRelu(*scalings, limits, 1 if below >= 0 else -1)
    else:
        low, high = (_code(value, scale_of(output)) for value in RANGES[node.op])
        limits = max(limits[0], low), min(limits[1], high)
        arithmetic = Rescale(*quantize_multiplier(float(real)), limits)
    step = ir.CodeUnary(node.op, arithmetic=arithmetic)
    x, made = lowered.input(node, 0), lowered.output(node)
    lowered.add(ir.Elementwise(inputs=(x,), output=made, nodes=(node.index,), steps=(step,)))


def _code(value: float, scale: np.float32) -> int:
    """What a number comes to in codes."""
    return int(round_half_away(np.float32(value) / scale)) if np.isfinite(value) else 1 << 30


def _check_prelu(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    x, alpha = operand(node, graph, 0), operand(node, graph, 1)
    demand_codes(alpha)
    demand(x.data is None, "constant", f"the input {x} is constant")
    demand_float_twin(node, graph)


@lowering("PRELU", check=_check_prelu, codes=True)
def prelu(node: Node, lowered: Lowering) -> None:
    x, alpha, output = lowered.tensor(node, 0), lowered.tensor(node, 1), lowered.graph.tensors[node.outputs[0]]
    above = quantize_multiplier(float(scale_of(x) / scale_of(output)))
    below = quantize_multiplier(float(scale_of(x) * scale_of(alpha) / scale_of(output)))
    add_binary(node, lowered, Prelu(LeakyRelu(above, below, centred_range(output))))
