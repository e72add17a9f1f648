"""Graphs of integers, booleans and what makes them, for the GPU delegates: one operator each, inputs of any type."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from delegant.core.builder import GraphBuilder, ModelBuilder
from delegant.core.builder_base import BuilderTensor

Build = Callable[..., "BuilderTensor | Sequence[BuilderTensor]"]
EXTREMES = (-(2**31), 2**31 - 1, -1, 0, 1, 65536, -65537)


@dataclass(frozen=True)
class Input:
    """An input: integers of [low, high], or normal numbers; `extremes` puts the ends of int32 among them."""

    shape: tuple[int, ...]
    dtype: str = "int32"
    low: int = -20
    high: int = 20
    extremes: bool = False

    def value(self, rng: np.random.Generator) -> np.ndarray:
        if self.dtype == "float32":
            return np.asarray(rng.uniform(self.low, self.high, self.shape), np.float32)
        if self.dtype == "bool":
            return np.asarray(rng.integers(0, 2, self.shape), np.bool_)
        value = np.asarray(rng.integers(self.low, self.high + 1, self.shape), self.dtype)
        if self.extremes:
            value.reshape(-1)[: len(EXTREMES)] = rng.permutation(EXTREMES)[: value.size]
        return value


@dataclass(frozen=True)
class IntegerCase:
    """A graph of some inputs; the name starts with the operator's."""

    name: str
    inputs: tuple[Input, ...]
    build: Build

    def model(self) -> bytes:
        """The `.tflite` file."""
        builder = ModelBuilder()
        xs = [builder.input(f"x{i}", x.shape, x.dtype) for i, x in enumerate(self.inputs)]
        outputs = self.build(builder, *xs)
        builder.output(*([outputs] if isinstance(outputs, BuilderTensor) else outputs))
        return builder.to_bytes()

    def values(self) -> list[np.ndarray]:
        rng = np.random.default_rng(len(self.name))
        return [x.value(rng) for x in self.inputs]


def ints(*shape: int, low: int = -20, high: int = 20, extremes: bool = False) -> Input:
    return Input(shape, "int32", low, high, extremes)


def longs(*shape: int, low: int = -20, high: int = 20) -> Input:
    return Input(shape, "int64", low, high)


def bools(*shape: int) -> Input:
    return Input(shape, "bool")


def floats(*shape: int, low: int = -3, high: int = 3) -> Input:
    return Input(shape, "float32", low, high)


def _plain(op: str, *inputs: Input, name: str = "", **more: Any) -> IntegerCase:
    shape = np.broadcast_shapes(*(x.shape for x in inputs))

    def build(g: GraphBuilder, *xs: BuilderTensor) -> BuilderTensor:
        return g.op(op, xs, shape=shape, **more)

    return IntegerCase(f"{op}{name}", inputs, build)


def constants(g: GraphBuilder, name: str, values: Any, dtype: Any = np.int32) -> BuilderTensor:
    return g.constant(name, np.asarray(values, dtype))


WHOLE = ints(2, 3, 5, extremes=True)
ARITHMETIC = (
    *(_plain(op, WHOLE, ints(3, 5, extremes=True)) for op in ("ADD", "SUB", "MUL", "SQUARED_DIFFERENCE")),
    *(_plain(op, WHOLE, ints(2, 1, 5, extremes=True)) for op in ("MAXIMUM", "MINIMUM", "BITWISE_XOR")),
    *(_plain(op, WHOLE, ints(5, low=1), name="_positive") for op in ("FLOOR_DIV", "FLOOR_MOD")),
    *(_plain(op, ints(2, 3, 5), ints(3, 5, low=-9, high=-1)) for op in ("DIV", "FLOOR_DIV", "FLOOR_MOD")),
    *(_plain(op, WHOLE) for op in ("ABS", "NEG", "SIGN", "SQUARE")),
    _plain("RIGHT_SHIFT", WHOLE, ints(5, low=-2, high=40)),
    IntegerCase("POW", (WHOLE,), lambda g, x: g.op("POW", [x, constants(g, "e", [0, 1, 2, 3, 31])])),
    IntegerCase("ADD_relu", (WHOLE,), lambda g, x: g.add(x, np.int32([1, 2, 3, 4, 5]), activation="RELU6")),
    IntegerCase("MUL_itself", (WHOLE,), lambda g, x: g.mul(x, x)),
    IntegerCase("ADD_N", (WHOLE, WHOLE), lambda g, x, y: g.op("ADD_N", [x, y, x])),
    IntegerCase("ADD_N_floats", (floats(2, 5), floats(2, 5)), lambda g, x, y: g.op("ADD_N", [x, y, y])),
)

