"""Matrix operators on tensors without elements: an empty batch, or a window larger than the image."""
from __future__ import annotations

import numpy as np
import pytest
from ops import linear_cases as cases
from ops.harness import run_delegant

from delegant.core.build.builder import ModelBuilder


@pytest.mark.parametrize("kind", [cases.FLOAT32, cases.HYBRID_CHANNELS, cases.INT8_CHANNELS], ids=str)
@pytest.mark.parametrize("image, shape", [((0, 5, 5, 4), (0, 3, 3, 6)), ((1, 2, 2, 4), (1, 0, 0, 6))])
def test_conv_2d(kind: cases.Kind, image: tuple[int, ...], shape: tuple[int, ...]) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(1)
    operands = cases.make_operands(model, rng, kind, (1, 5, 5, 4), (6, 3, 3, 4), 0)
    out = model.conv_2d(operands.source, operands.weights, operands.bias, padding="VALID", **operands.output)
    model.output(out)
    (result,) = run_delegant(model.to_bytes(), [np.zeros(image, kind.source)])
    assert result.shape == shape


@pytest.mark.parametrize("kind", [cases.FLOAT32, cases.HYBRID_CHANNELS, cases.INT8_CHANNELS], ids=str)
@pytest.mark.parametrize("image", [(0, 5, 5, 4), (2, 0, 5, 4)])
def test_pointwise_conv_2d(kind: cases.Kind, image: tuple[int, ...]) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(1)
    operands = cases.make_operands(model, rng, kind, (1, 5, 5, 4), (6, 1, 1, 4), 0)
    model.output(model.conv_2d(operands.source, operands.weights, operands.bias, **operands.output))
    (result,) = run_delegant(model.to_bytes(), [np.zeros(image, kind.source)])
    assert result.shape == (*image[:3], 6)


@pytest.mark.parametrize("kind", [cases.FLOAT32, cases.HYBRID_CHANNELS, cases.INT8_CHANNELS], ids=str)
def test_depthwise_conv_2d(kind: cases.Kind) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(1)
    operands = cases.make_operands(model, rng, kind, (1, 5, 5, 4), (1, 3, 3, 4), 3)
    out = model.depthwise_conv_2d(operands.source, operands.weights, operands.bias, **operands.output)
    model.output(out)
    (result,) = run_delegant(model.to_bytes(), [np.zeros((0, 5, 5, 4), kind.source)])
    assert result.shape == (0, 5, 5, 4)


@pytest.mark.parametrize("kind", [cases.FLOAT32, cases.HYBRID, cases.INT8], ids=str)
def test_fully_connected(kind: cases.Kind) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(1)
    operands = cases.make_operands(model, rng, kind, (2, 7), (3, 7), 0)
    model.output(model.fully_connected(operands.source, operands.weights, operands.bias, **operands.output))
    (result,) = run_delegant(model.to_bytes(), [np.zeros((0, 7), kind.source)])
    assert result.shape == (0, 3)


@pytest.mark.parametrize("op", ["AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"])
def test_pools(op: str) -> None:
    model = ModelBuilder()
    x = model.input("x", (1, 4, 4, 3))
    options = {"stride_h": 1, "stride_w": 1, "filter_height": 2, "filter_width": 2}
    model.output(model.op(op, [x], options))
    (result,) = run_delegant(model.to_bytes(), [np.zeros((0, 4, 4, 3), np.float32)])
    assert result.shape == (0, 4, 4, 3)


def test_batch_matmul_without_depth() -> None:
    model = ModelBuilder()
    x, y = model.input("x", (2, 3, 4)), model.input("y", (2, 4, 5))
    model.output(model.batch_matmul(x, y))
    (result,) = run_delegant(model.to_bytes(), [np.ones((2, 3, 0), np.float32), np.ones((2, 0, 5), np.float32)])
    np.testing.assert_array_equal(result, np.zeros((2, 3, 5)))
