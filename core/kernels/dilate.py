"""DILATE: put a padding value between the elements, so many per dimension."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import dynamic, known_ints
from .registry import kernel


@kernel("DILATE")
def prepare(op: Op) -> Bind:
    x, dilations, padding, out = op.input(0), known_ints(op.input(1)), op.input(2), op.output()
    if dilations is None:
        return dynamic(op)
    if len(dilations) != len(x.shape) or min(dilations, default=1) < 1:
        raise op.error(f"dilations {list(dilations)} do not fit {x}")
    out.resize(tuple((n - 1) * d + 1 if n else 0 for n, d in zip(x.shape, dilations, strict=True)))

    def run() -> None:
        np.copyto(out.array, padding.array.reshape(()))
        out.array[tuple(slice(None, None, d) for d in dilations)] = x.array

    return lambda: run
