"""From the operations on matrices of bytes to kernel calls."""

from __future__ import annotations

from ....shaders.device_class import DeviceClass
from ....shaders.kernels.byte_matrices import byte_batch_matmul, pack_factor, row_terms, transposed_words
from ..program import ir
from ..program.ir_bytes import ByteBatchMatMul, PackFactor, RowTerms, TransposeWords
from .kernels import Chain, Work, kernels


@kernels.register
def _pack(op: PackFactor, program: ir.Program, device: DeviceClass) -> list[Work]:
    return [Work(pack_factor(op.batch), {"w": op.inputs[0], "y": op.output})]


@kernels.register
def _transpose(op: TransposeWords, program: ir.Program, device: DeviceClass) -> list[Work]:
    return [Work(transposed_words(op.batch), {"x": op.inputs[0], "y": op.output})]


@kernels.register
def _terms(op: RowTerms, program: ir.Program, device: DeviceClass) -> list[Work]:
    return [Work(row_terms(op.batch), {"x": op.inputs[0], "y": op.output})]


@kernels.register
def _products(op: ByteBatchMatMul, program: ir.Program, device: DeviceClass) -> list[Work]:
    chain = Chain.packing(program, op)
    call = byte_batch_matmul(op.batch, chain.epilogue())
    operands = {**chain.operands, **dict(zip(("x", "w", "terms"), op.inputs, strict=False)), "y": op.output}
    return [Work(call, {name: operands[name] for name in call.operands})]
