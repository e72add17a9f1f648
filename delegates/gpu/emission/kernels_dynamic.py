"""From the operations of dynamic-range quantization to kernel calls."""

from __future__ import annotations

from ....shaders.device_class import DeviceClass
from ....shaders.kernels.dynamic_range import row_codes, row_ranges, row_scales, scaled_sums
from ....shaders.parts.epilogue import Beside
from ..program import ir
from ..program.ir_dynamic import RowCodes, RowRanges, RowScales, ScaledSums
from .kernels import Chain, Work, kernels


@kernels.register
def _ranges(op: RowRanges, program: ir.Program, device: DeviceClass) -> list[Work]:
    """None where rows are in one part: `_scales` then reads the rows themselves."""
    if op.rows.parts(device) == 1:
        return []
    return [Work(row_ranges(device, op.rows), {"x": op.inputs[0], "y": op.output})]


@kernels.register
def _scales(op: RowScales, program: ir.Program, device: DeviceClass) -> list[Work]:
    ranges, x = op.inputs
    if op.rows.parts(device) == 1:
        return [Work(row_ranges(device, op.rows, op.asymmetric), {"x": x, "y": op.output})]
    return [Work(row_scales(device, op.rows, op.asymmetric), {"x": ranges, "y": op.output})]


@kernels.register
def _codes(op: RowCodes, program: ir.Program, device: DeviceClass) -> list[Work]:
    call = row_codes(device, op.rows, op.asymmetric, op.centred)
    return [Work(call, {"x": op.inputs[0], "scales": op.inputs[1], "y": op.output})]


@kernels.register
def _sums(op: ScaledSums, program: ir.Program, device: DeviceClass) -> list[Work]:
    steps = Chain(program, op).steps(lambda value: Beside(str(value)))
    call = scaled_sums(device, op.rows, op.factors, op.bias, op.chained, steps)
    return [Work(call, {"x": op.inputs[0], "scales": op.inputs[1], "y": op.output})]
