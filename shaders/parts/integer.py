"""Integer arithmetic of 32 bits with one meaning in every dialect, as NumPy has it.

Signed overflow is undefined in C and division by zero ends a process on some processors. So sums wrap by way of
unsigned numbers, and divisors are made harmless before they divide.
"""

from __future__ import annotations

from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, cast, compare, constant, equal, i32, not_equal, select, u32
from ..language.functions import is_nan, masked

LOWEST, HIGHEST = -(2**31), 2**31 - 1


def add(a: Expr, b: Expr) -> Expr:
    """a + b, modulo 2**32."""
    return bitcast(bitcast(a, u32) + bitcast(b, u32), i32)


def subtract(a: Expr, b: Expr) -> Expr:
    """a - b, modulo 2**32."""
    return bitcast(bitcast(a, u32) - bitcast(b, u32), i32)


def multiply(a: Expr, b: Expr) -> Expr:
    """a * b, modulo 2**32."""
    return bitcast(bitcast(a, u32) * bitcast(b, u32), i32)


def negative(x: Expr) -> Expr:
    """-x, modulo 2**32."""
    return subtract(constant(x.type, 0), x)


def magnitude(x: Expr) -> Expr:
    """|x|; of the lowest number itself."""
    return select(x < 0, negative(x), x)


def quotient(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """a / b rounded towards zero, modulo 2**32; `a` where b is 0."""
    divisor = k.let(select(equal(b, 0) | equal(b, -1), b.lift(1), b), "divisor")
    return k.let(select(equal(b, -1), negative(a), a // divisor), "quotient")


def remainder(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """What `quotient` leaves, with the sign of `a`; `a` itself where b is 0."""
    rest = subtract(a, multiply(quotient(k, a, b), b))
    return k.let(select(equal(b, 0), a, rest), "rest")


def floor_quotient(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """a / b rounded down, modulo 2**32, for b that is not 0."""
    whole = quotient(k, a, b)
    rest = k.let(subtract(a, multiply(whole, b)), "rest")
    return select(not_equal(rest, 0) & ((rest ^ b) < 0), whole - 1, whole)


def floor_remainder(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """What `floor_quotient` leaves, with the sign of b, which is not 0."""
    rest = remainder(k, a, b)
    return select(not_equal(rest, 0) & ((rest ^ b) < 0), rest + b, rest)


def power(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """a to the power b >= 0, modulo 2**32, by squaring."""
    made, base, left = k.var(a.type, 1, "power"), k.var(a.type, a, "base"), k.var(b.type, b, "left")
    with k.loop(0, 31):
        k.set(made, select(equal(left & 1, 1), multiply(made, base), made))
        k.set(base, multiply(base, base))
        k.set(left, left >> 1)
    return made


def from_bool(condition: Expr) -> Expr:
    """1 where the condition holds, else 0: how booleans lie on a device."""
    return cast(condition, i32)


def saturated(k: KernelBuilder, x: Expr) -> Expr:
    """A float32 without its fraction; what does not fit saturates, NaN becomes the highest number."""
    x = k.let(x)
    fits = k.let(compare(">=", x, float(LOWEST)) & compare("<", x, -float(LOWEST)) & ~is_nan(x), "fits")
    kind = i32.of(x.type.lanes)
    beyond = select((x < 0) & ~is_nan(x), constant(kind, LOWEST), constant(kind, HIGHEST))
    return select(fits, cast(masked(x, fits), i32), beyond)
