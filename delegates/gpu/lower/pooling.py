"""AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D and RESIZE_BILINEAR."""

from __future__ import annotations

from ....core.graph import Graph, Node
from ....core.window.geometry import window_axis
from ..program import ir
from .checks import demand, demand_activations
from .context import Lowering, activation_steps
from .registry import lowering

KINDS = {"AVERAGE_POOL_2D": "average", "MAX_POOL_2D": "max", "L2_POOL_2D": "l2"}


def _check_pool(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0, rank=4)
    for name in ("stride_h", "stride_w", "filter_height", "filter_width"):
        demand(getattr(node.options, name) > 0, "options", f"{name} is {getattr(node.options, name)}")


@lowering(*KINDS, check=_check_pool)
def pool_2d(node: Node, lowered: Lowering) -> None:
    options, x = node.options, lowered.input(node, 0)
    window, stride = (options.filter_height, options.filter_width), (options.stride_h, options.stride_w)
    above, left = (
        window_axis(lowered.shape(x)[1 + i], window[i], stride[i], 1, options.padding).before for i in range(2)
    )
    lowered.add(
        ir.Pool2D(
            inputs=(x,),
            output=lowered.output(node),
            nodes=(node.index,),
            steps=activation_steps(options),
            kind=KINDS[node.op],
            window=window,
            stride=stride,
            padding=(above, left),
        )
    )


def _check_resize(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0, rank=4)


@lowering("RESIZE_BILINEAR", check=_check_resize)
def resize_bilinear(node: Node, lowered: Lowering) -> None:
    lowered.add(
        ir.ResizeBilinear(
            inputs=(lowered.input(node, 0),),
            output=lowered.output(node),
            nodes=(node.index,),
            align_corners=node.options.align_corners,
            half_pixel_centers=node.options.half_pixel_centers,
        )
    )
