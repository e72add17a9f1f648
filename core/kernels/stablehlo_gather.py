"""STABLEHLO_GATHER: slices of a tensor from many starts; source: the StableHLO specification of `gather`."""
from __future__ import annotations

import numpy as np

from ..graph import Shape
from ..op import Bind, Op
from ..preparation import unsupported
from .registry import kernel


@kernel("STABLEHLO_GATHER")
def prepare(op: Op) -> Bind:
    """Starts are moved so that their slice lies inside the tensor."""
    x, starts, out, options = op.input(0), op.input(1), op.output(), op.options
    if starts.dtype.kind not in "iu":
        raise unsupported(op, starts)
    rank, sizes = len(x.shape), options.slice_sizes
    kept = [d for d in range(rank) if d not in options.collapsed_slice_dims]
    at = options.index_vector_dim
    if (
        len(sizes) != rank or len(kept) != len(options.offset_dims) or not 0 <= at <= len(starts.shape)
        or any(not 0 <= size <= n for size, n in zip(sizes, x.shape, strict=True))
        or any(not 0 <= d < rank for d in options.start_index_map)
        or len(options.start_index_map) != (starts.shape[at] if at < len(starts.shape) else 1)
    ):  # fmt: skip
        raise op.error(f"slices of {list(sizes)} do not fit {x}, or their starts {starts}")
    batch = tuple(n for d, n in enumerate(starts.shape) if d != at)
    count = len(batch) + len(kept)
    if any(not 0 <= d < count for d in options.offset_dims) or len(set(options.offset_dims)) != len(kept):
        raise op.error(f"offset dimensions {list(options.offset_dims)} do not fit a result of {count} dimensions")
    places = _interleave(options.offset_dims, tuple(sizes[d] for d in kept), batch)
    out.resize(places)
    offset_axis = dict(zip(kept, options.offset_dims, strict=True))
    batch_shape = _interleave(options.offset_dims, (1,) * len(kept), batch)

    def run() -> None:
        vectors = starts.array[..., None] if at == starts.array.ndim else np.moveaxis(starts.array, at, -1)
        indices = []
        for d in range(rank):
            index = np.zeros((1,) * count, np.int64)
            if d in options.start_index_map:
                start = vectors[..., options.start_index_map.index(d)].astype(np.int64)
                index = np.clip(start, 0, x.shape[d] - sizes[d]).reshape(batch_shape)
            if d in offset_axis:
                axis = [1] * count
                axis[offset_axis[d]] = sizes[d]
                index = index + np.arange(sizes[d]).reshape(axis)
            indices.append(index)
        if out.array.size:
            out.array[...] = x.array[tuple(indices)]

    return lambda: run


def _interleave(offset_dims: tuple[int, ...], offsets: Shape, batch: Shape) -> Shape:
    """The offset dimensions at their places, the batch dimensions at the rest."""
    placed, rest = dict(zip(offset_dims, offsets, strict=True)), iter(batch)
    return tuple(placed[d] if d in placed else next(rest) for d in range(len(offsets) + len(batch)))