LOGIC = (
    *(_plain(op, bools(2, 3, 5), bools(3, 1)) for op in ("LOGICAL_AND", "LOGICAL_OR")),
    _plain("LOGICAL_NOT", bools(2, 3, 5)),
    *(
        _plain(op, ints(2, 3, 5, low=-2, high=2), ints(3, 1, low=-2, high=2), dtype="bool")
        for op in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL")
    ),
    _plain("LESS", floats(2, 3, 5), floats(5), name="_floats", dtype="bool"),
    _plain("GREATER", floats(2, 16), floats(2, 16), name="_floats", dtype="bool"),
    IntegerCase("EQUAL_itself", (floats(2, 5),), lambda g, x: g.op("EQUAL", [x, x], dtype="bool")),
    IntegerCase(
        "SELECT",
        (bools(2, 3, 5), floats(2, 3, 5), floats(2, 3, 5)),
        lambda g, c, x, y: g.op("SELECT", [c, x, y], dtype="float32"),
    ),
    IntegerCase(
        "SELECT_rows",
        (bools(2), ints(2, 3, 5), ints(2, 3, 5)),
        lambda g, c, x, y: g.op("SELECT", [c, x, y], shape=(2, 3, 5), dtype="int32"),
    ),
    IntegerCase(
        "SELECT_V2",
        (bools(2, 1, 5), floats(3, 5)),
        lambda g, c, x: g.op(
            "SELECT_V2", [c, x, constants(g, "no", -1.5, np.float32)], shape=(2, 3, 5), dtype="float32"
        ),
    ),
    IntegerCase(
        "SELECT_V2_of_comparison",
        (floats(2, 9),),
        lambda g, x: g.relu(
            g.op(
                "SELECT_V2",
                [g.op("LESS", [x, constants(g, "zero", 0, np.float32)], dtype="bool"), x, g.op("EXP", [x])],
                dtype="float32",
            )
        ),
    ),
)


def _to_and_fro(g: GraphBuilder, x: BuilderTensor) -> list[BuilderTensor]:
    whole = g.cast(g.mul(x, np.float32(1e3)), "int32")
    return [whole, g.relu(g.cast(g.op("NEG", [whole]), "float32"))]


CONVERSIONS = (
    IntegerCase("CAST", (floats(2, 3, 5),), _to_and_fro),
    IntegerCase(
        "CAST_saturates",
        (floats(2, 8, low=-(2**40), high=2**40),),
        lambda g, x: g.op("ABS", [g.cast(g.relu(x), "int32")]),
    ),
    IntegerCase("CAST_bool", (ints(2, 3, 5, low=0, high=2),), lambda g, x: g.op("LOGICAL_NOT", [g.cast(x, "bool")])),
    IntegerCase("CAST_of_bool", (bools(2, 3, 5),), lambda g, x: g.relu(g.cast(x, "float32"))),
    IntegerCase("CAST_int64", (WHOLE,), lambda g, x: g.cast(g.op("NEG", [x]), "int64")),
    IntegerCase("BITCAST", (floats(2, 3, 5),), lambda g, x: g.op("BITCAST", [x], dtype="int32")),
    IntegerCase(
        "BITCAST_floats", (ints(2, 5, low=2**29, high=2**30),), lambda g, x: g.op("BITCAST", [x], dtype="float32")
    ),
)

