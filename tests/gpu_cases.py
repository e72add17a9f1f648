"""One-operator graphs for the GPU delegates: odd shapes, every option, broadcasting in every direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.build.builder_base import BuilderTensor, quantized

Build = Callable[[GraphBuilder, BuilderTensor], "BuilderTensor | Sequence[BuilderTensor]"]


@dataclass(frozen=True)
class Case:
    """A graph of one input, `x` of `shape`, drawn uniformly from [low, high)."""

    name: str
    shape: tuple[int, ...]
    build: Build
    low: float = -3.0
    high: float = 3.0

    def model(self) -> bytes:
        """The `.tflite` file."""
        builder = ModelBuilder()
        outputs = self.build(builder, builder.input("x", self.shape))
        builder.output(*([outputs] if isinstance(outputs, BuilderTensor) else outputs))
        return builder.to_bytes()

    def value(self) -> np.ndarray:
        """The input."""
        return np.random.default_rng(len(self.name)).uniform(self.low, self.high, self.shape).astype(np.float32)


def weights(*shape: int) -> np.ndarray:
    """Normal float32 numbers, the same each time."""
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def _unary(op: str, options: Any = None, low: float = -3.0, high: float = 3.0) -> Case:
    return Case(op, (1, 5, 3, 7), lambda g, x: g.op(op, [x], options), low, high)


def _binary(op: str, left: tuple[int, ...], right: tuple[int, ...], low: float = -3.0) -> Case:
    """Both operands are computed: the right one is the absolute value of a second use of the input's elements."""

    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        a, b = (
            g.op("ABS" if low >= 0 else "NEG", [g.strided_slice(x, [0], [int(np.prod(s))], [1])]) for s in (left, right)
        )
        shape = np.broadcast_shapes(left, right)
        return g.op(op, [g.reshape(a, left), g.reshape(b, right)], shape=shape)

    size = max(int(np.prod(left)), int(np.prod(right)))
    return Case(f"{op}_{'x'.join(map(str, left))}_{'x'.join(map(str, right))}", (size,), build, low)


UNARY = (
    *(_unary(op) for op in ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "TANH", "LOGISTIC", "HARD_SWISH", "ELU")),
    *(_unary(op) for op in ("ABS", "NEG", "SQUARE", "EXP", "SIN", "COS", "FLOOR", "CEIL", "ROUND", "SIGN")),
    *(_unary(op, low=0.1) for op in ("SQRT", "RSQRT", "LOG")),
    _unary("LEAKY_RELU", {"alpha": 0.3}),
    _unary("GELU", {"approximate": False}),
    Case("GELU_approximate", (2, 9), lambda g, x: g.gelu(x, approximate=True)),
    Case("PRELU", (1, 4, 3, 6), lambda g, x: g.op("PRELU", [x, g.constant("alpha", weights(1, 1, 6))])),
    Case("PRELU_full", (1, 2, 3, 5), lambda g, x: g.op("PRELU", [x, g.constant("alpha", weights(2, 3, 5))])),
    Case("RELU_scalar", (), lambda g, x: g.op("RELU", [x])),
    Case("RELU_long", (3, 40000), lambda g, x: g.op("RELU", [x])),
)

BINARY = (
    *(_binary(op, (2, 3, 5), (2, 3, 5)) for op in ("ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE")),
    _binary("DIV", (2, 3, 5), (2, 3, 5), low=0.5),
    _binary("POW", (2, 3, 5), (2, 3, 5), low=0.5),
    _binary("SUB", (2, 1, 5), (3, 1)),
    _binary("SUB", (1, 3, 6, 8), (3, 1, 8)),
    _binary("ADD", (4, 1), (1, 7)),
    _binary("MUL", (1,), (2, 3, 4, 5)),
    _binary("DIV", (2, 3, 4, 5), (5,), low=0.5),
    _binary("ADD", (1, 9, 7, 8), (8,)),
    Case("ADD_constant", (2, 3, 5), lambda g, x: g.add(x, weights(3, 5), activation="RELU")),
    Case("SUB_from_constant", (2, 3, 5), lambda g, x: g.sub(weights(5), x)),
    Case("MUL_number", (2, 3, 5), lambda g, x: g.mul(x, np.float32(2.5))),
    Case("ADD_itself", (2, 3, 5), lambda g, x: g.add(x, x)),
    Case("POW_of_negative", (2, 3, 5), lambda g, x: g.op("POW", [x, g.constant("two", np.float32(3))])),
    Case("DIV_by_zero", (2, 5), lambda g, x: g.div(g.op("FLOOR", [x]), g.op("RELU", [g.op("NEG", [x])]))),
    Case("ADD_reshaped_self", (2, 8), lambda g, x: g.add(g.reshape(x, (4, 4)), g.reshape(g.op("NEG", [x]), (4, 4)))),
)


