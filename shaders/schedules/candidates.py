"""The schedules that a tuner tries for a kernel: a handful for each family and device class, the default one apart.

`select` chooses without measuring. What wins differs by processor and shape, and by more than a rule can say.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ..call import MAX_GROUPS
from ..conv_window import ConvWindow
from ..device_class import DeviceClass
from ..layout import ceil_div
from .attention import AttentionSchedule
from .byte_schedules import for_words
from .select import (
    FEW_ROWS,
    GROUP_TILES,
    SLICED_TILE,
    ConvSchedule,
    GroupTile,
    LaneTile,
    LineTile,
    MatmulSchedule,
    RegisterTile,
    SliceTile,
    batch_matmul_schedule,
    conv_2d_schedule,
    depthwise_schedule,
    dot_schedule,
    matmul_schedule,
    split_lanes,
)

Schedule = MatmulSchedule | LineTile | AttentionSchedule
"""Whatever a kernel family takes as its `schedule`."""

_Any = TypeVar("_Any")

CPU_TILES = ((10, 16), (7, 24), (8, 32), (7, 32), (6, 32), (5, 40), (5, 48), (4, 64))
"""(rows, columns) of register tiles that keep 10 to 16 vectors."""

SOFTWARE_TILES = ((14, 16), (12, 12), (12, 16), (10, 16), (8, 16), (8, 8))
"""(rows, columns) of register tiles of shader APIs in software, where loads cost more than arithmetic."""


SLICE_TILES = ((1, 32), (1, 64), (2, 32), (2, 64), (4, 32), (4, 64), (8, 32))
"""(rows, columns) whose partial sums, of 16 slices, fit the 16 KiB of workgroup memory that every WebGPU has."""


@functools.cache
def families_version() -> str:
    """Differs whenever the kernels of this package do, so that what was measured with others is not used."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def matmul_candidates(device: DeviceClass, rows: int, columns: int) -> tuple[MatmulSchedule, ...]:
    """For `matmul` with `rows` x `columns` (padded) outputs."""
    default = matmul_schedule(device, rows, columns)
    if isinstance(default, LaneTile):
        return _lane_tiles(default)
    if device is not DeviceClass.GPU:
        return _others(default, _register_tiles(device, rows, columns))
    few = (SliceTile(r, c, 16) for r, c in SLICE_TILES if r <= rows <= FEW_ROWS)
    return _others(default, [*few, *_group_tiles(rows)])


def conv_2d_candidates(
    device: DeviceClass, pixels: int, columns: int, channels: int = 0
) -> tuple[ConvSchedule, ...]:
    """For `conv_2d` with `pixels` x `columns` (padded, of one group) outputs; `channels` as in `conv_2d_schedule`."""
    default = conv_2d_schedule(device, pixels, columns, channels)
    if isinstance(default, LaneTile):
        return _lane_tiles(default)
    tiles = _group_tiles(pixels) if isinstance(default, GroupTile) else ()
    return _others(default, [*tiles, *_register_tiles(device, pixels, columns, split=False)])


def batch_matmul_candidates(device: DeviceClass, rows: int, columns: int) -> tuple[RegisterTile, ...]:
    """For `batch_matmul` whose right matrices are [k, n]."""
    tiles = _register_tiles(device, rows, columns, split=False)
    return _others(batch_matmul_schedule(device, rows, columns), tiles)


def dot_candidates(device: DeviceClass, rows: int, columns: int) -> tuple[RegisterTile, ...]:
    """For `batch_matmul` whose right matrices are [n, k]."""
    default = dot_schedule(device, rows, columns)
    if device is DeviceClass.LLVMPIPE:
        return ()
    heights = (r for r in (2, 3, 4, 6, 8) if r <= rows)
    return _others(default, (RegisterTile(r, (4,), default.steps, default.group) for r in heights))


def depthwise_candidates(
    device: DeviceClass, window: ConvWindow, columns: int, lanes: int = 1
) -> tuple[LineTile, ...]:
    """For `depthwise_conv_2d` with `columns` (padded) output channels; `lanes` as in `depthwise_schedule`."""
    default, across = depthwise_schedule(device, window, columns, lanes), window.y_size[1]
    if device is DeviceClass.LLVMPIPE:
        return _others(default, (replace(default, pixels=p) for p in (2, 4, 7) if p <= across))
    if device is not DeviceClass.CPU:
        made = (LineTile(p, default.lanes, g) for p in (1, 2, 4, 8) for g in (default.group, 8, 32) if p <= across)
        return _others(default, (tile for tile in made if tile.group == default.group or tile.pixels == default.pixels))
    first, end = window.interior(1)
    lengths = {default.pixels, *(p for p in (4, 5, 6, 7, 8) if p <= end - first)}
    widths = {default.across, *(n for n in (32, 64, 192) if n <= columns)}
    wide = (LineTile(default.pixels, default.lanes, across=n) for n in sorted(widths))
    return _others(default, [*(LineTile(p, default.lanes, across=default.across) for p in sorted(lengths)), *wide])


def byte_candidates(
    default: MatmulSchedule, made: Iterable[MatmulSchedule], words: int
) -> tuple[MatmulSchedule, ...]:
    """For products of bytes: the schedules of floats, lanes also with rows of their own.

    Args:
        default: of the products of bytes.
        made: candidates for as many outputs of floats.
        words: in a row (of a convolution: a pixel) of x.
    """
    fitted = [for_words(tile, words) for tile in made]
    lanes = (tile for tile in (default, *fitted) if isinstance(tile, LaneTile) and tile.can_spread)
    return _others(default, [*fitted, *(replace(tile, spread=True) for tile in lanes)])


def _group_tiles(rows: int) -> list[GroupTile]:
    return [t for t in (*GROUP_TILES, SLICED_TILE) if t.rows <= 4 * rows and ceil_div(rows, t.rows) <= MAX_GROUPS]


def _lane_tiles(default: LaneTile) -> tuple[LaneTile, ...]:
    """Fewer rows, and lanes side by side as they may be."""
    tiles = (replace(default, across=n) for n in (1, 2, 4, 8))
    low = replace(default, rows=ceil_div(default.rows, 2))
    return _others(default, [*tiles, low])


def _register_tiles(device: DeviceClass, rows: int, columns: int, split: bool = True) -> list[RegisterTile]:
    if device is DeviceClass.CPU and rows == 1 and split:
        made = ((split_lanes(16 * v), n) for v, n in ((1, 8), (2, 4), (2, 8), (4, 2), (4, 4), (6, 2)))
        return [RegisterTile(1, vectors, split=n) for vectors, n in made if sum(vectors) <= columns]
    if device is DeviceClass.CPU:
        return [RegisterTile(r, split_lanes(c)) for r, c in CPU_TILES if r <= rows and c <= columns]
    if device is DeviceClass.LLVMPIPE:
        return []
    if device is DeviceClass.SOFTWARE_GPU:
        fitting = [(r, c) for r, c in SOFTWARE_TILES if r <= rows and c <= columns]
        return [RegisterTile(r, (4,) * (c // 4), steps=4, group=8) for r, c in fitting]
    sizes = ((r, c) for r in (2, 4, 8) for c in (4, 8) if r <= rows and c <= columns)
    return [RegisterTile(r, (4,) * (c // 4), steps=4, group=64) for r, c in sizes]


def _others(default: _Any, made: Iterable[_Any]) -> tuple[_Any, ...]:
    """Each once, in order, without the default."""
    return tuple(tile for tile in dict.fromkeys(made) if tile != default)
