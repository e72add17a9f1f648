"""DIV: with broadcasting and a fused activation; floats, int32, 8- and 16-bit quantized."""
from __future__ import annotations

import numpy as np

from ..arithmetic.activation import quantized_activation_range
from ..arithmetic.fixed_point import count_leading_zeros, reciprocal
from ..arithmetic.lookup import BinaryFormula, binary_run
from ..arithmetic.numerics import quantize_multiplier, rounding_divide_by_pot, wrap32
from ..arithmetic.numerics import saturating_rounding_doubling_high_mul as srdhm
from ..op import Bind, Op, Run
from ..preparation import broadcast, invoke_error, is_quantized, options_of, quantization_of, same_type
from ..schema import ActivationFunctionType, DivOptions
from .arithmetic import bind_arithmetic
from .registry import kernel


@kernel("DIV", inplace=(0, 1))
def prepare(op: Op) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    out.resize(broadcast(op, a, b))
    activation = options_of(op, DivOptions).fused_activation_function
    if not is_quantized(a):
        bind = bind_arithmetic(op, np.divide if a.dtype.kind in "fcV" else _truncating_divide, activation)
        return bind if a.dtype.kind in "fcV" else lambda: _checked(op, bind(), 0)
    formula = _formula(op, activation)

    def bind_quantized() -> Run:
        return _checked(op, binary_run(formula, a.array, b.array, out.array), quantization_of(op, b).zero_point)

    return bind_quantized


def _truncating_divide(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    quotient = np.abs(a.astype(np.int64)) // np.abs(b.astype(np.int64))
    np.copyto(out, np.where((a < 0) != (b < 0), -quotient, quotient), casting="unsafe")


def _checked(op: Op, run: Run, zero: int) -> Run:
    """`run` after a check that no divisor is the code of zero."""
    divisor = op.input(1).array

    def checked() -> None:
        if (divisor == zero).any():
            raise invoke_error(op, "Division by 0.")
        run()

    return checked


def _formula(op: Op, activation: ActivationFunctionType) -> BinaryFormula:
    a, b, out = (quantization_of(op, operand) for operand in (op.input(0), op.input(1), op.output()))
    low, high = quantized_activation_range(activation, out, op.output().dtype)
    m, s = quantize_multiplier(float(a.scale / (b.scale * out.scale)))

    def formula(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        x, y = np.broadcast_arrays(x - a.zero_point, y - b.zero_point)
        x, y = np.where(y < 0, -x, x), np.abs(y)
        inverse, exponent = reciprocal(np.maximum(y, 1), 31)
        headroom = count_leading_zeros(np.where(x < 0, ~x, x)) - 1
        quotient = srdhm(x << headroom, inverse)
        shift = exponent + headroom - s
        return np.clip(_x86_divide_by_pot(srdhm(quotient, m), shift) + out.zero_point, low, high)

    return formula


def _x86_divide_by_pot(x: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """`rounding_divide_by_pot`; for exponents above 31, undefined in C, what the x86 build computes."""
    usual = rounding_divide_by_pot(x, np.clip(exponent, 0, 31))
    return np.where(exponent > 31, wrap32((x >> (exponent & 31)) + (x >= 0)), usual)
