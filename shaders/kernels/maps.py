"""Functions of any number of values, each float32 or int32, element by element; booleans are int32 of 0 and 1.

`elementwise` has the chains of float32 that fuse into other kernels; what is here makes or takes integers as well, or
takes more than two values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, cast, compare, constant, equal, f32, i32, not_equal, select, u32
from ..language.functions import absolute, arc_tangent, clamp, floor, is_nan, maximum, minimum, sign
from ..parts import integer, inverse_root, real_division
from ..parts.epilogue import Beside, Step
from ..parts.integer import from_bool
from .elementwise import Operand, elementwise

Function = Callable[..., Expr]

COMPARISONS = {
    "EQUAL": "==",
    "NOT_EQUAL": "!=",
    "LESS": "<",
    "LESS_EQUAL": "<=",
    "GREATER": ">",
    "GREATER_EQUAL": ">=",
}


def _comparison(op: str) -> Function:
    return lambda k, a, b: from_bool(compare(op, a, b))


def _square(k: KernelBuilder, x: Expr) -> Expr:
    x = k.let(x)
    return integer.multiply(x, x)


def _shift_left(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    moved = bitcast(bitcast(a, u32) << bitcast(b & 31, u32), i32)
    return select(compare(">=", b, 0) & compare("<", b, 32), moved, constant(a.type, 0))


def _power_of_any(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """A power; to negative exponents only 1 and -1 have any that is not 0."""
    a, b = k.let(a), k.let(b)
    units = select(equal(integer.magnitude(a), 1), select(equal(b & 1, 1), a, constant(a.type, 1)), 0)
    return select(b < 0, units, integer.power(k, a, maximum(b, 0)))


def _rank(k: KernelBuilder, x: Expr) -> Expr:
    """An integer that is ordered as IEEE 754's total order of floats: -NaN < -inf < ... < -0 < 0 < ... < inf < NaN."""
    bits = k.let(bitcast(x, i32), "bits")
    return select(bits < 0, ~bits ^ integer.LOWEST, bits)


def _sort_key(k: KernelBuilder, x: Expr) -> Expr:
    """An integer that is ordered as the floats are, both zeros being equal and NaN the lowest."""
    x = k.let(x)
    return select(is_nan(x), constant(i32.of(x.type.lanes), integer.LOWEST), select(equal(x, 0), 0, _rank(k, x)))


def _nan_last_key(k: KernelBuilder, x: Expr) -> Expr:
    """As `_sort_key`, NaN being the highest."""
    x = k.let(x)
    return select(is_nan(x), constant(i32.of(x.type.lanes), integer.HIGHEST), select(equal(x, 0), 0, _rank(k, x)))


def _wrapped(k: KernelBuilder, x: Expr, low: float, high: float) -> Expr:
    """The lowest bits, as many as numbers from low to high have."""
    return (integer.add(x, constant(x.type, -int(low))) & int(high - low)) + int(low)


