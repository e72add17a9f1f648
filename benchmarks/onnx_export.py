"""A float32 `.tflite` file as an ONNX model with the same weights, so that ONNX's runtimes can be timed beside ours.

    pip install onnx
    python benchmarks/onnx_export.py model.tflite model.onnx

It knows the operators of the networks in `networks.py`. ONNX keeps pictures as [batch, channels, height, width]: what a
convolution, pool or resize makes stays in that layout for as long as it can, and inputs and outputs keep the file's.
"""
from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from delegant.core.graph import Graph, Node
from delegant.core.kernels import builtin_kernels
from delegant.core.model.reader import read_model
from delegant.core.run.loading import load_graphs
from delegant.core.schema import ActivationFunctionType, Padding

OPSET, IR_VERSION = 20, 10
FILE, CHANNELS_FIRST = "file", "channels first"
TO_CHANNELS_FIRST, TO_FILE = (0, 3, 1, 2), (0, 2, 3, 1)

Exporter = Callable[["Export", Node], None]
EXPORTERS: dict[str, Exporter] = {}


class UnsupportedModelError(ValueError):
    """The exporter does not know an operator or type of the model."""


def exporter(*names: str) -> Callable[[Exporter], Exporter]:
    """Registers a function for operators.

    Raises:
        ValueError: one of them has one.
    """

    def register(function: Exporter) -> Exporter:
        for name in names:
            if name in EXPORTERS:
                raise ValueError(f"{name} has an exporter already")
            EXPORTERS[name] = function
        return function

    return register


class Export:
    """An ONNX graph in the making. Values are known by the tensor they stand for and their layout."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.names: dict[tuple[int, str], str] = {}
        self._count = 0

    def name(self, hint: str) -> str:
        """A name that nothing has yet."""
        self._count += 1
        return f"{hint}_{self._count}"

    def shape(self, tensor: int) -> tuple[int, ...]:
        return tuple(self.graph.tensors[tensor].shape or ())

    def data(self, tensor: int) -> np.ndarray:
        """A constant's content."""
        data = self.graph.tensors[tensor].data
        if data is None:
            raise UnsupportedModelError(f"{self.graph.tensors[tensor]} is not constant")
        return data

    def constant(self, array: Any) -> str:
        """An initializer."""
        name = self.name("constant")
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, op: str, inputs: list[str], **attributes: Any) -> str:
        """A node of one output; its name."""
        output = self.name(op.lower())
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def is_channels_first(self, tensor: int) -> bool:
        return (tensor, CHANNELS_FIRST) in self.names

    def value(self, tensor: int, layout: str = FILE) -> str:
        """The value of a tensor in a layout; made of the other one where it is not there yet."""
        key = tensor, layout
        if key not in self.names:
            data = self.graph.tensors[tensor].data
            if data is not None:
                self.names[key] = self.constant(_in_layout(data, layout))
            else:
                other = FILE if layout == CHANNELS_FIRST else CHANNELS_FIRST
                turn = TO_CHANNELS_FIRST if layout == CHANNELS_FIRST else TO_FILE
                if (tensor, other) not in self.names or len(self.shape(tensor)) != 4:
                    raise UnsupportedModelError(f"{self.graph.tensors[tensor]} in another layout")
                self.names[key] = self.add("Transpose", [self.names[tensor, other]], perm=turn)
        return self.names[key]

    def put(self, node: Node, name: str, layout: str = FILE, activation: int = 0) -> None:
        """The first output of a node, after its activation."""
        self.names[node.outputs[0], layout] = self.activated(name, activation)

    def activated(self, name: str, activation: int) -> str:
        kind = ActivationFunctionType(activation).name
        if kind == "NONE":
            return name
        if kind == "RELU6":
            return self.add("Clip", [name, self.constant(np.float32(0)), self.constant(np.float32(6))])
        if kind in ("RELU", "TANH"):
            return self.add(kind.capitalize(), [name])
        raise UnsupportedModelError(f"the activation {kind}")


