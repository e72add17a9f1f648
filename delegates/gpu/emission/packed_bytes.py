"""Which operations on bytes pack their results, and what their last steps then are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....shaders.parts.code_table import Lookup
from ....shaders.parts.packed_codes import CODES, PackedBytes, RequantizeToBytes
from ....shaders.parts.requantize import Requantize
from ....shaders.traced.storage import Codes
from ..program import ir


def packed(op: ir.GpuOp, program: ir.Program) -> tuple[ir.GpuOp, PackedBytes | None]:
    """The operation with its last steps for packing, and the packing; None where its results are no unsigned bytes."""
    kept = program.values[op.output].kept
    if not isinstance(kept, Codes) or kept.storage != "u8" or not op.steps:
        return op, None
    *before, last = op.steps
    if (scaled := _saturated(last, kept.zero)) is not None:
        return replace(op, steps=(*before, scaled)), PackedBytes()
    if before and isinstance(last, ir.CodeUnary) and isinstance(last.arithmetic, Lookup):
        table = last.arithmetic
        entries = table.results.astype(np.int64) + kept.zero
        scaled = _saturated(before[-1], -table.lowest)
        fits = entries.size == CODES + 1 and entries.min() >= 0 and entries.max() <= CODES
        if scaled is not None and fits and table.packed:
            return replace(op, steps=(*before[:-1], scaled)), PackedBytes(None, entries.astype(np.uint8))
    return op, PackedBytes(kept.zero)


def _saturated(step: ir.Step, zero: int) -> ir.Step | None:
    """A step that scales sums without a clamp; None where it does something else, or to other codes."""
    if not isinstance(step, ir.CodeUnary) or not isinstance(step.arithmetic, Requantize):
        return None
    made = RequantizeToBytes.of(step.arithmetic)
    return replace(step, arithmetic=made) if made is not None and made.zero == zero else None
