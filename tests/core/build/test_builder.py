"""Building models: shapes that LiteRT agrees with, quantization, control flow, signatures, and clear refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from oracle import run_litert

from delegant.core.build.builder import BuilderTensor, ModelBuilder, quantized
from delegant.core.model.reader import read_model
from delegant.core.schema import (
    BuiltinOperator,
    Conv2DOptions,
    MirrorPadMode,
    Model,
    Padding,
    SoftmaxOptions,
    TensorType,
    operator_name,
)


def weights(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape, np.float32)


def floats(values: Any) -> np.ndarray:
    return np.array(values, np.float32)


def integers(values: Any) -> np.ndarray:
    return np.array(values, np.int32)


def codes(values: Any) -> np.ndarray:
    return np.array(values, np.int8)


Layer = Callable[[ModelBuilder, BuilderTensor], "BuilderTensor | list[BuilderTensor]"]

LAYERS: dict[str, Layer] = {
    "conv_2d": lambda m, x: m.conv_2d(x, weights(5, 3, 3, 4), weights(5), activation="RELU"),
    "conv_2d strides": lambda m, x: m.conv_2d(x, weights(5, 3, 2, 4), weights(5), stride=(2, 3), padding="VALID"),
    "conv_2d dilated": lambda m, x: m.conv_2d(x, weights(5, 3, 3, 4), weights(5), dilation=2, padding="VALID"),
    "depthwise_conv_2d": lambda m, x: m.depthwise_conv_2d(x, weights(1, 3, 3, 8), weights(8), stride=2),
    "transpose_conv": lambda m, x: m.transpose_conv(x, weights(5, 3, 3, 4), weights(5)),
    "transpose_conv valid": lambda m, x: m.transpose_conv(x, weights(5, 3, 3, 4), padding="VALID"),
    "fully_connected": lambda m, x: m.fully_connected(x, weights(7, 4), weights(7)),
    "fully_connected keep": lambda m, x: m.fully_connected(x, weights(7, 4), keep_num_dims=True),
    "batch_matmul": lambda m, x: m.batch_matmul(x, weights(2, 1, 3, 4), adj_y=True),
    "add": lambda m, x: m.add(x, weights(4), activation="RELU6"),
    "sub": lambda m, x: m.sub(weights(1, 1, 1, 4), x),
    "mul": lambda m, x: m.mul(x, x),
    "div": lambda m, x: m.div(x, floats([2.0])),
    "maximum": lambda m, x: m.binary("MAXIMUM", x, weights(6, 4)),
    "max_pool_2d": lambda m, x: m.max_pool_2d(x, 2),
    "average_pool_2d": lambda m, x: m.average_pool_2d(x, (3, 2), stride=2, padding="SAME"),
    "softmax": lambda m, x: m.softmax(x, beta=0.5),
    "mean": lambda m, x: m.mean(x, [1, 2]),
    "reduce": lambda m, x: m.reduce("REDUCE_MAX", x, [-1], keep_dims=True),
    "relu": lambda m, x: m.relu(x),
    "relu6": lambda m, x: m.relu6(x),
    "logistic": lambda m, x: m.logistic(x),
    "tanh": lambda m, x: m.tanh(x),
    "hard_swish": lambda m, x: m.hard_swish(x),
    "gelu": lambda m, x: m.gelu(x, approximate=True),
    "reshape": lambda m, x: m.reshape(x, (2, -1)),
    "squeeze": lambda m, x: m.squeeze(m.mean(x, [1], keep_dims=True), [1]),
    "transpose": lambda m, x: m.transpose(x, [0, 3, 1, 2]),
    "concatenation": lambda m, x: m.concatenation([x, m.relu(x)], axis=-1),
    "pack": lambda m, x: m.pack([x, x, x], axis=1),
    "unpack": lambda m, x: m.unpack(x, 3),
    "split": lambda m, x: m.split(x, 3, 1),
    "slice": lambda m, x: m.slice(x, [0, 1, 2, 0], [2, 3, -1, 2]),
    "strided_slice": lambda m, x: m.strided_slice(
        x, [0, 5, 0, 0], [2, 0, 0, 1], [1, -2, 2, 1], end_mask=4, shrink_axis_mask=8
    ),
    "pad": lambda m, x: m.pad(x, [(0, 0), (1, 2), (3, 0), (0, 0)]),
    "padv2": lambda m, x: m.pad(x, [(0, 0), (1, 2), (3, 0), (0, 0)], np.float32(7.0)),
    "resize_bilinear": lambda m, x: m.resize_bilinear(x, (9, 13), half_pixel_centers=True),
    "resize_nearest_neighbor": lambda m, x: m.resize_nearest_neighbor(x, (3, 13)),
    "gather": lambda m, x: m.gather(x, integers([[1, 0], [2, 2]]), axis=1),
    "space_to_depth": lambda m, x: m.space_to_depth(x, 2),
    "depth_to_space": lambda m, x: m.depth_to_space(x, 2),
    "cast": lambda m, x: m.cast(x, "int32"),
    "quantize": lambda m, x: m.dequantize(m.quantize(x, "int8", (0.1, 3))),
    "mirror_pad": lambda m, x: m.op(
        "MIRROR_PAD", [x, m.constant("p", integers([[0, 0], [1, 1], [0, 0], [0, 0]]))],
        {"mode": MirrorPadMode.REFLECT}, shape=(2, 8, 6, 4),
    ),
}  # fmt: skip


@pytest.mark.parametrize("layer", LAYERS)
def test_inferred_shapes_are_litert_s(layer: str) -> None:
    m = ModelBuilder()
    outputs = LAYERS[layer](m, m.input("x", (2, 6, 6, 4)))
    outputs = outputs if isinstance(outputs, list) else [outputs]
    m.output(*outputs)
    results = run_litert(m.to_bytes(), [weights(2, 6, 6, 4)], "BUILTIN_WITHOUT_DEFAULT_DELEGATES")
    assert [r.shape for r in results] == [y.shape for y in outputs]


def test_values() -> None:
    m = ModelBuilder()
    x = m.input("x", (1, 3))
    m.output(m.fully_connected(x, floats([[1, 2, 3], [0, 0, -1]]), floats([10, 0]), activation="RELU"))
    (result,) = run_litert(m.to_bytes(), [floats([[1, 1, 1]])])
    assert result.tolist() == [[16.0, 0.0]]


def test_integer_convolution_with_a_scale_per_channel() -> None:
    m = ModelBuilder()
    x = m.input("x", (1, 1, 1, 2), "int8", quantization=(0.5, 1))
    w = m.constant("w", codes([[[[2, 0]]], [[[0, 4]]]]), quantization=([0.5, 0.25], 0, 0))
    b = m.constant("b", integers([4, 0]), quantization=([0.25, 0.125], 0, 0))
    m.output(m.conv_2d(x, w, b, quantization=(1.0, -10)))
    (result,) = run_litert(m.to_bytes(), [codes([[[[5, 9]]]])])  # reals 2 and 4, times 1 each, plus 1 and 0
    assert result.ravel().tolist() == [-7, -6]


def test_quantized_repeats_one_zero_point() -> None:
    params = quantized([0.1, 0.2, 0.3], 5, 2)
    assert len(params.scale) == 3 and params.zero_point == (5, 5, 5) and params.quantized_dimension == 2


@pytest.mark.parametrize("name", [op.name for op in BuiltinOperator])
def test_every_builtin_can_be_written(name: str) -> None:
    m = ModelBuilder()
    x = m.input("x", (1, 2))
    m.output(m.op(name, [x, None, x], version=3))
    model = read_model(m.to_bytes())
    (code,) = model.operator_codes
    assert code.version == 3
    assert operator_name(code) == ("" if name == "CUSTOM" else name)
    assert model.subgraphs[0].operators[0].inputs == (0, -1, 0)


@pytest.mark.parametrize("type", list(TensorType))
def test_every_type_can_be_an_input(type: TensorType) -> None:
    m = ModelBuilder()
    m.output(m.op("RESHAPE", [m.input("x", (2, 2), type)]))
    tensors = read_model(m.to_bytes()).subgraphs[0].tensors
    assert [t.type for t in tensors] == [type, type]


def test_a_while_loop() -> None:
    m = ModelBuilder()
    x = m.input("x", (1,), "int32")
    condition, body = m.subgraph("condition"), m.subgraph("body")
    c = condition.input("c", (1,), "int32")
    limit = condition.constant("limit", integers([100]))
    condition.output(condition.op("LESS", [c, limit], dtype="bool"))
    b = body.input("b", (1,), "int32")
    body.output(body.add(b, b))
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    m.output(m.op("WHILE", [x], options))
    (result,) = run_litert(m.to_bytes(), [integers([3])])
    assert result.tolist() == [192]


def test_signatures() -> None:
    m = ModelBuilder()
    x, y = m.input("a", (2,)), m.input("b", (2,))
    z = m.sub(x, y)
    m.output(z)
    m.signature("difference", {"from": x, "take": y}, {"left": z})
    result = run_litert(m.to_bytes(), {"from": floats([5, 5]), "take": floats([1, 2])}, signature="difference")
    assert result[0].tolist() == [4.0, 3.0]


def test_dimensions_left_open() -> None:
    m = ModelBuilder()
    x = m.input("x", (-1, 3))
    assert x.shape == (1, 3)
    m.output(m.relu(x))
    (record, _) = m.build().subgraphs[0].tensors
    assert (record.shape, record.shape_signature) == ((1, 3), (-1, 3))
    (result,) = run_litert(m.to_bytes(), [floats([[1, -2, 3], [-4, 5, 6]])])
    assert result.tolist() == [[1, 0, 3], [0, 5, 6]]


def test_state_and_metadata() -> None:
    m = ModelBuilder(description="d")
    m.variable("state", (1, 4))
    m.metadata("key", b"value")
    model = m.build()
    assert model.subgraphs[0].tensors[0].is_variable
    assert model.description == "d"
    (entry,) = model.metadata
    assert (entry.name, model.buffers[entry.buffer].data) == ("key", b"value")


def test_operator_codes_are_shared() -> None:
    m = ModelBuilder()
    x = m.input("x", (2,))
    m.output(m.relu(m.relu(m.op("RELU", [x], version=2))))
    assert [(operator_name(c), c.version) for c in m.build().operator_codes] == [("RELU", 2), ("RELU", 1)]


def test_codes_beyond_a_byte() -> None:
    m = ModelBuilder()
    m.op("GELU", [m.input("x", (2,))])
    (code,) = m.build().operator_codes
    assert (code.deprecated_builtin_code, code.builtin_code) == (127, BuiltinOperator.GELU)


def test_options_as_a_record() -> None:
    m = ModelBuilder()
    x, w = m.input("x", (1, 4, 4, 1)), m.constant("w", weights(1, 1, 1, 1))
    m.op("CONV_2D", [x, w], Conv2DOptions(Padding.VALID, 1, 1))
    options = m.build().subgraphs[0].operators[0].builtin_options
    assert options == Conv2DOptions(padding=Padding.VALID, stride_w=1, stride_h=1)


MISTAKES: dict[str, tuple[Callable[[ModelBuilder, BuilderTensor], Any], str]] = {
    "operator": (lambda m, x: m.op("CONV2D", [x]), "no builtin operator 'CONV2D'"),
    "field": (lambda m, x: m.op("SOFTMAX", [x], {"betta": 1.0}), "SoftmaxOptions has no field betta"),
    "no options": (lambda m, x: m.op("RELU", [x], {"alpha": 1.0}), "RELU has no options, so not alpha"),
    "other options": (lambda m, x: m.op("ADD", [x, x], SoftmaxOptions()), "ADD does not take SoftmaxOptions"),
    "type": (lambda m, x: m.input("y", (1,), "float31"), "float31"),
    "no shape": (lambda m, x: m.op("VAR_HANDLE", []), "VAR_HANDLE has no input"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_named(mistake: str) -> None:
    m = ModelBuilder()
    make, message = MISTAKES[mistake]
    with pytest.raises(ValueError, match=message):
        make(m, m.input("x", (1, 2)))


def test_a_subgraph_that_does_not_exist() -> None:
    m = ModelBuilder()
    m.op("CALL_ONCE", [], {"init_subgraph_index": 4}, shape=(), dtype="int32")
    with pytest.raises(ValueError, match="Invalid subgraph index 4"):
        m.build()


def test_build_gives_what_is_written(rich_model: Model) -> None:
    assert [graph.name for graph in rich_model.subgraphs] == ["main", "body"]
    assert [s.signature_key for s in rich_model.signature_defs] == ["serving_default", "other"]
