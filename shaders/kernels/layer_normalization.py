"""Layer normalization along the innermost axis (Ba et al. 2016), which exporters write as seven operators."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr
from ..language.functions import fma, rsqrt
from .softmax import Reduction, row_kernel


def layer_normalization(
    device: DeviceClass, shape: Sequence[int], epsilon: float, gamma: np.ndarray, beta: np.ndarray
) -> KernelCall:
    """`y` = (x - mean) / sqrt(variance + epsilon) * gamma + beta along the last axis of [shape].

    Args:
        gamma, beta: float32, one for each element of a row.
    """
    share = 1.0 / shape[-1]

    def row(k: KernelBuilder, reduce: Reduction) -> Callable[..., Expr]:
        mean = k.let(reduce("sum", lambda v: v) * share, "mean")
        variance = reduce("sum", lambda v: (v - mean) * (v - mean))
        scale = k.let(rsqrt(variance * share + epsilon), "scale")
        return lambda v, g, b: fma((v - mean) * scale, g, b)

    return row_kernel("layer_normalization", shape, device, row, 6, {"gamma": gamma, "beta": beta})
