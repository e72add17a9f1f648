"""ELU: x where x >= 0, else exp(x) - 1; floats, int8 quantized."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from .registry import kernel
from .unary import prepare_unary


def elu(x: np.ndarray) -> np.ndarray:
    return np.where(x < 0, np.expm1(np.minimum(x, 0)), x)


@kernel("ELU", inplace=(0,))
def prepare(op: Op) -> Bind:
    return prepare_unary(op, elu)
