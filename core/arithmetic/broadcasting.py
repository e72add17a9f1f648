"""Broadcasting against constants without NumPy's short inner loops."""
from __future__ import annotations

from math import prod

import numpy as np

_LONG_ENOUGH = 2048


def widened(constant: np.ndarray, *arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """Views of `arrays`, and a repeated copy of `constant`, that broadcast alike with longer rows.

    A constant with one value per channel makes NumPy loop over as many elements as there are channels, often 8 or 16.
    Repeated along the dimensions before, it is combined row by row.

    Args:
        constant: what broadcasts against the arrays, and leaves their shape as it is.
        arrays: contiguous, all of one shape.

    Returns:
        The constant, then the arrays; unchanged where nothing is gained.
    """
    shape = arrays[0].shape
    dims = (1,) * (len(shape) - constant.ndim) + constant.shape
    start = len(shape)
    while start > 0 and (prod(shape[start:]) < _LONG_ENOUGH or any(n != 1 for n in dims[:start])):
        start -= 1
    inner = prod(shape[start:])
    if constant.size == 1 or any(n != 1 for n in dims[:start]) or inner == 0 or start == len(shape):
        return (constant, *arrays)
    row = np.ascontiguousarray(np.broadcast_to(constant.reshape(dims[start:]), shape[start:])).reshape(-1)
    return (row, *(array.reshape(-1, inner) for array in arrays))
