"""STABLEHLO_SCATTER: combine updates into slices of a tensor; source: the StableHLO specification of `scatter`."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..op import Bind, Op, Operand
from ..preparation import same_type, unsupported
from ..region import Region
from .registry import kernel


@kernel("STABLEHLO_SCATTER")
def prepare(op: Op) -> Bind:
    """Elements of updates that fall outside the tensor are left out, each on its own."""
    x, indices, updates, out = op.input(0), op.input(1), op.input(2), op.output()
    same_type(op, x, updates)
    if len(op.inputs) != 3:
        raise op.error("scattering into several tensors at once is not supported")
    if indices.dtype.kind not in "iu":
        raise unsupported(op, indices)
    _check(op, x, indices, updates)
    region = Region(op, op.options.update_computation_subgraph_index)
    out.resize(x.shape)

    def run() -> None:
        np.copyto(out.array, x.array)
        at, inside = _targets(op, indices.array)
        if not inside.any():
            return
        where = tuple(index[inside] for index in at)
        _apply(region, out.array, where, updates.array[inside])

    return lambda: run


def _check(op: Op, x: Operand, indices: Operand, updates: Operand) -> None:
    options, rank = op.options, len(x.shape)
    at = options.index_vector_dim
    width = indices.shape[at] if 0 <= at < len(indices.shape) else 1
    batch = tuple(n for d, n in enumerate(indices.shape) if d != at)
    scattered = tuple(n for d, n in enumerate(updates.shape) if d not in options.update_window_dims)
    if (
        not 0 <= at <= len(indices.shape) or batch != scattered or len(options.scatter_dims_to_operand_dims) != width
        or len(options.update_window_dims) + len(options.inserted_window_dims) != rank
        or any(not 0 <= d < rank for d in (*options.inserted_window_dims, *options.scatter_dims_to_operand_dims))
    ):  # fmt: skip
        raise op.error(f"updates {updates} at {indices} do not fit {x}")


def _targets(op: Op, indices: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """For every element of the updates its index in each dimension of the tensor, and whether that is inside."""
    options, shape, updates = op.options, op.input(0).shape, op.input(2).shape
    vectors = indices[..., None] if options.index_vector_dim == indices.ndim else np.moveaxis(
        indices, options.index_vector_dim, -1)
    batch = tuple(1 if d in options.update_window_dims else n for d, n in enumerate(updates))
    window = iter(options.update_window_dims)
    at, inside = [], np.ones(updates, np.bool_)
    for d, n in enumerate(shape):
        index = np.zeros(updates, np.int64)
        if d in options.scatter_dims_to_operand_dims:
            index += vectors[..., options.scatter_dims_to_operand_dims.index(d)].astype(np.int64).reshape(batch)
        if d not in options.inserted_window_dims:
            axis = next(window)
            index += np.arange(updates[axis]).reshape([-1 if k == axis else 1 for k in range(len(updates))])
        inside &= (index >= 0) & (index < n)
        at.append(index)
    return at, inside


def _apply(region: Region, target: np.ndarray, at: Sequence[np.ndarray], values: np.ndarray) -> None:
    """Combine the values into the target one after another; several may go to one place."""
    if region.replaces:
        target[tuple(at)] = values
    elif region.ufunc in (np.minimum, np.maximum) and target.dtype.kind == "f":
        _select(target, at, values, np.less if region.ufunc is np.minimum else np.greater)
    elif region.ufunc is not None:
        region.ufunc.at(target, tuple(at), values)
    else:
        for *place, value in zip(*at, values, strict=True):
            (target[tuple(place)],) = region.combine([target[tuple(place)]], [value])


def _select(target: np.ndarray, at: Sequence[np.ndarray], values: np.ndarray, wins: np.ufunc) -> None:
    """Extremes of floats as LiteRT finds them: a value takes the place only if it is beyond what is there."""
    for *place, value in zip(*at, values, strict=True):
        if wins(value, target[tuple(place)]):
            target[tuple(place)] = value
