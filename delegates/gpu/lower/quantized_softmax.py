"""SOFTMAX of 8-bit codes."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ....core.kernels.softmax_8bit import ExpTable
from ....shaders.quantized_softmax import LONGEST_ROW
from .. import ir
from .checks import demand, operand, shape_of
from .code_checks import centred_range, demand_code_node, demand_float_twin, scale_of
from .context import Lowering
from .registry import lowering


def _check(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    demand_float_twin(node, graph)
    shape = shape_of(operand(node, graph, 0))
    demand(shape, "rank", "the input is a scalar")
    demand(shape[-1] <= LONGEST_ROW, "shape", f"rows of {shape[-1]} codes; the kernel takes up to {LONGEST_ROW}")


@lowering("SOFTMAX", check=_check, codes=True)
def softmax(node: Node, lowered: Lowering) -> None:
    tensor, output = lowered.tensor(node, 0), lowered.graph.tensors[node.outputs[0]]
    exponentials = ExpTable(np.float32(node.options.beta), scale_of(tensor)).exp
    lowered.add(
        ir.QuantizedSoftmax(
            inputs=(lowered.input(node, 0),),
            output=lowered.output(node),
            nodes=(node.index,),
            exponentials=exponentials,
            offset=centred_range(output)[0],
        )
    )
