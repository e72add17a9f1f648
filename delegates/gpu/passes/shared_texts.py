"""llvmpipe: products that differ only in an activation or a factor share a text, which has those as data."""

from __future__ import annotations

from dataclasses import replace

from ....shaders.device_class import DeviceClass
from ....shaders.parts.data_steps import HARD_SWISH, LIMITS, Gated, Limited, Scaled
from ..program import ir
from .lane_teams import default_tile, family


def share_texts(program: ir.Program, device: DeviceClass) -> ir.Program:
    """The program with activations and factors as data where that saves a text; as it is on other devices."""
    if device is not DeviceClass.LLVMPIPE:
        return program
    texts = {index: text for index, op in enumerate(program.ops) if (text := _text(op, program)) is not None}
    variants: dict[object, set[str | float]] = {}
    for index, text in texts.items():
        variants.setdefault(text, set()).add(_variant(program.ops[index]))
    ops = list(program.ops)
    for index, text in texts.items():
        if len(variants[text]) > 1:
            ops[index] = replace(ops[index], steps=(_as_data(ops[index], HARD_SWISH in variants[text]),))
    return program.with_ops(tuple(ops))


def _text(op: ir.GpuOp, program: ir.Program) -> tuple[object, ...] | None:
    """Equal for operations that can share a text; None for one whose steps cannot be data."""
    tile = default_tile(op, program)
    values = (program.values[v] for v in (*op.inputs, op.output))
    if tile is None or len(op.steps) > 1 or any(v.storage != "f32" or v.kept is not None for v in values):
        return None
    step = op.steps[0] if op.steps else None
    if isinstance(step, ir.CodeUnary | ir.CodeBinary) or (step is not None and not _is_data(op, step)):
        return None
    return *family(op), getattr(op, "bias", None) is None, tile.rows, tile.vectors


def _is_data(op: ir.GpuOp, step: ir.Step) -> bool:
    if isinstance(op, ir.BatchMatMul):
        return isinstance(step, ir.Binary) and step.function == "MUL" and step.operand is None
    return isinstance(step, ir.Unary) and step.function in (*LIMITS, HARD_SWISH)


def _variant(op: ir.GpuOp) -> str | float:
    """What is data: a factor or an activation."""
    if not isinstance(op, ir.BatchMatMul):
        return op.steps[0].function if op.steps else ""
    (step,) = op.steps or (None,)
    return step.constant if isinstance(step, ir.Binary) else 1.0


def _as_data(op: ir.GpuOp, gated: bool) -> ir.CodeUnary:
    variant, name = _variant(op), op.steps[0].function if op.steps else ""
    if isinstance(variant, str):
        return ir.CodeUnary(name, arithmetic=Gated(variant) if gated else Limited(variant))
    return ir.CodeUnary(name, arithmetic=Scaled(variant))
