"""NON_MAX_SUPPRESSION_V4 and _V5: indices of boxes that do not overlap better ones, V5 with soft suppression.

Source: non_max_suppression.h of LiteRT's kernels. Which of two equal scores comes first is decided by the C++ library's
heap, so its steps are followed here.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..op import Bind, Op
from ..preparation import dynamic, known_ints
from .registry import kernel


@dataclass
class _Candidate:
    """A box that may be selected; overlaps with the first `begin` selected ones are accounted for."""

    index: int
    score: np.float32
    begin: int = 0


@kernel("NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5")
def prepare(op: Op) -> Bind:
    """Inputs: boxes [n, 4] (two corners), scores [n], how many, overlap threshold, score threshold, V5: sigma.

    Outputs, with unused places 0: indices, V5: their scores, how many there are.
    """
    boxes, scores, count = op.input(0), op.input(1), known_ints(op.input(2))
    if boxes.shape != (*scores.shape, 4) or len(scores.shape) != 1:
        raise op.error(f"boxes {boxes} and scores {scores} do not fit each other")
    if count is None:
        return dynamic(op)
    soft = op.node.op == "NON_MAX_SUPPRESSION_V5"
    for output in op.outputs[:-1]:
        output.resize((count[0],))
    op.outputs[-1].resize(())

    def run() -> None:
        overlap, threshold = (np.float32(op.input(i).array.reshape(())) for i in (3, 4))
        sigma = np.float32(op.input(5).array.reshape(())) if soft else np.float32(0)
        chosen = _select(boxes.array, scores.array, count[0], overlap, threshold, sigma)
        for output in op.outputs:
            output.array.fill(0)
        op.output(0).array[: len(chosen)] = [candidate.index for candidate in chosen]
        if soft:
            op.output(1).array[: len(chosen)] = [candidate.score for candidate in chosen]
        op.outputs[-1].array[...] = len(chosen)

    return lambda: run


def _select(
    boxes: np.ndarray, scores: np.ndarray, count: int, overlap: np.float32, threshold: np.float32, sigma: np.float32
) -> list[_Candidate]:
    heap: list[_Candidate] = []
    for index in np.flatnonzero(scores > threshold):
        _push(heap, _Candidate(int(index), scores[index]))
    low = np.minimum(boxes[:, :2], boxes[:, 2:])
    corners = np.concatenate([low, np.maximum(boxes[:, :2], boxes[:, 2:])], axis=1)
    scale = np.float32(-0.5) / sigma if sigma > 0 else np.float32(0)
    selected: list[_Candidate] = []
    while heap and len(selected) < count:
        best = _pop(heap)
        before, hidden = best.score, False
        for other in reversed(selected[best.begin :]):
            iou = _overlap(corners[best.index], corners[other.index])
            if iou >= overlap:
                hidden = True
                break
            if sigma > 0:
                best.score = best.score * np.exp(scale * iou * iou)
            if best.score <= threshold:
                break
        best.begin = len(selected)
        if not hidden and best.score == before:
            selected.append(_Candidate(best.index, best.score))
        if not hidden and best.score > threshold:
            _push(heap, best)
    return selected


def _overlap(a: np.ndarray, b: np.ndarray) -> np.float32:
    """Intersection over union; 0 for a box without area."""
    area_a, area_b = np.prod(a[2:] - a[:2]), np.prod(b[2:] - b[:2])
    if area_a <= 0 or area_b <= 0:
        return np.float32(0)
    common = np.prod(np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0))
    return np.float32(common / (area_a + area_b - common))


def _push(heap: list[_Candidate], candidate: _Candidate) -> None:
    heap.append(candidate)
    _sift_up(heap, len(heap) - 1)


def _sift_up(heap: list[_Candidate], at: int) -> None:
    candidate = heap[at]
    while at > 0 and heap[(at - 1) // 2].score < candidate.score:
        heap[at], at = heap[(at - 1) // 2], (at - 1) // 2
    heap[at] = candidate


def _pop(heap: list[_Candidate]) -> _Candidate:
    """The first; the hole goes down, to the right child where both are equal, and the last one rises from there."""
    first, last = heap[0], heap.pop()
    if not heap:
        return first
    hole, size = 0, len(heap)
    while 2 * hole + 2 < size:
        child = 2 * hole + 2
        if heap[child].score < heap[child - 1].score:
            child -= 1
        heap[hole], hole = heap[child], child
    if 2 * hole + 2 == size:
        heap[hole], hole = heap[size - 1], size - 1
    heap[hole] = last
    _sift_up(heap, hole)
    return first