def _in_layout(data: np.ndarray, layout: str) -> np.ndarray:
    """A constant operand; of a lower rank it is spread over the channels, which come first in the other layout."""
    if layout == FILE or data.ndim == 0:
        return data
    return data.reshape((1,) * (4 - data.ndim) + data.shape).transpose(TO_CHANNELS_FIRST)


def _pads(export: Export, node: Node, kernel: tuple[int, int], x: int) -> list[int]:
    """[top, left, bottom, right] as TensorFlow pads."""
    options = node.options
    if options.padding == Padding.VALID:
        return [0, 0, 0, 0]
    strides = options.stride_h, options.stride_w
    dilation = getattr(options, "dilation_h_factor", 1), getattr(options, "dilation_w_factor", 1)
    sizes, outputs = export.shape(x)[1:3], export.shape(node.outputs[0])[1:3]
    total = [
        max((o - 1) * s + (k - 1) * d + 1 - n, 0)
        for o, s, k, d, n in zip(outputs, strides, kernel, dilation, sizes, strict=True)
    ]
    return [n // 2 for n in total] + [n - n // 2 for n in total]


@exporter("CONV_2D", "DEPTHWISE_CONV_2D")
def _conv(export: Export, node: Node) -> None:
    x, weights, *bias = node.inputs
    w, options = export.data(weights), node.options
    depthwise = node.op == "DEPTHWISE_CONV_2D"
    w = w.transpose(3, 0, 1, 2) if depthwise else w.transpose(0, 3, 1, 2)
    inputs = [export.value(x, CHANNELS_FIRST), export.constant(w)]
    inputs += [export.value(b) for b in bias if b >= 0]
    y = export.add(
        "Conv", inputs, kernel_shape=list(w.shape[2:]), strides=[options.stride_h, options.stride_w],
        dilations=[options.dilation_h_factor, options.dilation_w_factor], pads=_pads(export, node, w.shape[2:], x),
        group=export.shape(x)[3] // w.shape[1],
    )  # fmt: skip
    export.put(node, y, CHANNELS_FIRST, options.fused_activation_function)


@exporter("TRANSPOSE_CONV")
def _transpose_conv(export: Export, node: Node) -> None:
    _, weights, x, *bias = node.inputs
    w, strides = export.data(weights).transpose(3, 0, 1, 2), (node.options.stride_h, node.options.stride_w)
    sizes, outputs = export.shape(x)[1:3], export.shape(node.outputs[0])[1:3]
    cut = [(n - 1) * s + k - o for n, s, k, o in zip(sizes, strides, w.shape[2:], outputs, strict=True)]
    inputs = [export.value(x, CHANNELS_FIRST), export.constant(w), *(export.value(b) for b in bias if b >= 0)]
    y = export.add(
        "ConvTranspose", inputs, kernel_shape=list(w.shape[2:]), strides=list(strides),
        pads=[max(n, 0) // 2 for n in cut] + [max(n, 0) - max(n, 0) // 2 for n in cut],
        output_padding=[max(-n, 0) for n in cut],
    )  # fmt: skip
    export.put(node, y, CHANNELS_FIRST, node.options.fused_activation_function)


@exporter("MAX_POOL_2D", "AVERAGE_POOL_2D")
def _pool(export: Export, node: Node) -> None:
    (x,), options = node.inputs, node.options
    kernel = options.filter_height, options.filter_width
    op = "MaxPool" if node.op == "MAX_POOL_2D" else "AveragePool"
    pads = _pads(export, node, kernel, x)
    strides = [options.stride_h, options.stride_w]
    y = export.add(op, [export.value(x, CHANNELS_FIRST)], kernel_shape=list(kernel), strides=strides, pads=pads)
    export.put(node, y, CHANNELS_FIRST, options.fused_activation_function)


@exporter("RESIZE_BILINEAR")
def _resize(export: Export, node: Node) -> None:
    x, options = node.inputs[0], node.options
    mode = "align_corners" if options.align_corners else "half_pixel" if options.half_pixel_centers else "asymmetric"
    batch, height, width, channels = export.shape(node.outputs[0])
    sizes = export.constant(np.int64([batch, channels, height, width]))
    inputs = [export.value(x, CHANNELS_FIRST), "", "", sizes]
    y = export.add("Resize", inputs, mode="linear", coordinate_transformation_mode=mode)
    export.put(node, y, CHANNELS_FIRST)


@exporter("FULLY_CONNECTED")
def _fully_connected(export: Export, node: Node) -> None:
    x, weights, *bias = node.inputs
    w = export.data(weights)
    rank = len(export.shape(node.outputs[0]))
    source = export.value(x)
    if len(export.shape(x)) != rank:
        source = export.add("Reshape", [source, export.constant(np.int64([-1, w.shape[1]]))])
    y = export.add("MatMul", [source, export.constant(w.T)])
    for b in bias:
        y = export.add("Add", [y, export.value(b)]) if b >= 0 else y
    export.put(node, y, FILE, node.options.fused_activation_function)


@exporter("BATCH_MATMUL")
def _batch_matmul(export: Export, node: Node) -> None:
    if node.options is not None and (node.options.adj_x or node.options.adj_y):
        raise UnsupportedModelError("BATCH_MATMUL of transposed operands")
    export.put(node, export.add("MatMul", [export.value(t) for t in node.inputs]))


_ELEMENTWISE = {
    "ADD": "Add", "SUB": "Sub", "MUL": "Mul", "DIV": "Div", "LOGISTIC": "Sigmoid", "TANH": "Tanh", "RELU": "Relu",
    "NEG": "Neg", "HARD_SWISH": "HardSwish", "ABS": "Abs", "EXP": "Exp", "SQRT": "Sqrt",
}  # fmt: skip


def _common_layout(export: Export, node: Node) -> str:
    """The layout in which an elementwise node is computed: channels first where an operand is there already."""
    return CHANNELS_FIRST if any(export.is_channels_first(t) for t in node.inputs) else FILE


@exporter(*_ELEMENTWISE)
def _elementwise(export: Export, node: Node) -> None:
    layout = _common_layout(export, node)
    y = export.add(_ELEMENTWISE[node.op], [export.value(t, layout) for t in node.inputs])
    export.put(node, y, layout, getattr(node.options, "fused_activation_function", 0))


@exporter("SQUARED_DIFFERENCE")
def _squared_difference(export: Export, node: Node) -> None:
    layout = _common_layout(export, node)
    difference = export.add("Sub", [export.value(t, layout) for t in node.inputs])
    export.put(node, export.add("Mul", [difference, difference]), layout)


@exporter("RSQRT")
def _rsqrt(export: Export, node: Node) -> None:
    layout = _common_layout(export, node)
    root = export.add("Sqrt", [export.value(node.inputs[0], layout)])
    export.put(node, export.add("Reciprocal", [root]), layout)


@exporter("GELU")
def _gelu(export: Export, node: Node) -> None:
    layout = _common_layout(export, node)
    approximate = "tanh" if node.options is not None and node.options.approximate else "none"
    export.put(node, export.add("Gelu", [export.value(node.inputs[0], layout)], approximate=approximate), layout)


@exporter("SOFTMAX")
def _softmax(export: Export, node: Node) -> None:
    if node.options.beta != 1:
        raise UnsupportedModelError(f"SOFTMAX with beta {node.options.beta}")
    export.put(node, export.add("Softmax", [export.value(node.inputs[0])], axis=-1))


@exporter("MEAN")
def _mean(export: Export, node: Node) -> None:
    x, axes = node.inputs[0], [int(a) % len(export.shape(node.inputs[0])) for a in export.data(node.inputs[1]).flat]
    keep = bool(node.options.keep_dims)
    if export.is_channels_first(x) and sorted(axes) == [1, 2]:
        inputs = [export.value(x, CHANNELS_FIRST), export.constant(np.int64([2, 3]))]
        y = export.add("ReduceMean", inputs, keepdims=keep)
        export.put(node, y, CHANNELS_FIRST if keep else FILE)
        return
    export.put(node, export.add("ReduceMean", [export.value(x), export.constant(np.int64(axes))], keepdims=keep))


@exporter("PAD")
def _pad(export: Export, node: Node) -> None:
    x, pads = node.inputs[0], export.data(node.inputs[1]).astype(np.int64)
    layout = CHANNELS_FIRST if len(pads) == 4 else FILE
    pads = pads[list(TO_CHANNELS_FIRST)] if layout == CHANNELS_FIRST else pads
    export.put(node, export.add("Pad", [export.value(x, layout), export.constant(pads.T.reshape(-1))]), layout)


@exporter("CONCATENATION")
def _concatenation(export: Export, node: Node) -> None:
    layout, axis = _common_layout(export, node), node.options.axis % len(export.shape(node.outputs[0]))
    place = TO_CHANNELS_FIRST.index(axis) if layout == CHANNELS_FIRST else axis
    y = export.add("Concat", [export.value(t, layout) for t in node.inputs], axis=place)
    export.put(node, y, layout, node.options.fused_activation_function)


@exporter("RESHAPE")
def _reshape(export: Export, node: Node) -> None:
    shape = export.constant(np.int64(export.shape(node.outputs[0])))
    export.put(node, export.add("Reshape", [export.value(node.inputs[0]), shape]))


@exporter("TRANSPOSE")
def _transpose(export: Export, node: Node) -> None:
    turn = [int(n) for n in export.data(node.inputs[1])]
    export.put(node, export.add("Transpose", [export.value(node.inputs[0])], perm=turn))


@exporter("SPLIT", "UNPACK")
def _split(export: Export, node: Node) -> None:
    is_split = node.op == "SPLIT"
    x, axis = (node.inputs[1], int(export.data(node.inputs[0]))) if is_split else (node.inputs[0], node.options.axis)
    names = [export.name("part") for _ in node.outputs]
    axis %= len(export.shape(x))
    made = helper.make_node("Split", [export.value(x)], names, axis=axis, num_outputs=len(names))
    export.nodes.append(made)
    for name, output in zip(names, node.outputs, strict=True):
        squeezed = name if is_split else export.add("Squeeze", [name, export.constant(np.int64([axis]))])
        export.names[output, FILE] = squeezed


def to_onnx(model: bytes) -> bytes:
    """An ONNX model of a `.tflite` file.

    Raises:
        UnsupportedModelError: an operator, option or type is none of the networks'.
    """
    graph = load_graphs(read_model(model), builtin_kernels())[0]
    export = Export(graph)
    for tensor in (*graph.inputs, *graph.outputs):
        if graph.tensors[tensor].type.name != "FLOAT32":
            raise UnsupportedModelError(f"{graph.tensors[tensor]}: only float32 models are exported")
    for number, tensor in enumerate(graph.inputs):
        export.names[tensor, FILE] = f"input_{number}"
    for node in graph.nodes:
        if node.op not in EXPORTERS:
            raise UnsupportedModelError(f"the exporter to ONNX does not know {node.op}")
        EXPORTERS[node.op](export, node)
    inputs = [_info(f"input_{n}", export.shape(t)) for n, t in enumerate(graph.inputs)]
    outputs = [_info(export.add("Identity", [export.value(t)]), export.shape(t)) for t in graph.outputs]
    made = helper.make_graph(export.nodes, "network", inputs, outputs, export.constants)
    opset = [helper.make_opsetid("", OPSET)]
    return helper.make_model(made, opset_imports=opset, ir_version=IR_VERSION).SerializeToString()


def _info(name: str, shape: tuple[int, ...]) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


if __name__ == "__main__":
    source, target = sys.argv[1:]
    data = to_onnx(Path(source).read_bytes())
    onnx.checker.check_model(onnx.load_model_from_string(data), full_check=True)
    Path(target).write_bytes(data)
