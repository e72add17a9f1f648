"""MAX_POOL_2D: the largest element of each window, along rows first and then along columns."""
from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..arithmetic.activation import float_activation_range
from ..op import Bind, Op
from ..schema import TensorType
from ..steps import Step, assign
from ..window.geometry import Axis, needs_padding, pad_steps
from ..window.pooling import ImageSteps, bind_images, pool_axes, pool_code_limits
from .registry import kernel

_TYPES = (TensorType.FLOAT32, TensorType.INT8, TensorType.UINT8, TensorType.INT16)


@kernel("MAX_POOL_2D")
def prepare(op: Op) -> Bind:
    """`[n, h, w, c]` -> `[n, oh, ow, c]` of float32 or 8- or 16-bit codes, which are compared as they are."""
    source = op.input(0)
    if source.type not in _TYPES:
        raise op.error(f"MAX_POOL_2D does not support {source.type.name}.")
    axes = pool_axes(op)
    height, width = axes
    channels = source.shape[3]
    padded = -1
    if needs_padding(axes):
        padded = op.request_scratch((height.padded, width.padded, channels), source.dtype)
    op.output().largest = source.largest
    across = op.request_scratch((height.padded, width.out, channels), source.dtype)
    return bind_images(op, lambda: _steps(op, height, width, padded, across))


def _limits(op: Op) -> tuple[Any, Any]:
    """The activation's range, in the output's type."""
    output = op.output()
    if output.type == TensorType.FLOAT32:
        return float_activation_range(op.options.fused_activation_function)
    low, high = pool_code_limits(op)
    return output.dtype.type(low), output.dtype.type(high)


def _steps(op: Op, height: Axis, width: Axis, padded: int, across: int) -> ImageSteps:
    low, high = _limits(op)
    lowest = -np.inf if op.output().type == TensorType.FLOAT32 else np.iinfo(op.output().dtype).min

    def of_image(image: np.ndarray, out: np.ndarray) -> list[Step]:
        steps: list[Step] = []
        if padded >= 0:
            target = op.scratch[padded]
            steps += pad_steps(image, target, (height, width), lowest)
            image = target
        rows = op.scratch[across]
        steps += _largest([image[:, _tap(width, k)] for k in range(width.kernel)], rows)
        steps += _largest([rows[_tap(height, k)] for k in range(height.kernel)], out)
        return [*steps, partial(np.maximum, out, low, out=out), partial(np.minimum, out, high, out=out)]

    return of_image


def _tap(axis: Axis, k: int) -> slice:
    """Where tap k of every window lies in the padded input."""
    return slice(k, k + (axis.out - 1) * axis.stride + 1, axis.stride)


def _largest(taps: list[np.ndarray], out: np.ndarray) -> list[Step]:
    if len(taps) == 1:
        return [assign(out, taps[0])]
    first: Step = partial(np.maximum, taps[0], taps[1], out=out)
    return [first, *(partial(np.maximum, out, tap, out=out) for tap in taps[2:])]
