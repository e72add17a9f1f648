"""Convolutions around a depthwise one run strip by strip, so that what lies between them never leaves a core's cache.

A picture of 112x112x96 is 4.8 MB: made by one kernel and read by the next, it goes through the shared cache twice, and
half of it from core to core. Instead one core makes some rows of it, filters them, and projects them, in memory that it
uses again for the next strip. Rows at the edge of a strip are computed twice.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ....devices.device import DeviceInfo
from ....shaders.conv_window import ConvWindow
from ....shaders.device_class import DeviceClass
from ....shaders.layout import ceil_div, padded
from ....shaders.schedules.select import conv_2d_line_schedule, depthwise_schedule, matmul_schedule
from ..emission.kernels import Work, kernels
from ..emission.strip_works import Place, StripWork, aligned, runs_strips, strip_scratch, strip_works
from ..program import ir
from ..program.layout import is_per_channel

CHAIN = 3
"""Convolutions that join at most."""
SMALLEST = 3 << 19
"""Bytes between the convolutions from which strips pay, """
MOSTLY = 1.5
"""if they are this many times the bytes that go in and come out."""
SCRATCH = 640 << 10
"""Bytes that a strip may need: with weights and the rows it reads and writes, what stays in a core's own cache."""
MOST_WORK = 1.08
"""What strips may compute, over what there is to compute."""
DEPTHWISE_COST = 3.0
"""Time of a multiply-add of a depthwise convolution, over that of a product of matrices."""

Convolution = ir.Conv2D | ir.DepthwiseConv2D
Rows = tuple[int, int]


def join_strips(program: ir.Program, info: DeviceInfo) -> ir.Program:
    """Joins chains of convolutions into `ir.Strips` where the device runs strips and they pay."""
    if not runs_strips(info):
        return program
    slots, uses = max(1, info.limits.get("compute_units", 1)), program.uses()
    made: list[ir.GpuOp] = []
    ops = list(program.ops)
    while ops:
        chains = (_chain(program, ops[:count], uses, info) for count in range(CHAIN, 1, -1))
        joined = next((s for chain in chains if chain and (s := _strips(program, chain, slots))), None)
        made.append(ops[0] if joined is None else joined)
        del ops[: 1 if joined is None else len(joined.ops)]
    return program.with_ops(tuple(made))


def _chain(
    program: ir.Program, ops: Sequence[ir.GpuOp], uses: dict[int, int], info: DeviceInfo
) -> tuple[Convolution, ...]:
    """The operations, if each reads what only the one before makes, and enough lies between them; else nothing."""
    chain = tuple(op for op in ops if isinstance(op, Convolution))
    if len(chain) < max(2, len(ops)) or not any(isinstance(op, ir.DepthwiseConv2D) for op in chain):
        return ()
    pairs = list(itertools.pairwise(chain))
    if any(b.inputs != (a.output,) or uses[a.output] != 1 or a.output in program.results for a, b in pairs):
        return ()
    between = sum(program.values[op.output].nbytes for op in chain[:-1])
    sides = (program.shape(v) for op in chain[:-1] for v in op.reads[1:])
    inner = all(len(shape) < 4 for shape in sides)
    ends = (chain[0].inputs[0], chain[-1].output)
    aligned = all(_row_bytes(program, value) % info.buffer_alignment == 0 for value in ends)
    whole = inner and aligned and all(_takes(program, op) for op in chain)
    around = sum(program.values[value].nbytes for value in ends)
    return chain if whole and between >= max(SMALLEST, MOSTLY * around) else ()


def _takes(program: ir.Program, op: Convolution) -> bool:
    """Whether a convolution can be done by rows, with one kernel text for all strips."""
    x, y = program.shape(op.inputs[0]), program.shape(op.output)
    values = (program.values[op.inputs[0]], program.values[op.output])
    plain = all(v.storage == "f32" and v.kept is None for v in values)
    if not plain or x[0] != 1 or any(len(program.shape(v)) == 4 and program.shape(v) != y for v in op.reads[1:]):
        return False
    if isinstance(op, ir.DepthwiseConv2D):
        return op.multiplier == 1
    window = _window(program, op)
    line = conv_2d_line_schedule(DeviceClass.CPU, window, padded(y[3]), op.weights.shape[3]) is not None
    return op.groups == 1 and (window.is_pointwise or (line and op.schedule is None))


def _strips(program: ir.Program, chain: tuple[Convolution, ...], slots: int) -> ir.Strips | None:
    """The chain as one operation, with the height that computes least twice and leaves no core idle."""
    last = program.shape(chain[-1].output)[1]
    heights = [h for h in range(1, last + 1) if _scratch(program, chain, h) <= SCRATCH and ceil_div(last, h) >= slots]
    height = min(heights, key=lambda h: (_work_done(program, chain, h, slots), -h), default=0)
    if not height or _work_done(program, chain, height, slots) > MOST_WORK:
        return None
    sides = tuple(dict.fromkeys(v for op in chain for v in op.reads[1:]))
    nodes = tuple(sorted({node for op in chain for node in op.nodes}))
    inputs = (chain[0].inputs[0], *sides)
    return ir.Strips(inputs=inputs, output=chain[-1].output, nodes=nodes, ops=chain, height=height)


def _work_done(program: ir.Program, chain: Sequence[Convolution], height: int, slots: int) -> float:
    """What strips of a height compute, over what there is to compute, with the time in which cores have no strip."""
    strips = _strip_rows(program.shape(chain[-1].output)[1], height)
    weights = [_row_work(program, op) for op in chain]
    done = sum(w * (b - a) for s in strips for w, (a, b) in zip(weights, _rows(program, chain, s)[1:], strict=True))
    once = sum(w * program.shape(op.output)[1] for w, op in zip(weights, chain, strict=True))
    return done / once * ceil_div(len(strips), slots) * slots / len(strips)


