"""Graphs of StableHLO operators for the GPU delegates."""

from __future__ import annotations

from typing import Any

import numpy as np
from gpu_integer_cases import WHOLE, Input, IntegerCase, bools, constants, floats, ints, longs

from delegant.core.build.builder import GraphBuilder
from delegant.core.build.builder_base import BuilderTensor


def _plain(
    op: str, *inputs: Input, name: str = "", shape: tuple[int, ...] | None = None, dtype: Any = None, **options: Any
) -> IntegerCase:
    def build(g: GraphBuilder, *xs: BuilderTensor) -> BuilderTensor:
        return g.op(f"STABLEHLO_{op}", xs, options, shape=shape, dtype=dtype)

    return IntegerCase(f"STABLEHLO_{op}{name}", inputs, build)


REAL, POSITIVE, FLAGS = floats(2, 3, 5), Input((2, 3, 5), "float32", 1, 4), bools(2, 3, 5)
ELEMENTWISE = (
    *(_plain(op, REAL) for op in ("ABS", "CBRT", "COSINE", "EXPONENTIAL", "FLOOR", "LOGISTIC", "NEGATE", "TANH")),
    *(_plain(op, POSITIVE) for op in ("LOG", "RSQRT")),
    *(_plain(op, REAL, REAL) for op in ("ADD", "SUBTRACT", "MULTIPLY", "MAXIMUM", "MINIMUM")),
    *(_plain(op, REAL, POSITIVE) for op in ("DIVIDE", "REMAINDER")),
    _plain("POWER", POSITIVE, REAL),
    *(_plain(op, WHOLE, name="_integers") for op in ("ABS", "NEGATE")),
    *(
        _plain(op, WHOLE, ints(2, 3, 5, extremes=True), name="_integers")
        for op in ("ADD", "SUBTRACT", "MULTIPLY", "MAXIMUM", "MINIMUM", "AND", "OR")
    ),
    *(_plain(op, WHOLE, ints(2, 3, 5, low=-2, high=2), name="_integers") for op in ("DIVIDE", "REMAINDER", "POWER")),
    _plain("SHIFT_LEFT", WHOLE, ints(2, 3, 5, low=-2, high=40)),
    *(_plain(op, FLAGS, FLAGS, name="_bools") for op in ("ADD", "MULTIPLY", "AND", "OR")),
    *(_plain("COMPARE", REAL, REAL, name=f"_{way}", dtype="bool", comparison_direction=way) for way in range(6)),
    _plain("COMPARE", REAL, REAL, name="_total", dtype="bool", comparison_direction=2, compare_type=2),
    _plain("COMPARE", WHOLE, ints(2, 3, 5), name="_integers", dtype="bool", comparison_direction=5),
    _plain("SELECT", FLAGS, REAL, REAL, dtype="float32", shape=(2, 3, 5)),
    _plain("CLAMP", floats(), REAL, floats(), shape=(2, 3, 5)),
    _plain("CLAMP", ints(low=-3, high=-1), ints(2, 3, 5), ints(low=1, high=3), name="_integers", shape=(2, 3, 5)),
    IntegerCase(
        "STABLEHLO_CONVERT",
        (REAL,),
        lambda g, x: g.op("STABLEHLO_NEGATE", [g.op("STABLEHLO_CONVERT", [g.relu(x)], dtype="int32")]),
    ),
)


