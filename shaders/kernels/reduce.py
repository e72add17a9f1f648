"""Sums, means, products and extremes over any axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import MAX_FLOAT, Expr, Type, lane_tree
from ..language.functions import maximum, minimum
from ..language.kernel import Buffer
from ..layout import LANES, padded
from ..parts.integer import HIGHEST, LOWEST
from ..parts.integer import add as integer_add
from ..parts.integer import multiply as integer_multiply
from ..parts.nest import GROUP, Arguments, Nest, Place, Walk
from .team_reduce import Reduction, team_reduce

IDENTITY = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "max": -MAX_FLOAT, "min": MAX_FLOAT}
"""What each kind of reduction starts from."""
INTEGER_IDENTITY = {"sum": 0, "prod": 1, "max": LOWEST, "min": HIGHEST}
""""max" and "min" of booleans, which are 0 and 1, are "any" and "all"."""


def identity(kind: str, type: Type) -> float:
    """What a reduction of values of a type starts from."""
    return IDENTITY[kind] if type.is_float else INTEGER_IDENTITY[kind]


def combine(kind: str, a: Expr, b: Expr) -> Expr:
    """One step of a reduction of `kind`."""
    if kind == "max":
        return maximum(a, b)
    if kind == "min":
        return minimum(a, b)
    if not a.type.is_float:
        return integer_multiply(a, b) if kind == "prod" else integer_add(a, b)
    return a * b if kind == "prod" else a + b


def reduce_row(
    k: KernelBuilder,
    kind: str,
    x: Buffer,
    at: Expr,
    count: int,
    each: Callable[[Expr], Expr] | None = None,
    kept: Buffer | None = None,
) -> Expr:
    """`count` neighbouring elements of `x` from `at`, combined.

    The compiler sees vectors as wide as the binding (if `count` has that many), then the rest one by one.

    Args:
        each: maps a value before it is combined.
        kept: where what that makes is stored, at the same places.
    """

    def apply(place: Expr, lanes: int) -> Expr:
        value = k.load(x, place, lanes)
        value = each(value) if each else value
        if kept is not None:
            value = k.let(value, "kept")
            k.store(kept, place, value)
        return value

    lanes = max(x.type.lanes, 1)
    kind_of, start = x.type.of(1), identity(kind, x.type)
    total = k.var(kind_of, start, "total")
    whole = count // lanes * lanes
    if whole:
        parts = k.var(kind_of.of(lanes), start, "parts")
        with k.loop(0, whole, lanes) as i:
            k.set(parts, combine(kind, parts, apply(at + i, lanes)))
        k.set(total, lane_tree(parts, lambda a, b: combine(kind, a, b), k.let))
    if count > whole:
        with k.loop(whole, count) as i:
            k.set(total, combine(kind, total, apply(at + i, 1)))
    return total


def reduce(
    device: DeviceClass, kind: str, x_shape: Sequence[int], axes: Sequence[int], storage: str = "f32"
) -> KernelCall:
    """`y` [x_shape with 1 along `axes`] = all elements of `x` along `axes`, combined.

    Args:
        kind: "sum", "mean", "prod", "max" or "min"; integers have no mean.
        storage: kind of the elements, "f32" or "i32".
    """
    rank = len(x_shape)
    if device is DeviceClass.GPU and (whole := _whole(kind, x_shape, axes, storage)).pays:
        return team_reduce(kind, whole, lambda arguments: _finish(arguments, kind, whole.work))
    inner = rank - 1 in axes
    stored = (*x_shape[:-1], padded(x_shape[-1]))
    distances = [math.prod(stored[a + 1 :]) for a in range(rank)]
    kept = [1 if a in axes else n for a, n in enumerate(stored)]
    y_stored = (*kept[:-1], padded(kept[-1]))
    y_distances = [math.prod(y_stored[a + 1 :]) for a in range(rank)]
    cpu = device is DeviceClass.CPU
    lanes = 16 if cpu else LANES
    k = KernelBuilder(f"{storage}_{kind}_{'row' if inner else 'outer'}", (1, 1, 1) if cpu else (GROUP, 1, 1))
    x = k.read("x", storage, min(lanes, 1 << (max(x_shape[-1], 1).bit_length() - 1)) if inner and cpu else lanes)
    y = k.write("y", storage, 1 if inner else lanes)
    work = math.prod(x_shape[a] for a in axes)
    nest = Nest(tuple(kept), (tuple(distances), tuple(y_distances))).merged()
    walk = Walk(k, nest, device, vectors=not inner, work=work)
    loops = [a for a in axes if a != rank - 1]
    sizes = [
        (walk.arguments.size(f"reduce_{a}_n", x_shape[a]), walk.arguments.size(f"reduce_{a}_by", distances[a]))
        for a in loops
    ]
    finish = _finish(walk.arguments, kind, work)

    def over(depth: int, at: Expr, total: Expr, place: Place) -> None:
        if depth < len(loops):
            extent, distance = sizes[depth]
            with k.loop(0, extent) as i:
                over(depth + 1, k.let(at + i * distance, "at"), total, place)
        elif inner:
            k.set(total, combine(kind, total, reduce_row(k, kind, x, at, x_shape[-1])))
        else:
            k.set(total, combine(kind, total, k.load(x, at, place.lanes)))

    def body(place: Place) -> None:
        total = k.var(x.type.of(place.lanes), identity(kind, x.type), "result")
        over(0, place.offsets[0], total, place)
        k.store(y, place.offsets[1], finish(total))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def _whole(kind: str, shape: Sequence[int], axes: Sequence[int], storage: str) -> Reduction:
    start = (INTEGER_IDENTITY if storage == "i32" else IDENTITY)[kind]
    return Reduction(tuple(shape), tuple(axes), storage, start, lambda a, b: combine(kind, a, b))


def _finish(arguments: Arguments, kind: str, count: int) -> Callable[[Expr], Expr]:
    """What is done to the total of `count` elements."""
    if kind != "mean":
        return lambda total: total
    share = arguments.number("share", 1.0 / count)
    return lambda total: total * share
