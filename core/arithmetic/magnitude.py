"""How large the floats of a tensor can get.

Without an activation LiteRT still clamps floats, to the finite range: what overflowed becomes the largest float. Where
no sum or product can overflow, as behind a sigmoid, that clamp is a pass over memory, or a call, for nothing.
"""
from __future__ import annotations

import numpy as np

from ..op import Operand

Limits = tuple[np.float32, np.float32]

_FLOAT_MAX = float(np.finfo(np.float32).max)
_ROUNDS_TO_FINITE = _FLOAT_MAX + 2.0**102
"""The largest float32 and less than half of the step to what would be the next."""
_ROUNDINGS = 1.01
"""More than the roundings of a sum of products can add to it, in any order of fewer than 100,000 terms."""


def magnitude(operand: Operand) -> float:
    """No element's magnitude is larger; NaN elements aside. NaN where that is not known of a constant."""
    if not operand.is_constant:
        return operand.largest
    values = operand.value
    return 0.0 if values is None or not values.size else float(np.maximum(values.max(), -values.min()))


def of_product(source: Operand, weights: np.ndarray, taps: int, bias: np.ndarray | None) -> float:
    """A bound of sums of `taps` products of elements with weights, and a bias."""
    if not source.largest < _FLOAT_MAX or not weights.size or taps > 100_000:
        return np.inf
    largest_bias = 0.0 if bias is None or not bias.size else float(np.abs(bias).max())
    largest_weight = float(np.maximum(weights.max(), -weights.min()))
    return (taps * largest_weight * source.largest + largest_bias) * _ROUNDINGS


def needed_limits(out: Operand, bound: float, limits: Limits) -> Limits | None:
    """The limits to clamp a float32 output to, given a bound of what is clamped; None if no clamp changes anything.

    Notes the output's own bound.
    """
    out.largest = min(bound, max(abs(float(limit)) for limit in limits))
    is_finite_range = -limits[0] == limits[1] == np.float32(_FLOAT_MAX)
    return None if is_finite_range and bound < _ROUNDS_TO_FINITE else limits
