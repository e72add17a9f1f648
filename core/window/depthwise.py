"""Depthwise convolution of one image: one fused multiply-and-add loop per tap over long contiguous rows.

`einsum` over a view `[rows, taps, ..., width * channels]` runs its inner loop over a whole output row and reads each
operand once per tap; multiply and add in two calls take twice as long. For rows to be contiguous with a column stride
`s > 1`, the padded copy of the image keeps columns 0, s, 2s, ..., then 1, s+1, ... (its phases) together.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import gcd
from typing import Any

import numpy as np

from ..arithmetic.epilogue import Epilogue
from ..op import Op
from ..steps import Step, assign, chunks
from .geometry import Axis

_ROW_ELEMENTS = 4096
_CHUNK_ELEMENTS = 1 << 17


@dataclass(frozen=True)
class _Phase:
    """The taps of a window row that read one phase of the columns: `first`, `first + step`, ..."""

    index: int
    first: int
    step: int
    count: int
    offset: int
    distance: int


def _phases(axis: Axis) -> list[_Phase]:
    """Group a row's taps by the phase of the columns they read; within a phase they are evenly spaced."""
    step = axis.stride // gcd(axis.stride, axis.dilation)
    phases = []
    for first in range(min(step, axis.kernel)):
        column = first * axis.dilation
        phases.append(
            _Phase(
                column % axis.stride, first, step, len(range(first, axis.kernel, step)),
                column // axis.stride, step * axis.dilation // axis.stride,
            )
        )
    return phases


class DepthwiseConvolution:
    """A convolution of `[h, w, c]` with `[kh, kw, c * multiplier]`, output channel `c * multiplier + k` from input c.

    Args:
        axes: height and width.
        weights: in the epilogue's accumulator type.
        multiplier: output channels per input channel.
        pad_value: what lies outside the image.
    """

    def __init__(
        self, op: Op, axes: tuple[Axis, Axis], weights: np.ndarray, multiplier: int, pad_value: float,
        epilogue: Epilogue,
    ) -> None:
        self._op, self._axes, self._weights, self._epilogue = op, axes, weights, epilogue
        self._multiplier, self._pad_value = multiplier, pad_value
        self._channels = weights.shape[-1]
        height, width = axes
        row = width.out * self._channels
        self._rows_per_chunk = max(1, min(height.out, _CHUNK_ELEMENTS // max(1, row)))
        self._columns_per_call = max(1, min(width.out, _ROW_ELEMENTS // max(1, self._channels)))
        self._taps = _phases(width)
        accumulator: np.dtype[Any] = epilogue.accumulator
        chunk = (self._rows_per_chunk, row)
        columns = -(-width.padded // width.stride)
        self._padded = op.request_scratch((height.padded, width.stride, columns, self._channels), accumulator)
        self._sums = -1 if epilogue.in_place else op.request_scratch(chunk, accumulator)
        self._partial = op.request_scratch(chunk, accumulator) if len(self._taps) > 1 else -1
        epilogue.request_scratch(op, self._rows_per_chunk * width.out)

    def bind(self) -> None:
        """Repeat the weights along the columns that one call computes: `[kh, kw, columns * channels]`."""
        self._packed = np.tile(self._weights, (1, 1, self._columns_per_call))
        self._epilogue.bind(self._op)

    def steps(self, image: np.ndarray, out: np.ndarray) -> list[Step]:
        """The calls that convolve `image` `[h, w, c]` into the contiguous `out` `[oh, ow, c * multiplier]`."""
        padded = self._op.scratch[self._padded]
        steps = self._pad(image, padded)
        flat = out.reshape(out.shape[0], -1)
        for rows in chunks(self._axes[0].out, self._rows_per_chunk):
            target = flat[rows]
            sums = target if self._sums < 0 else self._op.scratch[self._sums][: target.shape[0]]
            for columns in chunks(self._axes[1].out, self._columns_per_call):
                steps += self._accumulate(padded, sums, rows, columns)
            steps += self._epilogue.steps(sums.reshape(-1, self._channels), target.reshape(-1, self._channels))
        return steps

    def _pad(self, image: np.ndarray, padded: np.ndarray) -> list[Step]:
        """Copy the image into the padded one, phase by phase, each channel `multiplier` times."""
        height, width = self._axes
        top, bottom = height.before, height.before + height.size
        fill = self._pad_value
        steps: list[Step] = [partial(border.fill, fill) for border in (padded[:top], padded[bottom:]) if border.size]
        split = (image.shape[1], image.shape[2], self._multiplier)
        for phase in range(width.stride):
            first = (phase - width.before) % width.stride
            source = image[:, first :: width.stride]
            start = (first + width.before) // width.stride
            end = start + source.shape[1]
            lane = padded[top:bottom, phase]
            steps += [partial(border.fill, fill) for border in (lane[:, :start], lane[:, end:]) if border.size]
            if not source.size:
                continue
            inner = lane[:, start:end].reshape(*source.shape[:2], *split[1:])
            steps.append(assign(inner, source[..., None]))
        return steps

    def _accumulate(self, padded: np.ndarray, sums: np.ndarray, rows: slice, columns: slice) -> list[Step]:
        """Add up the taps of some columns of some output rows, one phase after another."""
        steps: list[Step] = []
        count, width = rows.stop - rows.start, columns.stop - columns.start
        part = slice(columns.start * self._channels, columns.stop * self._channels)
        for phase in self._taps:
            view = self._view(padded, rows.start, count, columns.start, width, phase)
            weights = self._packed[:, phase.first :: phase.step, : width * self._channels]
            target = sums[:, part]
            if phase is not self._taps[0]:
                target = self._op.scratch[self._partial][:count, part]
            steps.append(partial(np.einsum, "rijx,ijx->rx", view, weights, out=target))
            if phase is not self._taps[0]:
                steps.append(partial(np.add, sums[:, part], target, sums[:, part]))
        return steps

    def _view(
        self, padded: np.ndarray, row: int, rows: int, column: int, width: int, phase: _Phase
    ) -> np.ndarray:
        """Windows `[rows, kh, taps of the phase, width * channels]` of the padded image."""
        height = self._axes[0]
        down, _, across, item = padded.strides
        first = padded[row * height.stride, phase.index, column + phase.offset :]
        shape = (rows, height.kernel, phase.count, width * self._channels)
        strides = (down * height.stride, down * height.dilation, across * phase.distance, item)
        return np.lib.stride_tricks.as_strided(first, shape, strides, writeable=False)
