"""TRANSPOSE_CONV: every input pixel times all filters, added up where the windows overlap."""
from __future__ import annotations

from functools import partial

import numpy as np

from ..hybrid import quantize_image
from ..linear import Linear, linear
from ..op import Bind, Op, Run
from ..packing import packs
from ..schema import Padding
from ..steps import Step, sequence
from .registry import kernel


@kernel("TRANSPOSE_CONV")
@packs(1, 3)
def prepare(op: Op) -> Bind:
    """output shape `[4]`, filters `[o, kh, kw, c]`, input `[n, h, w, c]`, bias `[o]` or none -> `[n, oh, ow, o]`.

    Raises:
        RuntimeError: the shapes do not fit each other.
    """
    shape, weights, source, bias = op.input(0), op.input(1), op.input(2), op.optional_input(3)
    if len(source.shape) != 4 or len(weights.shape) != 4 or weights.shape[3] != source.shape[3]:
        raise op.error("input and filters must have 4 dimensions, the last of them equal.")
    if shape.value is None:
        op.output().mark_dynamic()
        return _not_yet
    op.output().resize(tuple(int(n) for n in shape.value))
    if len(op.output().shape) != 4 or op.output().shape[0] != source.shape[0]:
        raise op.error(f"the output shape {list(op.output().shape)} does not fit.")
    if op.output().shape[3] != weights.shape[0]:
        raise op.error(f"{weights.shape[0]} filters cannot fill {op.output().shape[3]} channels.")
    parameters = linear(
        op, source, weights, bias, channel_axis=0, activation=op.options.fused_activation_function, chained_scales=True,
        zero_point_in_sums=False,
    )
    scatter = _Scatter(op, parameters)

    def bind() -> Run:
        scatter.bind()
        steps: list[Step] = []
        for n in range(source.shape[0]):
            steps += scatter.steps(source.array[n], op.output().array[n])
        return sequence(steps)

    return bind


def _not_yet() -> Run:
    raise RuntimeError("the output shape is not known")


class _Scatter:
    """One matrix product `[h * w, c] x [c, kh * kw * o]`, whose columns are added to shifted parts of the output.

    The sums lie in an image large enough for all windows; the output is cut out of it.
    """

    def __init__(self, op: Op, parameters: Linear) -> None:
        self._op, self._parameters, self._epilogue = op, parameters, parameters.epilogue
        weights, source, out = op.input(1), op.input(2), op.output()
        self._kernel, self._filters = weights.shape[1:3], weights.shape[0]
        self._stride = (op.options.stride_h, op.options.stride_w)
        self._before = tuple(
            _padding_before(op, out.shape[i + 1], source.shape[i + 1], self._kernel[i], self._stride[i])
            for i in range(2)
        )
        size = tuple(
            max((source.shape[i + 1] - 1) * self._stride[i] + self._kernel[i], self._before[i] + out.shape[i + 1])
            for i in range(2)
        )
        kind = self._epilogue.accumulator
        pixels = source.shape[1] * source.shape[2]
        self._codes = op.request_scratch((pixels, source.shape[3]), kind)
        self._columns = op.request_scratch((pixels, *self._kernel, self._filters), kind)
        self._sums = op.request_scratch((*size, self._filters), kind)
        self._cut = op.request_scratch((out.shape[1] * out.shape[2], self._filters), kind)
        self._epilogue.request_scratch(op)

    def bind(self) -> None:
        """Weights as `[c, kh * kw * o]`."""
        weights = self._parameters.weights
        self._packed = np.ascontiguousarray(weights.transpose(3, 1, 2, 0)).reshape(weights.shape[3], -1)
        self._epilogue.bind(self._op)

    def steps(self, image: np.ndarray, out: np.ndarray) -> list[Step]:
        op = self._op
        codes, columns, sums = (op.scratch[i] for i in (self._codes, self._columns, self._sums))
        steps = [
            *self._load(image, codes),
            partial(np.matmul, codes, self._packed, columns.reshape(codes.shape[0], -1)),
            partial(sums.fill, 0),
        ]
        height, width = image.shape[:2]
        (sh, sw), (top, left) = self._stride, self._before
        for i in range(self._kernel[0]):
            for j in range(self._kernel[1]):
                part = sums[i : i + (height - 1) * sh + 1 : sh, j : j + (width - 1) * sw + 1 : sw]
                steps.append(partial(np.add, part, columns[:, i, j].reshape(part.shape), part))
        inner = sums[top : top + out.shape[0], left : left + out.shape[1]]
        flat = out.reshape(-1, self._filters)
        cut = flat if self._epilogue.in_place else op.scratch[self._cut]
        steps.append(partial(np.copyto, cut.reshape(inner.shape), inner))
        return steps + self._epilogue.steps(cut, flat)

    def _load(self, image: np.ndarray, codes: np.ndarray) -> list[Step]:
        """The image as floats, less the zero point: here padding is where nothing was added."""
        hybrid = self._parameters.hybrid
        pixels = image.reshape(codes.shape)
        if hybrid is not None:
            return [quantize_image(pixels, codes, hybrid.scale, asymmetric=True)]
        steps: list[Step] = [partial(np.copyto, codes, pixels, casting="unsafe")]
        if self._parameters.pad_value:
            steps.append(partial(np.subtract, codes, codes.dtype.type(self._parameters.pad_value), codes))
        return steps


def _padding_before(op: Op, size: int, windows: int, kernel: int, stride: int) -> int:
    """Of the convolution that this one transposes: it has the output's size and as many windows as inputs."""
    if stride < 1:
        raise op.error(f"stride {stride} must be positive.")
    if op.options.padding == Padding.VALID:
        return 0
    return max(0, (windows - 1) * stride + kernel - size) // 2
