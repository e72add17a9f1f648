"""Matrix product with constant weights for a few rows on a GPU, where one invocation per output would leave it idle.

The values of k are dealt out to `slices` invocations per vector of columns, whose partial sums meet in workgroup
memory. Neighbouring invocations read neighbouring columns, so the weights stream through once.
"""

from __future__ import annotations

from ..language.builder import KernelBuilder
from ..language.expression import Expr, f32
from ..language.functions import minimum
from ..language.kernel import Kernel
from ..parts.arithmetic import FLOAT_OPERANDS, Operands
from ..parts.epilogue import Epilogue
from ..schedules.select import SliceTile


def few_rows_kernel(
    t: SliceTile, tail: int, epilogue: Epilogue, operands: Operands = FLOAT_OPERANDS, steps: int = 4
) -> Kernel:
    """A workgroup computes t.rows x t.columns outputs.

    Args:
        t: the tile.
        tail: values of k that remain after loads of `steps`.
        epilogue: applied to y.
        operands: what is multiplied.
        steps: values of k that a load of x brings.
    """
    across = t.columns // 4
    name = f"{operands.kind}_gemv_wg{t.rows}x{t.columns}x{t.slices}" + (f"_tail{tail}" if tail else "")
    k = KernelBuilder(f"{name}{f'_s{steps}' if steps < 4 else ''}{epilogue.name}", (across, t.slices, 1))
    x, weights, arithmetic = operands.declare(k, steps, 4, t.rows)
    bound, y = epilogue.declare(k, 4), k.write("y", f32, 4)
    rows, columns, depth = k.sizes("rows", "columns", "depth")
    partial = k.shared("partial", arithmetic.type.of(4), t.rows * t.slices * t.columns)
    panel, lane, part = k.group_id(0), k.local_id(0), k.local_id(1)
    row = k.let(minimum(k.group_id(1) * t.rows, rows - t.rows), "row")
    stride = k.let((depth + (steps - 1)) // steps * steps, "stride")
    whole = k.let(depth - depth % steps, "whole")
    first = k.let(panel * depth * t.columns + lane * 4, "first")
    sums = [k.var(arithmetic.type.of(4), 0, "sum") for _ in range(t.rows)]

    def add(i: Expr, count: int) -> None:
        left = [k.load(x, (row + r) * stride + i, hint="l") for r in range(t.rows)]
        for u in range(count):
            right = k.load(weights, first + (i + u) * t.columns, hint="r")
            for a, total in zip(left, sums, strict=True):
                k.set(total, arithmetic.multiplied(total, a[u], right))
        for r, value in enumerate(left):
            arithmetic.also(k, r, value)

    with k.loop(part * steps, whole, t.slices * steps) as i:
        add(i, steps)
    if tail:
        with k.when(part < 1):
            add(whole, tail)
    channel = k.let(minimum(panel * t.columns, columns - t.columns) + lane * 4, "channel")
    for r, (total,) in enumerate(arithmetic.finished(k, [[total] for total in sums], channel, (0,), (4,))):
        k.store(partial, ((part * t.rows + r) * across + lane) * 4, total)
    k.barrier()
    with k.when(part < t.rows):
        total = k.var(arithmetic.type.of(4), 0, "total")
        with k.loop(0, t.slices) as other:
            k.set(total, total + k.load(partial, ((other * t.rows + part) * across + lane) * 4))
        at = k.let((row + part) * columns + channel, "out")
        k.store(y, at, bound.apply(k, total, at, channel))
    return k.finish()
