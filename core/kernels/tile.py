"""TILE: repeat a tensor along each dimension."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import dynamic, known_ints, positive_shape
from .registry import kernel


@kernel("TILE")
def prepare(op: Op) -> Bind:
    x, requested = op.input(0), known_ints(op.input(1))
    if requested is None:
        return dynamic(op)
    times = positive_shape(op, requested)
    if len(times) != len(x.shape):
        raise op.error(f"multiples {list(times)} for a tensor of {len(x.shape)} dimensions")
    op.output().resize(tuple(n * t for n, t in zip(x.shape, times, strict=True)))

    def bind() -> Run:
        split = tuple(n for pair in zip(times, x.shape, strict=True) for n in pair)
        source = x.array.reshape(tuple(n for d in x.shape for n in (1, d)))
        target = op.output().array.reshape(split)
        return lambda: np.copyto(target, source)

    return bind
