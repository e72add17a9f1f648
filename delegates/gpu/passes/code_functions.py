"""What depends on one code alone is one table, however many operators wrote it.

A code has 256 values. So a function of a function of a code, and a code times a function of itself (x * logistic(x), as
exporters write "swish"), are computed for all of them when the partition is built.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....core.arithmetic.numerics import requantize
from ....shaders.parts.code_table import Lookup
from ....shaders.parts.requantize import Product
from ..program import ir


def join_code_functions(program: ir.Program) -> ir.Program:
    """Replaces such steps at the head of every elementwise chain."""
    return program.with_ops(tuple(_joined(program, op) for op in program.ops))


def _joined(program: ir.Program, op: ir.GpuOp) -> ir.GpuOp:
    if not isinstance(op, ir.Elementwise) or program.shape(op.inputs[0]) != program.shape(op.output):
        return op
    steps = list(op.steps)
    while len(steps) > 1 and (joined := _pair(steps[0], steps[1], op.inputs[0])) is not None:
        steps[:2] = [joined]
    return replace(op, steps=tuple(steps))


def _pair(first: ir.Step, second: ir.Step, source: int) -> ir.Step | None:
    """Both steps as one, where they depend only on `source`, a value of codes."""
    if not isinstance(first, ir.CodeUnary) or not isinstance(first.arithmetic, Lookup):
        return None
    table = first.arithmetic
    numbers = table.results.astype(np.int64)
    if isinstance(second, ir.CodeUnary) and isinstance(second.arithmetic, Lookup):
        after = second.arithmetic
        places = np.clip(numbers - after.lowest, 0, after.results.size - 1)
        return _step(f"{first.function}+{second.function}", Lookup(after.results[places], table.lowest))
    if isinstance(second, ir.CodeBinary) and isinstance(second.arithmetic, Product) and second.operand == source:
        scale = second.arithmetic.rescale
        own = table.lowest + np.arange(numbers.size)
        made = np.clip(requantize(own * numbers, np.int64(scale.m), np.int64(scale.s)), *scale.limits)
        return _step(f"{first.function}+{second.function}", Lookup(made.astype(np.float32), table.lowest))
    return None


def _step(name: str, arithmetic: Lookup) -> ir.Step:
    return ir.CodeUnary(name, arithmetic=arithmetic)
