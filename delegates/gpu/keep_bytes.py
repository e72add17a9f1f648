"""Tensors of 8-bit codes as bytes on the device, for processors that multiply bytes.

Elsewhere such a tensor lies on the device as float32. Here every value that stands for one is kept as bytes if all that
share its memory can be; what is neither (a sum that is still to be scaled) stays float32.
"""

from __future__ import annotations

from dataclasses import replace

from ...devices.device import DeviceInfo
from ...shaders.code_table import Lookup
from ...shaders.requantize import Product, Requantize, Rescale, SquaredDifference, Sum
from ...shaders.storage import Codes
from . import ir


def multiplies_bytes(info: DeviceInfo) -> bool:
    """Whether the device has instructions for sums of products of bytes that kernels can use."""
    return info.language == "opencl" and info.features >= {"pocl", "avx512_vnni"}


def without_bytes(info: DeviceInfo) -> DeviceInfo:
    """The description of a device that does not multiply bytes."""
    return replace(info, features=info.features - {"avx512_vnni", "avx512_vbmi"})


def looks_up_bytes(info: DeviceInfo) -> bool:
    """Whether the device has instructions for tables of bytes that kernels can use."""
    return "avx512_vbmi" in info.features


def keep_bytes(program: ir.Program, packed: bool) -> ir.Program:
    """The program with codes in bytes, and without the conversions that became copies.

    Args:
        packed: the device looks bytes up in its registers; see `looks_up_bytes`.
    """
    kept = _kept(program)
    ops = (replace(op, steps=tuple(_fitting(step, packed) for step in op.steps)) for op in kept.ops)
    return _without_conversions(kept.with_ops(tuple(ops)))


def _fitting(step: ir.Step, packed: bool) -> ir.Step:
    """The step with its scaling in 64 bits and, if `packed`, its table in bytes: these processors have both."""
    if not isinstance(step, ir.CodeUnary | ir.CodeBinary):
        return step
    arithmetic = step.arithmetic
    if isinstance(arithmetic, Lookup):
        return replace(step, arithmetic=replace(arithmetic, packed=packed))  # type: ignore[arg-type]
    if isinstance(arithmetic, Product | SquaredDifference):
        wide = replace(arithmetic, rescale=replace(arithmetic.rescale, wide=True))
        return replace(step, arithmetic=wide)  # type: ignore[arg-type]
    if isinstance(arithmetic, Requantize | Rescale | Sum):
        return replace(step, arithmetic=replace(arithmetic, wide=True))  # type: ignore[arg-type]
    return step


def _kept(program: ir.Program) -> ir.Program:
    roots, members = program.roots, dict[int, list[ir.Value]]()
    for value in program.values.values():
        members.setdefault(roots.get(value.id, value.id), []).append(value)
    values = dict(program.values)
    for group in members.values():
        codes = {v.codes for v in group if v.codes is not None and v.codes.storage == "u8"}
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
    return isinstance(kept, Codes) and (kept.storage, kept.zero) == (program.values[host].storage, op.zero_point)
