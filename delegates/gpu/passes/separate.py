"""No kernel binds the same memory twice: WebGPU refuses a writable range bound twice, and activations are writable."""

from __future__ import annotations

from dataclasses import replace

from ..program import ir
from ..program.ir_integer import Cells, Map
from ..program.regions import between, whole

ONCE = (ir.Elementwise, Map, Cells)
"""Operations whose kernels bind equal operands once."""


def separate(program: ir.Program) -> ir.Program:
    """Gives an operation that reads one memory as several operands a copy for each but the first.

    Equal operands of what works element by element, and inputs of a copy, are bound once or one at a time: they stay.
    """
    values, roots = dict(program.values), program.roots
    ops: list[ir.GpuOp] = []
    for op in program.ops:
        taken: set[int] = set()
        for slot, value in enumerate(() if isinstance(op, ir.Copy) else bindings(op)):
            root = roots.get(value, value)
            if root in taken:
                made = replace(values[value], id=len(values), data=None)
                values[made.id] = made
                region = between(whole(made.shape), whole(made.shape))
                ops.append(ir.Copy(inputs=(value,), output=made.id, nodes=op.nodes, parts=((0, region),)))
                op = _read_instead(op, slot, value, made.id)
            taken.add(root)
        ops.append(op)
    return replace(program, values=values, ops=tuple(ops))


def bindings(op: ir.GpuOp) -> tuple[int, ...]:
    """The values a kernel binds to be read, one entry per binding: inputs first."""
    if isinstance(op, ONCE):
        return tuple(dict.fromkeys(op.reads))
    return (*op.inputs, *dict.fromkeys(op.reads[len(op.inputs) :]))


def _read_instead(op: ir.GpuOp, slot: int, value: int, other: int) -> ir.GpuOp:
    """The operation with binding `slot`, now `value`, reading `other`."""
    if isinstance(op, ONCE):
        op = replace(op, inputs=tuple(other if v == value else v for v in op.inputs))
    elif slot < len(op.inputs):
        return replace(op, inputs=(*op.inputs[:slot], other, *op.inputs[slot + 1 :]))
    steps = tuple(
        replace(step, operand=other) if isinstance(step, ir.Binary) and step.operand == value else step
        for step in op.steps
    )
    return replace(op, steps=steps)
