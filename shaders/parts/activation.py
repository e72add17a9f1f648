"""Activation functions under their TFLite names, on vectors of float32."""

from __future__ import annotations

from collections.abc import Callable

from ..language.builder import KernelBuilder
from ..language.expression import Expr, select
from ..language.functions import absolute, clamp, exp, fma, logistic, maximum, minimum, tanh

Activation = Callable[[KernelBuilder, Expr], Expr]


def relu(k: KernelBuilder, x: Expr) -> Expr:
    """max(x, 0)."""
    return maximum(x, 0)


def relu6(k: KernelBuilder, x: Expr) -> Expr:
    """min(max(x, 0), 6)."""
    return clamp(x, 0, 6)


def relu_n1_to_1(k: KernelBuilder, x: Expr) -> Expr:
    """min(max(x, -1), 1)."""
    return clamp(x, -1, 1)


def relu_0_to_1(k: KernelBuilder, x: Expr) -> Expr:
    """min(max(x, 0), 1)."""
    return clamp(x, 0, 1)


def hyperbolic_tangent(k: KernelBuilder, x: Expr) -> Expr:
    """tanh(x)."""
    return tanh(k.let(x))


def sigmoid(k: KernelBuilder, x: Expr) -> Expr:
    """1 / (1 + exp(-x))."""
    return logistic(k.let(x))


def hard_swish(k: KernelBuilder, x: Expr) -> Expr:
    """x * relu6(x + 3) / 6."""
    x = k.let(x)
    return x * clamp(x + 3, 0, 6) * (1 / 6)


def swish(k: KernelBuilder, x: Expr) -> Expr:
    """x / (1 + exp(-x)) (SiLU; TFLite has it as MUL of x and LOGISTIC)."""
    x = k.let(x)
    return x * logistic(x)


def elu(k: KernelBuilder, x: Expr) -> Expr:
    """x for x >= 0, else exp(x) - 1 (Clevert et al. 2015, alpha = 1)."""
    x = k.let(x)
    return select(x < 0, exp(minimum(x, 0)) - 1, x)


def gelu(k: KernelBuilder, x: Expr) -> Expr:
    """x * Phi(x) with erf by Abramowitz & Stegun 7.1.26 (|error| < 1.5e-7)."""
    x = k.let(x)
    z = k.let(absolute(x) * 0.7071067811865476)
    t = k.let(1.0 / fma(z, 0.3275911, 1.0))
    tail: Expr = x.lift(1.061405429)
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail = fma(tail, t, coefficient)
    half = k.let(0.5 * tail * t * exp(-(z * z)))
    return x * select(x < 0, half, 1.0 - half)


def gelu_tanh(k: KernelBuilder, x: Expr) -> Expr:
    """x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) (Hendrycks & Gimpel 2016)."""
    x = k.let(x)
    inner = k.let(0.7978845608028654 * x * fma(x * x, 0.044715, 1.0))
    return 0.5 * x * (1.0 + tanh(inner))


def sign_bit(k: KernelBuilder, x: Expr) -> Expr:
    """1 where x is negative, else 0."""
    return select(x < 0, x.lift(1), 0)


ACTIVATIONS: dict[str, Activation] = {
    "RELU": relu,
    "RELU6": relu6,
    "RELU_N1_TO_1": relu_n1_to_1,
    "RELU_0_TO_1": relu_0_to_1,
    "TANH": hyperbolic_tangent,
    "LOGISTIC": sigmoid,
    "HARD_SWISH": hard_swish,
    "SWISH": swish,
    "ELU": elu,
    "GELU": gelu,
    "GELU_TANH": gelu_tanh,
    "SIGN_BIT": sign_bit,
}
"""TFLite name of a fused activation or activation op -> its function."""
