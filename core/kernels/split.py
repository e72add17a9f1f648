"""SPLIT and SPLIT_V: cut a tensor along one dimension; UNPACK: into its slices."""
from __future__ import annotations

from math import prod

from ..op import Bind, Op, Run
from ..preparation import axis_in, copier, dynamic, known_ints, options_of
from ..schema import UnpackOptions
from ..steps import sequence
from .registry import kernel


@kernel("SPLIT")
def prepare_split(op: Op) -> Bind:
    axis, x = known_ints(op.input(0)), op.input(1)
    if axis is None:
        return dynamic(op)
    at = axis_in(op, axis[0], len(x.shape))
    count = len(op.outputs)
    if x.shape[at] % count:
        raise op.error(f"Not an even split: dimension {at} of {list(x.shape)} into {count}")
    return _prepare(op, 1, at, [x.shape[at] // count] * count)


@kernel("SPLIT_V")
def prepare_split_v(op: Op) -> Bind:
    x, sizes, axis = op.input(0), known_ints(op.input(1)), known_ints(op.input(2))
    if axis is None or sizes is None:
        return dynamic(op)
    at = axis_in(op, axis[0], len(x.shape))
    if sizes.count(-1) > 1 or len(sizes) != len(op.outputs):
        raise op.error(f"cannot split into {list(sizes)}")
    known = sum(n for n in sizes if n != -1)
    resolved = [x.shape[at] - known if n == -1 else n for n in sizes]
    if sum(resolved) != x.shape[at] or min(resolved) < 0:
        raise op.error(f"sizes {list(sizes)} do not sum up to dimension {at} of {list(x.shape)}")
    return _prepare(op, 0, at, resolved)


@kernel("UNPACK")
def prepare_unpack(op: Op) -> Bind:
    x = op.input(0)
    axis = axis_in(op, options_of(op, UnpackOptions).axis, len(x.shape))
    if x.shape[axis] != len(op.outputs):
        raise op.error(f"cannot unpack dimension {axis} of {list(x.shape)} into {len(op.outputs)} tensors")
    return _prepare(op, 0, axis, [1] * len(op.outputs), drop=True)


def _prepare(op: Op, source: int, axis: int, sizes: list[int], drop: bool = False) -> Bind:
    x, start = op.input(source), 0
    item = x.dtype.itemsize * prod(x.shape[axis + 1 :])
    for k, (output, size) in enumerate(zip(op.outputs, sizes, strict=True)):
        if prod(x.shape[:axis]) == 1:
            op.views[k] = source, start * item
        start += size
        middle = () if drop else (size,)
        output.resize((*x.shape[:axis], *middle, *x.shape[axis + 1 :]))
        output.largest = x.largest

    def bind() -> Run:
        steps, start = [], 0
        for output, size in zip(op.outputs, sizes, strict=True):
            part = x.array[(slice(None),) * axis + (slice(start, start + size),)]
            steps.append(copier(part.reshape(output.shape) if not drop else part.squeeze(axis), output.array))
            start += size
        return sequence(steps)

    return bind
