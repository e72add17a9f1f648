"""CONV_2D and DEPTHWISE_CONV_2D by weights that are computed, such as variables of a model that can be trained.

Windows are gathered as rows, and rows are multiplied: CONV_2D is a product of matrices, DEPTHWISE_CONV_2D one of
elements, summed over the window.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ....core.graph import Graph, Node
from ....core.window.geometry import Axis
from ....shaders.kernels.region_copy import Region
from ..program import ir
from ..program.regions import between, whole
from .checks import demand, demand_float, operand, shape_of
from .context import Lowering, activation_steps

MOST_ELEMENTS = 2**26
"""Of all windows together."""


def demand_computed_weights(node: Node, graph: Graph) -> None:
    """Weights that the kernels of products of activations can multiply by."""
    x, weights = operand(node, graph, 0), operand(node, graph, 1)
    demand_float(weights)
    channels, window = shape_of(x)[3], shape_of(weights)
    alike = window[3] == channels if node.op == "CONV_2D" else window[0] == 1 and window[3] == channels
    reason = f"{channels} channels by the computed weights {weights}; as many channels in both or constants would do"
    demand(alike, "constant", reason)
    gathered = math.prod(shape_of(graph.outputs_of(node)[0])[:3]) * math.prod(window[1:])
    reason = f"windows of {gathered} numbers for the computed weights {weights}; constants would do"
    demand(gathered <= MOST_ELEMENTS, "cost", reason)


def add_convolution(
    node: Node, lowered: Lowering, axes: tuple[Axis, Axis], bias: tuple[ir.Step, ...]
) -> None:
    """Adds the operations; `axes`: how windows lie along height and width, `bias`: what is done to the sums first."""
    add = _add_conv_2d if node.op == "CONV_2D" else _add_depthwise
    add(node, lowered, axes, (*bias, *activation_steps(node.options)))


def _add_conv_2d(
    node: Node, lowered: Lowering, axes: tuple[Axis, Axis], steps: tuple[ir.Step, ...]
) -> None:
    nodes, w = (node.index,), lowered.input(node, 1)
    units, height, width, channels = lowered.shape(w)
    output = lowered.output(node)
    rows, depth = math.prod(lowered.shape(output)[:3]), height * width * channels
    windows = _gathered(node, lowered, axes, depth)
    x = lowered.reshape(windows, (rows, depth), nodes)
    weights = lowered.reshaped(w, (units, depth), nodes)
    made = lowered.new((rows, units))
    lowered.add(ir.BatchMatMul(inputs=(x, weights), output=made, nodes=nodes, transpose_b=True))
    _finish(lowered, made, output, nodes, steps)


def _add_depthwise(
    node: Node, lowered: Lowering, axes: tuple[Axis, Axis], steps: tuple[ir.Step, ...]
) -> None:
    nodes, w = (node.index,), lowered.input(node, 1)
    _, height, width, channels = lowered.shape(w)
    output = lowered.output(node)
    rows, taps = math.prod(lowered.shape(output)[:3]), height * width
    windows = _gathered(node, lowered, axes, taps, channels)
    x = lowered.reshape(windows, (rows, taps, channels), nodes)
    weights = lowered.reshaped(w, (taps, channels), nodes)
    products = lowered.new((rows, taps, channels))
    step = ir.Binary("MUL", weights)
    lowered.add(ir.Elementwise(inputs=(x,), output=products, nodes=nodes, steps=(step,)))
    sums = lowered.new((rows, 1, channels))
    lowered.add(ir.Reduce(inputs=(products,), output=sums, nodes=nodes, kind="sum", axes=(1,)))
    _finish(lowered, sums, output, nodes, steps)


def _finish(lowered: Lowering, sums: int, output: int, nodes: tuple[int, ...], steps: tuple[ir.Step, ...]) -> None:
    if not steps:
        lowered.reshape(sums, lowered.shape(output), nodes, output)
        return
    pixels = lowered.reshape(sums, lowered.shape(output), nodes)
    lowered.add(ir.Elementwise(inputs=(pixels,), output=output, nodes=nodes, steps=steps))


def _gathered(node: Node, lowered: Lowering, axes: tuple[Axis, Axis], *last: int) -> int:
    """What each window covers, zeros where it leaves the picture: [batch, height, width, taps * channels], or taps and
    channels apart."""
    x, pixels = lowered.input(node, 0), (lowered.graph.tensors[node.outputs[0]].shape or ())[:3]
    made = lowered.new((*pixels, *last))
    window = lowered.shape(lowered.input(node, 1))[1:3]
    parts = tuple((0, region) for region in _regions(node, lowered.shape(x), lowered.shape(made), window, axes))
    lowered.add(ir.Copy(inputs=(x,), output=made, nodes=(node.index,), parts=parts, clear=True))
    return made


def _regions(
    node: Node,
    shape: tuple[int, ...],
    made: tuple[int, ...],
    window: tuple[int, ...],
    axes: tuple[Axis, Axis],
) -> Iterator[Region]:
    """One for each element of the window that any place of it covers."""
    o, channels = node.options, shape[3]
    strides, dilations = (o.stride_h, o.stride_w), (o.dilation_h_factor, o.dilation_w_factor)
    target, source = whole(made), whole(shape)
    for tap, places in enumerate(np.ndindex(*window)):
        to: list[slice] = []
        at: list[slice] = []
        for d, place in enumerate(places):
            first = place * dilations[d] - axes[d].before
            inside = [i for i in range(made[1 + d]) if 0 <= first + i * strides[d] < shape[1 + d]]
            if inside:
                start = first + inside[0] * strides[d]
                to.append(slice(inside[0], inside[-1] + 1))
                at.append(slice(start, first + inside[-1] * strides[d] + 1, strides[d]))
        if len(to) == 2:
            column = tap if len(made) == 5 else slice(tap * channels, (tap + 1) * channels)
            yield between(target[(slice(None), *to, column)], source[(slice(None), *at)])
