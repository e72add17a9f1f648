"""RESIZE_BILINEAR of codes."""

from __future__ import annotations

from ....core.graph import Graph, Node
from ....core.kernels.resize_bilinear import float_taps
from ....core.schema import TensorType
from ..program import ir
from .checks import shape_of
from .code_checks import demand_code_node, demand_float_twin
from .context import Lowering
from .quantized_movement import demand_one_zero_point
from .registry import lowering
from .twin import zero_point


def _check(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    demand_float_twin(node, graph)
    demand_one_zero_point(node, graph)


@lowering("RESIZE_BILINEAR", check=_check, codes=True)
def resize_bilinear(node: Node, lowered: Lowering) -> None:
    x, options = lowered.tensor(node, 0), node.options
    if x.type == TensorType.UINT8:
        output = lowered.graph.tensors[node.outputs[0]]
        rows, columns = (float_taps(shape_of(x)[d], shape_of(output)[d], options) for d in (1, 2))
        lowered.add(
            ir.UnsignedResizeBilinear(
                inputs=(lowered.input(node, 0),),
                output=lowered.output(node),
                nodes=(node.index,),
                rows=rows,
                columns=columns,
                zero_point=zero_point(x),
            )
        )
        return
    lowered.add(
        ir.QuantizedResizeBilinear(
            inputs=(lowered.input(node, 0),),
            output=lowered.output(node),
            nodes=(node.index,),
            flags=(options.align_corners, options.half_pixel_centers),
            zero_point=zero_point(x),
            short=x.type == TensorType.INT16,
        )
    )
