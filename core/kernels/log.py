"""LOG, the natural logarithm; floats, 8- and 16-bit quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.lookup import rounded, type_range
from ..op import Bind, Op
from ..preparation import is_quantized, quantization_of
from .registry import kernel
from .unary import prepare_unary


@kernel("LOG", inplace=(0,))
def prepare(op: Op) -> Bind:
    if not is_quantized(op.input(0)):
        return prepare_unary(op, np.log)
    out = quantization_of(op, op.output())
    smallest = np.float32(type_range(op.output().dtype)[0] - out.zero_point) * out.scale
    log = rounded(np.log)
    return prepare_unary(op, lambda x: np.where(x > 0, log(np.maximum(x, np.float32(1e-45))), smallest))
