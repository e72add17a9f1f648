"""Softmax, log-softmax and L2 normalisation along the innermost axis.

One invocation takes a row; on a real GPU a workgroup takes it where it is long.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, f32, lane_tree
from ..language.functions import exp, log, maximum, sqrt
from ..language.kernel import Buffer
from ..layout import LANES, pad_channels, padded
from ..parts.nest import GROUP, Nest, Place, Walk
from ..parts.team import LONG_ROW, RowTeam, row_groups
from .reduce import IDENTITY, combine, reduce_row

Each = Callable[[Expr], Expr]
Reduction = Callable[[str, Each], Expr]
"""(kind, what is done to each element first) -> the row's elements combined."""
Row = Callable[[KernelBuilder, Reduction], Callable[..., Expr]]
"""What is done to each element of a row (and the constants of its column), made with reductions over it."""


def softmax(
    device: DeviceClass, shape: Sequence[int], beta: float = 1.0, log_of: bool = False, keeps: bool = False
) -> KernelCall:
    """`y` = exp(beta (x - max)) / sum exp(beta (x - max)) along the last axis of [shape], or its logarithm.

    Args:
        keeps: `y` is stored as float32: where a row stays in the cache, exponentials are kept there until the sum is
            known.
    """
    once = keeps and device is DeviceClass.CPU and not log_of

    def row(k: KernelBuilder, reduce: Reduction) -> Each:
        highest = reduce("max", lambda v: v)
        total = reduce("sum", lambda v: exp((v - highest) * beta))
        if log_of:
            shift = k.let(highest * beta + log(total), "shift")
            return lambda v: v * beta - shift
        scale = k.let(1.0 / total, "scale")
        return (lambda v: v * scale) if once else (lambda v: exp((v - highest) * beta) * scale)

    return row_kernel("log_softmax" if log_of else "softmax", shape, device, row, work=20, keeps=once)


def l2_normalization(device: DeviceClass, shape: Sequence[int]) -> KernelCall:
    """`y` = x / max(sqrt(sum of x squared), 1e-6) along the last axis of [shape]."""

    def row(k: KernelBuilder, reduce: Reduction) -> Each:
        total = reduce("sum", lambda v: v * v)
        scale = k.let(1.0 / maximum(sqrt(total), 1e-6), "scale")
        return lambda v: v * scale

    return row_kernel("l2_normalization", shape, device, row, work=4)


def row_kernel(
    name: str,
    shape: Sequence[int],
    device: DeviceClass,
    row: Row,
    work: int,
    columns: Mapping[str, np.ndarray] = MappingProxyType({}),
    keeps: bool = False,
) -> KernelCall:
    """`y` from `x`, row by row.

    Args:
        work: loads that an element is worth.
        columns: constants, one per element of a row.
        keeps: what the row does something to is not `x` but what its sum was made of, which `y` keeps.
    """
    count, rows = shape[-1] if shape else 1, math.prod(shape[:-1])
    constants = {key: pad_channels(values.astype(np.float32), padded(count)) for key, values in columns.items()}
    if device is DeviceClass.GPU and count >= LONG_ROW:
        return _group_rows(name, rows, count, row, constants)
    cpu, distance = device is DeviceClass.CPU, padded(count)
    k = KernelBuilder(f"f32_{name}", (1, 1, 1) if cpu else (GROUP, 1, 1))
    lanes = 16 if cpu and count >= 16 else LANES
    x, bound = k.read("x", f32, lanes), [k.constant(key, f32, lanes) for key in constants]
    y = k.buffer("y", f32, lanes, "read_write" if keeps else "write")
    walk = Walk(k, Nest((rows,), ((distance,),)), device, vectors=False, work=work * count)

    def body(place: Place) -> None:
        at = place.offsets[0]

        def reduced(kind: str, each: Each) -> Expr:
            return reduce_row(k, kind, x, at, count, each, y if keeps and kind == "sum" else None)

        each = row(k, reduced)
        whole = distance // lanes * lanes
        for start, stop, width in ((0, whole, lanes), (whole, distance, LANES)):
            with k.loop(start, stop, width) as i:
                beside = [k.load(c, i, width) for c in bound]
                k.store(y, at + i, each(k.load(y if keeps else x, at + i, width), *beside))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups, constants)


def _group_rows(name: str, rows: int, count: int, row: Row, constants: Mapping[str, np.ndarray]) -> KernelCall:
    """A workgroup per row."""
    k = KernelBuilder(f"f32_{name}_wg{GROUP}", (GROUP, 1, 1))
    x, bound = k.read("x", f32, LANES), [k.constant(key, f32, LANES) for key in constants]
    y = k.write("y", f32, LANES)
    last, span = k.sizes("last", "span")
    team, groups = RowTeam(k), row_groups(rows)
    at = k.let(team.row(last, span) * padded(count), "at")
    each = row(k, lambda kind, first: _team_reduce(k, team, kind, x, at, count, first))
    with team.loop(k, 0, padded(count), LANES) as i:
        beside = [k.load(c, i) for c in bound]
        k.store(y, at + i, each(k.load(x, at + i), *beside))
    return KernelCall(k.finish(), (rows - 1, groups[0]), groups, constants)


def _team_reduce(k: KernelBuilder, team: RowTeam, kind: str, x: Buffer, at: Expr, count: int, each: Each) -> Expr:
    """All `count` elements from `at` combined by the group; every invocation gets the result."""
    whole = count // LANES * LANES
    parts = k.var(f32.of(LANES), IDENTITY[kind], "parts")
    with team.loop(k, 0, whole, LANES) as i:
        k.set(parts, combine(kind, parts, each(k.load(x, at + i))))
    total = k.var(f32, lane_tree(parts, lambda a, b: combine(kind, a, b), k.let), "total")
    team.join(k, total, lambda a, b: combine(kind, a, b))
    for tail in range(whole, count):
        k.set(total, combine(kind, total, each(k.load(x, at + tail, 1))))
    return total
