"""CONV_3D and CONV_3D_TRANSPOSE: one convolution in two dimensions for each layer of the kernel, added up.

Layers of depth become pictures of a batch. What a layer of the kernel sees of them is a copy with zeros at the edges.
"""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ....core.window.geometry import window_axis
from ..program import ir
from ..program.regions import whole
from .checks import demand, demand_activations, demand_constant, operand, optional, shape_of
from .context import Lowering, activation_steps
from .filling import place
from .registry import lowering
from .stablehlo_movement import spread


def _check(node: Node, graph: Graph) -> None:
    moved = 0 if node.op == "CONV_3D" else 2
    demand_activations(node, graph, moved, rank=5)
    weights = operand(node, graph, 1)
    demand_constant(graph, weights, "the weights")
    demand(len(shape_of(weights)) == 5, "rank", f"the weights {weights} have not 5 dimensions")
    demand_constant(graph, optional(node, graph, 2 if node.op == "CONV_3D" else 3), "the bias values")
    o = node.options
    numbers = o.stride_d, o.stride_h, o.stride_w, o.dilation_d_factor, o.dilation_h_factor, o.dilation_w_factor
    demand(min(numbers) > 0, "options", "a stride or dilation is not positive")
    if node.op == "CONV_3D_TRANSPOSE":
        demand(numbers[3:] == (1, 1, 1), "options", "a transposed convolution with dilation")


def _sizes(node: Node) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Strides and dilations along depth, height and width."""
    o = node.options
    strides = o.stride_d, o.stride_h, o.stride_w
    return strides, (o.dilation_d_factor, o.dilation_h_factor, o.dilation_w_factor)


def _layers(lowered: Lowering, x: int, depth: int, place_of: tuple[int, int, bool], nodes: tuple[int, ...]) -> int:
    """Pictures [n * depth, h, w, c] of x [n, d, h, w, c]: layer i of the result is layer first + i * step of x.

    Args:
        place_of: first and step; True: layer i of x is layer first + i * step of the result instead.
    """
    n, d, h, w, c = lowered.shape(x)
    first, step, scattered = place_of
    if (first, step, depth) != (0, 1, d):
        made = lowered.new((n, depth, h, w, c))
        to, source = whole(lowered.shape(made)), whole(lowered.shape(x))
        corner, steps = (0, first, 0, 0, 0), (1, step, 1, 1, 1)
        views = spread(source, to, corner, steps) if scattered else spread(to, source, corner, steps)[::-1]
        place(lowered, x, made, nodes, views, 0)
        x = made
    return lowered.reshape(x, (n * depth, h, w, c), nodes)


def _weights(node: Node, lowered: Lowering, order: tuple[int, ...]) -> list[np.ndarray]:
    """[out, h, w, in] for each layer of the kernel."""
    weights = lowered.constant(node, 1)
    assert weights is not None
    return [np.ascontiguousarray(layer.transpose(order)) for layer in weights]


def _steps(node: Node, total: int | None, last: bool) -> tuple[ir.Step, ...]:
    """The sum so far is added, and at the end comes the activation."""
    added = () if total is None else (ir.Binary("ADD", total),)
    return (*added, *(activation_steps(node.options) if last else ()))


@lowering("CONV_3D", check=_check)
def conv_3d(node: Node, lowered: Lowering) -> None:
    x, output, nodes = lowered.input(node, 0), lowered.output(node), (node.index,)
    strides, dilations = _sizes(node)
    shape, (n, depth, h, w, c) = lowered.shape(x), lowered.shape(output)
    layers, bias = _weights(node, lowered, (3, 0, 1, 2)), lowered.constant(node, 2)
    kernel = (len(layers), *layers[0].shape[1:3])
    before = [
        window_axis(shape[1 + i], kernel[i], strides[i], dilations[i], node.options.padding).before for i in range(3)
    ]
    total = None
    for i, weights in enumerate(layers):
        total = lowered.add(
            ir.Conv2D(
                inputs=(_layers(lowered, x, depth, (i * dilations[0] - before[0], strides[0], False), nodes),),
                output=lowered.new((n * depth, h, w, c)),
                nodes=nodes,
                steps=_steps(node, total, i == len(layers) - 1),
                weights=weights,
                bias=bias if i == 0 else None,
                stride=strides[1:],
                dilation=dilations[1:],
                padding=(before[1], before[2]),
                groups=shape[4] // weights.shape[3],
            )
        )
    assert total is not None
    lowered.reshape(total, lowered.shape(output), nodes, output)


@lowering("CONV_3D_TRANSPOSE", check=_check)
def conv_3d_transpose(node: Node, lowered: Lowering) -> None:
    x, output, nodes = lowered.input(node, 2), lowered.output(node), (node.index,)
    strides, _ = _sizes(node)
    n, depth, h, w, c = lowered.shape(output)
    layers, bias = _weights(node, lowered, (2, 0, 1, 3)), lowered.constant(node, 3)
    kernel = (len(layers), *layers[0].shape[1:3])
    before = [window_axis((depth, h, w)[i], kernel[i], strides[i], 1, node.options.padding).before for i in range(3)]
    total = None
    for i, weights in enumerate(layers):
        total = lowered.add(
            ir.TransposeConv2D(
                inputs=(_layers(lowered, x, depth, (i - before[0], strides[0], True), nodes),),
                output=lowered.new((n * depth, h, w, c)),
                nodes=nodes,
                steps=_steps(node, total, i == len(layers) - 1),
                weights=weights,
                bias=bias if i == 0 else None,
                stride=strides[1:],
                padding=(before[1], before[2]),
            )
        )
    assert total is not None
    lowered.reshape(total, lowered.shape(output), nodes, output)
