"""Custom operators of MediaPipe's segmentation models: MaxPoolingWithArgmax2D, MaxUnpooling2D,
Convolution2DTransposeBias. Their options are C structs of int32, as the CPU kernels read them."""

from __future__ import annotations

import struct

from ....core.graph import Graph, Node
from ....shaders.kernels.windows import PlaceOfMaximum, Unpool
from ..program import ir
from ..program.ir_integer import Cells
from .checks import demand, demand_activations, demand_constant, operand
from .context import Lowering
from .registry import lowering


def _integers(node: Node, count: int) -> tuple[int, ...]:
    """The first `count` int32 of the options."""
    raw = bytes(node.custom_options)
    demand(len(raw) >= 4 * count, "options", f"the custom options have {len(raw)} bytes, not {4 * count}")
    return struct.unpack_from(f"<{count}i", raw)


def _window(node: Node) -> tuple[int, int]:
    """(height, width) of a pooling window, which is its stride as well."""
    _, stride_w, stride_h, width, height = _integers(node, 5)
    same = (stride_w, stride_h) == (width, height) and min(width, height) > 0
    demand(same, "options", f"a window of {height} x {width} with strides {stride_h} x {stride_w}")
    return height, width


def _check_pool(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0, rank=4)
    _window(node)


@lowering("MaxPoolingWithArgmax2D", check=_check_pool, custom=True)
def max_pooling_with_argmax(node: Node, lowered: Lowering) -> None:
    """The maxima, and as floats their places y * width + x in the windows."""
    x, window, nodes = lowered.input(node, 0), _window(node), (node.index,)
    maxima, places = lowered.output(node, 0), lowered.output(node, 1)
    pool = {"kind": "max", "window": window, "stride": window, "padding": (0, 0)}
    lowered.add(ir.Pool2D(inputs=(x,), output=maxima, nodes=nodes, **pool))  # type: ignore[arg-type]
    _, height, width, _ = lowered.shape(x)
    rule = PlaceOfMaximum(window, (height, width))
    lowered.add(Cells(inputs=(x,), output=places, nodes=nodes, rule=rule))


def _check_unpool(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0, 1, rank=4)
    _window(node)


@lowering("MaxUnpooling2D", check=_check_unpool, custom=True)
def max_unpooling(node: Node, lowered: Lowering) -> None:
    inputs, output = (lowered.input(node, 0), lowered.input(node, 1)), lowered.output(node)
    lowered.add(Cells(inputs=inputs, output=output, nodes=(node.index,), rule=Unpool(_window(node))))


def _check_convolution(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0, rank=4)
    demand_constant(graph, operand(node, graph, 1), "the weights")
    demand_constant(graph, operand(node, graph, 2), "the bias values")
    demand(min(_integers(node, 3)[1:]) > 0, "options", "a stride is not positive")


@lowering("Convolution2DTransposeBias", check=_check_convolution, custom=True)
def transpose_conv_bias(node: Node, lowered: Lowering) -> None:
    """What sticks out on all sides of h * stride rows is cut off, half of it in front."""
    _, stride_w, stride_h = _integers(node, 3)
    x, output = lowered.input(node, 0), lowered.output(node)
    weights, bias = lowered.constant(node, 1), lowered.constant(node, 2)
    assert weights is not None and bias is not None
    above, left = (
        max((taken - 1) * stride + taps - made, 0) // 2
        for taken, made, taps, stride in zip(
            lowered.shape(x)[1:3], lowered.shape(output)[1:3], weights.shape[1:3], (stride_h, stride_w), strict=True
        )
    )
    lowered.add(
        ir.TransposeConv2D(
            inputs=(x,),
            output=output,
            nodes=(node.index,),
            weights=weights,
            bias=bias.reshape(-1),
            stride=(stride_h, stride_w),
            padding=(above, left),
        )
    )
