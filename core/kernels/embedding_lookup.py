"""EMBEDDING_LOOKUP: rows of a table, dequantized where the output is float and the table is not."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op
from ..preparation import invoke_error, quantization_of
from .registry import kernel


@kernel("EMBEDDING_LOOKUP")
def prepare(op: Op) -> Bind:
    indices, table, out = op.input(0), op.input(1), op.output()
    if len(indices.shape) != 1 or len(table.shape) < 2:
        raise op.error(f"cannot look up {indices} in {table}")
    out.resize((*indices.shape, *table.shape[1:]))
    dequantizes = out.dtype.kind == "f" and table.dtype.kind != "f"
    if dequantizes:
        quantization_of(op, table)

    def run() -> None:
        rows = indices.array
        if rows.size and (rows.min() < 0 or rows.max() >= table.shape[0]):
            raise invoke_error(op, f"Embedding Lookup: index out of bounds. Got {rows.max()}, and bounds are "
                                   f"[0, {table.shape[0] - 1}]")
        np.copyto(out.array, table.array[rows], casting="unsafe")
        if dequantizes:
            assert table.quantization is not None
            scales = table.quantization.scales
            np.multiply(out.array, scales[rows].reshape(-1, *[1] * (out.array.ndim - 1)) if scales.size > 1 else scales,
                        out=out.array)

    return lambda: run
