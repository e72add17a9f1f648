"""EXP; floats, 8- and 16-bit quantized."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from .registry import kernel
from .unary import prepare_unary


@kernel("EXP", inplace=(0,))
def prepare(op: Op) -> Bind:
    return prepare_unary(op, np.exp)
