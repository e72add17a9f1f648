"""STABLEHLO_DOT_GENERAL and _CONVOLUTION against sums written out, and against CONV_2D."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ops.harness import assert_close, run_delegant
from oracle import run_litert

from delegant.core.build.builder import ModelBuilder

DOTS: list[tuple[str, tuple[int, ...], tuple[int, ...], dict[str, tuple[int, ...]]]] = [
    ("ij,jk->ik", (3, 4), (4, 5), {"lhs_contracting_dimensions": (1,), "rhs_contracting_dimensions": (0,)}),
    ("bij,bkj->bik", (2, 3, 4), (2, 5, 4), {
        "lhs_batching_dimensions": (0,), "rhs_batching_dimensions": (0,),
        "lhs_contracting_dimensions": (2,), "rhs_contracting_dimensions": (2,)}),
    ("ijb,kbij->bk", (3, 4, 2), (5, 2, 3, 4), {
        "lhs_batching_dimensions": (2,), "rhs_batching_dimensions": (1,),
        "lhs_contracting_dimensions": (0, 1), "rhs_contracting_dimensions": (2, 3)}),
    ("i,j->ij", (3,), (4,), {}),
    ("i,i->", (3,), (3,), {"lhs_contracting_dimensions": (0,), "rhs_contracting_dimensions": (0,)}),
]  # fmt: skip


def _run(op: str, inputs: list[np.ndarray], shape: tuple[int, ...], options: Any, dtype: Any = None) -> np.ndarray:
    model = ModelBuilder()
    operands = [model.input(f"x{i}", x.shape, x.dtype) for i, x in enumerate(inputs)]
    model.output(model.op(op, operands, options, shape=shape, dtype=dtype))
    return run_delegant(model.to_bytes(), inputs)[0]


@pytest.mark.parametrize(("source", "target"), [("float32", "float32"), ("int8", "int32"), ("int64", "int64")])
@pytest.mark.parametrize(("sums", "a", "b", "options"), DOTS, ids=[case[0] for case in DOTS])
def test_dot_general(sums: str, a: Any, b: Any, options: dict[str, Any], source: str, target: str) -> None:
    rng = np.random.default_rng(1)
    x, y = (rng.integers(-100, 100, shape).astype(source) for shape in (a, b))
    expected = np.einsum(sums, x.astype(np.int64), y.astype(np.int64)).astype(target)
    result = _run("STABLEHLO_DOT_GENERAL", [x, y], expected.shape, options, target)
    np.testing.assert_array_equal(result, expected)


def test_dot_of_dimensions_that_differ_is_refused() -> None:
    options = {"lhs_contracting_dimensions": (0,), "rhs_contracting_dimensions": (0,)}
    with pytest.raises(RuntimeError, match="do not fit each other"):
        _run("STABLEHLO_DOT_GENERAL", [np.zeros((3,), np.float32), np.zeros((4,), np.float32)], (), options)


NHWC: dict[str, Any] = {
    "window_strides": (1, 1), "padding": (0, 0, 0, 0), "lhs_dilation": (1, 1), "rhs_dilation": (1, 1),
    "input_batch_dimension": 0, "input_feature_dimension": 3, "input_spatial_dimensions": (1, 2),
    "kernel_input_feature_dimension": 3, "kernel_output_feature_dimension": 0, "kernel_spatial_dimensions": (1, 2),
    "output_batch_dimension": 0, "output_feature_dimension": 3, "output_spatial_dimensions": (1, 2),
    "feature_group_count": 1, "batch_group_count": 1,
}  # fmt: skip


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2)])
def test_convolution_like_conv_2d(stride: int, dilation: int, groups: int) -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((2, 7, 9, 4)).astype(np.float32)
    weights = rng.standard_normal((6, 3, 2, 4 // groups)).astype(np.float32)
    model = ModelBuilder()
    fields = {"padding": 1, "stride_h": stride, "stride_w": stride}
    fields.update(dilation_h_factor=dilation, dilation_w_factor=dilation)
    operands = [model.input("x", x.shape), model.constant("w", weights), model.constant("b", np.zeros(6, np.float32))]
    model.output(model.op("CONV_2D", operands, fields, shape=(1,), version=6))
    (expected,) = run_litert(model.to_bytes(), [x], resolver="BUILTIN_REF")
    options = {**NHWC, "window_strides": (stride,) * 2, "rhs_dilation": (dilation,) * 2, "feature_group_count": groups}
    assert_close(_run("STABLEHLO_CONVOLUTION", [x, weights], expected.shape, options), expected)


def _written_out(x: np.ndarray, weights: np.ndarray, steps: int, low: int, high: int, turned: bool) -> np.ndarray:
    """One dimension, [batch, features, width] and [out, in, width]: dilated by `steps`, padded, and slid over."""
    spread = np.zeros((*x.shape[:2], (x.shape[2] - 1) * steps + 1), x.dtype)
    spread[..., ::steps] = x
    spread = np.pad(spread, ((0, 0), (0, 0), (low, high)))
    kernel = weights[..., ::-1] if turned else weights
    width = kernel.shape[2]
    places = [np.einsum("bfw,ofw->bo", spread[..., i : i + width], kernel) for i in range(spread.shape[2] - width + 1)]
    return np.stack(places, axis=2)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("steps", "low", "high"), [(1, 0, 0), (1, 2, 1), (3, 1, 2)])
def test_convolution_in_one_dimension(steps: int, low: int, high: int, turned: bool) -> None:
    """Features first; the weights are stored [width, in, out]."""
    rng = np.random.default_rng(3)
    x, weights = rng.integers(-9, 9, (2, 3, 8)).astype(np.int32), rng.integers(-9, 9, (4, 3, 3)).astype(np.int32)
    expected = _written_out(x, weights, steps, low, high, turned)
    options = {
        "window_strides": (1,), "padding": (low, high), "lhs_dilation": (steps,), "rhs_dilation": (1,),
        "window_reversal": (turned,), "input_batch_dimension": 0, "input_feature_dimension": 1,
        "input_spatial_dimensions": (2,), "kernel_input_feature_dimension": 1, "kernel_output_feature_dimension": 2,
        "kernel_spatial_dimensions": (0,), "output_batch_dimension": 0, "output_feature_dimension": 1,
        "output_spatial_dimensions": (2,), "feature_group_count": 1, "batch_group_count": 1,
    }  # fmt: skip
    stored = np.ascontiguousarray(weights.transpose(2, 1, 0))
    np.testing.assert_array_equal(_run("STABLEHLO_CONVOLUTION", [x, stored], expected.shape, options), expected)


def test_convolution_with_groups_of_batches() -> None:
    """Each group of batches meets its own part of the weights; the results stand side by side."""
    rng = np.random.default_rng(4)
    x, weights = (rng.standard_normal(shape).astype(np.float32) for shape in ((4, 5, 5, 3), (6, 2, 2, 3)))
    parts = [
        _run("STABLEHLO_CONVOLUTION", [x[2 * i : 2 * i + 2], weights[3 * i : 3 * i + 3]], (2, 4, 4, 3), NHWC)
        for i in range(2)
    ]
    options = {**NHWC, "batch_group_count": 2}
    result = _run("STABLEHLO_CONVOLUTION", [x, weights], (2, 4, 4, 6), options)
    np.testing.assert_array_equal(result, np.concatenate(parts, axis=3))
