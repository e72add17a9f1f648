"""Transposed convolution of one image: a matrix product, and its columns added to shifted parts of the output."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import prod
from typing import Any

import numpy as np

from ..arithmetic.epilogue import Epilogue
from ..arithmetic.hybrid import quantize_image
from ..arithmetic.linear import Linear
from ..graph import Shape
from ..op import Op
from ..preparation import check_shape
from ..schema import Padding
from ..steps import Step, assign


@dataclass(frozen=True)
class ScatterAxis:
    """One dimension of the convolution that is transposed: as many windows as inputs, over the output.

    Attributes:
        size: inputs.
        out: outputs.
        before: padding in front.
    """

    size: int
    kernel: int
    stride: int
    dilation: int
    out: int
    before: int

    @property
    def room(self) -> int:
        """Length that holds all windows and the output."""
        return max((self.size - 1) * self.stride + (self.kernel - 1) * self.dilation + 1, self.before + self.out)

    def part(self, tap: int) -> slice:
        """Where a tap of every window lies."""
        start = tap * self.dilation
        return slice(start, start + (self.size - 1) * self.stride + 1, self.stride)


def scatter_axes(
    op: Op, sizes: Sequence[int], out: Sequence[int], kernels: Sequence[int], strides: Sequence[int],
    dilations: Sequence[int],
) -> tuple[ScatterAxis, ...]:
    """One axis per spatial dimension.

    Raises:
        RuntimeError: a stride or dilation is not positive.
    """
    if min(*strides, *dilations) < 1:
        raise op.error(f"strides {list(strides)} and dilations {list(dilations)} must be positive.")
    axes = []
    for size, n, kernel, stride, dilation in zip(sizes, out, kernels, strides, dilations, strict=True):
        total = (size - 1) * stride + (kernel - 1) * dilation + 1 - n
        before = max(0, total) // 2 if op.options.padding == Padding.SAME else 0
        axes.append(ScatterAxis(size, kernel, stride, dilation, n, before))
    return tuple(axes)


def output_shape(op: Op, batch: int, filters: int) -> Shape | None:
    """The output's shape, which is input 0; sets it. None, and a dynamic output, while it is not known.

    Raises:
        RuntimeError: it does not fit the other operands.
    """
    check_shape(op, op.input(0), (len(op.input(2).shape),))
    value = op.input(0).value
    if value is None:
        op.output().mark_dynamic()
        return None
    shape = tuple(int(n) for n in np.ravel(value))
    if shape[0] != batch or shape[-1] != filters or min(shape) < 0:
        raise op.error(f"an output of shape {list(shape)} does not fit a batch of {batch} and {filters} filters.")
    op.output().resize(shape)
    return shape


class TransposedConvolution:
    """Sums of `[*sizes, c]` times `[c, *kernel, o]`, collected in an image that holds all windows.

    Args:
        weights: `[c, *kernel, o]`, a view of those in `parameters` is fine.
    """

    def __init__(self, op: Op, axes: Sequence[ScatterAxis], weights: np.ndarray, parameters: Linear) -> None:
        self._op, self._axes, self._weights, self._parameters = op, tuple(axes), weights, parameters
        self._epilogue: Epilogue = parameters.epilogue
        channels, *kernel, filters = weights.shape
        self._kernel, self._filters = tuple(kernel), filters
        sizes, out = [axis.size for axis in axes], [axis.out for axis in axes]
        kind = self._epilogue.accumulator
        self._codes = op.request_scratch((prod(sizes), channels), kind)
        self._columns = op.request_scratch((*sizes, *kernel, filters), kind)
        self._sums = op.request_scratch((*(axis.room for axis in axes), filters), kind)
        self._cut = op.request_scratch((prod(out), filters), kind)
        self._epilogue.request_scratch(op, prod(out))

    def bind(self) -> None:
        """Pack the weights."""
        self._packed = np.ascontiguousarray(self._weights).reshape(self._weights.shape[0], -1)
        self._epilogue.bind(self._op)

    def steps(self, image: np.ndarray, out: np.ndarray) -> list[Step]:
        """The calls that compute one image `[*sizes, c]` -> `[*out, o]`."""
        codes, columns, sums, cut = (
            self._op.scratch[i] for i in (self._codes, self._columns, self._sums, self._cut)
        )
        flat = out.reshape(-1, self._filters)
        cut = flat if self._epilogue.in_place else cut
        inner = sums[tuple(slice(axis.before, axis.before + axis.out) for axis in self._axes)]
        return [
            *self._load(image, codes),
            partial(np.matmul, codes, self._packed, columns.reshape(codes.shape[0], -1)),
            partial(sums.fill, 0),
            *self._scatter(columns, sums),
            assign(cut.reshape(inner.shape), inner),
            *self._epilogue.steps(cut, flat),
        ]

    def _scatter(self, columns: np.ndarray, sums: np.ndarray) -> list[Step]:
        steps: list[Step] = []
        everywhere: tuple[Any, ...] = (slice(None),) * len(self._axes)
        for tap in product(*(range(n) for n in self._kernel)):
            part = sums[tuple(axis.part(k) for axis, k in zip(self._axes, tap, strict=True))]
            steps.append(partial(np.add, part, columns[(*everywhere, *tap)], part))
        return steps

    def _load(self, image: np.ndarray, codes: np.ndarray) -> list[Step]:
        """The image as floats, less the zero point: here padding is where nothing was added."""
        hybrid = self._parameters.hybrid
        pixels = image.reshape(codes.shape)
        if hybrid is not None:
            return [quantize_image(pixels, codes, hybrid.scale, asymmetric=True)]
        steps: list[Step] = [assign(codes, pixels)]
        if self._parameters.pad_value:
            steps.append(partial(np.subtract, codes, codes.dtype.type(self._parameters.pad_value), codes))
        return steps
