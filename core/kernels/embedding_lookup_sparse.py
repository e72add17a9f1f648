"""EMBEDDING_LOOKUP_SPARSE: rows of a table, weighted and combined per bucket of a sparse tensor of row numbers."""
from __future__ import annotations

import numpy as np

from ..graph import Shape
from ..op import Bind, Op
from ..preparation import dynamic, invoke_error, known_ints, options_of, positive_shape
from ..schema import CombinerType, EmbeddingLookupSparseOptions
from .registry import kernel


@kernel("EMBEDDING_LOOKUP_SPARSE")
def prepare(op: Op) -> Bind:
    """Inputs: ids [n], indices [n, rank], the dense shape [rank], weights [n], table [rows, ...].

    Output: [*dense shape without its last dimension, ...], float32.
    """
    ids, indices, weights, table, out = op.input(0), op.input(1), op.input(3), op.input(4), op.output()
    dense = known_ints(op.input(2))
    if dense is None:
        return dynamic(op)
    if len(table.shape) < 2 or indices.shape != (*ids.shape, len(dense)) or weights.shape != ids.shape:
        raise op.error(f"ids {ids}, indices {indices} and weights {weights} do not fit shape {list(dense)} and {table}")
    buckets = positive_shape(op, dense[:-1])
    out.resize((*buckets, *table.shape[1:]))
    combiner = options_of(op, EmbeddingLookupSparseOptions).combiner

    def run() -> None:
        rows = ids.array
        if rows.size and (rows.min() < 0 or rows.max() >= table.shape[0]):
            raise invoke_error(op, f"Embedding Lookup Sparse: index out of bounds, [0, {table.shape[0] - 1}].")
        out.array.fill(0)
        target = out.array.reshape(-1, *table.shape[1:])
        _combine(target, _bucket_numbers(indices.array, buckets), table.array[rows], weights.array, combiner)

    return lambda: run


def _bucket_numbers(indices: np.ndarray, buckets: Shape) -> np.ndarray:
    strides = [int(np.prod(buckets[i + 1 :], dtype=np.int64)) for i in range(len(buckets))]
    return indices[:, : len(buckets)].astype(np.int64) @ np.array(strides, np.int64)


def _combine(
    target: np.ndarray, buckets: np.ndarray, rows: np.ndarray, weights: np.ndarray, combiner: CombinerType
) -> None:
    """Add up runs of equal buckets and divide each run's bucket where it ends, as LiteRT does; buckets out of range
    are left out."""
    starts = np.flatnonzero(np.diff(buckets, prepend=buckets[:1] - 1))
    for start, stop in zip(starts, [*starts[1:], len(buckets)], strict=True):
        bucket = int(buckets[start])
        if not 0 <= bucket < len(target):
            continue
        for i in range(start, stop):
            target[bucket] += rows[i] * weights[i]
        if combiner != CombinerType.SUM:
            target[bucket] /= _total(weights[start:stop], combiner)


def _total(weights: np.ndarray, combiner: CombinerType) -> np.float32:
    """The sum of the weights, or the root of the sum of their squares."""
    if combiner == CombinerType.MEAN:
        return np.float32(np.cumsum(weights, dtype=np.float32)[-1])
    return np.float32(np.sqrt(np.cumsum(weights * weights, dtype=np.float32)[-1]))
