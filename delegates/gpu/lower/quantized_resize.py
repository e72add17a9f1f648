"""RESIZE_BILINEAR of signed codes."""

from __future__ import annotations

from ....core.graph import Graph, Node
from ....core.schema import TensorType
from ..program import ir
from .checks import demand, operand
from .code_checks import demand_code_node, demand_float_twin
from .context import Lowering
from .quantized_movement import demand_one_zero_point
from .registry import lowering
from .twin import zero_point


def _check(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    demand_float_twin(node, graph)
    demand_one_zero_point(node, graph)
    x = operand(node, graph, 0)
    demand(x.type != TensorType.UINT8, "dtype", f"{x} is {x.type.name}, which LiteRT resizes in floats; INT8 would do")


@lowering("RESIZE_BILINEAR", check=_check, codes=True)
def resize_bilinear(node: Node, lowered: Lowering) -> None:
    lowered.add(
        ir.QuantizedResizeBilinear(
            inputs=(lowered.input(node, 0),),
            output=lowered.output(node),
            nodes=(node.index,),
            flags=(node.options.align_corners, node.options.half_pixel_centers),
            zero_point=zero_point(lowered.tensor(node, 0)),
            short=lowered.tensor(node, 0).type == TensorType.INT16,
        )
    )
