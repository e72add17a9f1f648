"""EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL with broadcasting."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arithmetic.lookup import binary_run
from ..arithmetic.numerics import quantize_multiplier, rounding_divide_by_pot
from ..arithmetic.numerics import saturating_rounding_doubling_high_mul as srdhm
from ..op import Bind, Op, Operand
from ..preparation import broadcast, is_quantized, quantization_of, same_type
from ..schema import TensorType
from .registry import kernel

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "EQUAL": np.equal,
    "NOT_EQUAL": np.not_equal,
    "LESS": np.less,
    "LESS_EQUAL": np.less_equal,
    "GREATER": np.greater,
    "GREATER_EQUAL": np.greater_equal,
}
_LEFT_SHIFT = 8


@kernel(*_FUNCTIONS)
def prepare(op: Op) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    out.resize(broadcast(op, a, b))
    compare = _FUNCTIONS[op.node.op]
    if is_quantized(a) and (a.type != TensorType.INT16 or op.node.op in ("EQUAL", "NOT_EQUAL")):
        first, second = _rescaling(op, a), _rescaling(op, b)
        return lambda: binary_run(lambda x, y: compare(first(x), second(y)), a.array, b.array, out.array)
    if a.type == TensorType.STRING:
        return lambda: lambda: np.copyto(out.array, compare(a.array, b.array).astype(bool))
    return lambda: lambda: compare(a.array, b.array, out=out.array)


def _rescaling(op: Op, operand: Operand) -> Callable[[np.ndarray], np.ndarray]:
    """From codes to integers that compare as the real values do, up to the bits that LiteRT's scaling loses."""
    quantization = quantization_of(op, operand)
    m, s = quantize_multiplier(float(quantization.scale))

    def rescale(codes: np.ndarray) -> np.ndarray:
        value = srdhm((codes - quantization.zero_point) << _LEFT_SHIFT, m)
        return value << s if s > 0 else rounding_divide_by_pot(value, min(-s, 31))

    return rescale
