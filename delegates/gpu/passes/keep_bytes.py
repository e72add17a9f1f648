"""Tensors of 8-bit codes as bytes on the device, for devices that multiply bytes.

Elsewhere such a tensor lies on the device as float32. Here every value that stands for one is kept as bytes if all that
share its memory can be; what is neither (a sum that is still to be scaled) stays float32, and in WGSL, which stores
bytes by four, so does what a kernel stores one by one. Bytes are unsigned where OpenCL multiplies them, else signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ....devices.device import DeviceInfo
from ....shaders.device_class import DeviceClass
from ....shaders.parts.code_table import Lookup
from ....shaders.parts.requantize import Product, Requantize, Rescale, SquaredDifference, Sum
from ....shaders.printing.opencl_bytes import ByteInstructions
from ....shaders.traced.storage import Codes
from ..emission.emit import stored_singly
from ..program import ir
from .byte_matrices import multiply_matrices

LACKING = "the device has no instructions for products of bytes that kernels here can use"
UNWANTED = "the option 'bytes' is 'off'"
SINGLY = "its kernel stores single codes, which WGSL cannot"
MIXED = "it shares its memory with a tensor of other codes"

VECTORS = (
    *(ir.Conv2D, ir.DepthwiseConv2D, ir.TransposeConv2D, ir.FullyConnected, ir.BatchMatMul),
    *(ir.Pool2D, ir.Elementwise),
)
"""Operations whose kernels store whole vectors of bytes."""


def multiplies_bytes(info: DeviceInfo) -> bool:
    """Whether the device has instructions for sums of products of bytes that kernels can use."""
    if info.language == "wgsl":
        return "integer_dot_product" in info.features
    return "pocl" in info.features and ByteInstructions.of(info.features) is not None


def looks_up_bytes(info: DeviceInfo) -> bool:
    """Whether the device has instructions for tables of bytes that kernels can use."""
    return "avx512_vbmi" in info.features


def keep_bytes(program: ir.Program, info: DeviceInfo) -> ir.Program:
    """The program for a device that multiplies bytes: codes in them, without the conversions that became copies."""
    refused = frozenset[int]()
    while True:
        kept = _without_conversions(_kept(program, info.language == "wgsl", refused))
        singly = stored_singly(kept, info, VECTORS) if info.language == "wgsl" else frozenset()
        if not (more := frozenset(v for v in singly if kept.values[v].kept is not None)):
            break
        refused |= more
    roots = kept.roots
    kept = with_remarks(kept, lambda value: SINGLY if roots.get(value, value) in refused else MIXED)
    kept = multiply_matrices(kept, DeviceClass(info.device_class))
    if info.language == "wgsl":
        return kept
    packed = looks_up_bytes(info)
    fitting = (replace(op, steps=tuple(_fitting(step, packed) for step in op.steps)) for op in kept.ops)
    return kept.with_ops(tuple(fitting))


def with_remarks(program: ir.Program, reason: Callable[[int], str]) -> ir.Program:
    """The program with remarks on nodes whose results are codes that lie on the device as float32; why, by value."""
    made = {}
    for op in program.ops:
        value = program.values[op.output]
        if op.nodes and _as_bytes(value) is not None and value.kept is None:
            made[op.nodes[-1]] = ("float codes", f"its codes are float32 on the device: {reason(value.id)}")
    return replace(program, remarks=made)


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


def _as_bytes(value: ir.Value) -> Codes | None:
    """How bytes would hold a value; None: it stands for no tensor of 8-bit codes."""
    return value.codes if value.codes is not None and value.codes.storage == "u8" else None


def _kept(program: ir.Program, signed: bool, refused: frozenset[int]) -> ir.Program:
    """Values that share memory are kept alike, but for those (by whose memory it is) that are `refused`."""
    roots, members = program.roots, dict[int, list[ir.Value]]()
    for value in program.values.values():
        members.setdefault(roots.get(value.id, value.id), []).append(value)
    values = dict(program.values)
    for root, group in members.items():
        codes = {c for v in group if (c := _as_bytes(v)) is not None}
        plain = all(v.storage == "f32" and v.data is None for v in group)
        if len(codes) == 1 and plain and root not in refused:
            (unsigned,) = codes
            kept = Codes("i8", unsigned.zero - 128) if signed else unsigned
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
