"""Dynamic-range quantization of activations: the operations around products of floats with integer weights.

See `shaders.kernels.dynamic_range`. What they hand to each other are whole numbers and scales, which stay float32.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....shaders.kernels.dynamic_range import Rows
from .ir import GpuOp


@dataclass(frozen=True, eq=False, kw_only=True)
class RowRanges(GpuOp):
    """[rows * parts, 4]: the ranges of the parts of each row of the input."""

    rows: Rows


@dataclass(frozen=True, eq=False, kw_only=True)
class RowScales(GpuOp):
    """[rows, 4] numbers that quantize each row, of the ranges of its parts (the first input) or of the row itself."""

    rows: Rows
    asymmetric: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class RowCodes(GpuOp):
    """Codes of the first input, less the zero points if `centred`, by the numbers that are the second."""

    rows: Rows
    asymmetric: bool
    centred: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class ScaledSums(GpuOp):
    """Sums, the first input, times the scales of rows, among the numbers that are the second, and of channels.

    Attributes:
        factors: float32 [channels], the weights' scales.
        bias: float32 [channels], or None.
        chained: the sum is multiplied with one scale after the other.
    """

    rows: Rows
    factors: np.ndarray
    bias: np.ndarray | None
    chained: bool
