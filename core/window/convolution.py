"""Convolution of one image as matrix products of bounded size: gather windows, multiply, finish, next piece."""
from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from ..arithmetic.epilogue import Epilogue
from ..op import Op
from ..steps import Step, assign, chunks
from .geometry import Axis, needs_padding, pad_steps, windows

_CHUNK_ELEMENTS = 1 << 18
TRANSPOSED_ROWS = 64
"""Weights are transposed so many filters at a time, in half the time that all at once take."""


class Convolution:
    """A convolution of `[*sizes, channels]` with weights `[filters, *kernel, channels / groups]`.

    A pointwise convolution multiplies the image as it lies. Any other copies the windows of some output rows into
    scratch first (im2col), few enough to stay in cache.

    Args:
        axes: one per spatial dimension.
        weights: in the epilogue's accumulator type.
        source: type of the image.
        pad_value: what lies outside the image.
    """

    def __init__(
        self, op: Op, axes: Sequence[Axis], weights: np.ndarray, channels: int, source: Any, pad_value: float,
        epilogue: Epilogue,
    ) -> None:
        self._op, self._axes, self._weights, self._epilogue = op, tuple(axes), weights, epilogue
        self._filters, self._depth = weights.shape[0], weights.shape[-1]
        self._groups = channels // self._depth
        self._taps = prod(weights.shape[1:])
        self._pad_value = pad_value
        self._pointwise = all(axis.is_pointwise for axis in self._axes)
        self._gathers = not self._pointwise or np.dtype(source) != epilogue.accumulator or self._groups > 1
        self._row = prod(axis.out for axis in self._axes[1:])
        self._rows_per_chunk = self._chunk_rows()
        self._request_scratch(channels, source)

    def _chunk_rows(self) -> int:
        """How many positions of the first axis are computed together."""
        width = self._row * max(self._taps * self._groups if self._gathers else 1, self._filters)
        return max(1, min(self._axes[0].out, _CHUNK_ELEMENTS // max(1, width)))

    def _request_scratch(self, channels: int, source: Any) -> None:
        op, rows = self._op, self._rows_per_chunk * self._row
        accumulator = self._epilogue.accumulator
        self._padded = self._columns = self._sums = -1
        if needs_padding(self._axes):
            self._padded = op.request_scratch((*(axis.padded for axis in self._axes), channels), source)
        if self._gathers:
            self._columns = op.request_scratch((rows * self._groups * self._taps,), accumulator)
        if not self._epilogue.in_place:
            self._sums = op.request_scratch((rows, self._filters), accumulator)
        self._epilogue.request_scratch(op, rows)

    def bind(self) -> None:
        """Pack the weights: `[groups, taps, filters / groups]`."""
        rows = self._weights.reshape(self._groups, self._filters // self._groups, self._taps)
        self._packed = np.empty((self._groups, self._taps, rows.shape[1]), rows.dtype)
        for part in chunks(rows.shape[1], TRANSPOSED_ROWS):
            self._packed[:, :, part] = rows[:, part].transpose(0, 2, 1)
        self._epilogue.bind(self._op)

    def steps(self, image: np.ndarray, out: np.ndarray) -> list[Step]:
        """The calls that convolve `image` `[*sizes, channels]` into the contiguous `out` `[*out sizes, filters]`."""
        steps: list[Step] = []
        if self._padded >= 0:
            padded = self._op.scratch[self._padded]
            steps += pad_steps(image, padded, self._axes, self._pad_value)
            image = padded
        taps = windows(image, self._axes)
        flat = out.reshape(-1, self._filters)
        for rows in chunks(self._axes[0].out, self._rows_per_chunk):
            positions = slice(rows.start * self._row, rows.stop * self._row)
            target = flat[positions]
            sums = target if self._sums < 0 else self._op.scratch[self._sums][: target.shape[0]]
            steps += self._product(taps[rows], sums)
            steps += self._epilogue.steps(sums, target)
        return steps

    def _product(self, taps: np.ndarray, sums: np.ndarray) -> list[Step]:
        """Windows `[*positions, *kernel, channels]` times weights into `[positions, filters]`."""
        positions, width = sums.shape[0], self._filters // self._groups
        if not self._gathers:
            return [partial(np.matmul, taps.reshape(positions, self._taps), self._packed[0], sums)]
        steps: list[Step] = []
        size = positions * self._taps
        for group in range(self._groups):
            part = taps[..., group * self._depth : (group + 1) * self._depth]
            columns = self._op.scratch[self._columns][group * size : (group + 1) * size]
            steps.append(assign(columns.reshape(part.shape), part))
            left, right = columns.reshape(positions, self._taps), self._packed[group]
            steps.append(partial(np.matmul, left, right, sums[:, group * width : (group + 1) * width]))
        return steps
