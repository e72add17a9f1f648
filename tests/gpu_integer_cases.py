"""Graphs of integers, booleans and what makes them, for the GPU delegates: one operator each, inputs of any type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.build.builder_base import BuilderTensor

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

LONG, SHORT = longs(2, 3, 5, low=-40000, high=40000), longs(3, 5, low=1, high=9)
WORDS = (
    *(_plain(op, LONG, SHORT, name="_words") for op in ("ADD", "SUB", "MUL", "MAXIMUM", "DIV", "FLOOR_DIV")),
    *(_plain(op, LONG, SHORT, name="_words") for op in ("FLOOR_MOD", "BITWISE_XOR", "RIGHT_SHIFT")),
    *(_plain(op, LONG, name="_words") for op in ("ABS", "NEG", "SIGN", "SQUARE")),
    _plain("LESS", LONG, SHORT, name="_words", dtype="bool"),
    IntegerCase("ADD_relu_words", (LONG,), lambda g, x: g.add(x, np.int64([1, 2, 3, 4, 5]), activation="RELU6")),
    IntegerCase("ADD_N_words", (LONG, LONG), lambda g, x, y: g.op("ADD_N", [x, y, x])),
    IntegerCase("SUM_words", (LONG,), lambda g, x: g.op("SUM", [x, constants(g, "axes", [0, 2])], shape=(3,))),
    IntegerCase("CUMSUM_words", (LONG,), lambda g, x: g.op("CUMSUM", [x, constants(g, "axis", 1)])),
    IntegerCase("CAST_words", (floats(2, 3, 5),), lambda g, x: g.op("NEG", [g.op("CAST", [x], dtype="int64")])),
    IntegerCase("SCATTER_ND_words", (ints(7, 1, low=0, high=3), longs(7, 5)), lambda g, at, x: g.op(
        "SCATTER_ND", [at, x, constants(g, "shape", [4, 5])], shape=(4, 5), dtype="int64")),
    IntegerCase("SEGMENT_SUM_words", (longs(5, 3),), lambda g, x: g.op(
        "SEGMENT_SUM", [x, constants(g, "ids", [0, 0, 1, 2, 2])], shape=(3, 3))),
    IntegerCase("SELECT_V2_words", (bools(3, 5), LONG, LONG), lambda g, c, x, y: g.op(
        "SELECT_V2", [c, x, y], shape=(2, 3, 5), dtype="int64")),
    IntegerCase("TRANSPOSE_words", (LONG,), lambda g, x: g.op(
        "TRANSPOSE", [x, constants(g, "order", [2, 0, 1])], shape=(5, 2, 3))),
)  # fmt: skip

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

CASES = (*ARITHMETIC, *WORDS, *LOGIC, *CONVERSIONS, *REALS, *MOVEMENT)
