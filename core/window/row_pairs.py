"""Float convolutions with three rows of taps: two rows of outputs from four products instead of six.

With input rows d0 to d3 and rows of taps g0 to g2 (a row's products include all its columns and channels),

    y0 = d0 g0 + d1 g1 + d2 g2 = m0 + m1 + m2,      m0 = (d0 - d2) g0,    m1 = (d1 + d2) (g0 + g1 + g2) / 2,
    y1 = d1 g0 + d2 g1 + d3 g2 = m1 - m2 - m3,      m3 = (d1 - d3) g2,    m2 = (d2 - d1) (g0 - g1 + g2) / 2.

The sums err by as much as those taken in the usual order. Infinite inputs would turn into NaN, as those beyond 1e38
may, so that this is for inputs that an activation or a clamp has made finite. It is Winograd's F(2, 3); see Lavin and
Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..arithmetic.epilogue import Epilogue
from ..op import Op, Operand
from ..steps import Step, assign, chunks
from .convolution import TRANSPOSED_ROWS
from .geometry import Axis, needs_padding, pad_steps, windows

_CHUNK_ELEMENTS = 1 << 17
_FEWEST_FILTERS = 16
_FEWEST_TAPS = 48
"""Of a row. With fewer the additions cost more than the products they save."""
_FEWEST_OUTPUTS = 128
"""Rows times columns. With fewer, reading the weights takes longer than multiplying with them."""


def suits_row_pairs(axes: Sequence[Axis], weights: np.ndarray, source: Operand) -> bool:
    """Whether a convolution of `source` with float32 weights `[filters, *kernel, channels / groups]` gains by this."""
    if len(axes) != 2 or weights.dtype != np.float32 or source.dtype != np.float32 or not source.largest < np.inf:
        return False
    rows, columns = axes
    filters, _, width, depth = weights.shape
    is_plain = (rows.kernel, rows.stride, rows.dilation) == (3, 1, 1) and depth == source.shape[-1]
    is_wide = filters >= _FEWEST_FILTERS and width * depth >= _FEWEST_TAPS
    return is_plain and is_wide and rows.out * columns.out >= _FEWEST_OUTPUTS


class RowPairConvolution:
    """A convolution of `[h, w, channels]`; takes the arguments and has the methods of `Convolution`."""

    def __init__(
        self, op: Op, axes: Sequence[Axis], weights: np.ndarray, channels: int, source: Any, pad_value: float,
        epilogue: Epilogue,
    ) -> None:
        self._op, self._weights, self._epilogue = op, weights, epilogue
        self._axes, self._pad_value = tuple(axes), pad_value
        self._filters, _, width, _ = weights.shape
        self._taps = width * channels
        self._pairs = -(-axes[0].out // 2)
        self._columns = axes[1].out
        widest = max(self._taps, 2 * self._filters) * self._columns
        self._pairs_per_chunk = max(1, min(self._pairs, _CHUNK_ELEMENTS // widest))
        self._input_rows = 2 * self._pairs + 2
        self._padded = -1
        if needs_padding(axes) or self._input_rows != axes[0].padded:
            self._padded = op.request_scratch((self._input_rows, axes[1].padded, channels), np.float32)
        positions = self._pairs_per_chunk * self._columns
        shapes = [(self._pairs_per_chunk, axes[1].padded, channels), (positions, self._taps)]
        self._slots = [op.request_scratch(shape, np.float32) for shape in (*shapes, *[(positions, self._filters)] * 4)]
        epilogue.request_scratch(op, 2 * positions)

    def bind(self) -> None:
        """Combine the rows of taps: four matrices `[taps, filters]`."""
        rows = self._weights.reshape(self._filters, 3, self._taps)
        self._packed = [np.empty((self._taps, self._filters), np.float32) for _ in range(4)]
        for part in chunks(self._filters, TRANSPOSED_ROWS):
            first, middle, last = (rows[part, k] for k in range(3))
            outer, inner = (first + last) * np.float32(0.5), middle * np.float32(0.5)
            for packed, combined in zip(self._packed, (first, outer + inner, outer - inner, last), strict=True):
                packed[:, part] = combined.T
        self._epilogue.bind(self._op)

    def steps(self, image: np.ndarray, out: np.ndarray) -> list[Step]:
        """The calls that convolve `image` `[h, w, channels]` into the contiguous `out` `[oh, ow, filters]`."""
        steps: list[Step] = []
        if self._padded >= 0:
            padded = self._op.scratch[self._padded]
            steps += pad_steps(image, padded, self._axes, self._pad_value)
            image = padded
        for pairs in chunks(self._pairs, self._pairs_per_chunk):
            steps += self._products(image[2 * pairs.start : 2 * pairs.stop + 2])
            target = out[2 * pairs.start : 2 * pairs.stop]
            steps += self._sums(target.reshape(target.shape[0], -1))
            flat = target.reshape(-1, self._filters)
            steps += self._epilogue.steps(flat, flat)
        return steps

    def _products(self, rows: np.ndarray) -> list[Step]:
        """The four products of the pairs whose inputs are `rows`, an even number of them."""
        combined, columns, *products = (self._op.scratch[slot] for slot in self._slots)
        d0, d1, d2, d3 = rows[0:-2:2], rows[1:-2:2], rows[2::2], rows[3::2]
        count = d0.shape[0]
        taps = _rows_of_taps(combined[:count], self._axes[1])
        flat = columns[: count * self._columns]
        steps: list[Step] = []
        calls: list[tuple[Callable[..., Any], np.ndarray, np.ndarray]] = [
            (np.subtract, d0, d2), (np.add, d1, d2), (np.subtract, d2, d1), (np.subtract, d1, d3),
        ]  # fmt: skip
        for (combine, a, b), packed, product in zip(calls, self._packed, products, strict=True):
            steps.append(partial(combine, a, b, combined[:count]))
            steps.append(assign(flat.reshape(taps.shape), taps))
            steps.append(partial(np.matmul, flat, packed, product[: flat.shape[0]]))
        return steps

    def _sums(self, out: np.ndarray) -> list[Step]:
        """From products to rows of outputs `[rows, columns * filters]`; the last one may be without a partner."""
        even, odd = out[0::2], out[1::2]
        products = [self._op.scratch[slot].reshape(-1, out.shape[1]) for slot in self._slots[2:]]
        m0, m1, m2, _ = (product[: even.shape[0]] for product in products)
        _, n1, n2, n3 = (product[: odd.shape[0]] for product in products)
        return [
            partial(np.add, m0, m1, even), partial(np.add, even, m2, even),
            partial(np.subtract, n1, n2, odd), partial(np.subtract, odd, n3, odd),
        ]  # fmt: skip


def _rows_of_taps(rows: np.ndarray, axis: Axis) -> np.ndarray:
    """A view `[rows, columns, width, channels]` of the taps in single rows `[rows, padded columns, channels]`."""
    single = Axis(rows.shape[0], 1, 1, 1, rows.shape[0], 0, 0)
    return windows(rows, (single, axis))[:, :, 0]
