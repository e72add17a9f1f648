"""Built-in functions of the kernel language, lane by lane, with one meaning in every dialect."""

from __future__ import annotations

from collections.abc import Sequence

from .expression import Expr, Operand, Type, bitcast, call, cast, constant, i32, select, u32, vector


def fma(a: Operand, b: Operand, c: Operand) -> Expr:
    """a * b + c."""
    return call("fma", a, b, c)


def shuffle(value: Expr, lane: Operand) -> Expr:
    """`value` of the invocation `lane` of this workgroup, which must be one subgroup: all reach it together (WGSL)."""
    return Expr("shuffle", value.type, (value, Expr("name", i32).lift(lane)))


def any_lane(condition: Expr) -> Expr:
    """Whether a condition holds in any lane of a vector."""
    return condition if condition.type.lanes == 1 else Expr("any", condition.type.of(1), (condition,))


def minimum(a: Operand, b: Operand) -> Expr:
    """The smaller of two; with a NaN among floats the result is unspecified."""
    return call("min", a, b)


def maximum(a: Operand, b: Operand) -> Expr:
    """The larger of two; with a NaN among floats the result is unspecified."""
    return call("max", a, b)


def clamp(x: Expr, low: Operand, high: Operand) -> Expr:
    """min(max(x, low), high)."""
    return minimum(maximum(x, low), high)


def placed(start: Expr, offset: Expr) -> Expr:
    """start + offset, the place of a load; in OpenCL C the pointer moves by one after the other.

    Of several loads whose places are sums of two varying numbers each, LLVM adds these as vectors, and takes the
    results apart again.
    """
    return call("placed", start, offset)


def multiply_high(a: Operand, b: Operand) -> Expr:
    """The upper 32 bits of the 64-bit product of two i32 or two u32."""
    return call("mul_hi", a, b)


def add_byte_products(total: Expr, unsigned: Expr, signed: Expr) -> Expr:
    """total + the sum of the products of 4 pairs of bytes, all packed in i32: unsigned ones by signed ones.

    One instruction on processors that have it (x86: VPDPBUSD); only OpenCL C for those prints it.
    """
    return call("add_byte_products", total, unsigned, signed)


def add_signed_byte_products(total: Expr, left: Expr, right: Expr) -> Expr:
    """As `add_byte_products`, of signed bytes on both sides (WGSL's `dot4I8Packed`); only WGSL prints it."""
    return call("add_signed_byte_products", total, left, right)


def interleave_bytes(parts: Expr) -> Expr:
    """Four quarters of an i32 vector, byte by byte: word l holds byte l of each quarter; OpenCL C only."""
    return call("interleave_bytes", parts)


def lookup_bytes(index: Expr, *quarters: Expr) -> Expr:
    """Entries of a table of 256 bytes, its quarters packed in vectors of 16 words, at 16 indices below 256.

    One or two instructions on processors that have them (x86: VPERMI2B); only OpenCL C for those prints it.
    """
    return call("lookup_bytes", index, *quarters)


def scale_sums(x: Expr, m: Operand, right: Operand) -> Expr:
    """`numerics.requantize` of x with multiplier m and s = -right <= 0, of vectors; OpenCL C only."""
    return call("scale_sums", x, m, right)


def scale_rising(x: Expr, m: Sequence[Expr], addends: Sequence[Expr], shifts: Sequence[Expr]) -> Expr:
    """(x * m + addend) >> shift in 64 bits, of vectors; OpenCL C only.

    All come in two: of the even and of the odd lanes, addends and shifts as pairs of words. Of a multiplier the first
    word of a pair counts. Shifts of odd lanes are 32 less, and the upper half is the result.
    """
    return call("scale_rising", x, *m, *addends, *shifts)


def pack_codes(a: Expr, b: Expr, c: Expr, d: Expr) -> Expr:
    """Four vectors of 16 i32 as 64 unsigned bytes in their order, what does not fit saturated; OpenCL C only."""
    return call("pack_codes", a, b, c, d)


def lookup_packed(codes: Expr, *quarters: Expr) -> Expr:
    """As `lookup_bytes`, at 64 indices that are bytes in a vector of 16 words."""
    return call("lookup_packed", codes, *quarters)


def absolute(x: Expr) -> Expr:
    """|x|."""
    return call("abs", x)


def sign(x: Expr) -> Expr:
    """-1, 0 or 1."""
    return call("sign", x)


def exp(x: Expr) -> Expr:
    """e to the power x."""
    return call("exp", x)


def log(x: Expr) -> Expr:
    """Natural logarithm of a positive x."""
    return call("log", x)


def tanh(x: Expr) -> Expr:
    """Hyperbolic tangent, also for large |x| (where some drivers' own overflows)."""
    return call("tanh", x)


def sin(x: Expr) -> Expr:
    """Sine of radians."""
    return call("sin", x)


def cos(x: Expr) -> Expr:
    """Cosine of radians."""
    return call("cos", x)


def sqrt(x: Expr) -> Expr:
    """Square root."""
    return call("sqrt", x)


def rsqrt(x: Expr) -> Expr:
    """1 / sqrt(x)."""
    return call("rsqrt", x)


def power(x: Operand, y: Operand) -> Expr:
    """x to the power y, for x >= 0 (a negative base is undefined in WGSL)."""
    return call("pow", x, y)


def arc_tangent(y: Operand, x: Operand) -> Expr:
    """The angle of the point (x, y), from -pi to pi."""
    return call("atan2", y, x)


def floor(x: Expr) -> Expr:
    """Largest integer not above x."""
    return call("floor", x)


def ceil(x: Expr) -> Expr:
    """Smallest integer not below x."""
    return call("ceil", x)


def settled(x: Expr) -> Expr:
    """x, a product or sum, rounded to float32 here: compilers may not draw it into another operation.

    They might contract a * b + c to one rounding, or reassociate. The bits that pass an integer operation in between
    are those of x but for one NaN.
    """
    return bitcast(minimum(bitcast(x, u32), 0xFFFFFFFE), x.type)


def trunc(x: Expr) -> Expr:
    """x without its fraction."""
    return call("trunc", x)


def round_even(x: Expr) -> Expr:
    """Nearest integer, halves to the even one."""
    return call("round", x)


def is_nan(x: Expr) -> Expr:
    """True for NaN, read from the bits: shader compilers may assume that no NaN exists."""
    bits = bitcast(x, u32) & 0x7FFFFFFF
    return bits > 0x7F800000


def logistic(x: Expr) -> Expr:
    """1 / (1 + exp(-x)), without overflow for any finite x."""
    return 1.0 / (exp(-maximum(x, -87.0)) + 1.0)


def zeros(type: Type) -> Expr:
    """A zero of any kind and lanes."""
    return constant(type, 0)


def whole(value: Expr) -> Expr:
    """The integer that a float expression is: the one it was just made from, if it was."""
    made_from_integer = value.op == "cast" and value.args[0].type.scalar == "i32"
    return value.args[0] if made_from_integer else cast(value, i32)


def masked(value: Expr, valid: Expr) -> Expr:
    """`value` where `valid`, else zero; unlike a product with 0 this also drops NaN and infinity."""
    return select(valid, value, constant(value.type, 0))


def mask_lanes(value: Expr, valid: Operand) -> Expr:
    """The first `valid` lanes of a vector, zeros in the others (also in place of NaN)."""
    index = vector(*(constant(i32, u) for u in range(value.type.lanes)))
    return select(index < valid, value, 0)
