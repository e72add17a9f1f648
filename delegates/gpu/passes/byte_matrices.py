"""Products of matrices of codes as products of bytes, where the device multiplies bytes and the codes are kept so."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ....shaders.device_class import DeviceClass
from ....shaders.kernels.batch_matmul import BatchShape
from ....shaders.kernels.byte_matrices import ByteBatch, byte_batch_schedule, packed_constant, packing_pays
from ....shaders.parts.requantize import Requantize, Rescale
from ....shaders.parts.wide_sums import WholeSums
from ....shaders.traced.storage import Codes
from ..emission.byte_products import HIGH, LOW
from ..program import ir
from ..program.ir_bytes import ByteBatchMatMul, PackFactor, RowTerms, TransposeWords

SIGNED = 128
"""What unsigned bytes are larger by than signed ones."""
INTEGRAL = (Requantize, Rescale)
"""Arithmetic of first steps that takes integers as they come."""


def multiply_matrices(program: ir.Program, device: DeviceClass) -> ir.Program:
    """The program with products of bytes in place of those of two matrices of codes that are kept as bytes."""
    made = _Rewriting(program, device)
    for op in program.ops:
        if not isinstance(op, ir.BatchMatMul) or not made.product(op):
            made.ops.append(op)
    return replace(program, values=made.values, ops=tuple(made.ops))


class _Rewriting:
    def __init__(self, program: ir.Program, device: DeviceClass) -> None:
        self.device = device
        self.values = dict(program.values)
        self.ops: list[ir.GpuOp] = []

    def product(self, op: ir.BatchMatMul) -> bool:
        """Adds the operations of a product, if it can be one of bytes."""
        x, w = (self.values[v] for v in op.inputs)
        right = self._right(w)
        if not isinstance(x.kept, Codes) or right is None:
            return False
        shape = self._shape(op)
        if right[1] is None and not packing_pays(self.device, shape):
            return False
        tile = byte_batch_schedule(self.device, shape)
        w_zero, codes = right
        batch = ByteBatch(self.device, shape, x.kept.zero, w_zero, tile)
        left = op.inputs[0]
        if op.transpose_a:
            left = self._add(TransposeWords, op, left, (batch.x_words,), batch)
        if codes is None:
            packed = self._add(PackFactor, op, op.inputs[1], batch.packed_shape, batch)
        else:
            columns = codes.reshape(shape.w_batch, *codes.shape[-2:])
            data = packed_constant(columns if shape.adj_y else columns.swapaxes(1, 2), batch)
            packed = self._value(data.shape, w.name, data)
        inputs = [left, packed]
        if w_zero:
            inputs.append(self._add(RowTerms, op, left, (shape.x_batch * shape.rows,), batch))
        arguments = {"output": op.output, "nodes": op.nodes, "steps": self._steps(op, shape.columns)}
        self.ops.append(ByteBatchMatMul(inputs=tuple(inputs), batch=batch, **arguments))  # type: ignore[arg-type]
        return True

    def _right(self, w: ir.Value) -> tuple[int, np.ndarray | None] | None:
        """(zero point as signed bytes, constant signed bytes) of right matrices; None: they are no bytes."""
        if isinstance(w.kept, Codes):
            return w.kept.zero - (SIGNED if w.kept.storage == "u8" else 0), None
        if w.data is None or w.storage != "f32":
            return None
        low, high = int(w.data.min()), int(w.data.max())
        if high - low > HIGH - LOW:
            return None
        offset = min(low - LOW, 0) + max(high - HIGH, 0)
        return -offset, (w.data - offset).astype(np.int8)

    def _shape(self, op: ir.BatchMatMul) -> BatchShape:
        """The sizes; right matrices that are one and the same are multiplied by all rows at once."""
        a, b = (self.values[v].shape for v in op.inputs)
        rows, depth = a[-2:][::-1] if op.transpose_a else a[-2:]
        columns, batches = self.values[op.output].shape[-1], (math.prod(a[:-2]), math.prod(b[:-2]))
        if batches[1] == 1 and not op.transpose_a:
            rows, batches = rows * batches[0], (1, 1)
        return BatchShape(max(batches), rows, columns, depth, op.transpose_a, op.transpose_b, *batches)

    def _steps(self, op: ir.GpuOp, columns: int) -> tuple[ir.Step, ...]:
        first = op.steps[0] if op.steps else None
        if isinstance(first, ir.CodeUnary) and isinstance(first.arithmetic, INTEGRAL):
            return op.steps
        return ir.CodeUnary("SUM", arithmetic=WholeSums(np.zeros(columns, np.int64))), *op.steps

    def _value(self, shape: tuple[int, ...], name: str, data: np.ndarray | None = None) -> int:
        made = len(self.values)
        self.values[made] = ir.Value(made, shape, data, name, "i32")
        return made

    def _add(
        self,
        kind: type[PackFactor | RowTerms | TransposeWords],
        op: ir.GpuOp,
        source: int,
        shape: tuple[int, ...],
        batch: ByteBatch,
    ) -> int:
        made = self._value(shape, self.values[source].name)
        self.ops.append(kind(inputs=(source,), output=made, nodes=op.nodes, batch=batch))
        return made
