"""Sums, means, products and extremes over any axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .call import KernelCall
from .device_class import DeviceClass
from .expression import MAX_FLOAT, Expr, f32, lane_tree
from .functions import maximum, minimum
from .kernel import Buffer
from .language import KernelBuilder
from .layout import LANES, padded
from .nest import GROUP, Nest, Place, Walk

IDENTITY = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "max": -MAX_FLOAT, "min": MAX_FLOAT}
"""What each kind of reduction starts from."""


def combine(kind: str, a: Expr, b: Expr) -> Expr:
    """One step of a reduction of `kind`."""
    if kind == "max":
        return maximum(a, b)
    if kind == "min":
        return minimum(a, b)
    return a * b if kind == "prod" else a + b


def reduce_row(
    k: KernelBuilder, kind: str, x: Buffer, at: Expr, count: int, each: Callable[[Expr], Expr] | None = None
) -> Expr:
    """`count` neighbouring elements of `x` from `at`, combined; `each` maps a value before it is combined.

    The compiler sees vectors as wide as the binding (if `count` has that many), then the rest one by one.
    """
    apply = each or (lambda value: value)
    lanes = max(x.type.lanes, 1)
    start = IDENTITY[kind]
    total = k.var(f32, start, "total")
    whole = count // lanes * lanes
    if whole:
        parts = k.var(f32.of(lanes), start, "parts")
        with k.loop(0, whole, lanes) as i:
            k.set(parts, combine(kind, parts, apply(k.load(x, at + i, lanes))))
        k.set(total, lane_tree(parts, lambda a, b: combine(kind, a, b)))
    if count > whole:
        with k.loop(whole, count) as i:
            k.set(total, combine(kind, total, apply(k.load(x, at + i, 1))))
    return total


def reduce(device: DeviceClass, kind: str, x_shape: Sequence[int], axes: Sequence[int]) -> KernelCall:
    """`y` [x_shape with 1 along `axes`] = all elements of `x` along `axes`, combined.

    Args:
        kind: "sum", "mean", "prod", "max" or "min".
    """
    rank = len(x_shape)
    inner = rank - 1 in axes
    stored = (*x_shape[:-1], padded(x_shape[-1]))
    distances = [math.prod(stored[a + 1 :]) for a in range(rank)]
    kept = [1 if a in axes else n for a, n in enumerate(stored)]
    y_stored = (*kept[:-1], padded(kept[-1]))
    y_distances = [math.prod(y_stored[a + 1 :]) for a in range(rank)]
    cpu = device is DeviceClass.CPU
    lanes = 16 if cpu else LANES
    k = KernelBuilder(f"f32_{kind}_{'row' if inner else 'outer'}", (1, 1, 1) if cpu else (GROUP, 1, 1))
    x = k.read("x", f32, min(lanes, 1 << (max(x_shape[-1], 1).bit_length() - 1)) if inner and cpu else lanes)
    y = k.write("y", f32, 1 if inner else lanes)
    work = math.prod(x_shape[a] for a in axes)
    nest = Nest(tuple(kept), (tuple(distances), tuple(y_distances))).merged()
    walk = Walk(k, nest, device, vectors=not inner, work=work)
    loops = [a for a in axes if a != rank - 1]
    sizes = [
        (walk.arguments.size(f"reduce_{a}_n", x_shape[a]), walk.arguments.size(f"reduce_{a}_by", distances[a]))
        for a in loops
    ]
    share = walk.arguments.number("share", 1.0 / work) if kind == "mean" else None

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
        total = k.var(f32.of(place.lanes), IDENTITY[kind], "result")
        over(0, place.offsets[0], total, place)
        k.store(y, place.offsets[1], total if share is None else total * share)

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)
