"""Tiles whose lanes load rows of their own, for teams of every size, in each family of kernels that has them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from conv_references import conv_2d_reference, transpose_conv_reference
from kernel_machines import run

from delegant.devices.device import Device
from delegant.shaders.call import KernelCall
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.batch_matmul import BatchShape, batch_matmul
from delegant.shaders.kernels.conv_2d import conv_2d
from delegant.shaders.kernels.matmul import matmul
from delegant.shaders.kernels.transpose_conv import transpose_conv
from delegant.shaders.schedules.select import LaneTile

TILES = [
    LaneTile(14, (4, 4), 8, spread=True),
    LaneTile(7, (4,), 4, spread=True),
    LaneTile(5, (4, 4), 2, spread=True),
    LaneTile(3, (4,), 8, spread=True),
]
LLVMPIPE = DeviceClass.LLVMPIPE
Inputs = dict[str, np.ndarray]
rng = np.random.default_rng(7)


def values(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape, np.float32)


def product(tile: LaneTile) -> tuple[KernelCall, Inputs, np.ndarray]:
    x, w = values(45, 19), values(44, 19)
    return matmul(LLVMPIPE, 45, w, schedule=tile), {"x": x}, x @ w.T


def convolution(tile: LaneTile) -> tuple[KernelCall, Inputs, np.ndarray]:
    window = ConvWindow.of((2, 9, 7, 8), (3, 3), (2, 1))
    x, w = values(*window.x_shape), values(32, 3, 3, 8)
    return conv_2d(LLVMPIPE, window, w, schedule=tile), {"x": x}, conv_2d_reference(x, w, window)


def batch(tile: LaneTile, adj_x: bool, adj_y: bool) -> tuple[KernelCall, Inputs, np.ndarray]:
    shape = BatchShape(3, 17, 21, 9, adj_x, adj_y)
    x, w = values(3, *((9, 17) if adj_x else (17, 9))), values(3, *((21, 9) if adj_y else (9, 21)))
    expected = (x.swapaxes(1, 2) if adj_x else x) @ (w.swapaxes(1, 2) if adj_y else w)
    return batch_matmul(LLVMPIPE, shape, schedule=tile), {"x": x, "w": w}, expected


def transposed(tile: LaneTile) -> tuple[KernelCall, Inputs, np.ndarray]:
    window = ConvWindow((1, 6, 15, 9), (12, 30), (3, 3), (2, 2))
    x, w = values(*window.x_shape), values(12, 3, 3, 9)
    return transpose_conv(LLVMPIPE, window, w, schedule=tile), {"x": x}, transpose_conv_reference(x, w, window)


FAMILIES = {
    "product": product,
    "convolution": convolution,
    "batch": lambda tile: batch(tile, False, False),
    "batch-adj-x": lambda tile: batch(tile, True, False),
    "batch-adj-y": lambda tile: batch(tile, False, True),
    "transposed": transposed,
}


CASES = [(family, tile) for family in FAMILIES for tile in TILES if family != "transposed" or tile.across == 8]
"""Transposed convolutions have whole subgroups as teams."""


@pytest.mark.parametrize("machine", ["numpy", pytest.param("webgpu", marks=pytest.mark.webgpu)], indirect=True)
@pytest.mark.parametrize(("family", "tile"), CASES, ids=[f"{family}-{tile.name}" for family, tile in CASES])
def test_results_are_those_of_the_family(machine: Device | None, family: str, tile: LaneTile) -> None:
    make: Callable[[LaneTile], tuple[KernelCall, Inputs, np.ndarray]] = FAMILIES[family]
    call, inputs, expected = make(tile)
    assert "shift" not in {s.name for s in call.kernel.scalars} and tile.name in call.kernel.name
    np.testing.assert_allclose(run(call, inputs, expected.shape, machine), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("rows", "across", "possible"), [(14, 8, True), (14, 2, True), (1, 8, False), (9, 8, False), (14, 1, False)]
)
def test_rows_are_spread_where_few_lanes_are_left_over(rows: int, across: int, possible: bool) -> None:
    assert LaneTile(rows, (4,), across).can_spread == possible
