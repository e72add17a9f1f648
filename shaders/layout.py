"""How tensors lie in buffers: row-major, the innermost dimension padded to a multiple of 4 elements.

PADDING RULE: the padding lanes hold anything, NaN included. No kernel lets them reach a true lane, so a kernel that
reduces over channels reads only the true ones, and nobody has to clear a buffer.
SLACK RULE: no kernel reads or writes outside the padded extent of a tensor.
OVERLAP RULE: where a tile does not fit, the last one is moved back and computes some elements a second time. So an
output must not overlap any input of the same call (it would be read after it was written).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

LANES = 4
"""Innermost dimensions are padded to a multiple of this."""


def ceil_div(a: int, b: int) -> int:
    """a / b rounded up."""
    return -(-a // b)


def padded(channels: int) -> int:
    """`channels` rounded up to a multiple of 4."""
    return ceil_div(channels, LANES) * LANES


def padded_elements(shape: Sequence[int]) -> int:
    """Elements that a tensor of `shape` takes in a buffer (a scalar takes 4)."""
    return prod(shape[:-1]) * padded(shape[-1]) if shape else LANES


def pad_channels(values: np.ndarray, channels: int) -> np.ndarray:
    """`values` with zeros appended along the last axis up to `channels`."""
    missing = channels - values.shape[-1]
    return np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)]) if missing else values
