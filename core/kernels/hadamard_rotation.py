"""aeq.hadamard_rotation: a custom operator of models quantized to few bits, which spreads outliers over channels."""
from __future__ import annotations

import numpy as np

from ..custom_options import required
from ..op import Bind, Op, Run
from ..preparation import unsupported
from .registry import kernel

_SMALL = 16
"""From this size on LiteRT takes the root in float64."""


@kernel("aeq.hadamard_rotation", custom=True)
def prepare(op: Op) -> Bind:
    """Groups of `hadamard_size` numbers along the last dimension times the Hadamard matrix over its size's root."""
    x, out, size = op.input(0), op.output(), required(op, "hadamard_size")
    if x.dtype != np.float32:
        raise unsupported(op, x)
    if size < 1 or size & (size - 1) or not x.shape or x.shape[-1] % size:
        raise op.error(f"{x} has no groups of {size} numbers, a power of two")
    out.resize(x.shape)
    root = np.sqrt(np.float32(size)) if size < _SMALL else np.sqrt(np.float64(size))
    factor = np.float32(1 / root)

    def bind() -> Run:
        halves = [(-1, 2, 1 << step) for step in range(size.bit_length() - 1)]

        def run() -> None:
            values = x.array.copy()
            for shape in halves:
                pairs = values.reshape(shape)
                sums, differences = pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]
                pairs[:, 0], pairs[:, 1] = sums, differences
            np.multiply(values, factor, out=out.array)

        return run

    return bind
