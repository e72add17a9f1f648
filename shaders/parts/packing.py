"""How weights are rearranged for the kernels: panels of columns, each contiguous in the order it is read."""

from __future__ import annotations

import numpy as np

from ..layout import ceil_div


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
    *lead, k, _ = weights.shape
    starts = panel_starts(columns, width)
    packed = np.zeros((len(starts), *lead, max(k, depth), width), np.float32)
    for panel, start in zip(packed, starts, strict=True):
        part = weights[..., start : start + width]
        panel[..., :k, : part.shape[-1]] = part
    return packed


def pack_group_panels(weights: np.ndarray, groups: int, columns: int, width: int, long: int = 0) -> np.ndarray:
    """Convolution weights [o, kh, kw, c / groups] as panels [groups * panels, kh * kw, c / groups, width].

    Args:
        weights: float32 OHWI.
        groups: of output channels, packed one after the other.
        columns: padded output channels of a group.
        width: columns of a panel.
        long: pads the channels of each tap with zeros up to this.
    """
    out, height, across, depth = weights.shape
    by_group = weights.reshape(groups, out // groups, height * across, depth).transpose(0, 2, 3, 1)
    packed = [pack_panels(group, columns, width, long) for group in by_group]
    return packed[0] if groups == 1 else np.concatenate(packed)


def dense_groups(weights: np.ndarray, groups: int) -> np.ndarray:
    """Grouped weights [o, kh, kw, c / groups] as the equal dense ones [o, kh, kw, c] (zeros between groups)."""
    out, height, across, depth = weights.shape
    dense = np.zeros((out, height, across, depth * groups), np.float32)
    each = out // groups
    for g in range(groups):
        dense[g * each : (g + 1) * each, ..., g * depth : (g + 1) * depth] = weights[g * each : (g + 1) * each]
    return dense
