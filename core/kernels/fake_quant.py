"""FAKE_QUANT: round to the values that a quantized tensor could hold."""
from __future__ import annotations

import numpy as np

from ..arithmetic.numerics import round_half_away
from ..op import Bind, Op
from ..preparation import options_of, unsupported
from ..schema import FakeQuantOptions
from .registry import kernel


@kernel("FAKE_QUANT")
def prepare(op: Op) -> Bind:
    """Source: fake_quant.cc and NudgeQuantizationRange of LiteRT."""
    x, out = op.input(0), op.output()
    options = options_of(op, FakeQuantOptions)
    f = np.float32
    first, last = f(1 if options.narrow_range else 0), f((1 << options.num_bits) - 1)
    if x.dtype != np.float32:
        raise unsupported(op, x)
    if not options.min < options.max:
        raise op.error(f"no range from {options.min} to {options.max}")
    scale = (f(options.max) - f(options.min)) / (last - first)
    zero_point = np.clip(round_half_away(first - f(options.min) / scale), first, last).astype(f)
    low, high = (first - zero_point) * scale, (last - zero_point) * scale
    out.resize(x.shape)

    def run() -> None:
        steps = (np.clip(x.array, low, high) - low) * (f(1) / scale)
        np.copyto(out.array, round_half_away(steps) * scale + low)

    return lambda: run
