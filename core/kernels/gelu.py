"""GELU, exact with erfc or approximated with tanh; floats, 8- and 16-bit quantized."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import erfc

import numpy as np

from ..arithmetic.clamp import clamp, scalar
from ..arithmetic.lookup import rounded
from ..op import Bind, Op
from ..preparation import is_quantized, options_of
from ..schema import GeluOptions, TensorType
from ..steps import Step, chunks, sequence
from .registry import kernel
from .unary import prepare_unary

_SQRT_HALF = np.float32(0.70710678118654752440)
_SQRT_2_OVER_PI = np.float32(0.7978845608028654)
_CUBIC = np.float32(0.044715)
_LARGEST = 13.0
"""Beyond this distance from 0 the function is the identity or 0 in float32."""
_PACE = 0.35
_TAIL = (
    0.0340100741335, -0.204096957157, 0.429048050062, -0.381974138394, 0.345836480138, -0.0425268945038,
    0.128024071122, 0.0923055557276, 0.0994043694203, -3.06173182248e-05,
)
"""`exp(z^2) erfc(z) / 2` as a polynomial of `1 / (1 + _PACE z)`, highest power first: the smallest relative error for
0 <= z <= 9.2 (1.4e-8), found by Lawson's iteration of weighted least squares."""
_BLOCK = 1 << 14


def gelu_steps(x: np.ndarray, out: np.ndarray) -> list[Step]:
    """x / 2 * erfc(-x / sqrt 2) = max(x, 0) - |x| / 2 * erfc(|x| / sqrt 2) of contiguous float32, in cached pieces."""
    steps: list[Step] = []
    scratch = [np.empty(min(_BLOCK, x.size), np.float32) for _ in range(3)]
    for part in chunks(x.size, _BLOCK):
        source, target = x.reshape(-1)[part], out.reshape(-1)[part]
        steps += _piece(source, target, *(array[: source.size] for array in scratch))
    return steps


def _piece(x: np.ndarray, out: np.ndarray, size: np.ndarray, t: np.ndarray, y: np.ndarray) -> list[Step]:
    one, pace, highest, *rest = (scalar(v, x.dtype) for v in (1, _PACE * _SQRT_HALF, *_TAIL))
    steps: list[Step] = [partial(np.abs, x, size), clamp(size, 0, _LARGEST)]
    steps += [partial(np.multiply, size, pace, t), partial(np.add, t, one, t), partial(np.divide, one, t, t)]
    steps.append(partial(np.multiply, t, highest, y))
    for k, coefficient in enumerate(rest):
        steps += [partial(np.multiply, y, t, y)] * (k > 0) + [partial(np.add, y, coefficient, y)]
    steps += [partial(np.multiply, y, size, y), partial(np.multiply, size, size, size)]
    steps += [partial(np.multiply, size, scalar(-0.5, x.dtype), size), partial(np.exp, size, size)]
    steps += [partial(np.multiply, y, size, y), clamp(x, 0, np.inf, out), partial(np.subtract, out, y, out)]
    return steps


def gelu(x: np.ndarray) -> np.ndarray:
    """The same function of an array of any float type, computed in float32."""
    values = np.ascontiguousarray(x, np.float32)
    result = np.empty_like(values)
    sequence(gelu_steps(values, result))()
    return result.astype(x.dtype)


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
    if op.input(0).type == TensorType.FLOAT32:
        op.output().resize(op.input(0).shape)
        return lambda: sequence(gelu_steps(op.input(0).array, op.output().array))
    return prepare_unary(op, gelu_exact if in_table else gelu)