REALS = (
    _plain("FLOOR_DIV", floats(4, 9, low=-30, high=30), floats(9, low=1, high=4), name="_floats"),
    IntegerCase(
        "FLOOR_DIV_multiples",
        (ints(4, 9),),
        lambda g, x: g.op(
            "FLOOR_DIV",
            [g.cast(g.op("NEG", [x]), "float32"), constants(g, "b", [1, 2, 3, 4, 5, -1, -2, -3, 7], np.float32)],
        ),
    ),
    _plain("FLOOR_MOD", floats(4, 9, low=-30, high=30), floats(9, low=-4, high=4), name="_floats"),
    IntegerCase(
        "FLOOR_MOD_tenths",
        (ints(4, 9),),
        lambda g, x: g.op(
            "FLOOR_MOD",
            [
                g.mul(g.cast(g.op("NEG", [x]), "float32"), np.float32(0.1)),
                constants(g, "b", np.float32(0.1) * np.float32([1, 2, 3, -4, -5, 6, 7, 8, 9]), np.float32),
            ],
        ),
    ),
    _plain("ATAN2", floats(4, 9), floats(4, 9)),
    IntegerCase(
        "FAKE_QUANT",
        (floats(4, 9),),
        lambda g, x: g.op("FAKE_QUANT", [x], {"min": -1.3, "max": 2.1, "num_bits": 4, "narrow_range": True}),
    ),
)

MOVEMENT = (
    IntegerCase("TRANSPOSE", (WHOLE,), lambda g, x: g.transpose(x, [2, 0, 1])),
    IntegerCase("REVERSE_V2", (WHOLE,), lambda g, x: g.op("REVERSE_V2", [x, constants(g, "axis", [2])])),
    IntegerCase("SLICE", (bools(2, 6, 7),), lambda g, x: g.slice(x, [1, 2, 3], [1, 3, 4])),
    IntegerCase("STRIDED_SLICE", (WHOLE,), lambda g, x: g.strided_slice(x, [1, 2, 0], [0, 0, 5], [-1, -1, 2])),
    IntegerCase(
        "CONCATENATION",
        (WHOLE, ints(2, 1, 5)),
        lambda g, x, y: g.concatenation([x, y, g.constant("c", np.int32([[[1, 2, 3, 4, 5]]] * 2))], 1),
    ),
    IntegerCase("PACK", (bools(3, 5), bools(3, 5)), lambda g, x, y: g.pack([x, y], 2)),
    IntegerCase("UNPACK", (WHOLE,), lambda g, x: g.unpack(x, 1)),
    IntegerCase("SPLIT", (ints(2, 9),), lambda g, x: g.split(x, 3, 1)),
    IntegerCase("TILE", (ints(2, 5),), lambda g, x: g.op("TILE", [x, constants(g, "n", [2, 3])], shape=(4, 15))),
    IntegerCase(
        "BROADCAST_TO",
        (ints(3, 1),),
        lambda g, x: g.op("BROADCAST_TO", [x, constants(g, "n", [2, 3, 5])], shape=(2, 3, 5)),
    ),
    IntegerCase("PADV2", (ints(3, 5),), lambda g, x: g.pad(x, [(1, 0), (2, 3)], np.int32(-7))),
    IntegerCase("PAD_bools", (bools(3, 5),), lambda g, x: g.pad(x, [(1, 0), (2, 3)])),
    IntegerCase("RESHAPE", (ints(6, 5),), lambda g, x: g.reshape(g.op("NEG", [x]), (10, 3))),
    IntegerCase("SQUEEZE", (bools(1, 3, 1, 5),), lambda g, x: g.squeeze(x, [0, 2])),
    IntegerCase(
        "EXPAND_DIMS", (ints(3, 5),), lambda g, x: g.op("EXPAND_DIMS", [x, constants(g, "axis", 2)], shape=(3, 5, 1))
    ),
    IntegerCase("SPACE_TO_DEPTH", (ints(1, 4, 6, 3),), lambda g, x: g.space_to_depth(x, 2)),
    IntegerCase("DEPTH_TO_SPACE", (ints(1, 3, 2, 12),), lambda g, x: g.depth_to_space(x, 2)),
)

_space = {"shape": (6, 3, 3, 5)}
MOVEMENT += (
    IntegerCase(
        "SPACE_TO_BATCH_ND",
        (ints(1, 5, 6, 5),),
        lambda g, x: g.op(
            "SPACE_TO_BATCH_ND", [x, constants(g, "b", [2, 3]), constants(g, "p", [[1, 0], [2, 1]])], **_space
        ),
    ),
    IntegerCase(
        "BATCH_TO_SPACE_ND",
        (ints(6, 3, 3, 5),),
        lambda g, x: g.op(
            "BATCH_TO_SPACE_ND",
            [x, constants(g, "b", [2, 3]), constants(g, "c", [[1, 0], [2, 1]])],
            shape=(1, 5, 6, 5),
        ),
    ),
    IntegerCase(
        "MIRROR_PAD",
        (ints(4, 5),),
        lambda g, x: g.op("MIRROR_PAD", [x, constants(g, "p", [[2, 1], [0, 2]])], {"mode": 0}, shape=(7, 7)),
    ),
)


