"""BUCKETIZE: for each element, how many boundaries do not exceed it."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import options_of
from ..schema import BucketizeOptions
from .registry import kernel


@kernel("BUCKETIZE")
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    boundaries = np.array(options_of(op, BucketizeOptions).boundaries, np.float32)
    if (np.diff(boundaries) < 0).any():
        raise op.error("Expected sorted boundaries")
    out.resize(x.shape)
    return lambda: lambda: np.copyto(out.array, np.searchsorted(boundaries, x.array, side="right"), casting="unsafe")
