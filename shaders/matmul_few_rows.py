"""Matrix product with constant weights for a few rows on a GPU, where one invocation per output would leave it idle.

The values of k are dealt out to `slices` invocations per vector of columns, whose partial sums meet in workgroup
memory. Neighbouring invocations read neighbouring columns, so the weights stream through once.
"""

from __future__ import annotations

import numpy as np

from .call import KernelCall
from .epilogue import Epilogue
from .expression import Expr, f32
from .functions import fma, minimum
from .kernel import Kernel
from .language import KernelBuilder
from .layout import ceil_div, padded
from .packing import pack_panels
from .select import SliceTile


def matmul_few_rows(tile: SliceTile, rows: int, weights: np.ndarray, epilogue: Epilogue) -> KernelCall:
    """The product of x [rows, padded(k)] and weights [n, k]; rows beyond `tile.rows` take further workgroups."""
    n, depth = weights.shape
    tile = SliceTile(min(tile.rows, rows), min(tile.columns, padded(n)), tile.slices)
    constants = {"weights": pack_panels(weights.T, padded(n), tile.columns), **epilogue.constants(n)}
    groups = (ceil_div(padded(n), tile.columns), ceil_div(rows, tile.rows), 1)
    return KernelCall(few_rows_kernel(tile, depth % 4, epilogue), (rows, padded(n), depth), groups, constants)


def few_rows_kernel(t: SliceTile, tail: int, epilogue: Epilogue) -> Kernel:
    """A workgroup computes t.rows x t.columns outputs. `tail`: values of k that remain after steps of 4."""
    across = t.columns // 4
    name = f"f32_gemv_wg{t.rows}x{t.columns}x{t.slices}" + (f"_tail{tail}" if tail else "")
    k = KernelBuilder(name + epilogue.name, (across, t.slices, 1))
    x, weights = k.read("x", f32, 4), k.constant("weights", f32, 4)
    bound, y = epilogue.declare(k, 4), k.write("y", f32, 4)
    rows, columns, depth = k.sizes("rows", "columns", "depth")
    partial = k.shared("partial", f32.of(4), t.rows * t.slices * t.columns)
    panel, lane, part = k.group_id(0), k.local_id(0), k.local_id(1)
    row = k.let(minimum(k.group_id(1) * t.rows, rows - t.rows), "row")
    stride = k.let((depth + 3) // 4 * 4, "stride")
    whole = k.let(depth - depth % 4, "whole")
    first = k.let(panel * depth * t.columns + lane * 4, "first")
    sums = [k.var(f32.of(4), 0, "sum") for _ in range(t.rows)]

    def add(i: Expr, count: int) -> None:
        left = [k.load(x, (row + r) * stride + i, hint="l") for r in range(t.rows)]
        for u in range(count):
            right = k.load(weights, first + (i + u) * t.columns, hint="r")
            for a, total in zip(left, sums, strict=True):
                k.set(total, fma(a[u], right, total))

    with k.loop(part * 4, whole, t.slices * 4) as i:
        add(i, 4)
    if tail:
        with k.when(part < 1):
            add(whole, tail)
    for r, total in enumerate(sums):
        k.store(partial, ((part * t.rows + r) * across + lane) * 4, total)
    k.barrier()
    channel = k.let(minimum(panel * t.columns, columns - t.columns) + lane * 4, "channel")
    with k.when(part < t.rows):
        total = k.var(f32.of(4), 0, "total")
        with k.loop(0, t.slices) as other:
            k.set(total, total + k.load(partial, ((other * t.rows + part) * across + lane) * 4))
        at = k.let((row + part) * columns + channel, "out")
        k.store(y, at, bound.apply(k, total, at, channel))
    return k.finish()
