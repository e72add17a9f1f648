"""STABLEHLO_DOT_GENERAL: products of matrices over any dimensions; source: the StableHLO specification."""
from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from ..op import Bind, Op, Operand
from .registry import kernel


@kernel("STABLEHLO_DOT_GENERAL")
def prepare(op: Op) -> Bind:
    """Result: batching dimensions, then the free ones of the left and of the right operand. Sums are of its type."""
    a, b, out, options = op.input(0), op.input(1), op.output(), op.options
    batch = options.lhs_batching_dimensions, options.rhs_batching_dimensions
    contracted = options.lhs_contracting_dimensions, options.rhs_contracting_dimensions
    for dims, other in (batch, contracted):
        if len(dims) != len(other) or not (_are_dims(a, dims) and _are_dims(b, other)) or any(
            a.shape[i] != b.shape[j] for i, j in zip(dims, other, strict=True)
        ):
            raise op.error(f"dimensions {list(dims)} and {list(other)} of {a} and {b} do not fit each other")
    free = [
        [d for d in range(len(operand.shape)) if d not in (*batch[side], *contracted[side])]
        for side, operand in enumerate((a, b))
    ]
    left, right = [a.shape[d] for d in free[0]], [b.shape[d] for d in free[1]]
    common = [a.shape[d] for d in batch[0]]
    depth = prod(a.shape[d] for d in contracted[0])
    out.resize((*common, *left, *right))

    def run() -> None:
        rows = a.array.transpose((*batch[0], *free[0], *contracted[0])).reshape(*common, prod(left), depth)
        columns = b.array.transpose((*batch[1], *contracted[1], *free[1])).reshape(*common, depth, prod(right))
        product = np.matmul(rows.astype(out.dtype, copy=False), columns.astype(out.dtype, copy=False))
        np.copyto(out.array, product.reshape(out.shape))

    return lambda: run


def _are_dims(operand: Operand, dims: Sequence[int]) -> bool:
    return len(set(dims)) == len(dims) and all(0 <= d < len(operand.shape) for d in dims)
