"""GELU, exact with erfc or approximated with tanh; floats, 8- and 16-bit quantized."""
from __future__ import annotations

from collections.abc import Callable
from math import erfc, exp, pi, sqrt

import numpy as np

from ..lookup import rounded
from ..op import Bind, Op
from ..preparation import is_quantized, options_of
from ..schema import GeluOptions
from .registry import kernel
from .unary import prepare_unary

_SQRT_HALF = np.float32(0.70710678118654752440)
_SQRT_2_OVER_PI = np.float32(0.7978845608028654)
_CUBIC = np.float32(0.044715)
_STEP, _LIMIT = 1 / 32, 6.5


def _scaled_erfc_table() -> np.ndarray:
    """Cubics of exp(x^2) erfc(x) on intervals of length _STEP, from value and slope at their ends; [4, intervals]."""
    x = np.arange(0, _LIMIT + 2 * _STEP, _STEP)
    value = np.array([exp(v * v) * erfc(v) for v in x])
    slope = (2 * x * value - 2 / sqrt(pi)) * _STEP
    rise = np.diff(value)
    start, end = slope[:-1], slope[1:]
    return np.stack([value[:-1], start, 3 * rise - 2 * start - end, start + end - 2 * rise])


_TABLE = _scaled_erfc_table()


def erfc_array(x: np.ndarray) -> np.ndarray:
    """The complementary error function in float64, within 1e-9 relative for |x| <= 6.5."""
    magnitude = np.minimum(np.abs(x, dtype=np.float64), _LIMIT)
    position = magnitude * (1 / _STEP)
    index = position.astype(np.intp)
    t = position - index
    c0, c1, c2, c3 = _TABLE[:, index]
    tail = (((c3 * t + c2) * t + c1) * t + c0) * np.exp(-magnitude * magnitude)
    return np.where(x < 0, 2 - tail, tail)


def gelu(x: np.ndarray) -> np.ndarray:
    """x / 2 * erfc(-x / sqrt 2)."""
    half = x * x.dtype.type(0.5)
    return (half * erfc_array(-x * x.dtype.type(_SQRT_HALF)).astype(np.float32)).astype(x.dtype)


def gelu_exact(x: np.ndarray) -> np.ndarray:
    """`gelu` with libm's erfc, for tables, where the last bit counts."""
    argument = (-x * _SQRT_HALF).astype(np.float64)
    values = np.fromiter(map(erfc, argument.ravel()), np.float64, x.size).reshape(x.shape)
    return x * np.float32(0.5) * values.astype(np.float32)


def gelu_approximate(x: np.ndarray, tanh: Callable[[np.ndarray], np.ndarray] = np.tanh) -> np.ndarray:
    """x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))."""
    half, one = x.dtype.type(0.5), x.dtype.type(1)
    cubic, factor = x.dtype.type(_CUBIC), x.dtype.type(_SQRT_2_OVER_PI)
    return half * x * (one + tanh(factor * (x + cubic * x * x * x)))


@kernel("GELU", inplace=(0,))
def prepare(op: Op) -> Bind:
    in_table = is_quantized(op.input(0))
    if options_of(op, GeluOptions).approximate:
        tanh = rounded(np.tanh) if in_table else np.tanh
        return prepare_unary(op, lambda x: gelu_approximate(x, tanh))
    return prepare_unary(op, gelu_exact if in_table else gelu)
