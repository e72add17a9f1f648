"""Sparse constants: the format's nested levels of dense and compressed dimensions, and blocks, made dense."""
from __future__ import annotations

from math import prod

import numpy as np

from ..graph import Shape
from ..schema import DimensionMetadata, DimensionType, SparsityParameters

_ALWAYS_ALLOWED = 64 << 20
_LARGEST_GROWTH = 256
"""A dense form may take 64 MiB, or this many times the memory of the stored elements."""


def densify(values: np.ndarray, shape: Shape, sparsity: SparsityParameters) -> np.ndarray:
    """The dense tensor.

    Args:
        values: the stored elements, one-dimensional, in the order of the levels.
        shape: of the result.

    Raises:
        ValueError: the levels do not describe a tensor of this shape with as many elements, or it is far larger than
            what is stored.
    """
    if prod(shape) * values.itemsize > max(_ALWAYS_ALLOWED, _LARGEST_GROWTH * values.nbytes):
        raise ValueError(f"{values.size} stored elements for a tensor of {list(shape)}")
    order, rank = sparsity.traversal_order, len(shape)
    levels = len(sparsity.dim_metadata)
    if sorted(order) != list(range(levels)) or levels != rank + len(sparsity.block_map):
        raise ValueError("the traversal order of a sparse tensor does not fit its dimensions and blocks")
    indices = _leaves(sparsity.dim_metadata, prod(shape))
    if indices.shape[1] != values.size:
        raise ValueError(f"the dimensions of a sparse tensor hold {indices.shape[1]} elements, not {values.size}")
    at = _coordinates(indices, sparsity, rank)
    if any((index >= n).any() or (index < 0).any() for index, n in zip(at, shape, strict=True)):
        raise ValueError(f"an element of a sparse tensor lies outside its shape {list(shape)}")
    dense = np.zeros(shape, values.dtype)
    dense[tuple(at)] = values
    return dense


def _leaves(metadata: tuple[DimensionMetadata, ...], limit: int) -> np.ndarray:
    """The index in each level of every stored element, [levels, elements]."""
    indices = np.zeros((0, 1), np.int64)
    for level in metadata:
        nodes = indices.shape[1]
        if level.format == DimensionType.DENSE:
            counts, children = np.full(nodes, level.dense_size), None
        else:
            counts, children = _compressed(level, nodes)
        if level.dense_size < 0 or counts.sum() > limit:
            raise ValueError("the dimensions of a sparse tensor hold more elements than its shape")
        if children is None:
            children = np.tile(np.arange(level.dense_size), nodes)
        indices = np.concatenate([np.repeat(indices, counts, axis=1), children[None]])
    return indices


def _compressed(level: DimensionMetadata, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """How many children each node has in a compressed level, and their indices."""
    if level.array_segments is None or level.array_indices is None:
        raise ValueError("a compressed dimension of a sparse tensor needs segments and indices")
    segments = np.array(level.array_segments.values, np.int64)
    children = np.array(level.array_indices.values, np.int64)
    counts = np.diff(segments)
    if len(counts) != nodes or segments[0] != 0 or (counts < 0).any() or segments[-1] != len(children):
        raise ValueError("the segments of a sparse tensor do not fit its indices")
    return counts, children


def _coordinates(indices: np.ndarray, sparsity: SparsityParameters, rank: int) -> list[np.ndarray]:
    """Per dimension of the dense tensor; blocks refine the dimensions that they divide."""
    by_dimension = {d: (indices[level], sparsity.dim_metadata[level].dense_size)
                    for level, d in enumerate(sparsity.traversal_order)}
    at = [by_dimension[d][0] for d in range(rank)]
    for block, d in enumerate(sparsity.block_map):
        if not 0 <= d < rank:
            raise ValueError(f"a block of a sparse tensor divides dimension {d} of {rank}")
        inner, size = by_dimension[rank + block]
        at[d] = at[d] * size + inner
    return at
