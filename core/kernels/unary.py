"""What the operators y = f(x) share: floats through f itself, 8- and 16-bit codes through LiteRT's tables of f."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..arithmetic.lookup import interpolate, rounded, table_8bit, table_16bit, table_run, unary_run
from ..op import Bind, Op, Operand, Run
from ..preparation import is_quantized, quantization_of, unsupported
from ..schema import TensorType

Function = Callable[[np.ndarray], np.ndarray]


def prepare_unary(op: Op, function: Function) -> Bind:
    """Prepare y = function(x) for floats and quantized codes.

    Raises:
        RuntimeError: the input is of another type.
    """
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    if is_quantized(x):
        return _bind_table(op, x, out, function)
    if not is_float(x):
        raise unsupported(op, x)
    return lambda: function_run(function, x.array, out.array)


def is_float(operand: Operand) -> bool:
    return operand.dtype.kind == "f" or operand.type == TensorType.BFLOAT16


def function_run(function: Callable[..., Any], x: np.ndarray, out: np.ndarray) -> Run:
    """A callable that writes function(x) into `out`; NumPy's ufuncs write there directly."""
    if isinstance(function, np.ufunc):
        return partial(function, x, out)
    return lambda: np.copyto(out, function(x), casting="unsafe")


def _bind_table(op: Op, x: Operand, out: Operand, function: Function) -> Bind:
    source, target = quantization_of(op, x), quantization_of(op, out)
    function = rounded(function) if isinstance(function, np.ufunc) else function
    if x.type != TensorType.INT16:
        table = table_8bit(function, x.dtype, source, out.dtype, target)
        return lambda: table_run(table, x.array, out.array)
    coarse = table_16bit(function, (float(source.scale), source.zero_point), (float(target.scale), target.zero_point))
    return lambda: unary_run(lambda codes: interpolate(coarse, codes), x.array, out.array)
