"""Tensors of 8-bit codes as bytes on the device, for processors that multiply bytes.

Elsewhere such a tensor lies on the device as float32. Here every value that stands for one is kept as bytes if all that
share its memory can be; what is neither (a sum that is still to be scaled) stays float32.
"""

from __future__ import annotations

from dataclasses import replace

from ...devices.device import DeviceInfo
from ...shaders.requantize import Requantize, Sum
from . import ir


def multiplies_bytes(info: DeviceInfo) -> bool:
    """Whether the device has instructions for sums of products of bytes that kernels can use."""
    return info.language == "opencl" and info.features >= {"pocl", "avx512_vnni"}


def keep_bytes(program: ir.Program) -> ir.Program:
    """The program with codes in bytes, and without the conversions that became copies."""
    kept = _kept(program)
    return _without_conversions(kept.with_ops(tuple(map(_wide, kept.ops))))


def _wide(op: ir.GpuOp) -> ir.GpuOp:
    """The operation with its scaling in 64 bits, which these processors have."""
    return replace(op, steps=tuple(map(_wide_step, op.steps)))


def _wide_step(step: ir.Step) -> ir.Step:
    if isinstance(step, ir.CodeUnary) and isinstance(step.arithmetic, Requantize):
        return replace(step, arithmetic=replace(step.arithmetic, wide=True))
    if isinstance(step, ir.CodeBinary) and isinstance(step.arithmetic, Sum):
        return replace(step, arithmetic=replace(step.arithmetic, wide=True))
    return step


def _kept(program: ir.Program) -> ir.Program:
    roots, members = program.roots, dict[int, list[ir.Value]]()
    for value in program.values.values():
        members.setdefault(roots.get(value.id, value.id), []).append(value)
    values = dict(program.values)
    for group in members.values():
        codes = {v.codes for v in group if v.codes is not None}
        plain = all(v.storage == "f32" and v.data is None for v in group)
        if len(codes) == 1 and plain:
            (kept,) = codes
            values.update({v.id: replace(v, kept=kept) for v in group})
    return replace(program, values=values)


def _without_conversions(program: ir.Program) -> ir.Program:
    """Loads and stores of codes that are held as the host holds them share its memory."""
    loads = tuple(_alias(op) if _is_copy(program, op, ir.LoadCodes) else op for op in program.ops)
    program = program.with_ops(loads)
    roots, ops = program.roots, list[ir.GpuOp]()
    taken = {roots.get(v, v) for v in (*program.inputs, *program.outputs) if v is not None}
    for op in program.ops:
        if _is_copy(program, op, ir.StoreCodes) and (root := roots.get(op.inputs[0], op.inputs[0])) not in taken:
            taken.add(root)
            op = _alias(op)
        ops.append(op)
    return program.with_ops(tuple(ops))


def _alias(op: ir.GpuOp) -> ir.Alias:
    return ir.Alias(inputs=op.inputs, output=op.output, nodes=op.nodes)


def _is_copy(program: ir.Program, op: ir.GpuOp, kind: type[ir.LoadCodes | ir.StoreCodes]) -> bool:
    if not isinstance(op, kind):
        return False
    host, inner = (op.inputs[0], op.output) if kind is ir.LoadCodes else (op.output, op.inputs[0])
    kept = program.values[inner].kept
    return kept is not None and (kept.storage, kept.zero) == (program.values[host].storage, op.zero_point)
