"""Elementwise kernels: a chain of functions of one number, with operands broadcast beside it.

The tables of functions serve the kernel here and, through `epilogue`, every kernel that elementwise work is fused into.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import MAX_FLOAT, Expr, compare, constant, equal, i32, select
from ..language.functions import (
    absolute,
    ceil,
    clamp,
    cos,
    exp,
    floor,
    is_nan,
    log,
    maximum,
    minimum,
    power,
    round_even,
    rsqrt,
    sign,
    sin,
    sqrt,
)
from ..layout import LANES, padded
from ..parts.activation import ACTIVATIONS
from ..parts.epilogue import Beside, Step
from ..parts.nest import GROUP, Nest, Place, Walk

Function = Callable[..., Expr]


def _leaky_relu(k: KernelBuilder, x: Expr, alpha: float) -> Expr:
    x = k.let(x)
    return select(x < 0, x * alpha, x)


def _finite(k: KernelBuilder, x: Expr) -> Expr:
    """The clamp to the float range that LiteRT's arithmetic ends with; a NaN stays."""
    x = k.let(x)
    return select(is_nan(x), x, clamp(x, -MAX_FLOAT, MAX_FLOAT))


UNARY: dict[str, Function] = {
    **ACTIVATIONS,
    "LEAKY_RELU": _leaky_relu,
    "FINITE": _finite,
    "ABS": lambda k, x: absolute(x),
    "NEG": lambda k, x: -x,
    "SQUARE": lambda k, x: (lambda v: v * v)(k.let(x)),
    "SQRT": lambda k, x: sqrt(x),
    "RSQRT": lambda k, x: rsqrt(x),
    "EXP": lambda k, x: exp(x),
    "LOG": lambda k, x: log(x),
    "SIN": lambda k, x: sin(x),
    "COS": lambda k, x: cos(x),
    "FLOOR": lambda k, x: floor(x),
    "CEIL": lambda k, x: ceil(x),
    "ROUND": lambda k, x: round_even(x),
    "SIGN": lambda k, x: sign(x),
    "NEAR_BYTE": lambda k, x: floor(x * (1 / 256) + 0.5),
    "CENTRED_BYTE": lambda k, x: (lambda v: v - floor(v * (1 / 256) + 0.5) * 256)(k.let(x)),
    "HIGH_BYTE": lambda k, x: floor(x * (1 / 256)),
    "LOW_BYTE": lambda k, x: (lambda v: v - floor(v * (1 / 256)) * 256)(k.let(x)),
}
"""Functions of one number: (builder, x, *parameters) -> value."""


def _power(k: KernelBuilder, a: Expr, b: Expr) -> Expr:
    """a ** b for any sign of a: a negative base needs a whole exponent, else the result is NaN (as 0 / 0)."""
    a, b = k.let(a), k.let(b)
    size = k.let(power(maximum(absolute(a), 1e-45), b), "size")
    odd = k.let(absolute(b - 2.0 * floor(b * 0.5)), "odd")
    signed = select(odd > 0.5, -size, size)
    whole = equal(floor(b), b)
    nothing = k.let(a - a, "nothing")
    negative = select(whole, signed, nothing / nothing)
    at_zero = select(b > 0, nothing, select(equal(b, 0), nothing + 1.0, (nothing + 1.0) / nothing))
    return select(a < 0, negative, select(equal(a, 0), at_zero, size))


BINARY: dict[str, Function] = {
    "ADD": lambda k, a, b: a + b,
    "SUB": lambda k, a, b: a - b,
    "MUL": lambda k, a, b: a * b,
    "DIV": lambda k, a, b: a / b,
    "MAXIMUM": lambda k, a, b: maximum(a, b),
    "MINIMUM": lambda k, a, b: minimum(a, b),
    "SQUARED_DIFFERENCE": lambda k, a, b: (lambda d: d * d)(k.let(a - b)),
    "POW": _power,
    "PRELU": lambda k, a, b: (lambda v: select(compare("<", v, 0), v * b, v))(k.let(a)),
}
"""Functions of two numbers: (builder, a, b) -> value."""


def unary(function: str, *parameters: float) -> Step:
    """A step that applies a function of `UNARY`."""
    return Step(function.lower(), lambda k, x: UNARY[function](k, x, *parameters), key=("unary", function, parameters))


