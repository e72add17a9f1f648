"""HASHTABLE_LOOKUP: rows of a table by sorted int32 keys, and which keys were found."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from .registry import kernel


@kernel("HASHTABLE_LOOKUP")
def prepare(op: Op) -> Bind:
    """Inputs: lookups [n], keys [rows] in ascending order, values [rows, ...].

    Outputs: values [n, ...], zeros (or empty strings) where a key is missing; uint8 [n], 1 where it was found.
    """
    lookups, keys, values = op.input(0), op.input(1), op.input(2)
    if len(lookups.shape) != 1 or len(keys.shape) != 1 or not values.shape or values.shape[:1] != keys.shape:
        raise op.error(f"cannot look up {lookups} in keys {keys} of {values}")
    if keys.shape == (0,):
        raise op.error("the table has no rows")
    op.output(0).resize((*lookups.shape, *values.shape[1:]))
    op.output(1).resize(lookups.shape)

    def run() -> None:
        found, hits = op.output(0).array, op.output(1).array
        rows = np.minimum(np.searchsorted(keys.array, lookups.array), keys.shape[0] - 1)
        hits[...] = keys.array[rows] == lookups.array
        found[...] = values.array[rows]
        found[hits == 0] = b"" if found.dtype == object else 0

    return lambda: run
