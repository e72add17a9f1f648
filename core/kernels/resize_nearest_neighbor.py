"""RESIZE_NEAREST_NEIGHBOR of an NHWC image of any type."""
from __future__ import annotations

import numpy as np

from ..arithmetic.numerics import round_half_away
from ..op import Bind, Op, Run
from ..preparation import dynamic, options_of
from ..schema import ResizeNearestNeighborOptions
from .registry import kernel
from .resize_bilinear import resized_shape


@kernel("RESIZE_NEAREST_NEIGHBOR")
def prepare(op: Op) -> Bind:
    x, out, shape = op.input(0), op.output(), resized_shape(op)
    if shape is None:
        return dynamic(op)
    out.resize(shape)
    options = options_of(op, ResizeNearestNeighborOptions)
    rows, columns = (_sources(x.shape[d], shape[d], options) for d in (1, 2))

    def bind() -> Run:
        source, target = x.array, out.array
        return lambda: np.copyto(target, source[:, rows[:, None], columns])

    return bind


def _sources(source: int, target: int, options: ResizeNearestNeighborOptions) -> np.ndarray:
    """Source position of each target position along a dimension, in float32 as LiteRT computes it."""
    f = np.float32
    scale = f(source) / f(target)
    if options.align_corners and target > 1:
        scale = f(source - 1) / f(target - 1)
    position = (np.arange(target).astype(f) + f(0.5 if options.half_pixel_centers else 0)) * scale
    index = round_half_away(position) if options.align_corners else np.floor(position)
    return np.clip(index, 0, source - 1).astype(np.intp)
