"""AVERAGE_POOL_2D: padding counts neither in the sum nor in the number of elements."""
from __future__ import annotations

from functools import partial

import numpy as np

from ..arithmetic.activation import float_activation_range
from ..op import Bind, Op
from ..schema import TensorType
from ..steps import Step, assign
from ..window.pooling import ImageSteps, bind_images, pool_axes, pool_code_limits
from ..window.window_sum import WindowSum
from .registry import kernel

_INTEGERS = (TensorType.INT8, TensorType.UINT8, TensorType.INT16)


@kernel("AVERAGE_POOL_2D")
def prepare(op: Op) -> Bind:
    """`[n, h, w, c]` -> `[n, oh, ow, c]` of float32 or 8- or 16-bit codes.

    Codes are averaged as they are: the sum, plus or minus half the count, divided with truncation, so halves go away
    from zero. Their zero points do not matter, since input and output share them.
    """
    source = op.input(0)
    if source.type != TensorType.FLOAT32 and source.type not in _INTEGERS:
        raise op.error(f"AVERAGE_POOL_2D does not support {source.type.name}.")
    axes = pool_axes(op)
    is_float = source.type == TensorType.FLOAT32
    total = WindowSum(op, axes, source.shape[3], np.float32 if is_float else np.float64)
    spare = -1 if is_float else op.request_scratch((axes[0].out, axes[1].out, source.shape[3]), np.float64)
    return bind_images(op, lambda: _float_steps(op, total) if is_float else _integer_steps(op, total, spare))


def _float_steps(op: Op, total: WindowSum) -> ImageSteps:
    counts = total.counts().astype(np.float32)[:, :, None]
    low, high = float_activation_range(op.options.fused_activation_function)

    def of_image(image: np.ndarray, out: np.ndarray) -> list[Step]:
        steps, image = total.prepare_image(image)
        for rows, add_up, sums in total.pieces(image):
            steps += [
                add_up,
                partial(np.divide, sums, counts[rows], out[rows]),
                partial(np.maximum, out[rows], low, out=out[rows]),
                partial(np.minimum, out[rows], high, out=out[rows]),
            ]
        return steps

    return of_image


def _integer_steps(op: Op, total: WindowSum, spare: int) -> ImageSteps:
    """In float64, whose quotients of integers truncate correctly: the distance to the next integer is at least 1/n."""
    counts = total.counts().astype(np.float64)[:, :, None]
    halves = np.floor(counts / 2)
    low, high = pool_code_limits(op)

    def of_image(image: np.ndarray, out: np.ndarray) -> list[Step]:
        steps, image = total.prepare_image(image)
        for rows, add_up, sums in total.pieces(image):
            half = op.scratch[spare][: sums.shape[0]]
            steps += [
                add_up,
                partial(np.copysign, halves[rows], sums, half),
                partial(np.add, sums, half, sums),
                partial(np.divide, sums, counts[rows], sums),
                partial(np.trunc, sums, sums),
                partial(np.maximum, sums, float(low), out=sums),
                partial(np.minimum, sums, float(high), out=sums),
                assign(out[rows], sums),
            ]
        return steps

    return of_image
