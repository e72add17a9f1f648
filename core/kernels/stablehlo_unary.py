"""StableHLO operators of one operand, without quantization:
STABLEHLO_ABS, _CBRT, _COSINE, _EXPONENTIAL, _FLOOR, _LOG, _LOGISTIC, _NEGATE, _RSQRT, _TANH.

Source: the StableHLO specification.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import is_quantized, unsupported
from .registry import kernel
from .unary import function_run, is_float


def _logistic(x: np.ndarray) -> np.ndarray:
    one = x.dtype.type(1)
    return one / (one + np.exp(-x))


def _rsqrt(x: np.ndarray) -> np.ndarray:
    return x.dtype.type(1) / np.sqrt(x)


_FUNCTIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "STABLEHLO_ABS": (np.abs, "ifc"),
    "STABLEHLO_CBRT": (np.cbrt, "f"),
    "STABLEHLO_COSINE": (np.cos, "fc"),
    "STABLEHLO_EXPONENTIAL": (np.exp, "fc"),
    "STABLEHLO_FLOOR": (np.floor, "f"),
    "STABLEHLO_LOG": (np.log, "fc"),
    "STABLEHLO_LOGISTIC": (_logistic, "fc"),
    "STABLEHLO_NEGATE": (np.negative, "iufc"),
    "STABLEHLO_RSQRT": (_rsqrt, "fc"),
    "STABLEHLO_TANH": (np.tanh, "fc"),
}
"""The function and the kinds of NumPy types it takes."""


@kernel(*_FUNCTIONS, inplace=(0,))
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    function, kinds = _FUNCTIONS[op.node.op]
    if is_quantized(x) or not (is_float(x) or x.dtype.kind in kinds):
        raise unsupported(op, x)
    out.resize(x.shape)

    def bind() -> Run:
        return function_run(function, x.array, out.array)

    return bind
