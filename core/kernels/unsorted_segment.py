"""UNSORTED_SEGMENT_SUM, _PROD, _MAX, _MIN and SEGMENT_SUM: combine the slices that have one segment id."""
from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ..op import Bind, Op
from ..preparation import dynamic, invoke_error, known_ints, unsupported
from .registry import kernel

_FUNCTIONS: dict[str, np.ufunc] = {
    "UNSORTED_SEGMENT_SUM": np.add,
    "UNSORTED_SEGMENT_PROD": np.multiply,
    "UNSORTED_SEGMENT_MAX": np.maximum,
    "UNSORTED_SEGMENT_MIN": np.minimum,
}


@kernel(*_FUNCTIONS)
def prepare(op: Op) -> Bind:
    """Segments of negative ids are dropped; a segment without slices holds the function's neutral element."""
    x, ids, out = op.input(0), op.input(1), op.output()
    count = known_ints(op.input(2))
    if x.dtype.kind not in "if":
        raise unsupported(op, x)
    if ids.shape != x.shape[: len(ids.shape)]:
        raise op.error(f"segment ids {ids} do not fit {x}")
    if count is None:
        return dynamic(op)
    out.resize((count[0], *x.shape[len(ids.shape) :]))
    combine, start = _FUNCTIONS[op.node.op], _neutral(op.node.op, x.dtype)

    def run() -> None:
        segments = ids.array.reshape(-1)
        if segments.size and segments.max() >= count[0]:
            raise invoke_error(op, f"segment id {segments.max()} is not below num_segments {count[0]}")
        values = x.array.reshape(segments.size, *x.shape[len(ids.shape) :])
        out.array[...] = start
        kept = segments >= 0
        combine.at(out.array, segments[kept], values[kept])

    return lambda: run


def _neutral(op: str, dtype: np.dtype[Any]) -> Any:
    if op in ("UNSORTED_SEGMENT_SUM", "UNSORTED_SEGMENT_PROD"):
        return 0 if op == "UNSORTED_SEGMENT_SUM" else 1
    limits: Any = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    return limits.min if op == "UNSORTED_SEGMENT_MAX" else limits.max


@kernel("SEGMENT_SUM")
def prepare_sorted(op: Op) -> Bind:
    """Ids are sorted, start at 0 and go up in steps of 0 or 1."""
    x, ids, out = op.input(0), op.input(1), op.output()
    if len(ids.shape) != 1 or ids.shape != x.shape[:1]:
        raise op.error(f"segment ids {ids} do not fit {x}")
    known = known_ints(ids)
    if known is None:
        return dynamic(op)
    if known and (known[0] != 0 or any(not 0 <= b - a <= 1 for a, b in pairwise(known))):
        raise op.error("segment ids must start at 0 and go up in steps of 0 or 1")
    out.resize((known[-1] + 1 if known else 0, *x.shape[1:]))

    def run() -> None:
        out.array.fill(0)
        np.add.at(out.array, ids.array, x.array)

    return lambda: run