def _row_work(program: ir.Program, op: Convolution) -> float:
    """How long a row of the output takes, in multiply-adds of a product of matrices."""
    _, _, width, channels = program.shape(op.output)
    if isinstance(op, ir.DepthwiseConv2D):
        return DEPTHWISE_COST * width * channels * math.prod(_kernel(op))
    return float(width * op.weights.size)


def _strip_rows(rows: int, height: int) -> list[Rows]:
    return [(start, min(start + height, rows)) for start in range(0, rows, height)]


def _rows(program: ir.Program, chain: Sequence[Convolution], last: Rows) -> list[Rows]:
    """Rows of the input and of each output that are needed for the rows `last` of the last output."""
    needed = [last]
    for op in reversed(chain):
        (start, end), reach = needed[0], (_kernel(op)[0] - 1) * op.dilation[0] + 1
        first = start * op.stride[0] - op.padding[0]
        stop = (end - 1) * op.stride[0] - op.padding[0] + reach
        needed.insert(0, (max(0, first), min(program.shape(op.inputs[0])[1], stop)))
    return needed


def _scratch(program: ir.Program, chain: Sequence[Convolution], height: int) -> int:
    """Bytes of scratch memory for strips of a height."""
    strips = _strip_rows(program.shape(chain[-1].output)[1], height)
    sizes = [_row_bytes(program, op.output) for op in chain[:-1]]
    needed = (zip(sizes, _rows(program, chain, strip)[1:-1], strict=True) for strip in strips)
    return max(sum(aligned((b - a) * size) for size, (a, b) in one) for one in needed)


@strip_scratch.register
def _strips_scratch(op: ir.Strips, program: ir.Program) -> int:
    return _scratch(program, op.ops, op.height)


@strip_works.register
def _strips_works(op: ir.Strips, program: ir.Program) -> Iterator[list[StripWork]]:
    known: dict[tuple[Any, ...], Work] = {}
    schedules = _schedules(op, program)
    for last in _strip_rows(program.shape(op.output)[1], op.height):
        rows, made, offset = _rows(program, op.ops, last), [], 0
        x = _part(program, op.inputs[0], rows[0])
        for part, schedule, taken, given in zip(op.ops, schedules, rows[:-1], rows[1:], strict=True):
            above = max(0, part.padding[0] - given[0] * part.stride[0])
            key = (part.output, taken[1] - taken[0], given[1] - given[0], above)
            if key not in known:
                known[key] = _work(program, part, schedule, *key[1:])
            y = _part(program, part.output, given)
            if part is not op.ops[-1]:
                y = Place(None, offset, y.size)
                offset += aligned(y.size)
            sides = {name: _side(program, v, part, given) for name, v in known[key].operands.items() if name[0] == "s"}
            made.append(StripWork(known[key], part, {"x": x, "y": y, **sides}))
            x = y
        yield made


def _work(program: ir.Program, op: Convolution, schedule: Any, taken: int, given: int, above: int) -> Work:
    """The call for `given` rows of the output from `taken` of the input; its operands are values of the program."""
    values = dict(program.values)
    y_shape = program.shape(op.output)
    for value in (op.inputs[0], op.output, *op.reads[1:]):
        shape, rows = program.shape(value), taken if value == op.inputs[0] else given
        if len(shape) == 4 and (value == op.inputs[0] or shape == y_shape):
            values[value] = replace(values[value], shape=(1, rows, *shape[2:]))
    part = replace(op, padding=(above, op.padding[1]), schedule=schedule)
    (work,) = kernels(part, replace(program, values=values), DeviceClass.CPU)
    return work


def _schedules(op: ir.Strips, program: ir.Program) -> list[Any]:
    """One for each operation: the text must not depend on the rows of a strip."""
    made: list[Any] = []
    for part in op.ops:
        shape, window = program.shape(part.output), _window(program, part)
        if isinstance(part, ir.DepthwiseConv2D):
            tile = part.schedule or depthwise_schedule(DeviceClass.CPU, window, padded(shape[3]))
            made.append(replace(tile, across=ceil_div(padded(shape[3]), tile.lanes) * tile.lanes))
        elif window.is_pointwise:
            made.append(part.schedule or matmul_schedule(DeviceClass.CPU, op.height * shape[2], padded(shape[3])))
        else:
            made.append(None)
    return made


def _side(program: ir.Program, value: int, op: Convolution, rows: Rows) -> Place:
    shape, output = program.shape(value), program.shape(op.output)
    if is_per_channel(shape, output) or shape != output:
        return Place(value, 0, program.values[value].nbytes)
    return _part(program, value, rows)


def _part(program: ir.Program, value: int, rows: Rows) -> Place:
    size = _row_bytes(program, value)
    return Place(value, rows[0] * size, (rows[1] - rows[0]) * size)


def _row_bytes(program: ir.Program, value: int) -> int:
    shape, dense = program.shape(value), program.values[value].dense
    return 4 * math.prod(shape[2:-1]) * (shape[-1] if dense else padded(shape[-1]))


def _kernel(op: Convolution) -> tuple[int, ...]:
    return op.weights.shape[:2] if isinstance(op, ir.DepthwiseConv2D) else op.weights.shape[1:3]


def _window(program: ir.Program, op: Convolution) -> ConvWindow:
    (n, h, w, c), y = program.shape(op.inputs[0]), program.shape(op.output)
    height, width = _kernel(op)
    return ConvWindow((n, h, w, c), (y[1], y[2]), (height, width), op.stride, op.dilation, op.padding)
