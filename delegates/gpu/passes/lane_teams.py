"""llvmpipe: products whose lanes load rows of their own (`LaneTile.spread`), where that takes no more texts.

Such a text is for one number of lanes side by side. So all operations that would share a text have it, where they agree
on that number, and none of them where they do not: a text takes a tenth of a second and more to compile.
"""

from __future__ import annotations

import math
from dataclasses import replace

from ....shaders.device_class import DeviceClass
from ....shaders.layout import padded
from ....shaders.schedules.select import LaneTile, lane_tile
from ..emission.kernels import Chain
from ..program import ir

Product = ir.Conv2D | ir.FullyConnected | ir.BatchMatMul


def spread_lanes(program: ir.Program, device: DeviceClass) -> ir.Program:
    """The program with schedules for those products; as it is on other devices."""
    if device is not DeviceClass.LLVMPIPE:
        return program
    tiles = {index: tile for index, op in enumerate(program.ops) if (tile := default_tile(op, program)) is not None}
    texts = {index: (_text(program.ops[index], program), tile) for index, tile in tiles.items()}
    across: dict[object, set[int]] = {}
    for text, tile in texts.values():
        across.setdefault((text, tile.rows, tile.vectors), set()).add(tile.across)
    ops = list(program.ops)
    for index, (text, tile) in texts.items():
        op = ops[index]
        if isinstance(op, Product) and tile.can_spread and len(across[text, tile.rows, tile.vectors]) == 1:
            ops[index] = replace(op, schedule=replace(tile, spread=True))
    return program.with_ops(tuple(ops))


def default_tile(op: ir.GpuOp, program: ir.Program) -> LaneTile | None:
    """The tile that the operation's kernel has by default; None where nothing else may be chosen."""
    if not isinstance(op, Product) or op.schedule is not None:
        return None
    if isinstance(op, ir.BatchMatMul):
        *batch, rows, columns = program.shape(op.output)
        return lane_tile(math.prod(batch) * rows, padded(columns), rows)
    if isinstance(op, ir.FullyConnected):
        return lane_tile(math.prod(program.shape(op.inputs[0])[:-1]), padded(op.weights.shape[0]))
    if op.groups > 1:
        return None
    return lane_tile(math.prod(program.shape(op.output)[:-1]), padded(op.weights.shape[0]))


def family(op: ir.GpuOp) -> tuple[object, ...]:
    """What the text of a product's kernel depends on, its tile and its epilogue apart."""
    if isinstance(op, ir.BatchMatMul):
        return "batch", op.transpose_b
    if isinstance(op, ir.Conv2D) and (op.weights.shape[1:3] != (1, 1) or op.stride != (1, 1)):
        return op.weights.shape[1:3], op.stride, op.dilation
    return ("matmul",)


def _text(op: ir.GpuOp, program: ir.Program) -> tuple[object, ...]:
    """What the text depends on, its tile apart."""
    return *family(op), Chain(program, op).epilogue(getattr(op, "bias", None)).name
