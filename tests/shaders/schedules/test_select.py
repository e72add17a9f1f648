"""What every default schedule must keep, whatever the sizes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delegant.shaders.call import MAX_GROUPS
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import LLVMPIPE_LANES, DeviceClass
from delegant.shaders.layout import ceil_div
from delegant.shaders.parts.lane_tile import lane_groups
from delegant.shaders.schedules.select import (
    GroupTile,
    LaneTile,
    RegisterTile,
    SliceTile,
    batch_matmul_schedule,
    conv_2d_schedule,
    depthwise_schedule,
    dot_schedule,
    matmul_schedule,
)

WEBGPU_INVOCATIONS, WEBGPU_WORKGROUP_BYTES = 256, 16384
devices = st.sampled_from(DeviceClass)
rows = st.integers(1, 5000)
quads = st.integers(1, 400).map(lambda n: 4 * n)


@given(devices, rows, quads)
def test_register_tiles_fit_the_output(device: DeviceClass, rows: int, columns: int) -> None:
    for choose in (conv_2d_schedule, batch_matmul_schedule, dot_schedule):
        tile = choose(device, rows, columns)
        assert 1 <= tile.rows <= rows
        assert 4 <= tile.width <= columns
        assert device is DeviceClass.CPU or set(tile.vectors) == {4}
        assert isinstance(tile, LaneTile) or (tile.group == 1) == (device is DeviceClass.CPU)


@given(rows, quads)
def test_teams_of_lanes_divide_a_subgroup_and_cover_the_output(rows: int, columns: int) -> None:
    tile = matmul_schedule(DeviceClass.LLVMPIPE, rows, columns)
    assert isinstance(tile, LaneTile) and tile.across in (1, 2, 4, LLVMPIPE_LANES)
    groups = lane_groups(tile, ceil_div(rows, tile.rows), ceil_div(columns, tile.width))
    assert groups[0] * tile.across * tile.width >= columns
    assert groups[1] * (LLVMPIPE_LANES // tile.across) * tile.rows >= rows


def test_teams_are_small_where_rows_are_more_than_a_launch_has_workgroups() -> None:
    rows = 20 * MAX_GROUPS
    assert matmul_schedule(DeviceClass.LLVMPIPE, rows // 2, 64).across == LLVMPIPE_LANES
    tile = matmul_schedule(DeviceClass.LLVMPIPE, rows, 64)
    assert max(lane_groups(tile, ceil_div(rows, tile.rows), ceil_div(64, tile.width))) <= MAX_GROUPS


@given(devices, rows, quads)
def test_matmul_tiles_keep_webgpu_limits(device: DeviceClass, rows: int, columns: int) -> None:
    tile = matmul_schedule(device, rows, columns)
    if isinstance(tile, RegisterTile | LaneTile):
        assert tile.rows <= rows and tile.width <= columns
    elif isinstance(tile, GroupTile):
        threads = tile.rows // tile.thread_rows * tile.columns // 4 * tile.slices
        assert threads <= WEBGPU_INVOCATIONS
        joined = 16 * threads if tile.slices > 1 else 0
        assert 4 * tile.depth * (tile.rows + tile.columns) * tile.slices + joined <= WEBGPU_WORKGROUP_BYTES
    else:
        assert isinstance(tile, SliceTile) and tile.rows <= min(rows, tile.slices)
        assert tile.columns // 4 * tile.slices <= WEBGPU_INVOCATIONS
        assert 4 * tile.rows * tile.slices * tile.columns <= WEBGPU_WORKGROUP_BYTES


@given(devices, st.integers(1, 60), st.integers(1, 5), st.integers(1, 3), quads)
def test_depthwise_tiles_fit_the_line(device: DeviceClass, size: int, kernel: int, stride: int, columns: int) -> None:
    window = ConvWindow.of((1, size, size, columns), (kernel, kernel), (stride, stride))
    tile = depthwise_schedule(device, window, columns)
    first, end = window.interior(1)
    assert tile.lanes <= columns
    assert tile.pixels <= (end - first if device is DeviceClass.CPU else window.y_size[1])


@pytest.mark.parametrize(
    ("columns", "vectors"),
    [(4, (4,)), (24, (16, 8)), (40, (16, 16, 8)), (72, (16, 8)), (80, (16, 16)), (144, (16,) * 3), (128, (16,) * 4)],
)
def test_a_cpu_tile_wastes_few_vectors(columns: int, vectors: tuple[int, ...]) -> None:
    assert conv_2d_schedule(DeviceClass.CPU, 1000, columns).vectors == vectors


@pytest.mark.parametrize(("rows", "columns", "tall"), [(49, 64, 4), (49, 48, 5), (49, 32, 7), (120, 32, 6), (7, 16, 7)])
def test_a_cpu_tile_computes_few_rows_twice(rows: int, columns: int, tall: int) -> None:
    assert conv_2d_schedule(DeviceClass.CPU, rows, columns).rows == tall
