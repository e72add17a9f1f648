"""1 / sqrt of an integer in fixed point, and 8-bit codes scaled by it: L2_NORMALIZATION of codes.

Source: GetInvSqrtQuantizedMultiplierExp of LiteRT's kernels; `core.arithmetic.fixed_point.inverse_sqrt`.
"""

from __future__ import annotations

from ..language.builder import KernelBuilder
from ..language.expression import Expr, bitcast, compare, i32, select, u32
from ..language.functions import maximum, minimum
from .integer import HIGHEST, LOWEST
from .requantize import divide_by_power, saturating_high_of_any, scaled_up

STEPS = 5
"""Of Newton's method."""
ONE, HALF_ROOT = 1 << 28, 1518500250
"""1 with 3 integer bits, and the square root of 1/2 with none."""


def _shifted(x: Expr, bits: int) -> Expr:
    """x * 2**bits, saturated."""
    low, high = (x.lift(n) for n in (LOWEST, HIGHEST))
    return select(compare(">", x, HIGHEST >> bits), high, select(compare("<", x, LOWEST >> bits), low, x << bits))


def _normalized(k: KernelBuilder, x: Expr) -> tuple[Expr, Expr]:
    """x of [2**27, 2**29) by powers of 4, and the exponent of 2 that goes with it."""
    x = k.let(maximum(x, 1), "x")
    large = k.let(compare(">=", x, 1 << 29), "large")
    value = k.var(x.type, select(large, x >> 2, x), "value")
    shift = k.var(x.type, select(large, x.lift(12), 11), "shift")
    with k.loop(0, 14):
        small = k.let(compare("<", value, 1 << 27), "small")
        k.set(value, select(small, value << 2, value))
        k.set(shift, select(small, shift - 1, shift))
    return value, shift


def inverse_root_exponent(k: KernelBuilder, x: Expr) -> Expr:
    """By how many bits `inverse_root` of x >= 0 is to be shifted right, after 31."""
    return select(compare("<=", x, 1), x.lift(0), maximum(_normalized(k, x)[1], 0))


def inverse_root(k: KernelBuilder, x: Expr) -> Expr:
    """The multiplier of 1 / sqrt(x) for x >= 0; see `inverse_root_exponent`."""
    x = k.let(x)
    value, shift = _normalized(k, x)
    half = k.let(((value >> 1) + 1) >> 1, "half")
    root = k.var(x.type, ONE, "root")
    with k.loop(0, STEPS):
        square = saturating_high_of_any(k, root, root)
        cube = k.let(_shifted(saturating_high_of_any(k, square, root), 6), "cube")
        more = saturating_high_of_any(k, root, root.lift(ONE + ONE // 2))
        k.set(root, _shifted(k.let(more - saturating_high_of_any(k, cube, half), "next"), 3))
    made = saturating_high_of_any(k, root, root.lift(HALF_ROOT))
    left = maximum(-shift, 0)
    return select(compare("<=", x, 1), x.lift(HIGHEST), bitcast(bitcast(made, u32) << bitcast(left, u32), i32))


def signed_unit(k: KernelBuilder, x: Expr, m: Expr, right: Expr) -> Expr:
    """128 times x * m / 2**(31 + right): an INT8 code less its zero point, before it is clamped."""
    distance = k.let(7 - right, "distance")
    return scaled_up(k, x, m, maximum(-distance, 0), maximum(distance, 0))


def unsigned_unit(k: KernelBuilder, x: Expr, m: Expr, right: Expr) -> Expr:
    """As `signed_unit` of UINT8, which rounds elsewhere."""
    return divide_by_power(saturating_high_of_any(k, x * 128, m), minimum(right, 31))
