"""llvmpipe: convolutions whose windows lie side by side (patch embeddings) become products of rearranged pictures.

The product shares its text with others of the model, and a text of its own takes llvmpipe a tenth of a second to
compile. The picture is moved in whole vectors, straight from the host's where nothing else reads it, or it is left.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....shaders.device_class import DeviceClass
from ....shaders.layout import LANES
from ..program import ir
from ..program.regions import between, reshaping, split, whole
from .fuse import join_elementwise, prune


def multiply_patches(program: ir.Program, device: DeviceClass) -> ir.Program:
    """The program with products in the place of such convolutions; as it is on other devices."""
    if device is not DeviceClass.LLVMPIPE:
        return program
    values, ops, made = dict(program.values), list[ir.GpuOp](), {op.output: op for op in program.ops}
    products = set()
    for op in program.ops:
        source = _source(op, program, made) if isinstance(op, ir.Conv2D) and _takes_patches(op, program) else None
        if source is None or not isinstance(op, ir.Conv2D):
            ops.append(op)
        else:
            ops += _product(op, source, program, values)
            products.add(op.output)
    if not products:
        return program
    return join_elementwise(_reshaped(prune(replace(program, values=values, ops=tuple(ops))), products))


def _product(op: ir.Conv2D, source: int, program: ir.Program, values: dict[int, ir.Value]) -> list[ir.GpuOp]:
    """A copy of the patches into rows, and their product."""
    (n, h, w, _), (out, height, width, depth) = program.shape(op.output), op.weights.shape
    patches = ir.Value(len(values), (n, h, w, height * width * depth), name=values[op.inputs[0]].name)
    values[patches.id] = patches
    region = between(split(whole(patches.shape), (n, h, w, height, width, depth)), _patches(op, source, program))
    return [
        ir.Copy(inputs=(source,), output=patches.id, nodes=(), parts=((0, region),)),
        ir.FullyConnected(
            inputs=(patches.id,),
            output=op.output,
            nodes=op.nodes,
            steps=op.steps,
            weights=op.weights.reshape(out, -1),
            bias=op.bias,
        ),
    ]


def _takes_patches(op: ir.Conv2D, program: ir.Program) -> bool:
    ends = (program.values[v] for v in (op.inputs[0], op.output))
    plain = all(v.storage == "f32" and v.kept is None and v.codes is None and not v.whole for v in ends)
    coded = any(isinstance(step, ir.CodeUnary | ir.CodeBinary) for step in op.steps)
    window, y, (_, height, width, _) = op.weights.shape[1:3], program.shape(op.output), program.shape(op.inputs[0])
    inside = all(n * s <= size for n, s, size in zip(y[1:3], op.stride, (height, width), strict=True))
    apart = window == op.stride != (1, 1) and op.dilation == (1, 1) and op.padding == (0, 0) and op.groups == 1
    return plain and not coded and apart and inside


def _source(op: ir.Conv2D, program: ir.Program, made: dict[int, ir.GpuOp]) -> int | None:
    """Where the picture is read: a dense one from the host, or the operand; None where vectors would not do."""
    x, (_, _, width, channels) = op.inputs[0], program.shape(op.inputs[0])
    if channels % LANES == 0:
        return x
    unpacking = made.get(x)
    if not isinstance(unpacking, ir.Copy) or unpacking.inputs[0] not in program.inputs:
        return None
    (host,) = unpacking.inputs
    fits = width * channels % LANES == 0 and op.weights.shape[2] * channels % LANES == 0
    dense = unpacking.parts == ((0, reshaping(program.shape(host), program.shape(x))),)
    return host if fits and dense else None


def _patches(op: ir.Conv2D, source: int, program: ir.Program) -> np.ndarray:
    """View of the source [n, oh, ow, kh, kw, c]."""
    shape, (n, oh, ow, _), (_, height, width, channels) = (
        program.shape(op.inputs[0]), program.shape(op.output), op.weights.shape
    )  # fmt: skip
    view = split(whole(program.shape(source)), shape)[:, : oh * height, : ow * width]
    return split(view, (n, oh, height, ow, width, channels)).transpose(0, 1, 3, 2, 4, 5)


def _reshaped(program: ir.Program, products: set[int]) -> ir.Program:
    """The products with the shape that all readers want, so that elementwise work on that may join them."""
    uses = program.uses()
    shapes = {
        op.inputs[0]: op.output
        for op in program.ops
        if isinstance(op, ir.Alias) and op.inputs[0] in products and uses[op.inputs[0]] == 1
        and program.shape(op.inputs[0])[-1] == program.shape(op.output)[-1]
    }  # fmt: skip
    ops = (op for op in program.ops if op.output not in shapes.values())
    return program.with_ops(tuple(replace(op, output=shapes.get(op.output, op.output)) for op in ops))
