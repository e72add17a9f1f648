"""Schedules of kernels that multiply bytes: those of `select`, in words of 4 bytes."""

from __future__ import annotations

from dataclasses import replace

from ..conv_window import ConvWindow
from ..device_class import DeviceClass
from ..layout import ceil_div, padded
from .select import (
    CPU_ROWS,
    MANY_LINES,
    GroupTile,
    LaneTile,
    LineTile,
    MatmulSchedule,
    RegisterTile,
    conv_2d_line_schedule,
    conv_2d_schedule,
    cpu_tile,
    even_rows,
    matmul_schedule,
    transpose_conv_schedule,
)

UNROLLED_WORDS = 36
"""Words of a line of a window that are unrolled; a word is one instruction, so more than of floats."""

WORD_CHANNELS = 4
"""Channels in a word."""

MAX_LINE = 8
"""Most outputs of a line of bytes that are computed at a time."""

LINE_START = 2
"""What it costs to begin with a vector of channels, in outputs."""


def word_steps(words: int) -> int:
    """How many words a load may bring of rows of `words`, so that every row starts at a multiple of it."""
    return next(n for n in (4, 2, 1) if words % n == 0)


def for_words(tile: MatmulSchedule, words: int) -> MatmulSchedule:
    """A schedule of floats for rows of `words`."""
    if isinstance(tile, GroupTile):
        return replace(tile, depth=min(tile.depth, padded(words)), slices=1)
    return replace(tile, steps=word_steps(words)) if isinstance(tile, RegisterTile) and tile.steps > 1 else tile


def byte_matmul_schedule(device: DeviceClass, rows: int, columns: int, words: int) -> MatmulSchedule:
    """Schedule of `byte_matmul` for `rows` x `columns` (padded) outputs from rows of `words`."""
    return for_words(matmul_schedule(device, rows, columns), words)


def byte_conv_2d_schedule(
    device: DeviceClass, pixels: int, columns: int, words: int, groups: int = 1
) -> MatmulSchedule:
    """Schedule of `byte_conv_2d` for `pixels` x `columns` (padded, of one group) outputs from pixels of `words`."""
    if device is DeviceClass.CPU:
        return replace(cpu_tile(pixels, columns), split=1)
    return for_words(conv_2d_schedule(device, pixels, columns, words * WORD_CHANNELS if groups == 1 else 0), words)


def byte_transpose_conv_schedule(
    device: DeviceClass, window: ConvWindow, columns: int, words: int
) -> RegisterTile | LaneTile:
    """Schedule of `byte_transpose_conv` for `columns` (padded) outputs from pixels of `words`."""
    tile = transpose_conv_schedule(device, window, columns)
    return replace(tile, steps=word_steps(words)) if isinstance(tile, RegisterTile) and tile.steps > 1 else tile


def byte_line_schedule(device: DeviceClass, window: ConvWindow, columns: int, words: int) -> RegisterTile | None:
    """Schedule of `conv_2d_line` for bytes; None: not for it."""
    tile = conv_2d_line_schedule(device, window, columns, words, UNROLLED_WORDS)
    first, end = window.interior(1)
    return tile and replace(tile, rows=even_rows(end - first, CPU_ROWS[len(tile.vectors)]))


def byte_depthwise_schedule(window: ConvWindow, columns: int, rows: int) -> LineTile:
    """Schedule of `byte_depthwise_conv_2d` for `columns` (padded) channels and `rows` of outputs at a time."""
    lanes, width = next(v for v in (16, 8, 4) if v <= columns), window.y_size[1]
    many = window.x_shape[0] * ceil_div(window.y_size[0], rows) >= MANY_LINES
    across = ceil_div(columns, lanes) * lanes if many else 4 * lanes
    pixels = min(range(1, min(width, MAX_LINE) + 1), key=lambda p: (ceil_div(width, p) * (p + LINE_START), -p))
    return LineTile(pixels, lanes, across=across)
