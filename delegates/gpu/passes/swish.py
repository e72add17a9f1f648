"""x * logistic(x), which exporters write as two operators (Ramachandran et al. 2017, "Swish"), as one function.

Only then has the value one reader left, so that the function can join the kernel that makes it.
"""

from __future__ import annotations

from dataclasses import replace

from ..program import ir


def join_swish(program: ir.Program) -> ir.Program:
    """Replaces the pair of steps in every chain that starts with it."""
    return program.with_ops(tuple(_joined(program, op) for op in program.ops))


def _joined(program: ir.Program, op: ir.GpuOp) -> ir.GpuOp:
    if not isinstance(op, ir.Elementwise) or len(op.steps) < 2:
        return op
    first, second = op.steps[:2]
    same = isinstance(second, ir.Binary) and second.function == "MUL" and second.operand == op.inputs[0]
    if first != ir.Unary("LOGISTIC") or not same or program.shape(op.inputs[0]) != program.shape(op.output):
        return op
    return replace(op, steps=(ir.Unary("SWISH"), *op.steps[2:]))
