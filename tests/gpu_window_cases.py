"""Graphs of windows, volumes, filling, MediaPipe's operators and recurrence, for the GPU delegates."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from gpu_integer_cases import Build, IntegerCase, bools, constants, floats, ints

from delegant.core.build.builder import GraphBuilder
from delegant.core.build.builder_base import BuilderTensor


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

CASES = (*FILLING, *VOLUMES, *CUSTOM, *RECURRENT)
