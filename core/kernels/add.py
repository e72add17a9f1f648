"""ADD and SUB: with broadcasting and a fused activation; floats, plain integers, 8- and 16-bit quantized."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arithmetic.activation import quantized_activation_range
from ..arithmetic.lookup import BinaryFormula, Formula, binary_run, read_through, type_range
from ..arithmetic.numerics import quantize_multiplier, requantize, rounding_divide_by_pot
from ..arithmetic.pair_forms import Sum
from ..op import Bind, Op
from ..preparation import broadcast, is_quantized, options_of, quantization_of, same_type
from ..schema import AddOptions, SubOptions, TensorType
from .arithmetic import bind_arithmetic
from .registry import kernel

_ONE_HALF = (1 << 30, 0)
"""The multiplier of the operand with the larger scale, and how much it is shifted."""


@kernel("ADD", inplace=(0, 1), composes=(0, 1))
def prepare_add(op: Op) -> Bind:
    return _prepare(op, AddOptions, 1)


@kernel("SUB", inplace=(0, 1), composes=(0, 1))
def prepare_sub(op: Op) -> Bind:
    return _prepare(op, SubOptions, -1)


def _prepare(op: Op, options_class: type, sign: int) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    out.resize(broadcast(op, a, b))
    options = options_of(op, options_class)
    if not is_quantized(a):
        return bind_arithmetic(op, np.add if sign > 0 else np.subtract, options.fused_activation_function)
    formula, form = _formula(op, options, sign), _form(op, options, sign)
    return lambda: binary_run(*read_through(op, formula), out.array, form, b_is_constant=b.is_constant)


def _form(op: Op, options: AddOptions | SubOptions, sign: int) -> Sum:
    """What 8-bit codes come to without the roundings in between."""
    a, b, out = (quantization_of(op, operand) for operand in (op.input(0), op.input(1), op.output()))
    first, second = float(a.scale) / float(out.scale), sign * float(b.scale) / float(out.scale)
    constant = out.zero_point - first * a.zero_point - second * b.zero_point
    low, high = quantized_activation_range(options.fused_activation_function, out, op.output().dtype)
    return Sum(first, second, constant, low, high)


def _formula(op: Op, options: AddOptions | SubOptions, sign: int) -> BinaryFormula:
    a, b, out = (quantization_of(op, operand) for operand in (op.input(0), op.input(1), op.output()))
    low, high = quantized_activation_range(options.fused_activation_function, out, op.output().dtype)
    is_int16 = op.input(0).type == TensorType.INT16
    if is_int16 and options.pot_scale_int16:
        exponents = [n for q in (a, b, out) if (n := _power_of_two(q.scale)) is not None]
        if len(exponents) == 3:
            n1, n2 = (max(exponents[2] - n, 0) for n in exponents[:2])
            return _power_of_two_formula(n1, n2, sign, low, high, op.output().dtype)
    left = 15 if is_int16 else 20
    twice = np.float32(2) * max(a.scale, b.scale)
    m1, s1 = quantize_multiplier(float(np.float64(a.scale) / np.float64(twice)))
    m2, s2 = quantize_multiplier(float(np.float64(b.scale) / np.float64(twice)))
    m, s = quantize_multiplier(float(np.float64(twice) / np.float64(np.float32(1 << left) * out.scale)))

    def scaled(codes: np.ndarray, m: int, s: int) -> np.ndarray:
        return codes << (left - 1) if (m, s) == _ONE_HALF else requantize(codes << left, m, s)

    first = _tabulated(lambda x: scaled(x - a.zero_point, m1, s1), op.input(0).dtype)
    second = _tabulated(lambda y: sign * scaled(y - b.zero_point, m2, s2), op.input(1).dtype)

    def formula(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        codes = np.asarray(requantize(first(x) + second(y), m, s) + out.zero_point)
        return codes.clip(low, high)

    return formula


def _tabulated(formula: Formula, dtype: np.dtype[Any]) -> Formula:
    """The same formula as a table of all 256 codes, where there are no more."""
    if dtype.itemsize > 1:
        return formula
    smallest, largest = type_range(dtype)
    table = formula(np.arange(smallest, largest + 1))
    return lambda codes: table.take(codes - smallest)


def _power_of_two(scale: np.float32) -> int | None:
    exponent = math.log2(float(scale))
    return round(exponent) if abs(exponent - round(exponent)) < 1e-3 else None


def _power_of_two_formula(n1: int, n2: int, sign: int, low: int, high: int, dtype: np.dtype) -> BinaryFormula:
    """int16 with scales that are powers of two: the operands are shifted to the output's scale."""
    smallest, largest = type_range(dtype)

    def formula(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        total = rounding_divide_by_pot(x, n1) + sign * rounding_divide_by_pot(y, n2)
        return np.clip(np.clip(total, smallest, largest), low, high)

    return formula
