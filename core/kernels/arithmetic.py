"""What ADD, SUB, MUL and DIV share for floats and plain integers."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf
from typing import Any

import numpy as np

from ..arithmetic.activation import float_activation_range
from ..arithmetic.broadcasting import widened
from ..arithmetic.clamp import clamp
from ..arithmetic.magnitude import magnitude, needed_limits
from ..op import Bind, Op, Operand, Run
from ..preparation import unsupported
from ..schema import ActivationFunctionType, TensorType
from ..steps import Step, sequence

_INTEGERS = {np.dtype(t) for t in (np.int8, np.uint8, np.int16, np.int32, np.uint32, np.int64)}


def bind_arithmetic(op: Op, ufunc: Callable[..., Any], activation: ActivationFunctionType) -> Bind:
    """Bind `ufunc(a, b)` and the clamp of the fused activation. Integers wrap, then are clamped."""
    a, b, out = op.input(0), op.input(1), op.output()
    if a.dtype.kind == "c":
        return lambda: lambda: ufunc(a.array, b.array, out=out.array)
    if a.dtype.kind != "f" and a.dtype not in _INTEGERS and a.type != TensorType.BFLOAT16:
        raise unsupported(op, a)
    limits = _limits(activation, a.dtype)
    if a.dtype == np.float32:
        limits = needed_limits(out, _bound(ufunc, a, b), float_activation_range(activation))

    def bind() -> Run:
        x, y, target = a.array, b.array, out.array
        if b.value is not None and x.shape == target.shape:
            y, x, target = widened(b.value, x, target)

        steps: list[Step] = [partial(ufunc, x, y, target)]
        if limits is not None:
            steps.append(clamp(target, *limits))
        return sequence(steps)

    return bind


def _bound(ufunc: Callable[..., Any], a: Operand, b: Operand) -> float:
    x, y = magnitude(a), magnitude(b)
    if ufunc is np.multiply:
        return x * y if x and y else 0.0
    return x + y if ufunc in (np.add, np.subtract) else inf


def _limits(activation: ActivationFunctionType, dtype: np.dtype[Any]) -> tuple[Any, Any] | None:
    if dtype.kind in "iu":
        if activation not in (ActivationFunctionType.RELU, ActivationFunctionType.RELU6,
                              ActivationFunctionType.RELU_N1_TO_1):
            return None
        low, high = float_activation_range(activation)
        info = np.iinfo(dtype)
        return dtype.type(max(int(low), info.min)), dtype.type(min(int(high), info.max))
    low, high = float_activation_range(activation)
    if dtype == np.float16:
        return low.astype(np.float16), high.astype(np.float16)
    return low, high