def _conv(channels: int, out: int, kernel: int, activation: str = "NONE", **more: Any) -> Build:
    return lambda g, x: g.conv_2d(
        x, weights(out, kernel, kernel, channels), weights(out), activation=activation, **more
    )


def _padded_conv(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    padded = g.pad(x, [(0, 0), (1, 2), (0, 1), (0, 0)])
    return g.conv_2d(padded, weights(4, 3, 3, 5), weights(4), stride=2, padding="VALID")


def _computed_weights(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    w = g.tanh(g.reshape(x, (12, 10)))
    return g.op("FULLY_CONNECTED", [x, w, g.constant("bias", weights(12))], {"keep_num_dims": True}, shape=(3, 4, 12))


def _swish(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    made = g.conv_2d(x, weights(6, 1, 1, 6), weights(6))
    return g.add(g.mul(made, g.logistic(made)), np.float32(1))


def _residual(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    made = g.conv_2d(x, weights(6, 3, 3, 6), weights(6), activation="RELU6")
    made = g.conv_2d(made, weights(6, 1, 1, 6), weights(6))
    return g.add(x, made, activation="RELU")


def _matmul(left: tuple[int, ...], right: tuple[int, ...], adj_x: bool = False, adj_y: bool = False) -> Case:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        a, b = (g.reshape(g.strided_slice(x, [0], [int(np.prod(s))], [1]), s) for s in (left, right))
        rows, columns = left[-1 if adj_x else -2], right[-2 if adj_y else -1]
        shape = (*np.broadcast_shapes(left[:-2], right[:-2]), rows, columns)
        return g.op("BATCH_MATMUL", [a, b], {"adj_x": adj_x, "adj_y": adj_y}, shape=shape)

    return Case(f"BATCH_MATMUL_{left}_{right}_{adj_x}_{adj_y}", (max(int(np.prod(left)), int(np.prod(right))),), build)


MATRIX = (
    Case("CONV_2D", (1, 9, 7, 5), _conv(5, 6, 3, "RELU6")),
    Case("CONV_2D_pointwise", (2, 5, 5, 8), _conv(8, 12, 1)),
    Case("CONV_2D_strided", (1, 11, 8, 3), _conv(3, 9, 3, "RELU", stride=2)),
    Case("CONV_2D_dilated", (1, 12, 12, 4), _conv(4, 5, 3, dilation=2)),
    Case("CONV_2D_grouped", (1, 6, 6, 8), _conv(4, 8, 3)),
    Case("CONV_2D_after_PAD", (1, 8, 7, 5), _padded_conv),
    Case("CONV_2D_residual", (1, 6, 5, 6), _residual),
    Case(
        "CONV_2D_prelu",
        (1, 6, 5, 6),
        lambda g, x: g.op("PRELU", [_conv(6, 6, 1)(g, x), g.constant("a", weights(1, 1, 6))]),
    ),
    Case("CONV_2D_added_to_input", (1, 6, 5, 6), lambda g, x: g.add(_conv(6, 6, 3)(g, x), x)),
    Case("DEPTHWISE_CONV_2D", (1, 9, 8, 6), lambda g, x: g.depthwise_conv_2d(x, weights(1, 3, 3, 6), weights(6))),
    Case(
        "DEPTHWISE_CONV_2D_multiplied",
        (1, 9, 8, 3),
        lambda g, x: g.depthwise_conv_2d(x, weights(1, 3, 3, 6), weights(6), stride=2, activation="RELU"),
    ),
    Case(
        "TRANSPOSE_CONV",
        (1, 4, 5, 3),
        lambda g, x: g.transpose_conv(x, weights(6, 3, 3, 3), weights(6), stride=2),
    ),
    Case(
        "FULLY_CONNECTED_and_its_bias",
        (1, 6),
        lambda g, x: g.add(g.fully_connected(x, weights(8, 6), weights(8)), g.constant("m", weights(8)[None])),
    ),
    Case("FULLY_CONNECTED", (3, 17), lambda g, x: g.fully_connected(x, weights(9, 17), weights(9), activation="RELU")),
    Case("FULLY_CONNECTED_flat", (2, 3, 5), lambda g, x: g.fully_connected(x, weights(4, 15), None)),
    Case(
        "FULLY_CONNECTED_logistic", (1, 64), lambda g, x: g.logistic(g.fully_connected(x, weights(33, 64), weights(33)))
    ),
    Case("FULLY_CONNECTED_computed_weights", (3, 4, 10), _computed_weights),
    _matmul((2, 5, 7), (2, 7, 6)),
    _matmul((2, 3, 5, 7), (2, 3, 6, 7), adj_y=True),
    _matmul((3, 7, 5), (1, 7, 6), adj_x=True),
    Case("BATCH_MATMUL_constant", (2, 3, 5), lambda g, x: g.batch_matmul(x, g.constant("b", weights(2, 5, 6)))),
    Case("BATCH_MATMUL_self", (2, 5, 5), lambda g, x: g.batch_matmul(x, x)),
)

POOL = (
    Case("AVERAGE_POOL_2D", (1, 9, 7, 5), lambda g, x: g.average_pool_2d(x, (3, 2), stride=2, padding="SAME")),
    Case("AVERAGE_POOL_2D_whole", (2, 7, 7, 12), lambda g, x: g.average_pool_2d(x, (7, 7), padding="VALID")),
    Case(
        "MAX_POOL_2D", (1, 9, 7, 5), lambda g, x: g.max_pool_2d(x, (3, 3), stride=2, padding="SAME", activation="RELU6")
    ),
    Case(
        "L2_POOL_2D",
        (1, 6, 6, 4),
        lambda g, x: g.op(
            "L2_POOL_2D",
            [x],
            {"filter_width": 2, "filter_height": 2, "stride_w": 2, "stride_h": 2},
            shape=(1, 3, 3, 4),
        ),
    ),
    *(
        Case(
            f"RESIZE_BILINEAR_{size}_{align}_{half}",
            (1, 5, 7, 3),
            lambda g, x, size=size, align=align, half=half: g.resize_bilinear(
                x, size, align_corners=align, half_pixel_centers=half
            ),
        )
        for size, align, half in (((9, 4), False, False), ((9, 13), True, False), ((3, 11), False, True))
    ),
    *(
        Case(
            f"RESIZE_NEAREST_NEIGHBOR_{size}_{align}_{half}",
            (1, 5, 7, 4),
            lambda g, x, size=size, align=align, half=half: g.resize_nearest_neighbor(
                x, size, align_corners=align, half_pixel_centers=half
            ),
        )
        for size, align, half in (((9, 4), False, False), ((9, 13), True, False), ((3, 11), False, True))
    ),
)

REDUCE = (
    Case("SOFTMAX", (3, 11), lambda g, x: g.softmax(x, beta=0.7)),
    Case("SOFTMAX_wide", (1, 1001), lambda g, x: g.softmax(x)),
    Case("LOG_SOFTMAX", (2, 3, 5), lambda g, x: g.op("LOG_SOFTMAX", [x])),
    Case("L2_NORMALIZATION", (2, 3, 5), lambda g, x: g.op("L2_NORMALIZATION", [x])),
    Case("MEAN_1_2", (2, 5, 4, 6), lambda g, x: g.mean(x, [1, 2])),
    Case("MEAN_3", (2, 5, 4, 6), lambda g, x: g.mean(x, [3], keep_dims=True)),
    Case("MEAN_last", (2, 19), lambda g, x: g.mean(x, [-1])),
    Case("MEAN_of_many", (1, 300, 330, 3), lambda g, x: g.mean(g.op("CEIL", [x]), [1, 2])),
    Case("REDUCE_MAX_of_many", (1, 300, 330, 3), lambda g, x: g.reduce("REDUCE_MAX", x, [1, 2, 3])),
    Case("SUM_all", (2, 5, 4, 6), lambda g, x: g.reduce("SUM", x, [0, 1, 2, 3])),
    Case("SUM_0", (3, 5), lambda g, x: g.reduce("SUM", x, [0])),
    Case("REDUCE_MAX_1_3", (2, 5, 4, 6), lambda g, x: g.reduce("REDUCE_MAX", x, [1, 3])),
    Case("REDUCE_MIN_2", (2, 5, 4, 6), lambda g, x: g.reduce("REDUCE_MIN", x, [2], keep_dims=True)),
    Case("REDUCE_PROD_1", (2, 5, 3), lambda g, x: g.reduce("REDUCE_PROD", x, [1])),
)


def _integers(g: GraphBuilder, name: str, values: Any) -> BuilderTensor:
    return g.constant(name, np.asarray(values, np.int32))


def _space_to_batch(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    inputs = [x, _integers(g, "block", [2, 3]), _integers(g, "paddings", [[1, 0], [2, 1]])]
    return g.op("SPACE_TO_BATCH_ND", inputs, shape=(6, 3, 3, 5))


def _batch_to_space(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    inputs = [x, _integers(g, "block", [2, 3]), _integers(g, "crops", [[1, 0], [2, 1]])]
    return g.op("BATCH_TO_SPACE_ND", inputs, shape=(1, 5, 6, 5))


def _mirror(mode: str, value: int) -> Case:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        paddings = _integers(g, "paddings", [[0, 0], [2, 1], [1, 2], [0, 2]])
        return g.op("MIRROR_PAD", [x, paddings], {"mode": value}, shape=(1, 7, 6, 7))

    return Case(f"MIRROR_PAD_{mode}", (1, 4, 3, 5), build)


MOVEMENT = (
    Case("TRANSPOSE_0312", (1, 3, 4, 5), lambda g, x: g.transpose(x, [0, 3, 1, 2])),
    Case("TRANSPOSE_102", (3, 4, 8), lambda g, x: g.transpose(x, [1, 0, 2])),
    Case("TRANSPOSE_10", (5, 9), lambda g, x: g.transpose(x, [1, 0])),
    Case("RESHAPE_merge", (2, 3, 5), lambda g, x: g.reshape(x, (2, 15))),
    Case("RESHAPE_split", (2, 15), lambda g, x: g.reshape(x, (2, 3, 5))),
    Case("RESHAPE_mix", (6, 5), lambda g, x: g.reshape(x, (10, 3))),
    Case("RESHAPE_dense", (4, 8), lambda g, x: g.reshape(x, (2, 16))),
    Case("SQUEEZE", (1, 3, 1, 5), lambda g, x: g.squeeze(x, [0, 2])),
    Case("EXPAND_DIMS", (3, 5), lambda g, x: g.op("EXPAND_DIMS", [x, _integers(g, "axis", 2)], shape=(3, 5, 1))),
    Case("SLICE", (2, 6, 7), lambda g, x: g.slice(x, [1, 2, 3], [1, 3, 4])),
    Case("SLICE_aligned", (2, 6, 16), lambda g, x: g.slice(x, [0, 2, 4], [2, 3, 8])),
    Case("STRIDED_SLICE", (6, 7, 9), lambda g, x: g.strided_slice(x, [1, 6, -1], [6, 0, -8], [2, -2, -3])),
    Case(
        "STRIDED_SLICE_shrink",
        (6, 7, 9),
        lambda g, x: g.strided_slice(x, [1, 2, 0], [2, 5, 9], [1, 1, 2], shrink_axis_mask=1),
    ),
    Case("STRIDED_SLICE_scalar", (6,), lambda g, x: g.strided_slice(x, [4], [5], [1], shrink_axis_mask=1)),
    Case("PAD", (1, 3, 4, 5), lambda g, x: g.pad(x, [(0, 0), (1, 2), (0, 1), (2, 1)])),
    Case("PAD_channels", (1, 3, 4, 8), lambda g, x: g.pad(x, [(0, 0), (0, 0), (0, 0), (0, 8)])),
    Case("PADV2", (3, 5), lambda g, x: g.pad(x, [(1, 0), (2, 3)], np.float32(-1.5))),
    _mirror("reflect", 0),
    _mirror("symmetric", 1),
    Case("CONCATENATION_channels", (2, 3, 5), lambda g, x: g.concatenation([x, g.op("NEG", [x]), x], -1)),
    Case("CONCATENATION_rows", (2, 3, 5), lambda g, x: g.concatenation([x, g.op("ABS", [x])], 1)),
    Case("CONCATENATION_aligned", (2, 3, 8), lambda g, x: g.concatenation([x, g.op("NEG", [x])], 2)),
    Case("PACK", (3, 5), lambda g, x: g.pack([x, g.op("NEG", [x])], 1)),
    Case("PACK_last", (3, 5), lambda g, x: g.pack([x, g.op("NEG", [x])], 2)),
    Case("PACK_scalars", (3,), lambda g, x: g.pack([*g.unpack(x, 0)[:2], g.constant("c", np.float32(7))])),
    Case("UNPACK", (3, 2, 5), lambda g, x: g.unpack(x, 1)),
    Case("UNPACK_scalars", (3,), lambda g, x: g.unpack(x, 0)),
    Case("SPLIT", (2, 9), lambda g, x: g.split(x, 3, 1)),
    Case("GATHER_rows", (4, 5), lambda g, x: g.gather(x, np.array([3, 0, 0], np.int32), axis=0)),
    Case("GATHER_last", (4, 5), lambda g, x: g.gather(x, np.array([3, 0, 4, 1], np.int32), axis=1)),
    Case("GATHER_matrix", (4, 5), lambda g, x: g.gather(x, np.array([[3, 0], [1, 1]], np.int32), axis=0)),
    Case("SPACE_TO_DEPTH", (1, 4, 6, 3), lambda g, x: g.space_to_depth(x, 2)),
    Case("DEPTH_TO_SPACE", (1, 3, 2, 12), lambda g, x: g.depth_to_space(x, 2)),
    Case("SPACE_TO_BATCH_ND", (1, 5, 6, 5), _space_to_batch),
    Case("BATCH_TO_SPACE_ND", (6, 3, 3, 5), _batch_to_space),
    Case("TILE", (2, 1, 5), lambda g, x: g.op("TILE", [x, _integers(g, "times", [2, 3, 2])], shape=(4, 3, 10))),
    Case(
        "BROADCAST_TO",
        (3, 1),
        lambda g, x: g.op("BROADCAST_TO", [x, _integers(g, "shape", [2, 3, 5])], shape=(2, 3, 5)),
    ),
    Case("REVERSE_V2", (2, 3, 5), lambda g, x: g.op("REVERSE_V2", [x, _integers(g, "axis", [2])])),
)


def _codes(dtype: str, shape: tuple[int, ...]) -> Case:
    """Through codes and back."""
    scale = quantized(0.05, 3 if dtype == "int8" else 128)

    def build(g: GraphBuilder, x: BuilderTensor) -> list[BuilderTensor]:
        codes = g.quantize(g.op("ABS", [x]), dtype, scale)
        return [codes, g.relu(g.dequantize(codes))]

    return Case(f"QUANTIZE_{dtype}_{shape}", shape, build)


def _cast(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    return g.relu(g.cast(g.quantize(g.relu(x), "uint8", quantized(0.05)), "float32"))


QUANTIZATION = (
    _codes("int8", (2, 3, 5)),
    _codes("uint8", (1, 7, 8)),
    Case("DEQUANTIZE_of_float16", (2, 8), lambda g, x: g.add(x, g.dequantize(g.constant("h", np.float16([1.5] * 8))))),
    Case("CAST", (2, 3, 5), _cast),
)

CASES = (*UNARY, *BINARY, *MATRIX, *POOL, *REDUCE, *MOVEMENT, *QUANTIZATION)
