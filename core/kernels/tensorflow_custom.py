"""TensorFlow operators that models hold as custom ones: Roll, IRFFT2D, BroadcastGradientArgs.

LiteRT has kernels for them that an application must register. Source of the definitions: TensorFlow's API.
"""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import axis_in, check_shape, dynamic, invoke_error, known_ints, unsupported
from ..steps import nothing
from .registry import kernel


@kernel("Roll", custom=True)
def prepare_roll(op: Op) -> Bind:
    """Inputs: values, shifts and the dimensions that they are for (numbers or vectors); what leaves comes back."""
    x, shifts, axes = op.input(0), op.input(1), op.input(2)
    if shifts.shape != axes.shape or len(shifts.shape) > 1:
        raise op.error(f"shifts {shifts} for dimensions {axes}")
    op.output().resize(x.shape)

    def run() -> None:
        along = [axis_in(op, int(axis), len(x.shape)) for axis in axes.array.reshape(-1)]
        by = [int(shift) for shift in shifts.array.reshape(-1)]
        np.copyto(op.output().array, np.roll(x.array, by, along))

    return lambda: run


@kernel("IRFFT2D", "Irfft2d", custom=True)
def prepare_irfft(op: Op) -> Bind:
    """Inputs: complex64 [..., height, width // 2 + 1], cropped or padded with zeros, and int32 (height, width)."""
    x, out = op.input(0), op.output()
    if x.dtype != np.complex64 or len(x.shape) < 2:
        raise unsupported(op, x)
    check_shape(op, op.input(1), (2,))
    lengths = known_ints(op.input(1))
    if lengths is None:
        return dynamic(op)
    if min(lengths) < 1:
        raise op.error(f"a transform of {list(lengths)} elements")
    out.resize((*x.shape[:-2], *lengths))
    return lambda: lambda: np.copyto(out.array, np.fft.irfft2(x.array, s=lengths, axes=(-2, -1)), casting="unsafe")


@kernel("BroadcastGradientArgs", custom=True)
def prepare_gradient_args(op: Op) -> Bind:
    """From two shapes that are broadcast: the dimensions over which the gradient of each is summed."""
    shapes = [known_ints(op.input(i)) for i in range(2)]
    if None in shapes:
        return dynamic(op)
    first, second = (shape or () for shape in shapes)
    rank = max(len(first), len(second))
    sides = [(*(1,) * (rank - len(shape)), *shape) for shape in (first, second)]
    if any(a != b and 1 not in (a, b) for a, b in zip(*sides, strict=True)):
        raise invoke_error(op, f"shapes {list(first)} and {list(second)} are not broadcastable.")
    for output, side in zip(op.outputs, sides, strict=True):
        axes = [] if first == second else [axis for axis, n in enumerate(side) if n == 1]
        output.resize((len(axes),))
        output.value = np.array(axes, output.dtype)
    return lambda: nothing
