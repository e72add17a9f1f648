"""CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, FULLY_CONNECTED and BATCH_MATMUL of 8-bit codes.

The kernels of floats add up products of whole numbers, which float32 does exactly below 2**24; then a step scales the
sums. Multipliers: LiteRT's reference kernels (`core.arithmetic.linear` has the same).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ....core.arithmetic.numerics import (
    channel_multipliers,
    quantize_multiplier,
    quantize_multipliers,
    tensor_multiplier,
)
from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from ....shaders.requantize import Requantize, RequantizeDouble, Rescale
from .. import ir
from .checks import demand, operand, optional
from .code_checks import activation_limits, centred_range, demand_code_node, demand_codes, demand_float_twin, scale_of
from .context import Lowering
from .registry import float_lowering, lowering
from .twin import centred, twin

EXACT = 1 << 24
"""Whole numbers below this are exact in float32."""
ACTIVATIONS = {"TRANSPOSE_CONV": 2}
"""Where the activations are among the inputs; else first."""
CHANNEL_AXIS = {"DEPTHWISE_CONV_2D": 3}
"""The weights' axis of output channels; else 0."""
KINDS = (ir.Conv2D, ir.DepthwiseConv2D, ir.TransposeConv2D, ir.FullyConnected, ir.BatchMatMul)


def without_bias(node: Node) -> Node:
    """The node as its float twin may have it: bias values are integers, which the twin has no place for."""
    return replace(node, inputs=node.inputs[: ACTIVATIONS.get(node.op, 0) + (1 if node.op == "TRANSPOSE_CONV" else 2)])


def _bias(node: Node, graph: Graph) -> TensorInfo | None:
    return optional(node, graph, 3 if node.op == "TRANSPOSE_CONV" else 2)


def _check(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, ACTIVATIONS.get(node.op, 0))
    weights, bias = operand(node, graph, 1), _bias(node, graph)
    demand_float_twin(without_bias(node), graph)
    known = weights.quantization is not None and weights.quantization.scales.size > 0
    demand(known, "quantized", f"the weights {weights} have no scale")
    demand_axis(node, weights)
    constant = bias is None or (bias.data is not None and bias.type == TensorType.INT32)
    demand(constant, "constant", f"the bias values {bias} are not constant INT32")
    low, high = centred_range(operand(node, graph, ACTIVATIONS.get(node.op, 0)))
    bound = largest_sum(_weights(node, weights), CHANNEL_AXIS.get(node.op, 0), low, high)
    reason = f"sums may reach {bound}; float32 adds up exactly below {EXACT} only"
    demand(bound < EXACT, "exactness", reason)


def demand_axis(node: Node, weights: TensorInfo) -> None:
    """Weights are quantized per tensor, or per output channel."""
    quantization, axis = weights.quantization, CHANNEL_AXIS.get(node.op, 0)
    assert quantization is not None
    fits = not quantization.per_channel or quantization.dimension == axis
    demand(fits, "quantized", f"the weights {weights} have scales along dimension {quantization.dimension}, not {axis}")
    ignored = node.op in ("DEPTHWISE_CONV_2D", "TRANSPOSE_CONV") and weights.type != TensorType.UINT8
    zeros = quantization.zero_points
    demand(not ignored or not zeros.any(), "quantized", f"the weights {weights} have a zero point")
    same = weights.type != TensorType.UINT8 or not quantization.per_channel
    demand(same, "quantized", f"the weights {weights} are UINT8 with scales per channel")


def largest_sum(weights: np.ndarray, axis: int, low: int, high: int) -> int:
    """The largest partial sum, in any order, of whole weights times numbers between `low` and `high`."""
    others = tuple(i for i in range(weights.ndim) if i != axis)
    up, down = (np.sum(np.maximum(sign * weights, 0), axis=others, dtype=np.int64) for sign in (1, -1))
    high, low = max(high, 0), max(-low, 0)
    return int(np.maximum(up * high + down * low, up * low + down * high).max(initial=0))


def _weights(node: Node, weights: TensorInfo) -> np.ndarray:
    assert weights.data is not None
    return centred(weights, weights.data).astype(np.int64)


@lowering("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED", check=_check, codes=True)
def product(node: Node, lowered: Lowering) -> None:
    """The float twin's operations, and a step that scales the sums per channel."""
    graph = lowered.graph
    x, weights = lowered.tensor(node, ACTIVATIONS.get(node.op, 0)), lowered.tensor(node, 1)
    output, bias = graph.tensors[node.outputs[0]], _bias(node, graph)
    axis = CHANNEL_AXIS.get(node.op, 0)
    channels = (weights.shape or ())[axis]
    real = np.broadcast_to(multipliers(node, x, weights, output), channels)
    offsets = np.zeros(channels, np.int64) if bias is None or bias.data is None else bias.data.reshape(-1)
    limits = activation_limits(node, output)
    if node.op == "FULLY_CONNECTED":
        arithmetic: ir.UnaryArithmetic = RequantizeDouble(real, offsets.astype(np.int64), limits)
    else:
        bound = largest_sum(_weights(node, weights), axis, *centred_range(x))
        arithmetic = Requantize(*quantize_multipliers(real), offsets.astype(np.int64), limits, bound)
    add_twin(without_bias(node), lowered, KINDS, steps=(ir.CodeUnary("REQUANTIZE", arithmetic=arithmetic),))


def multipliers(node: Node, x: TensorInfo, weights: TensorInfo, output: TensorInfo) -> np.ndarray:
    """Real multipliers, one or one per channel."""
    assert weights.quantization is not None
    if weights.type == TensorType.UINT8 and node.op != "FULLY_CONNECTED":
        return np.array([tensor_multiplier(scale_of(x), scale_of(weights), scale_of(output))])
    return channel_multipliers(float(scale_of(x)), weights.quantization.scales, float(scale_of(output)))


def add_twin(node: Node, lowered: Lowering, kinds: tuple[type, ...], **changes: Any) -> None:
    """Adds the operations of the float twin, with `changes` to the one among `kinds`."""
    start = len(lowered.ops)
    with lowered.seeing(twin(lowered.graph)):
        float_lowering(node.op).lower(node, lowered)
    for i in range(start, len(lowered.ops)):
        if isinstance(lowered.ops[i], kinds):
            lowered.ops[i] = replace(lowered.ops[i], **changes)


def _check_batch_matmul(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0, 1)
    for position in (0, 1):
        tensor = operand(node, graph, position)
        demand_codes(tensor)
        demand(tensor.type == TensorType.INT8, "dtype", f"{tensor} is {tensor.type.name}; the kernel takes INT8")
    demand_float_twin(node, graph)
    left = operand(node, graph, 0).shape or ()
    depth = left[-2] if node.options.adj_x else left[-1]
    bound = depth * int(np.prod([max(map(abs, centred_range(operand(node, graph, i)))) for i in (0, 1)]))
    demand(bound < EXACT, "exactness", f"sums may reach {bound}; float32 adds up exactly below {EXACT} only")


@lowering("BATCH_MATMUL", check=_check_batch_matmul, codes=True)
def batch_matmul(node: Node, lowered: Lowering) -> None:
    a, b, output = lowered.tensor(node, 0), lowered.tensor(node, 1), lowered.graph.tensors[node.outputs[0]]
    real = tensor_multiplier(scale_of(a), scale_of(b), scale_of(output))
    rescale = Rescale(*quantize_multiplier(real), centred_range(output))
    add_twin(node, lowered, KINDS, steps=(ir.CodeUnary("RESCALE", arithmetic=rescale),))
