"""DEQUANTIZE, QUANTIZE and CAST at the borders between codes and float32.

Codes have no layout of their own: they stay dense, as the host has them. A border node is taken only where its float
side is computed here too; alone it would move data to the device and back for nothing.
"""

from __future__ import annotations

import math

import numpy as np

from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from .. import ir
from .checks import Refusal, demand, demand_float, operand, shape_of
from .constants import consumers, has_constant_value, producers
from .context import Lowering
from .registry import judge, lowering

CODES = {TensorType.INT8: "i8", TensorType.UINT8: "u8"}
"""How codes of a type are stored."""


def _check_codes(tensor: TensorInfo, quantized: bool) -> None:
    demand(tensor.type in CODES, "dtype", f"{tensor} is {tensor.type.name}; the kernels take INT8 and UINT8 codes")
    demand(math.prod(shape_of(tensor)) > 0, "shape", f"{tensor} is empty")
    demand(not tensor.is_variable, "variable", f"{tensor} is a variable, which lives on the CPU")
    plain = tensor.quantization is not None and tensor.quantization.scales.size == 1
    demand(plain or not quantized, "quantized", f"{tensor} has not one scale for all of it")


def _check_from_codes(node: Node, graph: Graph) -> None:
    source, output = operand(node, graph, 0), graph.outputs_of(node)[0]
    demand_float(output)
    if node.op == "DEQUANTIZE" and has_constant_value(graph, source):
        return
    _check_codes(source, node.op == "DEQUANTIZE")
    readers = consumers(graph).get(output.index, ())
    taken = any(reader.op not in ("QUANTIZE", "CAST", "DEQUANTIZE") and judge(reader, graph) for reader in readers)
    demand(taken, "boundary", f"nothing that runs on this delegate reads {output}: the CPU converts it where it is")


@lowering("DEQUANTIZE", "CAST", check=_check_from_codes)
def from_codes(node: Node, lowered: Lowering) -> None:
    """Weights are widened when the partition is built, whoever reads them finds the constant; codes on the device."""
    value = lowered.constant(node, 0) if node.op == "DEQUANTIZE" else None
    tensor = lowered.graph.tensors[node.outputs[0]]
    if value is not None:
        lowered.by_tensor[tensor.index] = lowered.new(value.shape, tensor.name, np.ascontiguousarray(value))
        return
    codes, nodes = lowered.input(node, 0), (node.index,)
    scale, zero_point = _scale(lowered.tensor(node, 0)) if node.op == "DEQUANTIZE" else (1.0, 0)
    dense = lowered.new(lowered.shape(codes), tensor.name)
    lowered.add(ir.Dequantize(inputs=(codes,), output=dense, nodes=nodes, scale=scale, zero_point=zero_point))
    lowered.reshape(dense, shape_of(tensor), nodes, lowered.output(node))


def _check_to_codes(node: Node, graph: Graph) -> None:
    source, output = operand(node, graph, 0), graph.outputs_of(node)[0]
    demand_float(source)
    _check_codes(output, True)
    maker = producers(graph).get(source.index)
    if maker is None or maker.op in ("QUANTIZE", "CAST", "DEQUANTIZE") or not judge(maker, graph):
        raise Refusal("boundary", f"{source} is not computed on this delegate: the CPU converts it where it is")


@lowering("QUANTIZE", check=_check_to_codes)
def quantize(node: Node, lowered: Lowering) -> None:
    x, nodes = lowered.input(node, 0), (node.index,)
    tensor = lowered.graph.tensors[node.outputs[0]]
    scale, zero_point = _scale(tensor)
    dense = lowered.reshape(x, (math.prod(lowered.shape(x)),), nodes)
    codes = lowered.new(lowered.shape(dense), tensor.name, storage=CODES[tensor.type])
    lowered.add(ir.Quantize(inputs=(dense,), output=codes, nodes=nodes, scale=scale, zero_point=zero_point))
    lowered.by_tensor[tensor.index] = codes


def _scale(tensor: TensorInfo) -> tuple[float, int]:
    quantization = tensor.quantization
    assert quantization is not None
    return float(quantization.scale), quantization.zero_point
