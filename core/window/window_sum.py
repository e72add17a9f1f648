"""Sums over the windows of an image, without its padding: what average and L2 pools divide."""
from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..op import Op
from ..steps import Step, chunks
from .geometry import needs_padding, pad_steps, windows
from .pooling import Axes

_CHUNK_ELEMENTS = 1 << 16


class WindowSum:
    """Sums in float32 or float64 over the windows of `[h, w, c]`, in the order of rows and columns.

    Args:
        axes: height and width.
        channels: of the image.
        dtype: of the sums; integers have to fit its mantissa.
        squared: sum squares.
    """

    def __init__(self, op: Op, axes: Axes, channels: int, dtype: Any, *, squared: bool = False) -> None:
        self._op, self._axes, self._channels = op, axes, channels
        self._squared = squared
        row = axes[1].out * channels
        self._rows = max(1, min(axes[0].out, _CHUNK_ELEMENTS // max(1, row)))
        self._copies = squared or needs_padding(axes) or op.input(0).dtype != np.dtype(dtype)
        padded = (axes[0].padded, axes[1].padded, channels)
        self._padded = op.request_scratch(padded, dtype) if self._copies else -1
        self._sums = op.request_scratch((self._rows, axes[1].out, channels), dtype)

    def counts(self) -> np.ndarray:
        """How many taps lie inside the image: int64 `[oh, ow]`."""
        height, width = (axis.taps_inside() for axis in self._axes)
        return height[:, None] * width[None, :]

    def prepare_image(self, image: np.ndarray) -> tuple[list[Step], np.ndarray]:
        """The steps that bring the image into shape, and the array they fill."""
        if not self._copies:
            return [], image
        padded = self._op.scratch[self._padded]
        steps = pad_steps(image, padded, self._axes, 0)
        if self._squared:
            steps.append(partial(np.multiply, padded, padded, padded))
        return steps, padded

    def pieces(self, image: np.ndarray) -> list[tuple[slice, Step, np.ndarray]]:
        """For each piece: the output rows, the step that sums them, and the array of sums `[rows, ow, c]`."""
        taps = windows(image, self._axes)
        pieces: list[tuple[slice, Step, np.ndarray]] = []
        for rows in chunks(self._axes[0].out, self._rows):
            sums = self._op.scratch[self._sums][: rows.stop - rows.start]
            pieces.append((rows, partial(np.einsum, "rwijc->rwc", taps[rows], out=sums), sums))
        return pieces