def _gather(axis: int, *, batch: int = 0, shape: tuple[int, ...]) -> Build:
    return lambda g, x, i: g.op("GATHER", [x, i], {"axis": axis, "batch_dims": batch}, shape=shape)


GATHERING = (
    IntegerCase("GATHER_computed", (floats(4, 5), ints(3, low=0, high=3)), _gather(0, shape=(3, 5))),
    IntegerCase("GATHER_int64_indices", (floats(2, 4, 5), longs(3, low=0, high=4)), _gather(2, shape=(2, 4, 3))),
    IntegerCase("GATHER_matrix_last", (ints(4, 5), ints(2, 3, low=0, high=4)), _gather(1, shape=(4, 2, 3))),
    IntegerCase("GATHER_batches", (floats(2, 4, 5), ints(2, 3, low=0, high=3)), _gather(1, batch=1, shape=(2, 3, 5))),
    IntegerCase("GATHER_scalar", (floats(4, 5), ints(low=0, high=3)), _gather(0, shape=(5,))),
    IntegerCase(
        "GATHER_from_constant",
        (ints(2, 3, low=0, high=3),),
        lambda g, i: g.op(
            "GATHER",
            [g.constant("t", np.arange(20, dtype=np.float32).reshape(4, 5)), i],
            shape=(2, 3, 5),
            dtype="float32",
        ),
    ),
    IntegerCase(
        "GATHER_ND",
        (floats(4, 5, 6), ints(3, 2, low=0, high=3)),
        lambda g, x, i: g.op("GATHER_ND", [x, i], shape=(3, 6)),
    ),
    IntegerCase(
        "GATHER_ND_whole",
        (ints(4, 5), ints(2, 3, 2, low=0, high=3)),
        lambda g, x, i: g.op("GATHER_ND", [x, i], shape=(2, 3)),
    ),
    IntegerCase(
        "GATHER_ND_constant",
        (bools(4, 5),),
        lambda g, x: g.op("GATHER_ND", [x, constants(g, "i", [[3, 4], [0, 1]])], shape=(2,)),
    ),
    IntegerCase(
        "EMBEDDING_LOOKUP",
        (ints(6, low=0, high=8),),
        lambda g, i: g.op(
            "EMBEDDING_LOOKUP",
            [i, g.constant("t", np.arange(45, dtype=np.float32).reshape(9, 5))],
            shape=(6, 5),
            dtype="float32",
        ),
    ),
    IntegerCase(
        "EMBEDDING_LOOKUP_rows",
        (ints(6, low=0, high=2),),
        lambda g, i: g.op(
            "EMBEDDING_LOOKUP",
            [
                i,
                g.constant(
                    "t", np.arange(-6, 9).reshape(3, 5).astype(np.int8), quantization=((0.1, 0.3, 0.7), (0, 0, 0), 0)
                ),
            ],
            shape=(6, 5),
            dtype="float32",
        ),
    ),
)


def _arg(op: str, axis: int, shape: tuple[int, ...], dtype: str = "int32", **options: Any) -> Build:
    return lambda g, x: g.op(op, [x, constants(g, "axis", axis)], options, shape=shape, dtype=dtype)


def _topk(g: GraphBuilder, x: BuilderTensor) -> list[BuilderTensor]:
    shape = (*x.shape[:-1], 3)
    outputs = [g.tensor("values", shape, x.type), g.tensor("places", shape, "int32")]
    g.op_with_outputs("TOPK_V2", [x, constants(g, "k", 3)], outputs)
    return outputs


def _one_hot(axis: int, dtype: Any, shape: tuple[int, ...]) -> Build:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        inputs = [x, constants(g, "depth", 4), constants(g, "on", 5, dtype), constants(g, "off", -1, dtype)]
        return g.op("ONE_HOT", inputs, {"axis": axis}, shape=shape, dtype=np.dtype(dtype))

    return build


def _reduce(op: str, axes: list[int]) -> Build:
    return lambda g, x: g.reduce(op, x, axes)


