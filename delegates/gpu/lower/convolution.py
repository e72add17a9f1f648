"""CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, FULLY_CONNECTED and BATCH_MATMUL."""

from __future__ import annotations

import math

import numpy as np

from ....core.graph import Graph, Node
from ....core.schema import FullyConnectedOptionsWeightsFormat
from ....core.window.geometry import Axis, window_axis
from ..program import ir
from .checks import demand, demand_activations, demand_constant, demand_float, operand, optional, shape_of
from .computed_weights import add_convolution, demand_computed_weights
from .constants import has_constant_value
from .context import Lowering, activation_steps
from .registry import lowering


def _check_convolution(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0, rank=4)
    weights = operand(node, graph, 1)
    demand(len(shape_of(weights)) == 4, "rank", f"the weights {weights} have not 4 dimensions")
    if not has_constant_value(graph, weights):
        demand_computed_weights(node, graph)
    _demand_bias(node, graph, 2)
    options = node.options
    for name in ("stride_h", "stride_w", "dilation_h_factor", "dilation_w_factor"):
        demand(getattr(options, name) > 0, "options", f"{name} is {getattr(options, name)}")


def _demand_bias(node: Node, graph: Graph, position: int) -> None:
    """Bias values that are constant, computed or left out."""
    bias = optional(node, graph, position)
    if bias is not None and not has_constant_value(graph, bias):
        demand_float(bias)
        demand(len(shape_of(bias)) == 1, "rank", f"the bias values {bias} have not 1 dimension")


def _check_conv_2d(node: Node, graph: Graph) -> None:
    _check_convolution(node, graph)
    channels, taken = shape_of(operand(node, graph, 0))[3], shape_of(operand(node, graph, 1))[3]
    demand(taken and channels % taken == 0, "shape", f"{channels} channels do not split into groups of {taken}")


def _window_axes(node: Node, lowered: Lowering, window: tuple[int, ...]) -> tuple[Axis, Axis]:
    """How the windows lie along height and width."""
    options, shape = node.options, lowered.tensor(node, 0).shape or ()
    dilation = getattr(options, "dilation_h_factor", 1), getattr(options, "dilation_w_factor", 1)
    height, width = (
        window_axis(shape[1 + i], window[i], stride, dilation[i], options.padding)
        for i, stride in enumerate((options.stride_h, options.stride_w))
    )
    return height, width


def _padding(node: Node, lowered: Lowering, window: tuple[int, ...]) -> tuple[int, int]:
    """Rows above and columns to the left of the input that the first window covers."""
    above, left = (axis.before for axis in _window_axes(node, lowered, window))
    return above, left


def _bias(node: Node, lowered: Lowering, position: int) -> np.ndarray | None:
    value = lowered.constant(node, position)
    return None if value is None else value.reshape(-1)


def _bias_steps(node: Node, lowered: Lowering, known: bool = False) -> tuple[ir.Step, ...]:
    """What adds a bias that is computed, or one that is `known` too."""
    bias = optional(node, lowered.graph, 2)
    constant = None if bias is None else _bias(node, lowered, 2)
    if bias is None or (constant is not None and not known):
        return ()
    value = lowered.input(node, 2) if constant is None else lowered.new(constant.shape, data=constant)
    return (ir.Binary("ADD", value),)


def _add_computed(node: Node, lowered: Lowering) -> bool:
    """Adds a convolution by computed weights, if they are."""
    if has_constant_value(lowered.graph, lowered.tensor(node, 1)):
        return False
    window = shape_of(lowered.tensor(node, 1))[1:3]
    add_convolution(node, lowered, _window_axes(node, lowered, window), _bias_steps(node, lowered, known=True))
    return True


def _weights(node: Node, lowered: Lowering, position: int = 1) -> np.ndarray:
    weights = lowered.constant(node, position)
    assert weights is not None
    return weights


@lowering("CONV_2D", check=_check_conv_2d)
def conv_2d(node: Node, lowered: Lowering) -> None:
    if _add_computed(node, lowered):
        return
    weights, x, options = _weights(node, lowered), lowered.input(node, 0), node.options
    lowered.add(
        ir.Conv2D(
            inputs=(x,),
            output=lowered.output(node),
            nodes=(node.index,),
            steps=(*_bias_steps(node, lowered), *activation_steps(options)),
            weights=weights,
            bias=_bias(node, lowered, 2),
            stride=(options.stride_h, options.stride_w),
            dilation=(options.dilation_h_factor, options.dilation_w_factor),
            padding=_padding(node, lowered, weights.shape[1:3]),
            groups=lowered.shape(x)[3] // weights.shape[3],
        )
    )


@lowering("DEPTHWISE_CONV_2D", check=_check_convolution)
def depthwise_conv_2d(node: Node, lowered: Lowering) -> None:
    if _add_computed(node, lowered):
        return
    weights, x, options = _weights(node, lowered)[0], lowered.input(node, 0), node.options
    lowered.add(
        ir.DepthwiseConv2D(
            inputs=(x,),
            output=lowered.output(node),
            nodes=(node.index,),
            steps=(*_bias_steps(node, lowered), *activation_steps(options)),
            weights=weights,
            bias=_bias(node, lowered, 2),
            stride=(options.stride_h, options.stride_w),
            dilation=(options.dilation_h_factor, options.dilation_w_factor),
            padding=_padding(node, lowered, weights.shape[:2]),
            multiplier=weights.shape[2] // lowered.shape(x)[3],
        )
    )


