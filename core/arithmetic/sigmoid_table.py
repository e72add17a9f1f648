"""The table behind int16 LOGISTIC and TANH: sigmoid(i / 24) in 0.16 fixed point, and the scaling of its argument."""
from __future__ import annotations

from collections.abc import Callable
from math import log2

import numpy as np

_ONE_ABOVE = (
    4, 8, 12, 14, 15, 16, 17, 19, 20, 21, 22, 25, 27, 28, 29, 30, 31, 33, 34, 35, 37, 39, 40, 41, 43, 44, 45, 46, 49,
    50, 54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255,
)  # fmt: skip
"""Entries that LiteRT has one higher than the rounded value; found by evaluating TANH with it at every entry."""


def _table() -> np.ndarray:
    table = np.round(65536 / (1 + np.exp(-np.arange(256) / 24))).astype(np.int64)
    table[list(_ONE_ABOVE)] += 1
    table.setflags(write=False)
    return table


SIGMOID_TABLE = _table()
"""256 int64 values in 0..65535."""


def sigmoid_input(scale: np.float32, whole_shifts: tuple[int, ...]) -> Callable[[np.ndarray], np.ndarray]:
    """The function from int16 codes to arguments of the table, in units of 1/24 * 2^-9.

    Args:
        scale: of the input.
        whole_shifts: values of log2(4096 * scale) for which the codes are shifted and not multiplied.

    Source: SigmoidPrepare and TanhPrepare of LiteRT's activations.cc.
    """
    exponent = 12 + log2(float(scale))
    shift = round(exponent)
    if abs(exponent - shift) < 1e-3 and shift in whole_shifts:
        return lambda codes: codes * (3 << shift)
    multiplier, right = float(scale) * 4096 * 3, 0
    while multiplier <= 32767 / 2 and right <= 30:
        multiplier, right = multiplier * 2, right + 1
    factor, rounding = int(multiplier), (1 << right) >> 1
    return lambda codes: (codes * factor + rounding) >> right
