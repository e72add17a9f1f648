"""RESHAPE, SQUEEZE, EXPAND_DIMS, BITCAST: the same elements under another shape or type."""
from __future__ import annotations

from math import prod

import numpy as np

from ..graph import Shape
from ..op import Bind, Op
from ..preparation import axes_in, axis_in, copier, dynamic, known_ints, options_of
from ..schema import ReshapeOptions, SqueezeOptions
from .registry import kernel


@kernel("RESHAPE", inplace=(0,))
def prepare_reshape(op: Op) -> Bind:
    shape = _requested_shape(op)
    return dynamic(op) if shape is None else _bind(op, _resolve(op, shape))


@kernel("SQUEEZE", inplace=(0,))
def prepare_squeeze(op: Op) -> Bind:
    shape = op.input(0).shape
    dims = axes_in(op, options_of(op, SqueezeOptions).squeeze_dims, len(shape))
    if any(shape[d] != 1 for d in dims):
        raise op.error(f"cannot squeeze dimensions {list(dims)} of {list(shape)}: they must be 1")
    drop = dims or tuple(d for d, n in enumerate(shape) if n == 1)
    return _bind(op, tuple(n for d, n in enumerate(shape) if d not in drop))


@kernel("EXPAND_DIMS", inplace=(0,))
def prepare_expand_dims(op: Op) -> Bind:
    axis = known_ints(op.input(1))
    if axis is None:
        return dynamic(op)
    shape = op.input(0).shape
    at = axis_in(op, axis[0], len(shape) + 1)
    return _bind(op, (*shape[:at], 1, *shape[at:]))


@kernel("BITCAST", inplace=(0,))
def prepare_bitcast(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    before, after = x.dtype.itemsize, out.dtype.itemsize
    if before == after:
        out.resize(x.shape)
    elif before > after:
        out.resize((*x.shape, before // after))
    elif x.shape and x.shape[-1] * before == after:
        out.resize(x.shape[:-1])
    else:
        raise op.error(f"cannot bitcast {x} to {out.type.name}")
    return lambda: copier(np.ascontiguousarray(x.array).reshape(-1).view(out.dtype).reshape(out.shape), out.array)


def _requested_shape(op: Op) -> Shape | None:
    """The new shape: from the second input, else from the options; None while unknown."""
    operand = op.optional_input(1)
    # Some old converters left a second input that is no vector beside a shape in the options.
    if operand is not None and (len(operand.shape) == 1 or not options_of(op, ReshapeOptions).new_shape):
        return known_ints(operand)
    shape = tuple(options_of(op, ReshapeOptions).new_shape)
    # A scalar is written as [0] by legacy converters.
    return () if shape == (0,) and prod(op.input(0).shape) == 1 else shape


def _resolve(op: Op, shape: Shape) -> Shape:
    """`shape` with its -1, if any, replaced."""
    x = op.input(0)
    size = prod(x.shape)
    if shape.count(-1) > 1 or any(n < -1 for n in shape):
        raise op.error(f"{list(shape)} is no shape")
    if -1 in shape:
        given, rest = size, prod(n for n in shape if n != -1)
        if rest == 0:  # Zeros are left out on both sides, as LiteRT does: [1, 4, 0] to [2, 0, -1] gives [2, 0, 2].
            given, rest = prod(n for n in x.shape if n), prod(n for n in shape if n > 0)
        if given % rest:
            raise op.error(f"num_input_elements != num_output_elements ({size}, {list(shape)})")
        shape = tuple(given // rest if n == -1 else n for n in shape)
    if prod(shape) != size:
        raise op.error(f"num_input_elements != num_output_elements ({size} != {prod(shape)}, shape {list(shape)})")
    return shape


def _bind(op: Op, shape: Shape) -> Bind:
    op.output().resize(shape)
    op.output().largest = op.input(0).largest
    return lambda: copier(op.input(0).array.reshape(shape), op.output().array)
