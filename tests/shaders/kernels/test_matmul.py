"""Products with constant weights, over odd sizes and every schedule."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.matmul import HINTED, matmul
from delegant.shaders.parts.epilogue import Beside, Epilogue, activation, bias, combine
from delegant.shaders.schedules.select import GroupTile, MatmulSchedule, RegisterTile, SliceTile

Target = tuple[Device | None, DeviceClass]
SIZES = [(1, 1, 1), (1, 24, 17), (2, 5, 3), (7, 17, 24), (29, 36, 7), (33, 100, 33), (49, 100, 70)]


@pytest.mark.parametrize(("rows", "columns", "depth"), SIZES)
def test_product_with_epilogue(target: Target, rows: int, columns: int, depth: int) -> None:
    device, kind = target
    rng = np.random.default_rng(rows * columns * depth)
    x, w = rng.standard_normal((rows, depth), np.float32), rng.standard_normal((columns, depth), np.float32)
    b, other = rng.standard_normal(columns, np.float32), rng.standard_normal((rows, columns), np.float32)
    steps = (bias(b), activation("RELU6"), combine("sub", Beside("other")))
    call = matmul(kind, rows, w, Epilogue(steps))
    got = run(call, {"x": x, "other": other}, (rows, columns), device)
    np.testing.assert_allclose(got, np.clip(x @ w.T + b, 0, 6) - other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "schedule",
    [
        RegisterTile(3, (16, 16, 8)),
        RegisterTile(1, (8, 4), split=4),
        RegisterTile(2, (4, 4), steps=4, group=8, split=2),
        GroupTile(16, 32, 8, 2),
        GroupTile(8, 16, 4, 2, 3),
        SliceTile(3, 16, 5),
    ],
    ids=str,
)
def test_schedules_that_are_no_default(schedule: MatmulSchedule) -> None:
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((5, 19), np.float32), rng.standard_normal((45, 19), np.float32)
    got = run(matmul(DeviceClass.CPU, 5, w, schedule=schedule), {"x": x}, (5, 45), None)
    np.testing.assert_allclose(got, x @ w.T, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("rows", [7, 15])
def test_weights_of_the_next_panel_are_asked_for_where_there_are_many(target: Target, rows: int) -> None:
    device, kind = target
    rng = np.random.default_rng(rows)
    x, w = rng.standard_normal((rows, 200), np.float32), rng.standard_normal((90, 200), np.float32)
    call = matmul(kind, rows, w)
    assert w.nbytes >= HINTED and ("ahead" in call.kernel.name) == (kind is DeviceClass.CPU and rows > 7)
    np.testing.assert_allclose(run(call, {"x": x}, (rows, 90), device), x @ w.T, rtol=1e-4, atol=1e-4)


def test_infinity_in_a_true_lane_stays_infinite(target: Target) -> None:
    device, kind = target
    x, w = np.ones((1, 5), np.float32), np.ones((8, 5), np.float32)
    x[0, 4] = np.inf
    assert np.isinf(run(matmul(kind, 1, w), {"x": x}, (1, 8), device)).all()
