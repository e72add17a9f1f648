"""PAD, PADV2, MIRROR_PAD: put values around a tensor."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import check_shape, dynamic, is_quantized, options_of, quantization_of
from ..schema import MirrorPadMode, MirrorPadOptions
from .registry import kernel


@kernel("PAD", "PADV2")
def prepare_pad(op: Op) -> Bind:
    padding = _padding(op)
    if padding is None:
        return dynamic(op)
    x, out = op.input(0), op.output()
    fill = op.input(2) if op.node.op == "PADV2" and len(op.inputs) > 2 else None
    zero = quantization_of(op, out).zero_point if is_quantized(out) else 0
    inside = tuple(slice(before, before + n) for (before, _), n in zip(padding, x.shape, strict=True))

    def bind() -> Run:
        source, target = x.array, out.array
        region = target[inside]
        value = np.array(zero, target.dtype) if fill is None else fill.array.reshape(())

        def run() -> None:
            np.copyto(target, value)
            np.copyto(region, source)

        return run

    return bind


@kernel("MIRROR_PAD")
def prepare_mirror_pad(op: Op) -> Bind:
    padding = _padding(op)
    if padding is None:
        return dynamic(op)
    x, out = op.input(0), op.output()
    border = 1 if options_of(op, MirrorPadOptions).mode == MirrorPadMode.REFLECT else 0
    for (before, after), n in zip(padding, x.shape, strict=True):
        if max(before, after) > n - border:
            raise op.error(f"cannot mirror {before} and {after} elements of a dimension of {n}")
    margins = zip(padding, x.shape, strict=True)
    indices = np.ix_(*(_mirrored(n, before, after, border) for (before, after), n in margins))
    return lambda: lambda: np.copyto(out.array, x.array[indices])


def _mirrored(n: int, before: int, after: int, border: int) -> np.ndarray:
    """Source index of each element of a padded dimension."""
    index = np.arange(-before, n + after)
    index = np.where(index < 0, -index if border else -1 - index, index)
    return np.where(index >= n, 2 * n - 1 - border - index, index)


def _padding(op: Op) -> list[tuple[int, int]] | None:
    """(before, after) of each dimension, after giving the output its shape; None while unknown."""
    x, paddings = op.input(0), op.input(1)
    check_shape(op, paddings, (len(x.shape), 2))
    if paddings.value is None:
        return None
    pairs = np.asarray(paddings.value)
    if (pairs < 0).any():
        raise op.error("Pad value has to be greater than equal to 0.")
    padding = [(int(before), int(after)) for before, after in pairs]
    op.output().resize(tuple(n + before + after for n, (before, after) in zip(x.shape, padding, strict=True)))
    return padding