COUNTING = (
    IntegerCase("ARG_MAX", (floats(3, 5, 7),), _arg("ARG_MAX", 2, (3, 5), output_type=2)),
    IntegerCase("ARG_MAX_int64", (ints(3, 5, 7, low=0, high=4),), _arg("ARG_MAX", 1, (3, 7), "int64", output_type=4)),
    IntegerCase("ARG_MIN", (floats(3, 5, 8),), _arg("ARG_MIN", 0, (5, 8), output_type=2)),
    IntegerCase("TOPK_V2", (floats(3, 11),), _topk),
    IntegerCase("TOPK_V2_equals", (ints(2, 3, 9, low=0, high=3),), _topk),
    IntegerCase("ONE_HOT", (ints(2, 3, low=-1, high=5),), _one_hot(-1, np.float32, (2, 3, 4))),
    IntegerCase("ONE_HOT_axis", (longs(2, 3, low=-1, high=5),), _one_hot(1, np.int32, (2, 4, 3))),
    IntegerCase(
        "BUCKETIZE",
        (floats(3, 7),),
        lambda g, x: g.op("BUCKETIZE", [x], {"boundaries": (-1.0, 0.0, 1.5)}, dtype="int32"),
    ),
    IntegerCase("CUMSUM", (floats(3, 5, 7),), lambda g, x: g.op("CUMSUM", [x, constants(g, "axis", 1)])),
    IntegerCase(
        "CUMSUM_reverse",
        (WHOLE,),
        lambda g, x: g.op("CUMSUM", [x, constants(g, "axis", -1)], {"exclusive": True, "reverse": True}),
    ),
    IntegerCase("SUM", (WHOLE,), _reduce("SUM", [1])),
    IntegerCase("REDUCE_PROD", (WHOLE,), _reduce("REDUCE_PROD", [2])),
    IntegerCase("REDUCE_MAX", (WHOLE,), _reduce("REDUCE_MAX", [0, 2])),
    IntegerCase("REDUCE_MIN", (WHOLE,), _reduce("REDUCE_MIN", [0])),
    IntegerCase("REDUCE_ANY", (bools(3, 5, 3),), _reduce("REDUCE_ANY", [2])),
    IntegerCase("REDUCE_ALL", (bools(3, 5, 3),), _reduce("REDUCE_ALL", [0, 1])),
)


def _scatter(shape: tuple[int, ...]) -> Build:
    return lambda g, i, x: g.op("SCATTER_ND", [i, x, constants(g, "shape", shape)], shape=shape, dtype=x.type)


