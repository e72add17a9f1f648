"""DEQUANTIZE, QUANTIZE and CAST between float32 and codes, and between codes.

A border node is taken only where one of its sides is computed here too; alone it would move data to the device and back
for nothing.
"""

from __future__ import annotations

import numpy as np

from ....core.arithmetic.numerics import quantize_multiplier
from ....core.graph import Graph, Node
from ....core.schema import TensorType
from ....shaders.parts.code_table import Quantize
from ....shaders.parts.requantize import Rescale
from ..program import ir
from .checks import BYTES, CODES, demand, demand_constant, demand_float, operand
from .code_checks import centred_range, code_range, demand_codes, scale_of
from .context import Lowering
from .integers import is_integer
from .quantized_integer import cast, check_cast
from .registry import demand_neighbour, lowering
from .twin import zero_point


def _check_constant(node: Node, graph: Graph) -> None:
    demand_float(graph.outputs_of(node)[0])
    demand_constant(graph, operand(node, graph, 0), "the codes in")


@lowering("DEQUANTIZE", check=_check_constant)
def dequantize_constant(node: Node, lowered: Lowering) -> None:
    """Weights widened when the partition is built; whoever reads them finds the constant."""
    value = lowered.constant(node, 0)
    assert value is not None
    tensor = lowered.graph.tensors[node.outputs[0]]
    lowered.by_tensor[tensor.index] = lowered.new(value.shape, tensor.name, np.ascontiguousarray(value))


def _check_from_codes(node: Node, graph: Graph) -> None:
    source, output = operand(node, graph, 0), graph.outputs_of(node)[0]
    if node.op != "DEQUANTIZE" and (is_integer(output) or output.type in CODES):
        check_cast(node, graph)
        return
    demand_float(output)
    taken = source.type in CODES
    demand(taken, "dtype", f"{source} is {source.type.name}; the kernels take INT8, UINT8 and INT16 codes")
    demand_codes(source, quantized=node.op == "DEQUANTIZE")
    demand_neighbour(source, output, graph)


@lowering("DEQUANTIZE", "CAST", "STABLEHLO_CONVERT", check=_check_from_codes, codes=True)
def from_codes(node: Node, lowered: Lowering) -> None:
    """A product with the scale, which float32 rounds once, as the reference does; CAST has the codes themselves."""
    output = lowered.graph.tensors[node.outputs[0]]
    if is_integer(output) or output.type in CODES:
        cast(node, lowered)
        return
    source = lowered.tensor(node, 0)
    if node.op == "DEQUANTIZE":
        step = ir.Binary("MUL", constant=float(scale_of(source)))
    else:
        step = ir.Binary("ADD", constant=float(zero_point(source)))
    x, made = lowered.input(node, 0), lowered.output(node)
    lowered.add(ir.Elementwise(inputs=(x,), output=made, nodes=(node.index,), steps=(step,)))


def _check_to_codes(node: Node, graph: Graph) -> None:
    source, output = operand(node, graph, 0), graph.outputs_of(node)[0]
    if source.type == TensorType.FLOAT32:
        demand_float(source)
    else:
        demand_codes(source)
    demand_codes(output)
    demand_neighbour(source, output, graph)


@lowering("QUANTIZE", check=_check_to_codes, codes=True)
def quantize(node: Node, lowered: Lowering) -> None:
    """From floats, from 16-bit codes; of bytes it is one of the functions of `quantized_elementwise`."""
    from .quantized_elementwise import add_lookup

    tensor = lowered.graph.tensors[node.outputs[0]]
    source = lowered.tensor(node, 0)
    if source.type in BYTES:
        add_lookup(node, lowered)
        return
    if source.type == TensorType.FLOAT32:
        arithmetic: ir.UnaryArithmetic = Quantize(scale_of(tensor), zero_point(tensor), code_range(tensor))
    else:
        real = float(np.float64(scale_of(source)) / np.float64(scale_of(tensor)))
        arithmetic = Rescale(*quantize_multiplier(real), centred_range(tensor))
    step = ir.CodeUnary("QUANTIZE", arithmetic=arithmetic)
    x, output = lowered.input(node, 0), lowered.output(node)
    lowered.add(ir.Elementwise(inputs=(x,), output=output, nodes=(node.index,), steps=(step,)))
