"""Products of two tensors, with either side transposed or shared by the batch."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.batch_matmul import BatchShape, batch_matmul
from delegant.shaders.parts.epilogue import Epilogue, activation

Target = tuple[Device | None, DeviceClass]
SIZES = [(1, 1, 1, 1), (3, 5, 23, 17)]


def check(target: Target, shape: BatchShape) -> None:
    device, kind = target
    rng = np.random.default_rng(shape.depth)
    m, n, k = shape.rows, shape.columns, shape.depth
    x = rng.standard_normal((shape.x_batch or shape.batch, *((k, m) if shape.adj_x else (m, k))), np.float32)
    w = rng.standard_normal((shape.w_batch or shape.batch, *((n, k) if shape.adj_y else (k, n))), np.float32)
    call = batch_matmul(kind, shape, Epilogue((activation("RELU"),)))
    got = run(call, {"x": x, "w": w}, (shape.batch, m, n), device)
    left, right = (x.swapaxes(1, 2) if shape.adj_x else x), (w.swapaxes(1, 2) if shape.adj_y else w)
    np.testing.assert_allclose(got, np.maximum(left @ right, 0), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("adj_x", [False, True])
@pytest.mark.parametrize("adj_y", [False, True])
def test_products(target: Target, size: tuple[int, int, int, int], adj_x: bool, adj_y: bool) -> None:
    check(target, BatchShape(*size, adj_x=adj_x, adj_y=adj_y))


@pytest.mark.parametrize("shared", [{"x_batch": 1}, {"w_batch": 1}])
def test_one_matrix_for_the_whole_batch(target: Target, shared: dict[str, int]) -> None:
    check(target, BatchShape(3, 5, 8, 9, **shared))
