"""Quotient, floor, remainder and cube root of float32 that do not hang on the last bit of a driver's division.

Shader languages let a quotient be off by some units in the last place. Where its floor or its rest is asked for, that
would move exact multiples by a whole divisor, so the guess is corrected by the rest that it leaves.
"""

from __future__ import annotations

from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, cast, compare, constant, equal, f32, i32, not_equal, select, u32
from ..language.functions import absolute, power, round_even


def _nearest(k: KernelBuilder, a: Expr, b: Expr) -> tuple[Expr, Expr]:
    """The whole number nearest to a / b, and a less that many b, from exact products of halves of b."""
    a, b = k.let(a), k.let(b)
    whole = k.let(round_even(a / b), "whole")
    high = k.let(bitcast(bitcast(b, u32) & 0xFFFFF000, f32), "high")
    return whole, k.let((a - whole * high) - whole * (b - high), "rest")


_IMPLICIT, _BIAS = 1 << 23, 127
"""The bit that float32 leaves out, and what is added to its exponents."""


def mantissa(bits: Expr) -> Expr:
    """The 24 bits of a float32 that is normal."""
    return (bits & (_IMPLICIT - 1)) | _IMPLICIT


def exponent(bits: Expr) -> Expr:
    """The exponent of a float32, with its bias; the sign is left out."""
    return (bits >> 23) & 0xFF


def quotient(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """a / b rounded to float32, halves to even, of positive numbers that are normal, as their quotient must be.

    The driver's quotient of the mantissas is a guess; the rest that it leaves, exact modulo 2**32, tells the true one.
    """
    left, right = (k.let(bitcast(v, u32), "bits") for v in (a, b))
    numerator, denominator = k.let(mantissa(left), "numerator"), k.let(mantissa(right), "denominator")
    less = k.let(select(numerator < denominator, numerator.lift(1), 0), "less")
    shifted = k.let(numerator << (less + 23), "shifted")
    ratio = cast(numerator, f32) / cast(denominator, f32) * select(equal(less, 1), constant(a.type, 2.0**24), 2.0**23)
    guess = k.let(cast(ratio, u32), "guess")
    whole = k.let(bitcast(denominator, i32), "whole")
    off = k.let(bitcast(shifted - guess * denominator, i32), "off")
    steps = k.let(off // whole, "steps")
    steps = k.let(steps - select(off - steps * whole < 0, steps.lift(1), 0), "steps")
    rest, made = k.let(off - steps * whole, "rest"), k.let(guess + bitcast(steps, u32), "made")
    twice = k.let(rest * 2, "twice")
    up = (twice > whole) | (equal(twice, whole) & equal(made & 1, 1))
    scale = exponent(left) - exponent(right) + (_BIAS - 1) - less
    return k.let(bitcast((scale << 23) + made + select(up, made.lift(1), 0), f32), "quotient")


def floor_quotient(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """floor(a / b) with the division rounded to float32."""
    a, b = k.let(a), k.let(b)
    whole, rest = _nearest(k, a, b)
    power_of_two = k.let(bitcast(bitcast(whole, u32) & 0x7F800000, f32), "power_of_two")
    # Half the distance between whole and the float before it: a division that rounds correctly rounds this up.
    half = power_of_two * select(equal(absolute(whole), power_of_two), constant(a.type, 2.0**-25), 2.0**-24)
    rounded_up = compare("<=", absolute(rest), absolute(b) * half)
    return select(rounded_up, whole, select(_signs_differ(rest, b), whole - 1.0, whole))


def _signs_differ(rest: Expr, other: Expr) -> Expr:
    """Whether a rest that is not zero has another sign than `other`."""
    return not_equal(rest, 0) & ((bitcast(rest, u32) ^ bitcast(other, u32)) > 0x7FFFFFFF)


def floor_remainder(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """a less floor(a / b) times b: the remainder with the sign of b."""
    b = k.let(b)
    _, rest = _nearest(k, a, b)
    return select(_signs_differ(rest, b), rest + b, rest)


def remainder(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """C's fmod: the remainder with the sign of a."""
    a, b = k.let(a), k.let(b)
    _, rest = _nearest(k, a, b)
    size = absolute(b)
    return select(_signs_differ(rest, a), rest + select(a < 0, -size, size), rest)


def cube_root(k: KernelBuilder, x: Expr) -> Expr:
    """The real cube root: a power, and one step of Newton's iteration for its last bits."""
    size = k.let(absolute(k.let(x)), "size")
    guess = k.let(power(size, 1 / 3), "guess")
    root = guess - (guess * guess * guess - size) / (3.0 * guess * guess)
    return select(equal(size, 0), x, select(x < 0, -root, root))
