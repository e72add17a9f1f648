"""Products of codes as products of bytes, where the device multiplies bytes and the codes are kept so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...shaders.requantize import Requantize, RequantizeDouble
from ...shaders.storage import Codes
from . import ir


@dataclass(frozen=True, eq=False)
class ByteOperands:
    """The operands of a convolution or matrix product.

    Attributes:
        zero: what stands for 0 in the activations.
        weights: int8, of the operation's shape.
        op: the operation, its first step for sums of the bytes as they are.
    """

    zero: int
    weights: np.ndarray
    op: ir.GpuOp


def byte_operands(op: ir.Conv2D | ir.DepthwiseConv2D | ir.FullyConnected, program: ir.Program) -> ByteOperands | None:
    """The operation on bytes; None where it computes with floats, or with weights that fit no signed byte."""
    kept = program.values[op.inputs[0]].kept
    first = op.steps[0] if op.steps else None
    if not isinstance(kept, Codes) or op.bias is not None or not isinstance(first, ir.CodeUnary):
        return None
    if not isinstance(first.arithmetic, Requantize | RequantizeDouble):
        return None
    if getattr(op, "groups", 1) != 1 or op.weights.min() < -128 or op.weights.max() > 127:
        return None
    by_channel = (0, 1) if isinstance(op, ir.DepthwiseConv2D) else tuple(range(1, op.weights.ndim))
    excess = kept.zero * op.weights.sum(axis=by_channel, dtype=np.int64)
    scaling = replace(first, arithmetic=replace(first.arithmetic, excess=excess))
    return ByteOperands(kept.zero, op.weights.astype(np.int8), replace(op, steps=(scaling, *op.steps[1:])))
