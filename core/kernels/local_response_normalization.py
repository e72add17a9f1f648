"""LOCAL_RESPONSE_NORMALIZATION: x * (bias + alpha * sum of squares of neighbouring channels) ^ -beta.

The window is that of LiteRT's optimized kernel, c - radius .. c + radius; its reference kernel leaves the last one out.
"""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import options_of, unsupported
from ..schema import LocalResponseNormalizationOptions
from .registry import kernel


@kernel("LOCAL_RESPONSE_NORMALIZATION")
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    options = options_of(op, LocalResponseNormalizationOptions)
    if x.dtype.kind != "f":
        raise unsupported(op, x)
    out.resize(x.shape)
    depth = x.shape[-1]
    channel = np.arange(depth)
    low, high = np.maximum(channel - options.radius, 0), np.minimum(channel + options.radius + 1, depth)
    window = ((channel[:, None] >= low) & (channel[:, None] < high)).astype(np.float32)

    def bind() -> Run:
        def run() -> None:
            sums = np.square(x.array) @ window
            scale = np.float32(options.bias) + np.float32(options.alpha) * sums
            np.multiply(x.array, scale ** np.float32(-options.beta), out=out.array)

        return run

    return bind
