"""STABLEHLO_REDUCE: reduce dimensions of one or several tensors by a subgraph; source: the StableHLO specification."""
from __future__ import annotations

from math import prod

import numpy as np

from ..op import Bind, Op, Operand, Run
from ..preparation import axes_in, same_type
from ..region import Region
from .registry import kernel


@kernel("STABLEHLO_REDUCE")
def prepare(op: Op) -> Bind:
    """Inputs: n tensors of one shape, then n scalars to start from. Elements are taken in row-major order."""
    count = len(op.inputs) // 2
    tensors = [op.input(i) for i in range(count)]
    initial = [op.input(count + i) for i in range(count)]
    if not count or len(op.inputs) % 2 or any(x.shape != tensors[0].shape for x in tensors):
        raise op.error("STABLEHLO_REDUCE needs tensors of one shape and as many initial values")
    for x, start in zip(tensors, initial, strict=True):
        same_type(op, x, start)
        if prod(start.shape) != 1:
            raise op.error(f"the initial value {start} is not a scalar")
    axes = axes_in(op, op.options.dimensions, len(tensors[0].shape))
    kept = tuple(d for d in range(len(tensors[0].shape)) if d not in axes)
    for out in op.outputs:
        out.resize(tuple(tensors[0].shape[d] for d in kept))
    region = Region(op, op.options.body_subgraph_index, count)
    if region.ufunc is not None:
        return lambda: _ufunc_run(region.ufunc, tensors[0], initial[0], op.output(), axes)

    def run() -> None:
        shape = (*op.output().shape, -1) if prod(tensors[0].shape) else (*op.output().shape, 0)
        values = [x.array.transpose((*kept, *axes)).reshape(shape) for x in tensors]
        results = [np.full(op.output().shape, x.array.reshape(()), x.dtype) for x in initial]
        for k in range(values[0].shape[-1]):
            results = region.combine(results, [v[..., k] for v in values])
        for out, result in zip(op.outputs, results, strict=True):
            np.copyto(out.array, result)

    return lambda: run


def _ufunc_run(ufunc: np.ufunc | None, x: Operand, initial: Operand, out: Operand, axes: tuple[int, ...]) -> Run:
    assert ufunc is not None

    def run() -> None:
        out.array[...] = ufunc.reduce(x.array, axis=axes, dtype=x.dtype, initial=initial.array.reshape(())[()])

    return run
