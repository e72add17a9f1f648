"""Graphs that search, count, gather and scatter, for the GPU delegates."""

from __future__ import annotations

from typing import Any

import numpy as np
from gpu_integer_cases import WHOLE, Build, IntegerCase, bools, constants, floats, ints, longs

from delegant.core.build.builder import GraphBuilder
from delegant.core.build.builder_base import BuilderTensor


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

CASES = (*GATHERING, *COUNTING, *SCATTERING)
