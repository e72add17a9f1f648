"""Which constants become half floats."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ....shaders.traced.storage import MAX_HALF
from . import ir


def fits_half(data: np.ndarray) -> bool:
    """Whether constants are within float16's range and not so small that its steps are coarse beside all of them."""
    largest = float(np.abs(data).max(initial=0))
    if not largest <= MAX_HALF:
        return False
    lost = np.abs(data - data.astype(np.float16).astype(np.float32)).max(initial=0)
    return bool(lost <= largest / 2**11)


def has_half_weights(op: ir.GpuOp, vetoed: frozenset[int], values: Mapping[int, ir.Value]) -> bool:
    """Whether the weights of an operation become half floats: those of float layers, as far as they fit."""
    weights = getattr(op, "weights", None)
    if weights is None or not vetoed.isdisjoint(op.nodes) or values[op.inputs[0]].codes is not None:
        return False
    return fits_half(weights)
