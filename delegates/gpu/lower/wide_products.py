"""CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED of 16-bit activations with weights of 8 bits or fewer.

High and low bytes of the activations are multiplied apart, by the kernels of floats, and what comes out is joined and
scaled in integers: see `shaders.parts.wide_sums`.
"""

from __future__ import annotations

import numpy as np

from ....core.arithmetic.numerics import quantize_multipliers, reduce_multiplier
from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from ....shaders.parts.requantize import Requantize, RequantizeDouble
from ....shaders.parts.wide_sums import LARGEST, Joined, RequantizeWide, RequantizeWideDouble
from ....shaders.traced.storage import Codes
from ..program import ir
from .checks import demand, operand
from .code_checks import activation_limits, demand_symmetric
from .context import Lowering
from .twin import twin
from .twin_products import (
    KINDS,
    activations_at,
    add_twin,
    bias_of,
    channel_axis,
    demand_exact_sums,
    largest_sum,
    multipliers,
    offsets_of,
    whole_weights,
    without_bias,
)

HIGH, LOW = (-128, 127), (0, 255)
"""Ranges of the bytes of a code."""
WEIGHTS = (TensorType.INT8, TensorType.INT4, TensorType.INT2)


def demand_wide_product(node: Node, graph: Graph) -> None:
    """What 16-bit activations ask beyond what 8-bit ones do."""
    x, weights, bias = operand(node, graph, activations_at(node)), operand(node, graph, 1), bias_of(node, graph)
    demand_symmetric(x, graph.outputs_of(node)[0])
    demand(weights.type in WEIGHTS, "dtype", f"the weights {weights} are {weights.type.name}; INT8 would do")
    constant = bias is None or bias.data is not None
    demand(constant, "constant", f"the bias values {bias} are not constant")
    wanted = TensorType.INT32 if _has_short_bias(node) else TensorType.INT64
    fits = bias is None or bias.type == wanted or (node.op == "FULLY_CONNECTED" and bias.type == TensorType.INT32)
    demand(fits, "dtype", f"the bias values {bias} are {bias and bias.type.name}; {wanted.name} would do")
    codes, axis = whole_weights(weights), channel_axis(node)
    demand_exact_sums(largest_sum(codes, axis, *LOW))
    total = _bound(node, graph, codes)
    largest = 1 << 31 if _has_short_bias(node) and node.op != "FULLY_CONNECTED" else LARGEST
    demand(total < largest, "exactness", f"sums may reach {total}; the kernel scales what stays below {largest}")
    real = multipliers(node, x, weights, graph.outputs_of(node)[0])
    scaled = total * real.max(initial=0)
    if node.op == "FULLY_CONNECTED":
        scaled = total << RequantizeDouble(real, real, (0, 0)).shift >> 1
    demand(scaled < 1 << 31, "exactness", f"sums of {total} times {real.max():.3g} leave the kernel's 32 bits")


def _has_short_bias(node: Node) -> bool:
    return getattr(node.options, "quantized_bias_type", None) == TensorType.INT32


def _bound(node: Node, graph: Graph, codes: np.ndarray) -> int:
    """The largest magnitude of a sum with its bias."""
    axis = channel_axis(node)
    offsets = offsets_of(node, graph, codes.shape[axis])
    return largest_sum(codes, axis, -(1 << 15), (1 << 15) - 1) + int(np.abs(offsets).max(initial=0))


def add_wide_product(node: Node, lowered: Lowering) -> None:
    """Two of the float twin's operations; the second joins what both make."""
    scaling = _scaling(node, lowered)
    tensor = lowered.tensor(node, activations_at(node))
    with lowered.seeing(twin(lowered.graph)):
        x = lowered.input(node, activations_at(node))
    high, low = add_bytes(x, lowered, (node.index,))
    lowered.by_tensor[tensor.index] = high
    sums = add_twin(without_bias(node), lowered, KINDS, steps=())
    lowered.hold_whole(sums)
    lowered.by_tensor[tensor.index] = low
    step = ir.CodeBinary("JOIN", sums, arithmetic=scaling)
    add_twin(without_bias(node), lowered, KINDS, steps=(step,))
    lowered.by_tensor[tensor.index] = x


def add_bytes(x: int, lowered: Lowering, nodes: tuple[int, ...]) -> tuple[int, int]:
    """The high and the low bytes of 16-bit codes: x is 256 times the one plus the other."""
    made = []
    for function, zero in (("HIGH_BYTE", 128), ("LOW_BYTE", 0)):
        value = lowered.new(lowered.shape(x), lowered.values[x].name, codes=Codes("u8", zero), whole=True)
        step = ir.Unary(function)
        made.append(lowered.add(ir.Elementwise(inputs=(x,), output=value, nodes=nodes, steps=(step,))))
    high, low = made
    return high, low


def _scaling(node: Node, lowered: Lowering) -> ir.BinaryArithmetic:
    x, weights = lowered.tensor(node, activations_at(node)), lowered.tensor(node, 1)
    output: TensorInfo = lowered.graph.tensors[node.outputs[0]]
    codes = whole_weights(weights)
    channels = codes.shape[channel_axis(node)]
    real = np.broadcast_to(multipliers(node, x, weights, output), channels)
    offsets, limits = offsets_of(node, lowered.graph, channels), activation_limits(node, output)
    if node.op == "FULLY_CONNECTED":
        return RequantizeWideDouble(RequantizeDouble(real, offsets, limits))
    m, s = quantize_multipliers(real)
    if _has_short_bias(node):
        return Joined(Requantize(m, s, offsets, limits, _bound(node, lowered.graph, codes)))
    return RequantizeWide(reduce_multiplier(m), s, offsets, limits)
