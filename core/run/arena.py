"""Placing tensors in one block of memory so that no two live ones overlap."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..graph import Shape
from .host_memory import check_bytes

ALIGNMENT = 64


@dataclass(frozen=True)
class Request:
    """Memory wanted: `size` bytes while the steps `first` to `last` (both included) run."""

    size: int
    first: int
    last: int


@dataclass(frozen=True)
class Layout:
    """Where each request lies, in bytes from the start, and how many bytes there are in all."""

    offsets: tuple[int, ...]
    size: int


def plan_layout(requests: Sequence[Request], alignment: int = ALIGNMENT) -> Layout:
    """Greedily, the smallest of a few layouts: each request, in some order, into the smallest gap that holds it among
    those it meets. Largest first does in most cases, and is all that is tried where it reaches the lower bound.

    After Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", arXiv:2001.03288.
    """
    padded = [replace(r, size=-(-r.size // alignment) * alignment) for r in requests]
    bound, best = lower_bound(padded), None
    for importance in (_size, _size_times_life, _life):
        order = sorted(range(len(padded)), key=lambda i: (importance(padded[i]), -padded[i].first), reverse=True)
        layout = _place(padded, order)
        if best is None or layout.size < best.size:
            best = layout
        if best.size == bound:
            break
    assert best is not None
    return best


def _size(request: Request) -> tuple[int, int]:
    return request.size, 0


def _size_times_life(request: Request) -> tuple[int, int]:
    return request.size * (request.last - request.first + 1), 0


def _life(request: Request) -> tuple[int, int]:
    return request.last - request.first, request.size


def _place(requests: Sequence[Request], order: Sequence[int]) -> Layout:
    """The layout that comes of placing aligned requests in this order."""
    offsets = [0] * len(requests)
    placed = np.empty((len(requests), 4), np.int64)  # offset, end, first, last; by offset
    count = 0
    for i in order:
        request = requests[i]
        if request.size == 0:
            continue
        rows = placed[:count]
        met = rows[(rows[:, 2] <= request.last) & (rows[:, 3] >= request.first)]
        offset = _best_gap(met[:, 0], met[:, 1], request.size)
        at = int(np.searchsorted(rows[:, 0], offset))
        placed[at + 1 : count + 1] = placed[at:count]
        placed[at] = offset, offset + request.size, request.first, request.last
        offsets[i], count = offset, count + 1
    return Layout(tuple(offsets), int(placed[:count, 1].max(initial=0)))


def _best_gap(starts: np.ndarray, ends: np.ndarray, size: int) -> int:
    """Offset of the smallest gap of at least `size` bytes between ranges sorted by start, or the end of the last."""
    if not len(starts):
        return 0
    reached = np.maximum.accumulate(ends)
    gap_starts = np.concatenate(([0], reached[:-1]))
    gaps = starts - gap_starts
    fitting = np.where(gaps >= size, gaps, np.iinfo(np.int64).max)
    best = int(fitting.argmin())
    return int(gap_starts[best]) if gaps[best] >= size else int(reached[-1])


def lower_bound(requests: Sequence[Request]) -> int:
    """The most bytes that are live at one step; no layout can be smaller."""
    if not requests:
        return 0
    steps = np.zeros(max(r.last for r in requests) + 2, np.int64)
    for request in requests:
        steps[request.first] += request.size
        steps[request.last + 1] -= request.size
    return int(np.cumsum(steps).max())


def overlaps(requests: Sequence[Request], layout: Layout) -> list[tuple[int, int]]:
    """Pairs of requests that are live at the same step and share bytes; empty for a correct layout."""
    found = []
    for i, a in enumerate(requests):
        for j, b in enumerate(requests[:i]):
            live_together = a.first <= b.last and b.first <= a.last and a.size and b.size
            start_a, start_b = layout.offsets[i], layout.offsets[j]
            if live_together and start_a < start_b + b.size and start_b < start_a + a.size:
                found.append((j, i))
    return found


def allocate(size: int, alignment: int = ALIGNMENT) -> np.ndarray:
    """`size` zeroed bytes that start at a multiple of `alignment`.

    Raises:
        RuntimeError: there is not so much memory.
    """
    check_bytes(size, "tensors")
    try:
        block = np.zeros(size + alignment, np.uint8)
    except (MemoryError, ValueError) as error:
        raise RuntimeError(f"Failed to allocate {size} bytes for tensors.") from error
    start = -block.ctypes.data % alignment
    return block[start : start + size]


def new_array(shape: Shape, dtype: np.dtype[Any]) -> np.ndarray:
    """An array of its own, zeroed; of empty strings where elements are objects.

    Raises:
        RuntimeError: there is not so much memory.
    """
    if dtype.hasobject:
        return np.full(shape, b"", object)
    return allocate(math.prod(shape) * dtype.itemsize).view(dtype).reshape(shape)
