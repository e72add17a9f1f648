"""Convolution with one product per row of taps: windows are gathered along rows only, and copied once for all rows."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ..arithmetic.epilogue import Epilogue
from ..op import Op
from ..steps import Step, assign, chunks
from .convolution import TRANSPOSED_ROWS
from .geometry import Axis, needs_padding, pad_steps, windows

_CHUNK_ELEMENTS = 1 << 18
_FEWEST_OUTPUTS = 128
"""Rows times columns. With fewer, more products cost more than fewer copies save."""


def suits_row_products(axes: Sequence[Axis], weights: np.ndarray, channels: int) -> bool:
    """Whether a convolution with weights `[filters, *kernel, channels / groups]` gains by this."""
    if len(axes) != 2 or weights.shape[-1] != channels:
        return False
    rows, columns = axes
    return rows.kernel > 2 and rows.stride == 1 and rows.out * columns.out >= _FEWEST_OUTPUTS


class RowProducts:
    """A convolution of `[h, w, channels]`; takes the arguments and has the methods of `Convolution`."""

    def __init__(
        self, op: Op, axes: Sequence[Axis], weights: np.ndarray, channels: int, source: Any, pad_value: float,
        epilogue: Epilogue,
    ) -> None:
        self._op, self._weights, self._epilogue = op, weights, epilogue
        self._axes, self._pad_value = tuple(axes), pad_value
        self._filters, self._taps, self._width = weights.shape[0], weights.shape[2] * channels, axes[1].out
        self._extent = (axes[0].kernel - 1) * axes[0].dilation
        rows = _CHUNK_ELEMENTS // max(1, self._width * max(self._taps, self._filters)) - self._extent
        self._rows = max(1, min(axes[0].out, rows))
        kind = epilogue.accumulator
        self._padded = -1
        if needs_padding(axes):
            self._padded = op.request_scratch((*(axis.padded for axis in axes), channels), source)
        self._columns = op.request_scratch(((self._rows + self._extent) * self._width, self._taps), kind)
        sums = (self._rows * self._width, self._filters)
        self._spare = op.request_scratch(sums, kind)
        self._sums = -1 if epilogue.in_place else op.request_scratch(sums, kind)
        epilogue.request_scratch(op, sums[0])

    def bind(self) -> None:
        """Pack the weights: `[taps, filters]` for each row of them."""
        rows = self._weights.reshape(self._filters, -1, self._taps)
        self._packed = np.empty((rows.shape[1], self._taps, self._filters), rows.dtype)
        for part in chunks(self._filters, TRANSPOSED_ROWS):
            self._packed[:, :, part] = rows[part].transpose(1, 2, 0)
        self._epilogue.bind(self._op)

    def steps(self, image: np.ndarray, out: np.ndarray) -> list[Step]:
        """The calls that convolve `image` `[h, w, channels]` into the contiguous `out` `[oh, ow, filters]`."""
        steps: list[Step] = []
        scratch = self._op.scratch
        if self._padded >= 0:
            steps += pad_steps(image, scratch[self._padded], self._axes, self._pad_value)
            image = scratch[self._padded]
        height, width = self._axes
        one_row = replace(height, kernel=1, out=height.out + self._extent)
        taps = windows(image, (one_row, width))[:, :, 0]
        for rows in chunks(height.out, self._rows):
            target = out[rows].reshape(-1, self._filters)
            sums = target if self._sums < 0 else scratch[self._sums][: target.shape[0]]
            steps += self._products(taps[rows.start : rows.stop + self._extent], sums)
            steps += self._epilogue.steps(sums, target)
        return steps

    def _products(self, taps: np.ndarray, sums: np.ndarray) -> list[Step]:
        """Add up the products of `taps` `[input rows, columns, width, channels]` with each row of weights."""
        columns = self._op.scratch[self._columns][: taps.shape[0] * self._width]
        spare = self._op.scratch[self._spare][: sums.shape[0]]
        steps: list[Step] = [assign(columns.reshape(taps.shape), taps)]
        for k, packed in enumerate(self._packed):
            first = k * self._axes[0].dilation * self._width
            left = columns[first : first + sums.shape[0]]
            steps.append(partial(np.matmul, left, packed, spare if k else sums))
            if k:
                steps.append(partial(np.add, sums, spare, sums))
        return steps
