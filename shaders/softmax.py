"""Softmax, log-softmax and L2 normalisation along the innermost axis.

One invocation takes a row; on a real GPU a workgroup takes it where it is long.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .call import MAX_GROUPS, KernelCall
from .device_class import DeviceClass
from .expression import Expr, f32, lane_tree
from .functions import exp, log, maximum, minimum, sqrt
from .kernel import Buffer
from .language import KernelBuilder
from .layout import LANES, ceil_div, padded
from .nest import GROUP, Nest, Place, Walk
from .reduce import IDENTITY, combine, reduce_row

LONG_ROW = 256
"""Elements of a row from which a workgroup shares it."""

Each = Callable[[Expr], Expr]
Reduction = Callable[[str, Each], Expr]
"""(kind, what is done to each element first) -> the row's elements combined."""
Row = Callable[[KernelBuilder, Reduction], Each]
"""What is done to each element of a row, made with reductions over it."""


def softmax(device: DeviceClass, shape: Sequence[int], beta: float = 1.0, log_of: bool = False) -> KernelCall:
    """`y` = exp(beta (x - max)) / sum exp(beta (x - max)) along the last axis of [shape], or its logarithm."""

    def row(k: KernelBuilder, reduce: Reduction) -> Each:
        highest = reduce("max", lambda v: v)
        total = reduce("sum", lambda v: exp((v - highest) * beta))
        if log_of:
            shift = k.let(highest * beta + log(total), "shift")
            return lambda v: v * beta - shift
        scale = k.let(1.0 / total, "scale")
        return lambda v: exp((v - highest) * beta) * scale

    return _rows("log_softmax" if log_of else "softmax", shape, device, row, work=20)


def l2_normalization(device: DeviceClass, shape: Sequence[int]) -> KernelCall:
    """`y` = x / max(sqrt(sum of x squared), 1e-6) along the last axis of [shape]."""

    def row(k: KernelBuilder, reduce: Reduction) -> Each:
        total = reduce("sum", lambda v: v * v)
        scale = k.let(1.0 / maximum(sqrt(total), 1e-6), "scale")
        return lambda v: v * scale

    return _rows("l2_normalization", shape, device, row, work=4)


def _rows(name: str, shape: Sequence[int], device: DeviceClass, row: Row, work: int) -> KernelCall:
    count, rows = shape[-1] if shape else 1, math.prod(shape[:-1])
    if device is DeviceClass.GPU and count >= LONG_ROW:
        return _group_rows(name, rows, count, row)
    cpu, distance = device is DeviceClass.CPU, padded(count)
    k = KernelBuilder(f"f32_{name}", (1, 1, 1) if cpu else (GROUP, 1, 1))
    lanes = 16 if cpu and count >= 16 else LANES
    x, y = k.read("x", f32, lanes), k.write("y", f32, lanes)
    walk = Walk(k, Nest((rows,), ((distance,),)), device, vectors=False, work=work * count)

    def body(place: Place) -> None:
        at = place.offsets[0]
        each = row(k, lambda kind, first: reduce_row(k, kind, x, at, count, first))
        whole = distance // lanes * lanes
        with k.loop(0, whole, lanes) as i:
            k.store(y, at + i, each(k.load(x, at + i, lanes)))
        with k.loop(whole, distance, LANES) as i:
            k.store(y, at + i, each(k.load(x, at + i, LANES)))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)


def _group_rows(name: str, rows: int, count: int, row: Row) -> KernelCall:
    """A workgroup per row; those beyond the last row do it once more, so that all reach the barriers."""
    k = KernelBuilder(f"f32_{name}_wg{GROUP}", (GROUP, 1, 1))
    x, y = k.read("x", f32, LANES), k.write("y", f32, LANES)
    last, span = k.sizes("last", "span")
    at = k.let(minimum(k.group_id(0) + k.group_id(1) * span, last) * padded(count), "at")
    lane = k.local_id(0)
    each = row(k, lambda kind, first: _group_reduce(k, kind, x, at, lane, count, first))
    with k.loop(lane * LANES, padded(count), GROUP * LANES) as i:
        k.store(y, at + i, each(k.load(x, at + i)))
    across = min(rows, MAX_GROUPS)
    return KernelCall(k.finish(), (rows - 1, across), (across, ceil_div(rows, across), 1))


def _group_reduce(k: KernelBuilder, kind: str, x: Buffer, at: Expr, lane: Expr, count: int, each: Each) -> Expr:
    """All `count` elements from `at` combined by the group; every invocation gets the result."""
    whole = count // LANES * LANES
    parts = k.var(f32.of(LANES), IDENTITY[kind], "parts")
    with k.loop(lane * LANES, whole, GROUP * LANES) as i:
        k.set(parts, combine(kind, parts, each(k.load(x, at + i))))
    shared = k.shared(f"partial_{kind}", f32, GROUP)
    k.store(shared, lane, lane_tree(parts, lambda a, b: combine(kind, a, b)))
    k.barrier()
    total = k.var(f32, IDENTITY[kind], "total")
    with k.loop(0, GROUP) as i:
        k.set(total, combine(kind, total, k.load(shared, i)))
    for tail in range(whole, count):
        k.set(total, combine(kind, total, each(k.load(x, at + tail, 1))))
    return total