def _check_transpose_conv(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 2, rank=4)
    demand_constant(graph, operand(node, graph, 1), "the weights")
    demand_constant(graph, optional(node, graph, 3), "the bias values")


@lowering("TRANSPOSE_CONV", check=_check_transpose_conv)
def transpose_conv(node: Node, lowered: Lowering) -> None:
    weights, options, output = _weights(node, lowered), node.options, lowered.output(node)
    strides = options.stride_h, options.stride_w
    above, left = (
        window_axis(lowered.shape(output)[1 + i], weights.shape[1 + i], strides[i], 1, options.padding).before
        for i in range(2)
    )
    lowered.add(
        ir.TransposeConv2D(
            inputs=(lowered.input(node, 2),),
            output=output,
            nodes=(node.index,),
            steps=activation_steps(options),
            weights=weights,
            bias=_bias(node, lowered, 3),
            stride=strides,
            padding=(above, left),
        )
    )


def _check_fully_connected(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0)
    weights = operand(node, graph, 1)
    if not has_constant_value(graph, weights):
        demand_float(weights)
    _demand_bias(node, graph, 2)
    demand(len(shape_of(weights)) == 2, "rank", f"the weights {weights} have not 2 dimensions")
    plain = node.options.weights_format == FullyConnectedOptionsWeightsFormat.DEFAULT
    demand(plain, "options", "the weights are stored shuffled")


@lowering("FULLY_CONNECTED", check=_check_fully_connected)
def fully_connected(node: Node, lowered: Lowering) -> None:
    x, nodes, shape = lowered.input(node, 0), (node.index,), lowered.shape(lowered.input(node, 0))
    weights = lowered.constant(node, 1)
    units, depth = lowered.shape(lowered.input(node, 1)) if weights is None else weights.shape
    if not shape or shape[-1] != depth:
        x = lowered.reshape(x, (math.prod(shape) // depth, depth), nodes)
    output = lowered.output(node)
    made = output if lowered.shape(output)[-1:] == (units,) else lowered.new((math.prod(shape) // depth, units))
    steps = (*_bias_steps(node, lowered, known=weights is None), *activation_steps(node.options))
    if weights is not None:
        bias = _bias(node, lowered, 2)
        lowered.add(ir.FullyConnected(inputs=(x,), output=made, nodes=nodes, steps=steps, weights=weights, bias=bias))
    else:
        w = lowered.input(node, 1)
        rows = x if len(lowered.shape(x)) == 2 else lowered.reshape(x, (math.prod(shape) // depth, depth), nodes)
        lowered.add(ir.BatchMatMul(inputs=(rows, w), output=made, nodes=nodes, steps=steps, transpose_b=True))
    if made != output:
        lowered.reshape(made, lowered.shape(output), nodes, output)


def _check_batch_matmul(node: Node, graph: Graph) -> None:
    demand_activations(node, graph)
    for position in (0, 1):
        tensor = operand(node, graph, position)
        demand_float(tensor)
        demand(len(shape_of(tensor)) >= 2, "rank", f"{tensor} is no matrix")


def demand_whole_batches(node: Node, graph: Graph) -> None:
    """Batches that do not broadcast in part."""
    left, right = (shape_of(operand(node, graph, i))[:-2] for i in (0, 1))
    whole = left == right or 1 in (math.prod(left), math.prod(right))
    reason = f"batches {list(left)} and {list(right)} broadcast in part; equal ones or a single one would do"
    demand(whole, "shape", reason)


def _whole_batches(node: Node, lowered: Lowering) -> list[int]:
    """The operands, repeated where their batches broadcast in part."""
    operands = [lowered.input(node, i) for i in (0, 1)]
    left, right = (lowered.shape(value)[:-2] for value in operands)
    if left == right or 1 in (math.prod(left), math.prod(right)):
        return operands
    batches = np.broadcast_shapes(left, right)
    return [lowered.spread(value, (*batches, *lowered.shape(value)[-2:]), (node.index,)) for value in operands]


@lowering("BATCH_MATMUL", check=_check_batch_matmul)
def batch_matmul(node: Node, lowered: Lowering) -> None:
    """A single constant matrix on the right is that of a fully connected layer."""
    x, made = lowered.input(node, 0), lowered.by_tensor.get(lowered.tensor(node, 1).index)
    data = lowered.constant(node, 1) if made is None else lowered.values[made].data
    output, options = lowered.output(node), node.options
    rows = lowered.shape(x)[:-1] == lowered.shape(output)[:-1] and not options.adj_x
    if data is not None and rows and math.prod(data.shape[:-2]) == 1:
        matrix = data.reshape(data.shape[-2:])
        weights = np.ascontiguousarray(matrix if options.adj_y else matrix.T)
        layer = ir.FullyConnected(inputs=(x,), output=output, nodes=(node.index,), weights=weights, bias=None)
        lowered.add(layer)
        return
    lowered.add(
        ir.BatchMatMul(
            inputs=tuple(_whole_batches(node, lowered)),
            output=output,
            nodes=(node.index,),
            transpose_a=options.adj_x,
            transpose_b=options.adj_y,
        )
    )
