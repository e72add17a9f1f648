"""Fewer kernels for the same numbers: elementwise work joins its producer, zero padding joins the convolution."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ....core.graph import Shape
from ..program import ir
from ..program.layout import is_per_channel

HOSTS = (
    ir.Conv2D,
    ir.DepthwiseConv2D,
    ir.TransposeConv2D,
    ir.FullyConnected,
    ir.BatchMatMul,
    ir.Pool2D,
    ir.ResizeBilinear,
    ir.Elementwise,
)
"""Operations whose kernels take elementwise steps along."""

MAX_OPERANDS = 4
"""Operands beside the inputs of one kernel: WebGPU guarantees eight storage buffers."""


def fuse(program: ir.Program) -> ir.Program:
    """All fusions, then only what an output needs."""
    return prune(join_elementwise(join_padding(program)))


def prune(program: ir.Program) -> ir.Program:
    """The program without operations whose results, and inputs whose values, nobody reads."""
    needed, kept = set(program.results), []
    for op in reversed(program.ops):
        if op.output in needed:
            kept.append(op)
            needed.update(op.reads)
    inputs = tuple(value if value in needed else None for value in program.inputs)
    return replace(program, ops=tuple(reversed(kept)), inputs=inputs)


# --- elementwise chains


def join_elementwise(program: ir.Program) -> ir.Program:
    """Moves the steps of elementwise operations into what makes their inputs, where nobody else reads those."""
    uses = program.uses()
    made: list[ir.GpuOp | None] = []
    maker: dict[int, int] = {}
    for op in program.ops:
        joined = _joined(program, op, made, maker, uses) if isinstance(op, ir.Elementwise) else None
        if joined is not None:
            position, op = joined
            made[position] = None
        maker[op.output] = len(made)
        made.append(op)
    return program.with_ops(tuple(op for op in made if op is not None))


def _joined(
    program: ir.Program, op: ir.Elementwise, made: list[ir.GpuOp | None], maker: dict[int, int], uses: dict[int, int]
) -> tuple[int, ir.GpuOp] | None:
    """The producer with the steps of `op`, and where the producer stood; None where they cannot be one."""
    for chain in (op, turned(program, op)):
        if chain is None:
            continue
        value = chain.inputs[0]
        host = made[maker[value]] if value in maker else None
        if host is None or uses[value] != 1 or not isinstance(host, HOSTS) or value in program.results:
            continue
        if program.shape(value) == program.shape(op.output) and _fits(program, host, chain.steps):
            nodes = tuple(sorted({*host.nodes, *op.nodes}))
            return maker[value], replace(host, output=op.output, nodes=nodes, steps=host.steps + chain.steps)
    return None


def turned(program: ir.Program, op: ir.Elementwise) -> ir.Elementwise | None:
    """The chain started from the other operand of its first step, if that has the result's shape."""
    first = op.steps[0]
    if not isinstance(first, ir.Binary) or first.operand is None or first.operand in op.inputs:
        return None
    if program.shape(first.operand) != program.shape(op.output):
        return None
    turned = replace(first, operand=op.inputs[0], reverse=not first.reverse)
    return replace(op, inputs=(first.operand,), steps=(turned, *op.steps[1:]))


def _fits(program: ir.Program, host: ir.GpuOp, steps: Iterable[ir.Step]) -> bool:
    """Whether the kernel of `host` can take the steps: operands lie beside its output, and are few."""
    operands = [s.operand for s in steps if isinstance(s, ir.Binary) and s.operand is not None]
    tables = sum(isinstance(s, ir.CodeUnary | ir.CodeBinary) for s in (*host.steps, *steps))
    if len(host.reads) - len(host.inputs) + len(operands) + tables > MAX_OPERANDS:
        return False
    shape = program.shape(host.output)
    if isinstance(host, ir.Elementwise):
        return True
    roots = program.roots
    if {roots.get(o, o) for o in operands} & {roots.get(i, i) for i in host.inputs}:
        return False
    return all(lies_beside(program.shape(o), shape) for o in operands)


def lies_beside(operand: Shape, output: Shape) -> bool:
    """Whether an operand has the output's shape, or one value per channel."""
    return operand == output or is_per_channel(operand, output)


# --- padding


def join_padding(program: ir.Program) -> ir.Program:
    """Convolutions read the unpadded picture where a PAD before them adds zeros around it."""
    pads = {op.output: op for op in program.ops if isinstance(op, ir.Copy) and _border(program, op) is not None}
    ops = []
    for op in program.ops:
        if isinstance(op, ir.Conv2D | ir.DepthwiseConv2D) and op.inputs[0] in pads:
            pad = pads[op.inputs[0]]
            border = _border(program, pad) or (0, 0)
            padding = (op.padding[0] + border[0], op.padding[1] + border[1])
            nodes = tuple(sorted({*pad.nodes, *op.nodes}))
            op = replace(op, inputs=(pad.inputs[0],), padding=padding, nodes=nodes)
        ops.append(op)
    return prune(program.with_ops(tuple(ops)))


def _border(program: ir.Program, op: ir.Copy) -> tuple[int, int] | None:
    """Rows above and columns left of the picture, if all the copy does is to put zeros around it."""
    if len(op.parts) != 1 or op.fill != 0.0 or op.steps:
        return None
    axes, source, made = op.parts[0][1].axes, program.shape(op.inputs[0]), program.shape(op.output)
    if len(axes) != 4 or len(source) != 4 or len(made) != 4 or (source[0], source[3]) != (made[0], made[3]):
        return None
    if any(a.table for a in axes) or axes[0].bounds or axes[3].bounds or not (axes[1].bounds or axes[2].bounds):
        return None
    above, left = ((axis.bounds or (0, 0))[0] for axis in axes[1:3])
    return above, left
