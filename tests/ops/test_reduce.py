"""Reductions, ARG_MAX, ARG_MIN, CUMSUM and TOPK_V2 against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values
from ops.unary_cases import operand, quantization

from delegant.core.build.builder import ModelBuilder

AXES = [(0,), (1, 2), (-1,), (0, 1, 2, 3)]
TYPES = {
    "MEAN": ("float32", "int32", "int64", "int8", "uint8", "int16"),
    "SUM": ("float32", "int32", "int64", "uint8"),
    "REDUCE_PROD": ("float32", "int32", "int8", "int16"),
    "REDUCE_MAX": ("float32", "int32", "int64", "int8", "uint8", "int16"),
    "REDUCE_MIN": ("float32", "int32", "int64", "int8", "uint8", "int16"),
    "REDUCE_ANY": ("bool",),
    "REDUCE_ALL": ("bool",),
}


def _reduced(shape: tuple[int, ...], axes: tuple[int, ...], keep: bool) -> tuple[int, ...]:
    dropped = {a % len(shape) for a in axes}
    return tuple(1 if d in dropped else n for d, n in enumerate(shape) if keep or d not in dropped)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("op", "dtype"), [(op, dtype) for op, dtypes in TYPES.items() for dtype in dtypes])
def test_reductions(op: str, dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = (2, 3, 4, 5)
    for axes in AXES:
        keep = bool(rng.integers(2))
        model = ModelBuilder()
        x, values = operand(model, rng, "x", shape, dtype)
        same = op in ("REDUCE_MAX", "REDUCE_MIN")
        params = x.quantization if same else quantization(rng, dtype)
        if op == "REDUCE_PROD" and params is not None and not same:
            params = (float(params[0]) * 50, params[1])  # type: ignore[index]
        inputs = [x, model.constant("axes", np.array(axes, np.int32))]
        model.output(model.op(op, inputs, {"keep_dims": keep}, shape=_reduced(shape, axes, keep), quantization=params))
        check_model(model, [values if dtype != "int32" or op != "REDUCE_PROD" else values % 5])


@pytest.mark.parametrize("dtype", ["int8", "int16"])
@pytest.mark.parametrize("scales", [(0.5, 1.0), (0.1, 0.3), (0.25, 0.01)])
def test_sum_of_signed_codes(dtype: str, scales: tuple[float, float]) -> None:
    """LiteRT's reference kernel reads signed codes as uint8 here, so the truth is the optimised one."""
    model = ModelBuilder()
    zero_points = (0, 0) if dtype == "int16" else (3, -7)
    x = model.input("x", (256, 3), dtype, quantization=(scales[0], zero_points[0]))
    axes = model.constant("axes", np.array([1], np.int32))
    model.output(model.op("SUM", [x, axes], shape=(256,), quantization=(scales[1], zero_points[1])))
    values = random_values(np.random.default_rng(3), (256, 3), dtype)
    check_model(model, [values], resolver="BUILTIN_WITHOUT_DEFAULT_DELEGATES")


@pytest.mark.parametrize("op", ["ARG_MAX", "ARG_MIN"])
@pytest.mark.parametrize("dtype", ["float32", "int32", "int8", "uint8"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_arg(op: str, dtype: str, axis: int) -> None:
    rng = np.random.default_rng(4)
    model = ModelBuilder()
    x = model.input("x", (4, 5, 6), dtype)
    shape = tuple(np.delete((4, 5, 6), axis))
    inputs = [x, model.constant("axis", np.array(axis, np.int32))]
    model.output(model.op(op, inputs, {"output_type": 4}, shape=shape, dtype="int64"))
    values = random_values(rng, (4, 5, 6), dtype)
    check_model(model, [values // 64 if dtype != "float32" else values])


@pytest.mark.parametrize("dtype", ["float32", "int32", "int64"])
@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_cumsum(dtype: str, exclusive: bool, reverse: bool) -> None:
    rng = np.random.default_rng(5)
    for axis in (0, 1, -1):
        model = ModelBuilder()
        x = model.input("x", (3, 4, 5), dtype)
        inputs = [x, model.constant("axis", np.array(axis, np.int32))]
        model.output(model.op("CUMSUM", inputs, {"exclusive": exclusive, "reverse": reverse}))
        check_model(model, [random_values(rng, (3, 4, 5), dtype)])


@pytest.mark.parametrize("dtype", ["float32", "int32", "int8", "uint8"])
def test_topk(dtype: str) -> None:
    rng = np.random.default_rng(6)
    model = ModelBuilder()
    x = model.input("x", (3, 40), dtype)
    outputs = [model.tensor("values", (3, 6), dtype), model.tensor("indices", (3, 6), "int32")]
    model.op_with_outputs("TOPK_V2", [x, model.constant("k", np.array(6, np.int32))], outputs)
    model.output(*outputs)
    values = random_values(rng, (3, 40), dtype)
    check_model(model, [values if dtype == "float32" else values // 16])


@pytest.mark.parametrize("op", ["ARG_MAX", "ARG_MIN"])
def test_arg_of_nans(op: str) -> None:
    model = ModelBuilder()
    inputs = [model.input("x", (4, 4)), model.constant("axis", np.array(1, np.int32))]
    model.output(model.op(op, inputs, {"output_type": 4}, shape=(4,), dtype="int64"))
    nan = np.nan
    check_model(model, [np.array([[nan, 1, 2, 0], [1, nan, 2, 0], [nan] * 4, [nan, nan, 2, 3]], np.float32)])
