"""How weights are rearranged for the kernels: panels of columns, each contiguous in the order it is read."""

from __future__ import annotations

import numpy as np

from .layout import ceil_div


def panel_starts(columns: int, width: int) -> list[int]:
    """First column of each panel; the last is moved back so that it fits (columns >= width)."""
    return [min(p * width, columns - width) for p in range(ceil_div(columns, width))]


def pack_panels(weights: np.ndarray, columns: int, width: int, depth: int = 0) -> np.ndarray:
    """Weights [..., depth, n] as panels [panels, ..., depth, width], zeros where a panel exceeds n.

    Args:
        weights: float32 [..., k, n]; leading axes (taps) stay in their order.
        columns: padded n, a multiple of 4.
        width: columns of a panel, at most `columns`.
        depth: pads the second to last axis with zeros up to this (0: as it is).
    """
    *lead, k, n = weights.shape
    wide = np.zeros((*lead, max(k, depth), columns), np.float32)
    wide[..., :k, :n] = weights
    return np.stack([wide[..., start : start + width] for start in panel_starts(columns, width)])