def binary(function: str, operand: Beside | float, reverse: bool = False) -> Step:
    """A step that applies a function of `BINARY` to the value and an operand; `reverse`: the operand is its first."""
    reverse = reverse and function not in ("ADD", "MUL")  # the same number either way: one text for both

    def apply(k: KernelBuilder, x: Expr, other: Expr | float) -> Expr:
        second = x.lift(other)
        return BINARY[function](k, second, x) if reverse else BINARY[function](k, x, second)

    name = f"{'r' if reverse else ''}{function.lower()}"
    if isinstance(operand, Beside):
        bound = operand.name, operand.per_channel, operand.values is None
        return Step(name, apply, (operand,), None if operand.table else (name, *bound))
    return Step(name, lambda k, x: apply(k, x, operand), key=(name, operand))


@dataclass(frozen=True)
class Operand:
    """An operand of the chain: its shape, which broadcasts to the output's as in NumPy, and its elements' kind."""

    name: str
    shape: tuple[int, ...]
    storage: str = "f32"


def elementwise(
    device: DeviceClass,
    output: tuple[int, ...],
    operands: Sequence[Operand],
    steps: Sequence[Step],
    result: str = "f32",
) -> KernelCall:
    """`y` [output] = the steps applied to the first operand.

    Args:
        output: shape of `y`.
        operands: the first is what the chain starts from; the others are named by the steps' operands.
        steps: as for an epilogue; where an operand lies is told by its shape here.
        result: kind of the elements of `y`.
    """
    nest = Nest(_extents(output), (*(track(o.shape, output) for o in operands), track(output, output))).merged()
    name = f"{result}_" + "_".join(s.name for s in steps)[:80]
    k = KernelBuilder(name, (1, 1, 1) if _is_cpu(device) else (GROUP, 1, 1))
    lanes = 16 if _is_cpu(device) else LANES
    wide = [t[-1] == 1 for t in nest.tracks]
    buffers = {o.name: k.read(o.name, o.storage, lanes if wide[i] else 1) for i, o in enumerate(operands)}
    tables = {o.name: o.table for s in steps for o in s.operands if o.table is not None}
    bound = {name: table.declare(k, name, lanes) for name, table in tables.items()}
    y = k.write("y", result, lanes)
    walk = Walk(k, nest, device)
    places = {o.name: i for i, o in enumerate(operands)}

    def load(name: str, place: Place) -> Any:
        if name in tables:
            return tables[name].read(k, bound[name], constant(i32, 0), place.lanes)
        at, buffer = place.offsets[places[name]], buffers[name]
        if wide[places[name]]:
            return k.load(buffer, at, place.lanes, name)
        single = k.load(buffer, at, 1, name)
        return Expr("splat", single.type.of(place.lanes), (single,)) if place.lanes > 1 else single

    def body(place: Place) -> None:
        value = load(operands[0].name, place)
        for step in steps:
            value = step.function(k, k.let(value), *(load(o.name, place) for o in step.operands))
        k.store(y, place.offsets[-1], value)

    groups = walk.emit(body)
    constants = {name: table.values for name, table in tables.items()}
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, constants)


def _is_cpu(device: DeviceClass) -> bool:
    return device is DeviceClass.CPU


def _extents(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Loop extents: whole vectors along the innermost axis."""
    return (*shape[:-1], padded(shape[-1])) if shape else (LANES,)


def track(shape: tuple[int, ...], output: tuple[int, ...]) -> tuple[int, ...]:
    """Strides of an operand along the axes of the output, 0 where it is repeated."""
    aligned = (1,) * (len(output) - len(shape)) + shape if output else (1,)
    reach = output or (1,)
    strides = [0] * len(aligned)
    distance = 1
    for axis in reversed(range(len(aligned))):
        if aligned[axis] == reach[axis] and (aligned[axis] != 1 or axis == len(aligned) - 1):
            strides[axis] = distance
        distance *= padded(aligned[axis]) if axis == len(aligned) - 1 else aligned[axis]
    if math.prod(aligned) == 1 and math.prod(reach) != 1:
        strides = [0] * len(aligned)
    return tuple(strides)
