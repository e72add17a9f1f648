"""CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, FULLY_CONNECTED and BATCH_MATMUL of codes.

The kernels of floats add up products of whole numbers, which float32 does exactly below 2**24; then a step scales the
sums. Multipliers: LiteRT's reference kernels (`core.arithmetic.linear` has the same). 16-bit activations go through
`wide_products`.
"""

from __future__ import annotations

import numpy as np

from ....core.arithmetic.numerics import quantize_multipliers, tensor_multiplier
from ....core.graph import Graph, Node
from ....core.schema import TensorType
from ....shaders.parts.requantize import Requantize, RequantizeDouble
from ..program import ir
from .checks import demand, demand_constant, operand
from .code_checks import activation_limits, centred_range, demand_code_node, demand_codes, demand_float_twin, scale_of
from .context import Lowering
from .convolution import demand_whole_batches
from .registry import lowering
from .twin_products import (
    EXACT,
    KINDS,
    activations_at,
    add_twin,
    bias_of,
    channel_axis,
    demand_exact_sums,
    demand_scales,
    largest_sum,
    multipliers,
    offsets_of,
    whole_weights,
    without_bias,
)
from .wide_batch_matmul import add_wide_matmul, demand_wide_matmul
from .wide_products import add_wide_product, demand_wide_product


def _check(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, activations_at(node))
    x, weights, bias = operand(node, graph, activations_at(node)), operand(node, graph, 1), bias_of(node, graph)
    demand_constant(graph, weights, "the weights")
    demand_float_twin(without_bias(node), graph)
    demand_scales(node, weights)
    if x.type == TensorType.INT16:
        demand_wide_product(node, graph)
        return
    constant = bias is None or (bias.data is not None and bias.type == TensorType.INT32)
    demand(constant, "constant", f"the bias values {bias} are not constant INT32")
    demand_exact_sums(largest_sum(whole_weights(weights), channel_axis(node), *centred_range(x)))


@lowering("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED", check=_check, codes=True)
def product(node: Node, lowered: Lowering) -> None:
    """The float twin's operations, and a step that scales the sums per channel."""
    x, weights = lowered.tensor(node, activations_at(node)), lowered.tensor(node, 1)
    if x.type == TensorType.INT16:
        add_wide_product(node, lowered)
        return
    output, axis = lowered.graph.tensors[node.outputs[0]], channel_axis(node)
    channels = (weights.shape or ())[axis]
    real = np.broadcast_to(multipliers(node, x, weights, output), channels)
    offsets, limits = offsets_of(node, lowered.graph, channels), activation_limits(node, output)
    if node.op == "FULLY_CONNECTED":
        arithmetic: ir.UnaryArithmetic = RequantizeDouble(real, offsets, limits)
    else:
        bound = largest_sum(whole_weights(weights), axis, *centred_range(x))
        arithmetic = Requantize(*quantize_multipliers(real), offsets, limits, bound)
    add_twin(without_bias(node), lowered, KINDS, steps=(ir.CodeUnary("REQUANTIZE", arithmetic=arithmetic),))


def _check_batch_matmul(node: Node, graph: Graph) -> None:
    if operand(node, graph, 0).type == TensorType.INT16:
        demand_wide_matmul(node, graph)
        return
    demand_code_node(node, graph, 0, 1)
    for position in (0, 1):
        tensor = operand(node, graph, position)
        demand_codes(tensor)
        demand(tensor.type == TensorType.INT8, "dtype", f"{tensor} is {tensor.type.name}; the kernel takes INT8")
    demand_float_twin(node, graph)
    demand_whole_batches(node, graph)
    left = operand(node, graph, 0).shape or ()
    depth = left[-2] if node.options.adj_x else left[-1]
    demand_exact_sums(depth * int(np.prod([max(map(abs, centred_range(operand(node, graph, i)))) for i in (0, 1)])))


@lowering("BATCH_MATMUL", check=_check_batch_matmul, codes=True)
def batch_matmul(node: Node, lowered: Lowering) -> None:
    a, b, output = lowered.tensor(node, 0), lowered.tensor(node, 1), lowered.graph.tensors[node.outputs[0]]
    if a.type == TensorType.INT16:
        add_wide_matmul(node, lowered)
        return
    real = np.full((output.shape or ())[-1], tensor_multiplier(scale_of(a), scale_of(b), scale_of(output)))
    rescale = Requantize(*quantize_multipliers(real), np.zeros(real.size, np.int64), centred_range(output), EXACT)
    add_twin(node, lowered, KINDS, steps=(ir.CodeUnary("REQUANTIZE", arithmetic=rescale),))