def _pad(low: tuple[int, ...], high: tuple[int, ...], interior: tuple[int, ...], shape: tuple[int, ...]) -> IntegerCase:
    options = {"edge_padding_low": low, "edge_padding_high": high, "interior_padding": interior}

    def build(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
        return g.op("STABLEHLO_PAD", [x, constants(g, "v", -1.5, np.float32)], options, shape=shape)

    return IntegerCase(f"STABLEHLO_PAD_{low}_{high}_{interior}", (floats(3, 5),), build)


def _gather(g: GraphBuilder, x: BuilderTensor, starts: BuilderTensor) -> BuilderTensor:
    options = {
        "offset_dims": (1, 2), "collapsed_slice_dims": (0,), "start_index_map": (2, 0), "index_vector_dim": 1,
        "slice_sizes": (1, 5, 2),
    }  # fmt: skip
    return g.op("STABLEHLO_GATHER", [x, starts], options, shape=(4, 5, 2))


def _convolution(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    weights = np.random.default_rng(1).standard_normal((3, 2, 4, 6)).astype(np.float32)
    options = {
        "window_strides": (2, 1), "padding": (1, 0, 2, -1), "lhs_dilation": (1, 2), "rhs_dilation": (1, 2),
        "window_reversal": (False, True), "input_batch_dimension": 0, "input_feature_dimension": 1,
        "input_spatial_dimensions": (2, 3), "kernel_input_feature_dimension": 2, "kernel_output_feature_dimension": 3,
        "kernel_spatial_dimensions": (0, 1), "output_batch_dimension": 0, "output_feature_dimension": 1,
        "output_spatial_dimensions": (2, 3), "feature_group_count": 1, "batch_group_count": 1,
    }  # fmt: skip
    return g.op("STABLEHLO_CONVOLUTION", [x, g.constant("w", weights)], options, shape=(2, 6, 3, 10))


def _plain_convolution(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    weights = np.random.default_rng(1).standard_normal((3, 3, 2, 6)).astype(np.float32)
    options = {
        "input_batch_dimension": 0, "input_feature_dimension": 3, "input_spatial_dimensions": (1, 2),
        "kernel_input_feature_dimension": 2, "kernel_output_feature_dimension": 3, "kernel_spatial_dimensions": (0, 1),
        "output_batch_dimension": 0, "output_feature_dimension": 3, "output_spatial_dimensions": (1, 2),
        "feature_group_count": 2, "batch_group_count": 1,
    }  # fmt: skip
    return g.op("STABLEHLO_CONVOLUTION", [x, g.constant("w", weights)], options, shape=(1, 4, 5, 6))


DOT = {
    "lhs_batching_dimensions": (0,), "rhs_batching_dimensions": (2,),
    "lhs_contracting_dimensions": (1,), "rhs_contracting_dimensions": (0,),
}  # fmt: skip
STRUCTURAL = (
    _plain("RESHAPE", floats(6, 5), shape=(10, 3)),
    _plain("TRANSPOSE", WHOLE, shape=(5, 2, 3), permutation=(2, 0, 1)),
    _plain("BROADCAST_IN_DIM", floats(5, 3), shape=(3, 2, 5), broadcast_dimensions=(2, 0)),
    _plain("CONCATENATE", floats(2, 3), floats(2, 4), shape=(2, 7), dimension=1),
    _plain("SLICE", WHOLE, shape=(1, 2, 2), start_indices=(1, 0, 1), limit_indices=(2, 3, 5), strides=(1, 2, 3)),
    _pad((1, 2), (0, 1), (0, 2), (4, 16)),
    _pad((-1, 1), (2, -2), (0, 0), (4, 4)),
    IntegerCase(
        "STABLEHLO_IOTA",
        (ints(2, 3, 5),),
        lambda g, x: g.op(
            "STABLEHLO_ADD", [x, g.op("STABLEHLO_IOTA", [], {"iota_dimension": 2}, shape=(2, 3, 5), dtype="int32")]
        ),
    ),
    IntegerCase(
        "STABLEHLO_IOTA_floats",
        (REAL,),
        lambda g, x: g.op(
            "STABLEHLO_ADD", [x, g.op("STABLEHLO_IOTA", [], {"iota_dimension": 1}, shape=(2, 3, 5), dtype="float32")]
        ),
    ),
    _plain(
        "DYNAMIC_SLICE",
        floats(4, 5, 6),
        ints(low=-1, high=4),
        ints(low=0, high=5),
        ints(low=2, high=9),
        shape=(2, 3, 6),
        slice_sizes=(2, 3, 6),
    ),
    _plain("DYNAMIC_UPDATE_SLICE", WHOLE, ints(1, 2, 3), longs(), longs(low=0, high=1), longs(low=-9, high=9)),
    IntegerCase("STABLEHLO_GATHER", (floats(3, 5, 6), ints(4, 2, low=-1, high=5)), _gather),
    _plain("DOT_GENERAL", floats(2, 7, 3), floats(7, 4, 2), shape=(2, 3, 4), **DOT),
    IntegerCase("STABLEHLO_CONVOLUTION", (floats(2, 4, 7, 6),), _convolution),
    IntegerCase("STABLEHLO_CONVOLUTION_grouped", (floats(1, 6, 7, 4),), _plain_convolution),
)

CASES = (*ELEMENTWISE, *STRUCTURAL)
