"""Which operations a tuner may choose a schedule for, and what distinguishes their shapes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ....core.graph import Shape
from ....shaders.conv_window import ConvWindow
from ....shaders.device_class import DeviceClass
from ....shaders.kernels.byte_products import WORD, is_odd
from ....shaders.layout import LANES, ceil_div, padded
from ....shaders.schedules.attention import attention_candidates
from ....shaders.schedules.byte_schedules import byte_conv_2d_schedule, byte_matmul_schedule
from ....shaders.schedules.candidates import (
    Schedule,
    batch_matmul_candidates,
    byte_candidates,
    conv_2d_candidates,
    depthwise_candidates,
    dot_candidates,
    matmul_candidates,
)
from ....shaders.traced.storage import Codes
from ..emission.byte_products import byte_operands
from ..program import ir
from ..program.ir_attention import Attention
from .database import TuningDatabase

Tunable = ir.Conv2D | ir.DepthwiseConv2D | ir.FullyConnected | ir.BatchMatMul | Attention


@dataclass(frozen=True)
class TunableShape:
    """What the time of an operation depends on, its epilogue apart.

    Attributes:
        name: family and sizes; equal for operations that one measurement serves.
        family: shapes that share kernels' texts.
        work: multiply-adds.
        candidates: what may be faster than the default schedule.
    """

    name: str
    family: str
    work: int
    candidates: tuple[Schedule, ...]


def tunable_shape(op: ir.GpuOp, program: ir.Program, device: DeviceClass) -> TunableShape | None:
    """The shape of an operation; None where there is nothing to choose."""
    if not isinstance(op, Tunable):
        return None
    if isinstance(op, ir.Conv2D | ir.FullyConnected) and _is_scaled(op) and (made := byte_operands(op, program)):
        shape = _byte_product(op, program, device, made.offsets is not None)
    elif isinstance(op, ir.DepthwiseConv2D) and _unpacks(op, program, device):
        shape = _depthwise(op, program, device, LANES)
    elif not all(_is_float(program.values[v]) for v in (*op.inputs, op.output)):
        return None
    elif isinstance(op, Attention):
        shape = _attention(op, device)
    elif isinstance(op, ir.DepthwiseConv2D):
        shape = _depthwise(op, program, device)
    elif isinstance(op, ir.BatchMatMul):
        shape = _batch_matmul(op, program, device)
    else:
        shape = _product(op, program, device)
    return shape if shape.candidates else None


def _unpacks(op: ir.DepthwiseConv2D, program: ir.Program, device: DeviceClass) -> bool:
    """Whether a kernel of floats computes on bytes."""
    kept = all(isinstance(program.values[v].kept, Codes) for v in (*op.inputs, op.output))
    return kept and device is not DeviceClass.CPU and _is_scaled(op)


def _is_scaled(op: ir.GpuOp) -> bool:
    """Whether the first step needs nothing but the sums."""
    return bool(op.steps) and isinstance(op.steps[0], ir.CodeUnary)


def _is_float(value: ir.Value) -> bool:
    return value.storage == "f32" and value.kept is None


def _product(op: ir.Conv2D | ir.FullyConnected, program: ir.Program, device: DeviceClass) -> TunableShape:
    depth, columns = int(np.prod(op.weights.shape[1:])), op.weights.shape[0]
    rows = math.prod(program.shape(op.output)[:-1])
    work = rows * depth * columns
    if isinstance(op, ir.Conv2D):
        x, y = program.shape(op.inputs[0]), program.shape(op.output)
        window = _window(op, x, y, op.weights.shape[1:3])
        if not window.is_pointwise or op.groups > 1:
            odd = op.groups > 1 and bool(columns // op.groups % 4 or op.weights.shape[3] % 4)  # computed as one group
            columns = padded(columns) if op.groups == 1 else columns // op.groups
            name = f"conv_2d {_geometry(op, x, y)} weights {_sizes(op.weights.shape)} groups {op.groups}"
            family = f"conv_2d {window.name} {op.groups > 1}"
            channels = op.weights.shape[3] if op.groups == 1 else 0
            candidates = () if odd else conv_2d_candidates(device, rows, columns, channels)
            return TunableShape(name, family, work, candidates)
    else:
        rows = math.prod(program.shape(op.inputs[0])[:-1])
    name = f"matmul {rows}x{depth}x{columns}"
    return TunableShape(name, "matmul", work, matmul_candidates(device, rows, padded(columns)))


def _byte_product(
    op: ir.Conv2D | ir.FullyConnected, program: ir.Program, device: DeviceClass, offset: bool
) -> TunableShape:
    """A product of bytes; `offset`: the weights have offsets."""
    floats, depth = _product(op, program, device), op.weights.shape[-1]
    rows, columns, groups = math.prod(program.shape(op.output)[:-1]), padded(op.weights.shape[0]), 1
    if isinstance(op, ir.Conv2D) and op.groups > 1:
        if is_odd(op.weights.shape, op.groups):
            depth *= op.groups
        else:
            columns, groups = op.weights.shape[0] // op.groups, op.groups
    words = ceil_div(depth, WORD)
    if floats.family == "matmul":
        default = byte_matmul_schedule(device, rows, columns, words)
    else:
        default = byte_conv_2d_schedule(device, rows, columns, words, groups)
    candidates = byte_candidates(default, floats.candidates, words)  # type: ignore[arg-type]
    kind = "byte_offset" if offset else "byte"
    return replace(floats, name=f"{kind}_{floats.name}", family=f"{kind}_{floats.family}", candidates=candidates)


def _depthwise(
    op: ir.DepthwiseConv2D, program: ir.Program, device: DeviceClass, lanes: int = 1
) -> TunableShape:
    """`lanes` as in `depthwise_schedule`: more than one where codes are bytes."""
    x, y = program.shape(op.inputs[0]), program.shape(op.output)
    window = _window(op, x, y, op.weights.shape[:2])
    kind = "depthwise_conv_2d" if lanes == 1 else "byte_depthwise_conv_2d"
    candidates = depthwise_candidates(device, window, padded(y[3]), lanes)
    return TunableShape(
        f"{kind} {_geometry(op, x, y)} weights {_sizes(op.weights.shape)}",
        f"{kind} {window.name} {op.multiplier}",
        math.prod(y) * math.prod(window.kernel),
        candidates,
    )


def _batch_matmul(op: ir.BatchMatMul, program: ir.Program, device: DeviceClass) -> TunableShape:
    a, b, y = (program.shape(v) for v in (*op.inputs, op.output))
    depth = a[-2] if op.transpose_a else a[-1]
    flags = f"{int(op.transpose_a)}{int(op.transpose_b)}"
    choose = dot_candidates if op.transpose_b and not op.transpose_a else batch_matmul_candidates
    name = f"batch_matmul {_sizes(a)} {_sizes(b)} {flags}"
    rows = a[-1] if op.transpose_a else a[-2]
    return TunableShape(name, f"batch_matmul {flags}", math.prod(y) * depth, choose(device, rows, padded(y[-1])))


def _attention(op: Attention, device: DeviceClass) -> TunableShape:
    s, text = op.shape, op.shape.text.name
    places = "; ".join(f"{m.binding} {_sizes(m.sizes)}" for m in s.operands)
    name = f"attention {s.batches}x{s.heads} {s.queries}x{s.keys} {text} in {places}"
    work = s.matrices * s.queries * s.keys * (s.depth + s.width)
    return TunableShape(name, f"attention {text}", work, attention_candidates(device, s))


def _window(op: ir.Conv2D | ir.DepthwiseConv2D, x: Shape, y: Shape, kernel: Shape) -> ConvWindow:
    n, h, w, c = x
    return ConvWindow((n, h, w, c), (y[1], y[2]), (kernel[0], kernel[1]), op.stride, op.dilation, op.padding)


def _geometry(op: ir.Conv2D | ir.DepthwiseConv2D, x: Shape, y: Shape) -> str:
    pairs = (("stride", op.stride), ("dilation", op.dilation), ("padding", op.padding))
    return " ".join((f"{_sizes(x)} to {_sizes(y)}", *(f"{name} {_sizes(pair)}" for name, pair in pairs)))


def _sizes(shape: Shape) -> str:
    return "x".join(map(str, shape))


def with_schedules(program: ir.Program, device: DeviceClass, database: TuningDatabase) -> ir.Program:
    """The program with the schedules that were found to be the fastest."""
    return program.with_ops(tuple(_choices(program, device, database)))


def _choices(program: ir.Program, device: DeviceClass, database: TuningDatabase) -> Iterator[ir.GpuOp]:
    for op in program.ops:
        shape = tunable_shape(op, program, device)
        found = None if shape is None else database.get(shape.name, shape.candidates)
        yield op if found is None or not isinstance(op, Tunable) else scheduled(op, found.schedule)


def scheduled(op: Tunable, schedule: Any) -> Tunable:
    """The operation with one of its shape's candidates; None for the default one."""
    return replace(op, schedule=schedule)
