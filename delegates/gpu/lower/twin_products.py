"""What products of codes have in common: operands, bounds of sums, multipliers, and their float twins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ....core.arithmetic.numerics import channel_multipliers, tensor_multiplier
from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from ..program import ir
from .checks import demand, optional
from .code_checks import scale_of
from .context import Lowering
from .registry import float_lowering
from .twin import centred, twin

EXACT = 1 << 24
"""Whole numbers below this are exact in float32."""
KINDS = (ir.Conv2D, ir.DepthwiseConv2D, ir.TransposeConv2D, ir.FullyConnected, ir.BatchMatMul)


def activations_at(node: Node) -> int:
    """Where the activations are among the inputs."""
    return 2 if node.op == "TRANSPOSE_CONV" else 0


def channel_axis(node: Node) -> int:
    """The weights' axis of output channels."""
    return 3 if node.op == "DEPTHWISE_CONV_2D" else 0


def without_bias(node: Node) -> Node:
    """The node as its float twin may have it: bias values are integers, which the twin has no place for."""
    return replace(node, inputs=node.inputs[: 3 if node.op == "TRANSPOSE_CONV" else 2])


def bias_of(node: Node, graph: Graph) -> TensorInfo | None:
    """The bias, if there is one."""
    return optional(node, graph, 3 if node.op == "TRANSPOSE_CONV" else 2)


def offsets_of(node: Node, graph: Graph, channels: int) -> np.ndarray:
    """The bias values, int64 [channels]."""
    bias = bias_of(node, graph)
    return np.zeros(channels, np.int64) if bias is None or bias.data is None else bias.data.reshape(-1).astype(np.int64)


def whole_weights(weights: TensorInfo) -> np.ndarray:
    """Constant weights less their zero point, int64."""
    assert weights.data is not None
    return centred(weights, weights.data).astype(np.int64)


def demand_scales(node: Node, weights: TensorInfo) -> None:
    """Weights are quantized per tensor, or per output channel."""
    quantization, axis = weights.quantization, channel_axis(node)
    known = quantization is not None and quantization.scales.size > 0
    demand(known, "quantized", f"the weights {weights} have no scale")
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


def demand_exact_sums(bound: int) -> None:
    """Sums stay where float32 adds up exactly."""
    demand(bound < EXACT, "exactness", f"sums may reach {bound}; float32 adds up exactly below {EXACT} only")


def multipliers(node: Node, x: TensorInfo, weights: TensorInfo, output: TensorInfo) -> np.ndarray:
    """Real multipliers, one or one per channel."""
    assert weights.quantization is not None
    if weights.type == TensorType.UINT8 and node.op != "FULLY_CONNECTED":
        return np.array([tensor_multiplier(scale_of(x), scale_of(weights), scale_of(output))])
    return channel_multipliers(float(scale_of(x)), weights.quantization.scales, float(scale_of(output)))


def add_twin(node: Node, lowered: Lowering, kinds: tuple[type, ...], **changes: Any) -> int:
    """Adds the operations of the float twin, with `changes` to the one among `kinds`, and gives what that makes."""
    start = len(lowered.ops)
    with lowered.seeing(twin(lowered.graph)):
        float_lowering(node.op).lower(node, lowered)
    (place,) = (i for i in range(start, len(lowered.ops)) if isinstance(lowered.ops[i], kinds))
    lowered.ops[place] = replace(lowered.ops[place], **changes)
    return lowered.ops[place].output