def _sparse(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    inputs = [constants(g, "at", [[0, 1], [2, 3]]), constants(g, "shape", [3, 5]), x, constants(g, "rest", -1)]
    return g.op("SPARSE_TO_DENSE", inputs, {"validate_indices": True}, shape=(3, 5), dtype="int32")


def _sparse_computed(g: GraphBuilder, at: BuilderTensor) -> BuilderTensor:
    inputs = [
        at,
        constants(g, "shape", [9]),
        constants(g, "values", 2.5, np.float32),
        constants(g, "rest", 0.5, np.float32),
    ]
    return g.op("SPARSE_TO_DENSE", inputs, {"validate_indices": False}, shape=(9,), dtype="float32")


def _segments(op: str) -> IntegerCase:
    def build(g: GraphBuilder, x: BuilderTensor, ids: BuilderTensor) -> BuilderTensor:
        return g.op(op, [x, ids, constants(g, "count", 4)], shape=(4, 3))

    return IntegerCase(op, (floats(7, 3), ints(7, low=-1, high=2)), build)


SCATTERING = (
    IntegerCase("SCATTER_ND", (ints(6, 1, low=0, high=3), floats(6, 3)), _scatter((4, 3))),
    IntegerCase("SCATTER_ND_points", (longs(2, 3, 2, low=0, high=3), ints(2, 3)), _scatter((4, 5))),
    IntegerCase("SCATTER_ND_bools", (ints(6, 2, low=0, high=3), bools(6)), _scatter((4, 4))),
    IntegerCase("SPARSE_TO_DENSE", (ints(2),), _sparse),
    IntegerCase("SPARSE_TO_DENSE_computed", (ints(4, low=0, high=8),), _sparse_computed),
    *(_segments(f"UNSORTED_SEGMENT_{kind}") for kind in ("SUM", "PROD", "MAX", "MIN")),
    IntegerCase(
        "SEGMENT_SUM",
        (ints(5, 3),),
        lambda g, x: g.op("SEGMENT_SUM", [x, constants(g, "ids", [0, 0, 1, 2, 2])], shape=(3, 3)),
    ),
    IntegerCase(
        "DYNAMIC_UPDATE_SLICE",
        (floats(4, 5, 6), floats(2, 1, 6), ints(3, low=-2, high=5)),
        lambda g, x, u, i: g.op("DYNAMIC_UPDATE_SLICE", [x, u, i]),
    ),
    IntegerCase(
        "REVERSE_SEQUENCE",
        (floats(3, 5, 4), ints(3, low=0, high=5)),
        lambda g, x, n: g.op("REVERSE_SEQUENCE", [x, n], {"seq_dim": 1, "batch_dim": 0}),
    ),
)


def _conv_3d(shape: tuple[int, ...], kernel: tuple[int, ...], **options: Any) -> Build:
    weights = np.random.default_rng(1).standard_normal(kernel).astype(np.float32)
    bias = np.arange(kernel[4], dtype=np.float32)

    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        inputs = [x, g.constant("w", weights), g.constant("b", bias)]
        return g.op("CONV_3D", inputs, options, shape=shape)

    return build


def _conv_3d_transpose(shape: tuple[int, ...], kernel: tuple[int, ...], **options: Any) -> Build:
    weights = np.random.default_rng(1).standard_normal(kernel).astype(np.float32)

    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        inputs = [constants(g, "shape", shape), g.constant("w", weights), x]
        return g.op("CONV_3D_TRANSPOSE", inputs, options, shape=shape, dtype="float32")

    return build


VOLUMES = (
    IntegerCase(
        "CONV_3D",
        (floats(2, 4, 5, 6, 3),),
        _conv_3d((2, 4, 5, 6, 5), (3, 3, 2, 3, 5), stride_d=1, stride_h=1, stride_w=1, fused_activation_function=1),
    ),
    IntegerCase(
        "CONV_3D_strided",
        (floats(1, 7, 6, 6, 4),),
        _conv_3d((1, 2, 2, 4, 6), (2, 3, 3, 4, 6), stride_d=2, stride_h=2, stride_w=1, padding=1, dilation_d_factor=3),
    ),
    IntegerCase(
        "CONV_3D_pointwise",
        (floats(2, 3, 4, 4, 4),),
        _conv_3d((2, 3, 4, 4, 4), (1, 1, 1, 4, 4), stride_d=1, stride_h=1, stride_w=1),
    ),
    IntegerCase(
        "CONV_3D_TRANSPOSE",
        (floats(2, 3, 3, 4, 3),),
        _conv_3d_transpose((2, 6, 6, 8, 5), (3, 3, 2, 5, 3), stride_d=2, stride_h=2, stride_w=2),
    ),
    IntegerCase(
        "CONV_3D_TRANSPOSE_valid",
        (floats(1, 3, 3, 4, 4),),
        _conv_3d_transpose((1, 4, 7, 4, 4), (2, 3, 1, 4, 4), stride_d=1, stride_h=2, stride_w=1, padding=1),
    ),
)


def _custom(name: str, options: Sequence[int], shapes: Sequence[tuple[int, ...]]) -> Build:
    """A custom operator of int32 options, with outputs of floats."""

    def build(g: GraphBuilder, *xs: BuilderTensor) -> list[BuilderTensor]:
        outputs = [g.tensor(f"y{i}", shape) for i, shape in enumerate(shapes)]
        raw = struct.pack(f"<{len(options)}i", *options)
        g.op_with_outputs(name, xs, outputs, custom=True, custom_options=raw)
        return outputs

    return build


def _transpose_bias(g: GraphBuilder, x: BuilderTensor) -> list[BuilderTensor]:
    weights = np.random.default_rng(1).standard_normal((5, 3, 2, 3)).astype(np.float32)
    inputs = x, g.constant("w", weights), g.constant("b", np.arange(5, dtype=np.float32))
    return _custom("Convolution2DTransposeBias", (1, 2, 2), [(1, 8, 6, 5)])(g, *inputs)  # type: ignore[return-value]


def _pool_and_back(g: GraphBuilder, x: BuilderTensor) -> list[BuilderTensor]:
    maxima, places = _custom("MaxPoolingWithArgmax2D", (1, 2, 3, 2, 3), [(1, 2, 4, 5)] * 2)(g, x)  # type: ignore[misc]
    back = _custom("MaxUnpooling2D", (1, 2, 3, 2, 3), [(1, 6, 8, 5)])(g, maxima, places)
    return [maxima, places, *back]  # type: ignore[misc]


CUSTOM = (
    IntegerCase("Convolution2DTransposeBias", (floats(1, 4, 3, 3),), _transpose_bias),
    IntegerCase("MaxPoolingWithArgmax2D_MaxUnpooling2D", (floats(1, 5, 7, 5),), _pool_and_back),
)


def _lstm(g: GraphBuilder, x: BuilderTensor, previous: BuilderTensor, state: BuilderTensor) -> list[BuilderTensor]:
    rng = np.random.default_rng(1)
    weights = g.constant("w", rng.standard_normal((20, 12)).astype(np.float32))
    bias = g.constant("b", rng.standard_normal(20).astype(np.float32))
    outputs = [g.tensor(f"y{i}", shape) for i, shape in enumerate([(3, 5), (3, 5), (3, 12), (3, 20)])]
    options = {"kernel_type": 1, "fused_activation_function": 4}
    g.op_with_outputs("LSTM", [x, previous, weights, bias, state], outputs, options)
    return outputs


RECURRENT = (IntegerCase("LSTM", (floats(3, 7), floats(3, 5), floats(3, 5)), _lstm),)


def _window(kind: int, dtype: Any, start: Any) -> Build:
    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        sizes = [constants(g, n, v, np.int64) for n, v in (("w", [2, 3]), ("s", [2, 1]), ("d", [1, 2]))]
        inputs = [x, constants(g, "start", start, dtype), *sizes]
        return g.op("REDUCE_WINDOW", inputs, {"reduce_function": kind}, shape=(2, 5))

    return build


FILLING = (
    IntegerCase(
        "DILATE_computed",
        (floats(3, 4), floats()),
        lambda g, x, v: g.op("DILATE", [x, constants(g, "d", [1, 3]), v], shape=(3, 10)),
    ),
    IntegerCase(
        "FILL", (floats(),), lambda g, x: g.op("FILL", [constants(g, "n", [2, 3]), x], shape=(2, 3), dtype="float32")
    ),
    IntegerCase("ZEROS_LIKE", (floats(2, 3),), lambda g, x: g.add(x, g.op("ZEROS_LIKE", [x]))),
    IntegerCase(
        "DILATE",
        (floats(3, 4),),
        lambda g, x: g.op("DILATE", [x, constants(g, "d", [2, 3]), constants(g, "v", -1.5, np.float32)], shape=(5, 10)),
    ),
    IntegerCase("MATRIX_DIAG", (ints(2, 5),), lambda g, x: g.op("MATRIX_DIAG", [x], shape=(2, 5, 5))),
    IntegerCase("MATRIX_SET_DIAG", (floats(2, 4, 5), floats(2, 4)), lambda g, x, d: g.op("MATRIX_SET_DIAG", [x, d])),
    IntegerCase(
        "LOCAL_RESPONSE_NORMALIZATION",
        (floats(1, 3, 4, 11),),
        lambda g, x: g.op("LOCAL_RESPONSE_NORMALIZATION", [x], {"radius": 2, "bias": 1.5, "alpha": 0.3, "beta": 0.75}),
    ),
    IntegerCase("REDUCE_WINDOW", (floats(5, 9),), _window(1, np.float32, 0.5)),
    IntegerCase("REDUCE_WINDOW_max", (ints(5, 9),), _window(4, np.int32, -3)),
    IntegerCase("REDUCE_WINDOW_all", (bools(5, 9),), _window(5, np.bool_, True)),
)

CASES = (
    *COUNTING,
    *SCATTERING,
    *FILLING,
    *VOLUMES,
    *CUSTOM,
    *RECURRENT,
    *ARITHMETIC,
    *LOGIC,
    *CONVERSIONS,
    *REALS,
    *MOVEMENT,
    *GATHERING,
)