def _sum_leaves(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    a, b = k.let(a), k.let(b)
    total = k.let(integer.add(a, b))
    return from_bool(((a ^ total) & (b ^ total)) < 0)


def _difference_leaves(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    a, b = k.let(a), k.let(b)
    return from_bool(((a ^ b) & (a ^ integer.subtract(a, b))) < 0)


def _product_leaves(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """By a product that is off by less than 2**9 there."""
    return from_bool(compare(">", absolute(cast(a, f32) * cast(b, f32)), float(2**31 - 2**10)))


def _quotient_leaves(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    return from_bool(equal(a, integer.LOWEST) & equal(b, -1))


def _fake_quant(k: KernelBuilder, x: Expr, low: float, high: float, scale: float) -> Expr:
    """The number that the nearest of the codes from `low` to `high`, `scale` apart, stands for; halves go up."""
    steps = k.let((clamp(x, low, high) - low) * (1.0 / scale), "steps")
    whole = k.let(floor(steps), "whole")
    return select(compare(">=", steps - whole, 0.5), whole + 1.0, whole) * scale + low


FUNCTIONS: dict[str, Function] = {
    **{name: _comparison(op) for name, op in COMPARISONS.items()},
    "LOGICAL_AND": lambda k, a, b: a & b,
    "LOGICAL_OR": lambda k, a, b: a | b,
    "LOGICAL_NOT": lambda k, x: x ^ 1,
    "SELECT": lambda k, condition, yes, no: select(not_equal(condition, 0), yes, no),
    "CLAMP": lambda k, x, low, high: clamp(x, low, high),
    "FLOOR_DIV": real_division.floor_quotient,
    "FLOOR_MOD": real_division.floor_remainder,
    "REMAINDER": real_division.remainder,
    "ATAN2": lambda k, y, x: arc_tangent(y, x),
    "CBRT": real_division.cube_root,
    "FAKE_QUANT": _fake_quant,
    "TO_FLOAT": lambda k, x: cast(x, f32),
    "TO_INTEGER": integer.saturated,
    "TO_BOOL": lambda k, x: from_bool(not_equal(x, 0)),
    "BITS_OF_FLOAT": lambda k, x: bitcast(x, i32),
    "FLOAT_OF_BITS": lambda k, x: bitcast(x, f32),
    "TOTAL_ORDER": _rank,
    "SORT_KEY": _sort_key,
    "NAN_LAST_KEY": _nan_last_key,
    "INTEGER_ADD": lambda k, a, b: integer.add(a, b),
    "INTEGER_SUB": lambda k, a, b: integer.subtract(a, b),
    "INTEGER_MUL": lambda k, a, b: integer.multiply(a, b),
    "INTEGER_DIV": integer.quotient,
    "INTEGER_REMAINDER": integer.remainder,
    "INTEGER_DIV_OR_ONES": lambda k, a, b: select(equal(b, 0), constant(b.type, -1), integer.quotient(k, a, b)),
    "INTEGER_POW_OF_ANY": _power_of_any,
    "INTEGER_FLOOR_DIV": integer.floor_quotient,
    "INTEGER_FLOOR_MOD": integer.floor_remainder,
    "INTEGER_POW": integer.power,
    "INTEGER_MAXIMUM": lambda k, a, b: maximum(a, b),
    "INTEGER_MINIMUM": lambda k, a, b: minimum(a, b),
    "INTEGER_SQUARED_DIFFERENCE": lambda k, a, b: _square(k, integer.subtract(a, b)),
    "INTEGER_AND": lambda k, a, b: a & b,
    "INTEGER_OR": lambda k, a, b: a | b,
    "INTEGER_XOR": lambda k, a, b: a ^ b,
    "INTEGER_RIGHT_SHIFT": lambda k, a, b: a >> clamp(b, 0, 31),
    "INTEGER_SHIFT_LEFT": _shift_left,
    "INTEGER_ABS": lambda k, x: integer.magnitude(k.let(x)),
    "INTEGER_NEG": lambda k, x: integer.negative(x),
    "INTEGER_SIGN": lambda k, x: sign(x),
    "INTEGER_SQUARE": _square,
    "INTEGER_CLAMP_BETWEEN": lambda k, x, low, high: clamp(x, int(low), int(high)),
    "INTEGER_WRAP_BETWEEN": _wrapped,
    "INVERSE_ROOT": inverse_root.inverse_root,
    "INVERSE_ROOT_EXPONENT": inverse_root.inverse_root_exponent,
    "SIGNED_UNIT": inverse_root.signed_unit,
    "UNSIGNED_UNIT": inverse_root.unsigned_unit,
    "OUTSIDE": lambda k, x, low, high: from_bool(compare("<", x, int(low)) | compare(">", x, int(high))),
    "INTEGER_ADD_LEAVES": _sum_leaves,
    "INTEGER_SUB_LEAVES": _difference_leaves,
    "INTEGER_MUL_LEAVES": _product_leaves,
    "INTEGER_SQUARE_LEAVES": lambda k, x: _product_leaves(k, x, x),
    **dict.fromkeys(("INTEGER_NEG_LEAVES", "INTEGER_ABS_LEAVES"), lambda k, x: from_bool(equal(x, integer.LOWEST))),
    **dict.fromkeys(("INTEGER_DIV_LEAVES", "INTEGER_FLOOR_DIV_LEAVES", "INTEGER_DIV_OR_ONES_LEAVES"), _quotient_leaves),
    "BEYOND_WORDS": lambda k, x: from_bool(~compare("<", absolute(x), float(2**31))),
    "IS_ZERO": lambda k, x: from_bool(equal(x, 0)),
    "IS_NEGATIVE": lambda k, x: from_bool(x < 0),
}
"""(builder, *values, *parameters) -> value."""


def map_values(
    device: DeviceClass,
    output: tuple[int, ...],
    operands: Sequence[Operand],
    function: str,
    parameters: Sequence[float] = (),
    steps: Sequence[Step] = (),
    result: str = "f32",
) -> KernelCall:
    """`y` [output] of kind `result` = a function of `FUNCTIONS` of operands that broadcast.

    Args:
        operands: in the order of the function's values; one may stand there several times.
        parameters: numbers after the values.
        steps: float32 work on the result.
    """
    others = tuple(Beside(o.name) for o in operands[1:])
    step = Step(function.lower(), lambda k, *values: FUNCTIONS[function](k, *values, *parameters), others)
    distinct = list({o.name: o for o in operands}.values())
    return elementwise(device, output, distinct, (step, *steps), result)
