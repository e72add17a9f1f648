"""Products of codes as products of bytes, where the device multiplies bytes and the codes are kept so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ....shaders.layout import LANES
from ....shaders.parts.requantize import Requantize, RequantizeDouble
from ....shaders.parts.scaled_back import ScaledBack
from ....shaders.parts.wide_sums import Joined, RequantizeWide, RequantizeWideDouble, WholeSums
from ....shaders.traced.storage import Codes
from ..program import ir

TWO_SUMS = (RequantizeWide, RequantizeWideDouble, Joined, ScaledBack)
"""Arithmetic of first steps that takes sums and something beside them."""
LOW, HIGH = -128, 127
"""Of signed bytes."""


@dataclass(frozen=True, eq=False)
class ByteOperands:
    """The operands of a convolution or matrix product.

    Attributes:
        zero: what stands for 0 in the activations.
        weights: int8, of the operation's shape.
        offsets: int32, what each channel's weights are larger by than `weights`; None: nothing.
        op: the operation, its first step for sums of the bytes as they are (TRANSPOSE_CONV: less the zero point).
    """

    zero: int
    weights: np.ndarray
    offsets: np.ndarray | None
    op: ir.GpuOp


Products = ir.Conv2D | ir.DepthwiseConv2D | ir.TransposeConv2D | ir.FullyConnected


def byte_operands(op: Products, program: ir.Program) -> ByteOperands | None:
    """The operation on bytes; None where it computes with floats, or in a way that the kernels do not."""
    kept = program.values[op.inputs[0]].kept
    if not isinstance(kept, Codes) or op.bias is not None:
        return None
    depthwise = isinstance(op, ir.DepthwiseConv2D)
    others = (0, 1) if depthwise else tuple(range(1, op.weights.ndim))
    offsets = offsets_of(op.weights, others)
    if offsets is not None and not depthwise and (op.weights.shape[-1] % LANES or getattr(op, "groups", 1) > 1):
        return None
    excess = kept.zero * op.weights.sum(axis=others, dtype=np.int64)
    steps = _less(op, program, 0 * excess if isinstance(op, ir.TransposeConv2D) else excess)
    if steps is None:
        return None
    weights = op.weights if offsets is None else op.weights - np.expand_dims(offsets, others)
    return ByteOperands(kept.zero, weights.astype(np.int8), offsets, replace(op, steps=steps))


def _less(op: ir.GpuOp, program: ir.Program, excess: np.ndarray) -> tuple[ir.Step, ...] | None:
    """The steps for sums that are too large by `excess` per channel; None where they are for no sums of codes."""
    if not op.steps:
        sums = ir.CodeUnary("SUM", arithmetic=WholeSums(excess))
        return (sums,) if program.values[op.output].whole else None
    first, *others = op.steps
    if isinstance(first, ir.CodeUnary) and isinstance(first.arithmetic, Requantize | RequantizeDouble):
        return replace(first, arithmetic=replace(first.arithmetic, excess=excess)), *others
    joined = first.arithmetic if isinstance(first, ir.CodeBinary) else None
    if isinstance(first, ir.CodeBinary) and isinstance(joined, TWO_SUMS):
        return replace(first, arithmetic=joined.less(excess)), *others
    return None


def offsets_of(weights: np.ndarray, others: tuple[int, ...]) -> np.ndarray | None:
    """What to take off each channel's weights so that they fit signed bytes; None: they all do.

    Args:
        weights: whole numbers, of each channel within a range of 256.
        others: all axes but the channels'.
    """
    low, high = weights.min(axis=others), weights.max(axis=others)
    offsets = np.where(low < LOW, low - LOW, np.where(high > HIGH, high - HIGH, 0)).astype(np.int32)
    return offsets if offsets.any() else None
