"""CONCATENATION along one dimension; uint8 inputs may have quantizations of their own."""
from __future__ import annotations

import numpy as np

from ..arithmetic.lookup import table_of, table_run, type_range
from ..arithmetic.magnitude import magnitude
from ..arithmetic.numerics import round_half_away
from ..op import Bind, Op, Operand, Run
from ..preparation import axis_in, copier, options_of, quantization_of, same_type
from ..schema import ConcatenationOptions, TensorType
from ..steps import sequence
from .registry import kernel


@kernel("CONCATENATION")
def prepare(op: Op) -> Bind:
    inputs, out = [operand for operand in op.inputs if operand is not None], op.output()
    first = op.input(0)
    axis = axis_in(op, options_of(op, ConcatenationOptions).axis, len(first.shape))
    for operand in inputs:
        same_type(op, operand, out)
        if len(operand.shape) != len(first.shape) or _without(operand, axis) != _without(first, axis):
            raise op.error(f"shapes differ in more than dimension {axis}")
    total = sum(operand.shape[axis] for operand in inputs)
    out.resize((*first.shape[:axis], total, *first.shape[axis + 1 :]))
    if out.dtype == np.float32:
        out.largest = max(magnitude(operand) for operand in inputs)
    return lambda: sequence(_copies(op, inputs, axis))


def _without(operand: Operand, axis: int) -> tuple[int, ...]:
    return (*operand.shape[:axis], *operand.shape[axis + 1 :])


def _copies(op: Op, inputs: list[Operand], axis: int) -> list[Run]:
    runs, start = [], 0
    for operand in inputs:
        stop = start + operand.shape[axis]
        region = op.output().array[(slice(None),) * axis + (slice(start, stop),)]
        start = stop
        table = _requantization(op, operand)
        runs.append(copier(operand.array, region) if table is None else table_run(table, operand.array, region))
    return runs


def _requantization(op: Op, operand: Operand) -> np.ndarray | None:
    """The table from codes of an input to codes of the output, or None where they are the same.

    Source: ConcatenationWithScaling of LiteRT's reference kernels (uint8 only).
    """
    if operand.type != TensorType.UINT8 or operand.quantization is None or op.output().quantization is None:
        return None
    x, out = quantization_of(op, operand), quantization_of(op, op.output())
    if x.scale == out.scale and x.zero_point == out.zero_point:
        return None
    factor = x.scale * (np.float32(1) / out.scale)
    offset = np.float32(-x.zero_point) * factor
    low, high = type_range(op.output().dtype)

    def formula(codes: np.ndarray) -> np.ndarray:
        scaled = round_half_away(codes.astype(np.float32) * factor + offset)
        return np.clip(scaled.astype(np.int64) + out.zero_point, low, high)

    return table_of(formula, operand.dtype, op.output().dtype)
