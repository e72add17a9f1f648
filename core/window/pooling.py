"""What the pools share: geometry, and running one image after another."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..arithmetic.activation import quantized_activation_range
from ..graph import Quantization
from ..op import Bind, Op, Run
from ..steps import Step, sequence
from .geometry import Axis, window_axes

Axes = tuple[Axis, ...]
ImageSteps = Callable[[np.ndarray, np.ndarray], list[Step]]


def pool_axes(op: Op) -> Axes:
    """Height and width of a pool of `[n, h, w, c]`; sets the output's shape.

    Raises:
        RuntimeError: the input has not 4 dimensions, or another type than the output.
    """
    source, options = op.input(0), op.options
    if len(source.shape) != 4:
        raise op.error(f"the input must have 4 dimensions, not {len(source.shape)}.")
    if source.type != op.output().type:
        raise op.error(f"input and output differ in type ({source.type.name} != {op.output().type.name}).")
    strides = (options.stride_h, options.stride_w)
    axes = window_axes(op, source.shape[1:3], (options.filter_height, options.filter_width), strides, (1, 1))
    op.output().resize((source.shape[0], axes[0].out, axes[1].out, source.shape[3]))
    return axes


def pool_code_limits(op: Op) -> tuple[int, int]:
    """The activation's range in codes; a pool of plain integers has the range of the type, or of a scale of 1."""
    output = op.output()
    quantization = output.quantization or Quantization(np.ones(1, np.float32), np.zeros(1, np.int64))
    return quantized_activation_range(op.options.fused_activation_function, quantization, output.dtype)


def bind_images(op: Op, steps: Callable[[], ImageSteps]) -> Bind:
    """The bind that makes the steps of every image of the batch."""

    def bind() -> Run:
        of_image = steps()
        images, out = op.input(0).array, op.output().array
        return sequence([step for n in range(images.shape[0]) for step in of_image(images[n], out[n])])

    return bind
