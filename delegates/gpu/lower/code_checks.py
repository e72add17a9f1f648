"""Conditions on tensors of codes, and what lowerings ask of their quantization."""

from __future__ import annotations

import math

import numpy as np

from ....core.arithmetic.activation import quantized_activation_range
from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import ActivationFunctionType, TensorType
from .checks import CODES, MAX_RANK, demand, shape_of
from .registry import float_lowering
from .twin import twin, zero_point


def demand_codes(tensor: TensorInfo, quantized: bool = True) -> None:
    """A tensor of INT8, UINT8 or INT16 of known shape, with one scale (`quantized`) or perhaps none."""
    name = tensor.type.name
    demand(tensor.type in CODES, "quantized", f"{tensor} is {name}; the kernels of codes take INT8, UINT8 and INT16")
    demand(tensor.shape is not None, "shape", f"the shape of {tensor} is known only at run time; a fixed one would do")
    demand(math.prod(shape_of(tensor)) > 0, "shape", f"{tensor} is empty")
    demand(len(shape_of(tensor)) <= MAX_RANK, "rank", f"{tensor} has more than {MAX_RANK} dimensions")
    scales = 0 if tensor.quantization is None else tensor.quantization.scales.size
    demand(scales == 1 or (not quantized and scales == 0), "quantized", f"{tensor} has {scales} scales; one would do")


def demand_symmetric(*tensors: TensorInfo) -> None:
    """Codes of 16 bits have no zero point, as LiteRT wants it of most operators."""
    for tensor in tensors:
        symmetric = tensor.type != TensorType.INT16 or zero_point(tensor) == 0
        demand(symmetric, "quantized", f"{tensor} has a zero point; the kernel takes INT16 without")


def demand_bytes(node: Node, graph: Graph) -> None:
    """No operand has codes of 16 bits."""
    for tensor in (*graph.inputs_of(node), *graph.outputs_of(node)):
        reason = f"{tensor} is INT16; the kernel of {node.op} takes INT8 and UINT8"
        demand(tensor is None or tensor.type != TensorType.INT16, "dtype", reason)


def demand_code_node(node: Node, graph: Graph, *positions: int, quantized: bool = True) -> None:
    """The inputs at `positions` and all outputs hold codes of one type."""
    tensors = [t for p in positions if (t := graph.tensor(node.inputs[p])) is not None]
    tensors += graph.outputs_of(node)
    for tensor in tensors:
        demand_codes(tensor, quantized)
    types = {t.type.name for t in tensors}
    demand(len(types) == 1, "dtype", f"the node mixes {' and '.join(sorted(types))}")


def demand_float_twin(node: Node, graph: Graph) -> None:
    """The node is one that would be lowered if its codes were floats."""
    float_lowering(node.op).check(node, twin(graph))


def scale_of(tensor: TensorInfo) -> np.float32:
    """The scale of a tensor with one."""
    assert tensor.quantization is not None
    return np.float32(tensor.quantization.scale)


def code_range(tensor: TensorInfo) -> tuple[int, int]:
    """Lowest and highest code of the type."""
    if tensor.type == TensorType.INT16:
        return -(1 << 15), (1 << 15) - 1
    return (0, 255) if tensor.type == TensorType.UINT8 else (-128, 127)


def centred_range(tensor: TensorInfo) -> tuple[int, int]:
    """Lowest and highest code, less the zero point."""
    low, high = code_range(tensor)
    return low - zero_point(tensor), high - zero_point(tensor)


def activation_limits(node: Node, output: TensorInfo) -> tuple[int, int]:
    """What the fused activation leaves of the output's codes, less the zero point."""
    function = getattr(node.options, "fused_activation_function", ActivationFunctionType.NONE)
    assert output.quantization is not None
    low, high = quantized_activation_range(function, output.quantization, output.dtype)
    return low - zero_point(output), high - zero_point(output)
