"""BATCH_MATMUL against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values, random_zero_point, run_delegant

from delegant.core.build.builder import ModelBuilder, quantized

SHAPES = [((4, 5), (5, 6)), ((2, 4, 5), (2, 5, 6)), ((3, 1, 4, 7), (2, 7, 3)), ((1, 33, 40), (1, 40, 20))]
ADJOINTS = [(False, False), (True, False), (False, True), (True, True)]


def _swapped(shape: tuple[int, ...], swap: bool) -> tuple[int, ...]:
    return (*shape[:-2], shape[-1], shape[-2]) if swap else shape


@pytest.mark.parametrize("adj_x, adj_y", ADJOINTS)
@pytest.mark.parametrize("left, right", SHAPES)
def test_float32(left: tuple[int, ...], right: tuple[int, ...], adj_x: bool, adj_y: bool) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(1)
    x, y = model.input("x", _swapped(left, adj_x)), model.input("y", _swapped(right, adj_y))
    model.output(model.batch_matmul(x, y, adj_x=adj_x, adj_y=adj_y))
    check_model(model, [random_values(rng, x.shape, np.float32), random_values(rng, y.shape, np.float32)])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("adj_x, adj_y", ADJOINTS)
@pytest.mark.parametrize("types", [(np.int8, np.int8), (np.int16, np.int16)])
def test_quantized(types: tuple[type, type], adj_x: bool, adj_y: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = SHAPES[seed % len(SHAPES)]
    model = ModelBuilder()
    x = model.input("x", _swapped(left, adj_x), types[0], quantization=(0.02, random_zero_point(rng, types[0])))
    y = model.input("y", _swapped(right, adj_y), types[1], quantization=(0.03, random_zero_point(rng, types[1])))
    out_scale = 0.05 if types[0] == np.int8 else 20.0
    model.output(model.batch_matmul(
        x, y, adj_x=adj_x, adj_y=adj_y, quantization=(out_scale, random_zero_point(rng, types[0])), version=4,
    ))
    check_model(model, [random_values(rng, x.shape, types[0]), random_values(rng, y.shape, types[1])])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("asymmetric", [False, True])
@pytest.mark.parametrize("adj_y", [False, True])
@pytest.mark.parametrize("by_column", [False, True])
def test_dynamic_range(by_column: bool, adj_y: bool, asymmetric: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = ModelBuilder()
    x = model.input("x", (2, 6, 21))
    scales = rng.uniform(0.01, 0.05, 9 if by_column else 1).astype(np.float32)
    params = quantized(scales, np.zeros(len(scales), np.int64), 1 if adj_y else 2)
    y = model.constant("y", random_values(rng, _swapped((2, 21, 9), adj_y), np.int8), quantization=params)
    options = {"adj_y": adj_y, "asymmetric_quantize_inputs": asymmetric}
    model.output(model.op("BATCH_MATMUL", [x, y], options, shape=(2, 6, 9), version=4))
    check_model(model, [random_values(rng, (2, 6, 21), np.float32)])


@pytest.mark.parametrize("adj_y", [False, True])
def test_scales_along_another_dimension(adj_y: bool) -> None:
    model = ModelBuilder()
    params = quantized(np.array([0.1, 0.2, 0.3], np.float32), np.zeros(3, np.int64), 1 if adj_y else 0)
    y = model.constant("y", np.ones((3, 3), np.int8), quantization=params)
    model.output(model.op("BATCH_MATMUL", [model.input("x", (2, 3)), y], {"adj_y": adj_y}, shape=(2, 3), version=4))
    with pytest.raises(RuntimeError, match="those of columns"):
        run_delegant(model.to_bytes(), [np.zeros((2, 3), np.float32)])


def test_sums_of_codes() -> None:
    model, rng = ModelBuilder(), np.random.default_rng(3)
    x = model.input("x", (3, 10, 50), np.int8, quantization=(0.02, 5))
    y = model.input("y", (3, 50, 8), np.int8, quantization=(0.03, -7))
    model.output(model.batch_matmul(x, y, dtype=np.int32, quantization=(1.0, 0), version=3))
    check_model(model, [random_values(rng, x.shape, np.int8), random_values(rng, y.shape, np.int8)])


def test_int32_wraps() -> None:
    """LiteRT refuses it; NNAPI defines it."""
    model = ModelBuilder()
    x, y = model.input("x", (1, 2), np.int32), model.input("y", (2, 1), np.int32)
    model.output(model.batch_matmul(x, y))
    (out,) = run_delegant(model.to_bytes(), [np.array([[2**30, 3]], np.int32), np.array([[4], [5]], np.int32)])
    assert out.item() == 15
