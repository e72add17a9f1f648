"""STABLEHLO_SLICE, _DYNAMIC_SLICE, _DYNAMIC_UPDATE_SLICE; source: the StableHLO specification."""
from __future__ import annotations

import numpy as np

from ..graph import Shape
from ..op import Bind, Op
from ..preparation import bind_copy, same_type
from .registry import kernel


@kernel("STABLEHLO_SLICE")
def prepare(op: Op) -> Bind:
    x, options = op.input(0), op.options
    starts, limits = options.start_indices, options.limit_indices
    strides = options.strides or (1,) * len(x.shape)
    if not len(starts) == len(limits) == len(strides) == len(x.shape) or any(
        not 0 <= start <= limit <= n or stride < 1
        for start, limit, stride, n in zip(starts, limits, strides, x.shape, strict=True)
    ):
        raise op.error(f"slices {list(starts)} to {list(limits)} by {list(strides)} do not fit {x}")
    box = tuple(slice(*bounds) for bounds in zip(starts, limits, strides, strict=True))
    op.output().resize(tuple(len(range(*s.indices(n))) for s, n in zip(box, x.shape, strict=True)))
    return bind_copy(op, lambda array: array[box])


@kernel("STABLEHLO_DYNAMIC_SLICE")
def prepare_dynamic(op: Op) -> Bind:
    """Inputs: the tensor and a scalar start for each dimension, moved so that the slice lies inside."""
    x, out, sizes = op.input(0), op.output(), tuple(op.options.slice_sizes)
    _check(op, sizes, 1)
    out.resize(sizes)
    return lambda: lambda: np.copyto(out.array, x.array[_box(op, sizes, 1)])


@kernel("STABLEHLO_DYNAMIC_UPDATE_SLICE", inplace=(0,))
def prepare_update(op: Op) -> Bind:
    """Inputs: the tensor, what replaces a slice of it, and a scalar start for each dimension."""
    x, update, out = op.input(0), op.input(1), op.output()
    same_type(op, x, update)
    _check(op, update.shape, 2)
    out.resize(x.shape)

    def run() -> None:
        np.copyto(out.array, x.array)
        out.array[_box(op, update.shape, 2)] = update.array

    return lambda: run


def _check(op: Op, sizes: Shape, first: int) -> None:
    x, starts = op.input(0), op.inputs[first:]
    if len(sizes) != len(x.shape) or any(not 0 <= size <= n for size, n in zip(sizes, x.shape, strict=True)):
        raise op.error(f"a slice of {list(sizes)} does not fit {x}")
    if len(starts) != len(sizes) or any(start is None or start.shape != () for start in starts):
        raise op.error(f"a slice of {len(sizes)} dimensions needs as many scalar starts, not {len(starts)}")


def _box(op: Op, sizes: Shape, first: int) -> tuple[slice, ...]:
    starts = (int(op.input(first + d).array) for d in range(len(sizes)))
    corner = [min(max(start, 0), n - size) for start, n, size in zip(starts, op.input(0).shape, sizes, strict=True)]
    return tuple(slice(start, start + size) for start, size in zip(corner, sizes, strict=True))
