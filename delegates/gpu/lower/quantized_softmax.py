"""SOFTMAX of codes."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ....core.kernels.softmax import WideExpTable
from ....core.kernels.softmax_8bit import ExpTable
from ....core.schema import TensorType
from ....shaders.kernels.quantized_softmax import LONGEST_ROW
from ....shaders.kernels.wide_softmax import LONGEST_ROW as LONGEST_WIDE_ROW
from ..program import ir
from .checks import demand, operand, shape_of
from .code_checks import centred_range, demand_code_node, demand_float_twin, scale_of
from .context import Lowering
from .registry import lowering


def _check(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    demand_float_twin(node, graph)
    shape = shape_of(operand(node, graph, 0))
    demand(shape, "rank", "the input is a scalar")
    longest = LONGEST_WIDE_ROW if operand(node, graph, 0).type == TensorType.INT16 else LONGEST_ROW
    demand(shape[-1] <= longest, "shape", f"rows of {shape[-1]} codes; the kernel takes up to {longest}")


@lowering("SOFTMAX", check=_check, codes=True)
def softmax(node: Node, lowered: Lowering) -> None:
    tensor, output = lowered.tensor(node, 0), lowered.graph.tensors[node.outputs[0]]
    beta, scale = np.float32(node.options.beta), scale_of(tensor)
    x, made, nodes = lowered.input(node, 0), lowered.output(node), (node.index,)
    if tensor.type == TensorType.INT16:
        wide = WideExpTable(beta, scale)
        op = ir.WideSoftmax(inputs=(x,), output=made, nodes=nodes, exponentials=wide.exp, inverses=wide.inverse)
        lowered.add(op)
        return
    exponentials, offset = ExpTable(beta, scale).exp, centred_range(output)[0]
    lowered.add(
        ir.QuantizedSoftmax(inputs=(x,), output=made, nodes=nodes, exponentials=exponentials, offset=offset)
    )
