"""Softmax, log-softmax and L2 normalisation along the innermost axis: one invocation takes a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .call import KernelCall
from .device_class import DeviceClass
from .expression import Expr, f32
from .functions import exp, log, maximum, sqrt
from .kernel import Buffer
from .language import KernelBuilder
from .layout import LANES, padded
from .nest import GROUP, Nest, Place, Walk
from .reduce import reduce_row

Row = Callable[[KernelBuilder, Buffer, Expr, int], Callable[[Expr], Expr]]
"""(builder, x, offset of the row, its length) -> what is done to each element of the row."""


def softmax(device: DeviceClass, shape: Sequence[int], beta: float = 1.0, log_of: bool = False) -> KernelCall:
    """`y` = exp(beta (x - max)) / sum exp(beta (x - max)) along the last axis of [shape], or its logarithm."""

    def row(k: KernelBuilder, x: Buffer, at: Expr, count: int) -> Callable[[Expr], Expr]:
        highest = reduce_row(k, "max", x, at, count)
        total = reduce_row(k, "sum", x, at, count, lambda v: exp((v - highest) * beta))
        if log_of:
            shift = k.let(highest * beta + log(total), "shift")
            return lambda v: v * beta - shift
        scale = k.let(1.0 / total, "scale")
        return lambda v: exp((v - highest) * beta) * scale

    return _rows("log_softmax" if log_of else "softmax", shape, device, row, work=20)


def l2_normalization(device: DeviceClass, shape: Sequence[int]) -> KernelCall:
    """`y` = x / max(sqrt(sum of x squared), 1e-6) along the last axis of [shape]."""

    def row(k: KernelBuilder, x: Buffer, at: Expr, count: int) -> Callable[[Expr], Expr]:
        total = reduce_row(k, "sum", x, at, count, lambda v: v * v)
        scale = k.let(1.0 / maximum(sqrt(total), 1e-6), "scale")
        return lambda v: v * scale

    return _rows("l2_normalization", shape, device, row, work=4)


def _rows(name: str, shape: Sequence[int], device: DeviceClass, row: Row, work: int) -> KernelCall:
    cpu = device is DeviceClass.CPU
    count = shape[-1] if shape else 1
    distance = padded(count)
    k = KernelBuilder(f"f32_{name}", (1, 1, 1) if cpu else (GROUP, 1, 1))
    lanes = 16 if cpu and count >= 16 else LANES
    x, y = k.read("x", f32, lanes), k.write("y", f32, lanes)
    nest = Nest((math.prod(shape[:-1]),), ((distance,),))
    walk = Walk(k, nest, device, vectors=False, work=work * count)

    def body(place: Place) -> None:
        at = place.offsets[0]
        each = row(k, x, at, count)
        whole = distance // lanes * lanes
        with k.loop(0, whole, lanes) as i:
            k.store(y, at + i, each(k.load(x, at + i, lanes)))
        with k.loop(whole, distance, LANES) as i:
            k.store(y, at + i, each(k.load(x, at + i, LANES)))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)
