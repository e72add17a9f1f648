"""SLICE: a box given by its begin and its size."""
from __future__ import annotations

from ..op import Bind, Op
from ..preparation import bind_copy, check_shape, dynamic, known_ints
from .registry import kernel


@kernel("SLICE")
def prepare(op: Op) -> Bind:
    x, begin, size = op.input(0), known_ints(op.input(1)), known_ints(op.input(2))
    for i in (1, 2):
        check_shape(op, op.input(i), (len(x.shape),))
    if begin is None or size is None:
        return dynamic(op)
    box = []
    for start, count, n in zip(begin, size, x.shape, strict=True):
        stop = n if count == -1 else start + count
        if count < -1 or start < 0 or stop > n or stop < start:
            raise op.error(f"Invalid begin {start} and size {count} for a dimension of {n}.")
        box.append(slice(start, stop))
    op.output().resize(tuple(s.stop - s.start for s in box))
    return bind_copy(op, lambda array: array[tuple(box)])
