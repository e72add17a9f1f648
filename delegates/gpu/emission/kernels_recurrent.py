"""From the steps of recurrent operators to kernel calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from ....shaders.call import KernelCall
from ....shaders.device_class import DeviceClass
from ....shaders.kernels.lstm import LstmCell, Sums, normalized_lstm
from ....shaders.kernels.lstm_integer import IntegerLstmCell
from ....shaders.kernels.lstm_integer_norm import IntegerSums, normalized_codes
from ....shaders.kernels.recurrent import Step
from ....shaders.kernels.recurrent_product import at_step, recurrent_product
from ....shaders.kernels.region_copy import fill_call, region_copy
from ..program import ir
from ..program.ir_recurrent import Recurrence
from ..program.regions import between, whole
from .kernels import Work, kernels

Place = Callable[[Step], Step]
"""From a step of the sequence to where one of its launches reads and writes."""


@kernels.register
def _recurrence(op: Recurrence, program: ir.Program, device: DeviceClass) -> list[Work]:
    """The states to row 0, then the launches of each step."""
    launches = tuple(_launches(op, program, device))
    works = _start(op, program, device)
    for index in range(op.trace.steps):
        step = _step(op, index)
        works += [_work(op, at_step(call, place(step))) for call, place in launches]
    return works


def _launches(op: Recurrence, program: ir.Program, device: DeviceClass) -> Iterator[tuple[KernelCall, Place]]:
    """The launches of the first step."""
    trace, first, cell = op.trace, _step(op, 0), op.cell
    product = partial(recurrent_product, device, trace, storage=program.values[op.output].storage)
    if isinstance(cell, IntegerLstmCell) and op.norms is not None:
        assert op.vectors is not None
        yield product(op.matrix, None, IntegerSums(cell), first), _same
        for part in ("state", "output"):
            yield normalized_codes(device, cell, op.norms, op.vectors, first, part), _same
    elif op.normalized:
        assert isinstance(cell, LstmCell) and op.vectors is not None
        yield product(op.matrix, None, Sums(), first, quantize=op.quantize), _same
        for part in ("state", "output"):
            yield normalized_lstm(device, cell, op.vectors, first, part), _same
    else:
        yield product(op.matrix, op.vectors, cell, first, quantize=op.quantize), _same
    if op.projected is not None:
        own = op.projected

        def place(step: Step) -> Step:
            return replace(step, source=step.after + trace.m, gates=None)

        yield product(own.matrix, own.bias, own.cell, place(first), quantize=own.quantize), place


def _same(step: Step) -> Step:
    return step


def _work(op: Recurrence, call: KernelCall) -> Work:
    operands = {"x": op.inputs[0], "y": op.output}
    return Work(call, {name: operands[name] for name in call.operands})


def _start(op: Recurrence, program: ir.Program, device: DeviceClass) -> list[Work]:
    """Row 0: zeros, and the states over them."""
    trace = op.trace
    row = whole((trace.size,))[: trace.batch * trace.row].reshape(trace.batch, trace.row)
    storage = program.values[op.output].storage
    works = [Work(fill_call(device, trace.batch * trace.row, storage=storage), {"y": op.output})]
    for state, start in zip(op.inputs[1:], (0, trace.c), strict=False):
        shape = program.shape(state)
        region = between(row[:, start : start + shape[1]], whole(shape))
        works.append(Work(region_copy(device, region, storage=storage), {"x": state, "y": op.output}))
    return works


def _step(op: Recurrence, index: int) -> Step:
    trace, width = op.trace, op.matrix.shape[0] * op.matrix.shape[1]
    before, time = index * trace.batch * trace.row, trace.steps - 1 - index if op.backward else index
    gates = (time * trace.batch * width, width) if op.time_major else (time * width, trace.steps * width)
    return Step(before, before + trace.batch * trace.row, before, gates)
