"""Where a sliding window lies: output sizes, padding, and padded copies of images."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..op import Op
from ..schema import Padding
from ..steps import Step, assign


@dataclass(frozen=True)
class Axis:
    """A window sliding along one dimension.

    Attributes:
        size: length of the input.
        kernel: taps of the window.
        stride, dilation: in elements.
        out: number of window positions.
        before, after: padding at the two ends.
    """

    size: int
    kernel: int
    stride: int
    dilation: int
    out: int
    before: int
    after: int

    @property
    def padded(self) -> int:
        """Length of the padded input; at least what the last window touches."""
        return self.before + self.size + self.after

    @property
    def is_pointwise(self) -> bool:
        return self.kernel == 1 and self.stride == 1 and self.before == 0 and self.after == 0

    def taps_inside(self) -> np.ndarray:
        """For each window position, how many taps lie inside the input; int64 of length `out`."""
        positions = np.arange(self.out)[:, None] * self.stride - self.before
        taps = positions + np.arange(self.kernel)[None, :] * self.dilation
        return ((taps >= 0) & (taps < self.size)).sum(axis=1)


def window_axis(size: int, kernel: int, stride: int, dilation: int, padding: Padding) -> Axis:
    """The geometry of a convolution or pool along one dimension.

    SAME: `out = ceil(size / stride)`, the odd padding element comes after. VALID: only windows that fit.

    Raises:
        ValueError: stride, dilation or kernel is not positive.
    """
    if stride < 1 or dilation < 1 or kernel < 1:
        raise ValueError(f"kernel {kernel}, stride {stride} and dilation {dilation} must be positive")
    extent = (kernel - 1) * dilation + 1
    if padding == Padding.SAME:
        out = -(-size // stride)
        total = max((out - 1) * stride + extent - size, 0)
    else:
        out = max((size + stride - extent) // stride, 0)
        total = 0
    return Axis(size, kernel, stride, dilation, out, total // 2, total - total // 2)


def window_axes(
    op: Op, sizes: Sequence[int], kernels: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> tuple[Axis, ...]:
    """One `Axis` per spatial dimension, with the padding of the node's options.

    Raises:
        RuntimeError: a window is not possible.
    """
    try:
        return tuple(
            window_axis(size, kernel, stride, dilation, op.options.padding)
            for size, kernel, stride, dilation in zip(sizes, kernels, strides, dilations, strict=True)
        )
    except ValueError as error:
        raise op.error(str(error)) from None


def needs_padding(axes: Sequence[Axis]) -> bool:
    return any(axis.before or axis.after for axis in axes)


def pad_steps(source: np.ndarray, target: np.ndarray, axes: Sequence[Axis], value: float) -> list[Step]:
    """Steps that copy an image into the middle of a larger one and fill the border.

    Args:
        source: `[*sizes, channels]`.
        target: `[*padded sizes, channels]`, of any numeric type; the border is written on every run, because scratch
            memory is shared with other nodes.
        value: what the border holds.
    """
    steps: list[Step] = []
    inner: list[slice] = []
    for dimension, axis in enumerate(axes):
        lead = (*inner,)
        end = axis.before + axis.size
        for border in (slice(0, axis.before), slice(end, target.shape[dimension])):
            if border.stop > border.start:
                steps.append(partial(target[(*lead, border)].fill, value))
        inner.append(slice(axis.before, end))
    steps.append(assign(target[tuple(inner)], source))
    return steps


def windows(image: np.ndarray, axes: Sequence[Axis]) -> np.ndarray:
    """A view `[*out, *kernel, channels]` of a padded image `[*padded, channels]`: the taps of every window position."""
    strides = image.strides
    spatial: list[Any] = [n * axis.stride for n, axis in zip(strides, axes, strict=False)]
    taps: list[Any] = [n * axis.dilation for n, axis in zip(strides, axes, strict=False)]
    shape = (*(axis.out for axis in axes), *(axis.kernel for axis in axes), image.shape[-1])
    return np.lib.stride_tricks.as_strided(image, shape, (*spatial, *taps, strides[-1]), writeable=False)
