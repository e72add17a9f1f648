"""MUL: with broadcasting and a fused activation; floats, integers, complex, 8- and 16-bit quantized."""
from __future__ import annotations

from math import ldexp

import numpy as np

from ..arithmetic.activation import quantized_activation_range
from ..arithmetic.lookup import all_codes, binary_run, read_through, table_run
from ..arithmetic.numerics import quantize_multiplier, requantize
from ..arithmetic.pair_forms import Product
from ..op import Bind, Op, Operand
from ..preparation import broadcast, is_quantized, options_of, quantization_of, same_type
from ..schema import MulOptions
from .arithmetic import bind_arithmetic
from .registry import kernel


@kernel("MUL", inplace=(0, 1), composes=(0, 1))
def prepare(op: Op) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    out.resize(broadcast(op, a, b))
    activation = options_of(op, MulOptions).fused_activation_function
    if not is_quantized(a):
        return bind_arithmetic(op, np.multiply, activation)
    qa, qb, qo = (quantization_of(op, operand) for operand in (a, b, out))
    low, high = quantized_activation_range(activation, qo, out.dtype)
    m, s = quantize_multiplier(float(qa.scale * qb.scale / qo.scale))

    def formula(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        product = (x - qa.zero_point) * (y - qb.zero_point)
        return np.asarray(requantize(product, m, s) + qo.zero_point).clip(low, high)

    for x, y, position, composed in ((a, b, 1, formula), (b, a, 0, lambda x, y: formula(y, x))):
        if y.mapped is not None and y.mapped[0] is x and a.shape == b.shape and not x.is_variable:
            table = composed(all_codes(x.dtype), y.mapped[1].astype(np.int64)).astype(out.dtype)
            op.unread.add(position)
            return _bind_table(table, x, out)
    half = 0.5 + (ldexp(1.0, s - 1) if s < 0 else 0.0)
    form = Product(qa.zero_point, qb.zero_point, ldexp(m, s - 31), half, qo.zero_point, low, high)
    return lambda: binary_run(*read_through(op, formula), out.array, form, b_is_constant=b.is_constant)


def _bind_table(table: np.ndarray, x: Operand, out: Operand) -> Bind:
    """A product with a function of the factor itself, as in x * logistic(x), is one function of its codes."""
    return lambda: table_run(table, x.array, out.array)
