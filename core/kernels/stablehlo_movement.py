"""STABLEHLO_RESHAPE, _TRANSPOSE, _BROADCAST_IN_DIM, _CONCATENATE, _IOTA; source: the StableHLO specification."""
from __future__ import annotations

from math import prod

import numpy as np

from ..op import Bind, Op
from ..preparation import bind_copy, same_type
from ..subgraph_call import all_inputs
from .registry import kernel


@kernel("STABLEHLO_RESHAPE", inplace=(0,))
def prepare_reshape(op: Op) -> Bind:
    """To the shape that the model gives the output."""
    x, shape = op.input(0), op.output().info.shape or ()
    if prod(shape) != prod(x.shape):
        raise op.error(f"{x} cannot be reshaped to {list(shape)}")
    op.output().resize(shape)
    return bind_copy(op, lambda array: array.reshape(shape))


@kernel("STABLEHLO_TRANSPOSE")
def prepare_transpose(op: Op) -> Bind:
    x, permutation = op.input(0), op.options.permutation
    if sorted(permutation) != list(range(len(x.shape))):
        raise op.error(f"{list(permutation)} is no permutation of the dimensions of {x}")
    op.output().resize(tuple(x.shape[d] for d in permutation))
    return bind_copy(op, lambda array: array.transpose(permutation))


@kernel("STABLEHLO_BROADCAST_IN_DIM")
def prepare_broadcast_in_dim(op: Op) -> Bind:
    """Dimension i of the input becomes dimension `broadcast_dimensions[i]` of the output; the model has its shape."""
    x, shape, places = op.input(0), op.output().info.shape or (), op.options.broadcast_dimensions
    if len(places) != len(x.shape) or any(
        not 0 <= d < len(shape) or n not in (1, shape[d]) for d, n in zip(places, x.shape, strict=True)
    ):
        raise op.error(f"{x} cannot be broadcast along {list(places)} of {list(shape)}")
    op.output().resize(shape)
    order = np.argsort(places).tolist()
    aligned = tuple(x.shape[places.index(d)] if d in places else 1 for d in range(len(shape)))
    return bind_copy(op, lambda array: np.broadcast_to(array.transpose(order).reshape(aligned), shape))


@kernel("STABLEHLO_CONCATENATE")
def prepare_concatenate(op: Op) -> Bind:
    inputs, out, axis = all_inputs(op), op.output(), op.options.dimension
    first = op.input(0)
    for x in inputs:
        same_type(op, first, x)
        if len(x.shape) != len(first.shape) or not 0 <= axis < len(first.shape) or any(
            n != m for d, (n, m) in enumerate(zip(x.shape, first.shape, strict=True)) if d != axis
        ):
            raise op.error(f"{x} and {first} cannot be joined along dimension {axis}")
    out.resize(tuple(sum(x.shape[d] for x in inputs) if d == axis else n for d, n in enumerate(first.shape)))

    def run() -> None:
        np.concatenate([x.array for x in inputs], axis=axis, out=out.array)

    return lambda: run


@kernel("STABLEHLO_IOTA")
def prepare_iota(op: Op) -> Bind:
    """Each element is its index in one dimension."""
    out, axis = op.output(), op.options.iota_dimension
    shape = out.info.shape or ()
    if not 0 <= axis < len(shape):
        raise op.error(f"dimension {axis} is not one of {list(shape)}")
    out.resize(shape)
    column = np.arange(shape[axis]).reshape([-1 if d == axis else 1 for d in range(len(shape))])
    return lambda: lambda: np.copyto(out.array, column, casting="unsafe")
