"""Convolutions read pictures of few channels as the host gives them, without rows of padding, on a processor.

A kernel that reads channel by channel does not need them padded to four. That saves a copy of the picture. What is
computed of each number of the picture alone, before, is computed of the dense numbers too.
"""

from __future__ import annotations

import math
from dataclasses import replace

from ....devices.device import DeviceInfo
from ....shaders.conv_window import ConvWindow
from ....shaders.device_class import DeviceClass
from ....shaders.kernels.region_copy import Axis
from ....shaders.layout import padded
from ....shaders.schedules.select import conv_2d_line_schedule
from ..program import ir
from ..program.layout import is_dense


def dense_pictures(program: ir.Program, info: DeviceInfo) -> ir.Program:
    """The program without the copies whose readers can do without."""
    if DeviceClass(info.device_class) is not DeviceClass.CPU:
        return program
    for op in program.ops:
        if isinstance(op, ir.Copy) and _pads(op, program):
            program = _without(op, program, info)
    return program


def _pads(op: ir.Copy, program: ir.Program) -> bool:
    """Whether all that a copy does is to pad the channels of one float32 picture."""
    output, shape = program.values[op.output], program.shape(op.output)
    plain = all(v.storage == "f32" and v.kept is None for v in (output, *(program.values[v] for v in op.inputs)))
    if not plain or op.clear or op.steps or len(op.parts) != 1 or len(shape) != 4 or is_dense(shape):
        return False
    (_, region), pixels, channels = op.parts[0], math.prod(shape[:-1]), shape[-1]
    rows = (Axis(pixels, padded(channels), channels), Axis(channels, 1, 1))
    axes = tuple(axis for axis in region.axes if axis.extent != 1)
    aligned = region.to_offset == region.from_offset == 0 and is_dense(program.shape(op.inputs[0]))
    return aligned and axes == tuple(axis for axis in rows if axis.extent != 1)


def _without(op: ir.Copy, program: ir.Program, info: DeviceInfo) -> ir.Program:
    """The program without one copy, if what comes of it is read by convolutions alone that take it dense."""
    chain: list[ir.Elementwise] = []
    picture = op.output
    while len(readers := [r for r in program.ops if picture in r.reads]) == 1 and _is_plain(first := readers[0]):
        assert isinstance(first, ir.Elementwise)
        chain.append(first)
        picture = first.output
    if any(program.values[step.output].codes is not None for step in chain):
        return program  # codes may be kept as bytes, which lie as those of padded pictures do
    if picture in program.results or not readers or not all(_takes(r, picture, program, info) for r in readers):
        return program
    values, made, flat = dict(program.values), list[ir.GpuOp](), op.inputs[0]
    for step in chain:
        output = max(values) + 1
        values[output] = replace(values[step.output], id=output, shape=(math.prod(program.shape(step.output)),))
        made.append(replace(step, inputs=(flat,), output=output))
        flat = output
    values[picture] = replace(values[picture], dense=True)
    made.append(ir.Alias(inputs=(flat,), output=picture, nodes=op.nodes))
    gone = {id(op), *map(id, chain)}
    place = program.ops.index(op)
    ops = [*program.ops[:place], *made, *(other for other in program.ops[place:] if id(other) not in gone)]
    return replace(program, values=values).with_ops(tuple(_unscheduled(other, picture) for other in ops))


def _is_plain(op: ir.GpuOp) -> bool:
    """Whether each number is computed of one number, wherever it lies."""
    return isinstance(op, ir.Elementwise) and len(op.reads) == 1


def _takes(op: ir.GpuOp, picture: int, program: ir.Program, info: DeviceInfo) -> bool:
    """Whether an operation is a convolution of the dense picture, and no worse off."""
    if not isinstance(op, ir.Conv2D) or op.groups != 1 or op.reads.count(picture) != 1 or op.inputs[0] != picture:
        return False
    (n, height, width, channels), y = program.shape(picture), program.shape(op.output)
    kernel = (op.weights.shape[1], op.weights.shape[2])
    window = ConvWindow((n, height, width, channels), (y[1], y[2]), kernel, op.stride, op.dilation, op.padding)
    line = conv_2d_line_schedule(DeviceClass.CPU, window, padded(y[3]), channels)
    dense, wide = 4 * width * channels, 4 * width * padded(channels)
    keeps_strips = dense % info.buffer_alignment == 0 or wide % info.buffer_alignment != 0
    return line is not None and not window.is_pointwise and keeps_strips


def _unscheduled(op: ir.GpuOp, picture: int) -> ir.GpuOp:
    """The operation without a schedule for padded pictures, if it reads this one."""
    return replace(op, schedule=None) if isinstance(op, ir.Conv2D) and op.inputs[0] == picture else op
