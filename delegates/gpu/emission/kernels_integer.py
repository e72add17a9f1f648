"""From operations on integers, and by rules, to kernel calls."""

from __future__ import annotations

from ....shaders.device_class import DeviceClass
from ....shaders.kernels.cells import cells
from ....shaders.kernels.cumsum import cumsum
from ....shaders.kernels.elementwise import Operand
from ....shaders.kernels.host_integers import load_bools, load_words, store_bools, store_words
from ....shaders.kernels.maps import map_values
from ....shaders.parts.epilogue import Beside
from ..program import ir
from ..program.ir_integer import Cells, CumSum, LoadIntegers, Map, StoreIntegers
from .kernels import Chain, Work, kernels


def _operands(chain: Chain, program: ir.Program) -> list[Operand]:
    """The inputs by name, each value under one name."""
    values = [program.values[v] for v in chain.op.inputs]
    return [Operand(chain.name(v.id), v.shape, v.storage) for v in values]


@kernels.register
def _map(op: Map, program: ir.Program, device: DeviceClass) -> list[Work]:
    chain, output = Chain(program, op), program.values[op.output]
    operands = _operands(chain, program)
    steps = chain.steps(lambda value: Beside(chain.name(value)))
    call = map_values(device, output.shape, operands, op.function, op.parameters, steps, output.storage)
    return [Work(call, {**chain.operands, "y": op.output})]


@kernels.register
def _cells(op: Cells, program: ir.Program, device: DeviceClass) -> list[Work]:
    chain, output = Chain(program, op), program.values[op.output]
    call = cells(device, output.shape, _operands(chain, program), op.rule, output.storage)
    return [Work(call, {**chain.operands, "y": op.output})]


@kernels.register
def _cumsum(op: CumSum, program: ir.Program, device: DeviceClass) -> list[Work]:
    output = program.values[op.output]
    call = cumsum(device, output.shape, op.axis, op.exclusive, op.reverse, output.storage)
    return [Work(call, {"x": op.inputs[0], "y": op.output})]


@kernels.register
def _load(op: LoadIntegers, program: ir.Program, device: DeviceClass) -> list[Work]:
    (count,), storage = program.shape(op.output), program.values[op.inputs[0]].storage
    call = load_words(device, count) if storage == "i64" else load_bools(device, count)
    return [Work(call, {"x": op.inputs[0], "y": op.output})]


@kernels.register
def _store(op: StoreIntegers, program: ir.Program, device: DeviceClass) -> list[Work]:
    (count,), storage = program.shape(op.inputs[0]), program.values[op.output].storage
    call = store_words(device, count) if storage == "i64" else store_bools(device, count)
    return [Work(call, {"x": op.inputs[0], "y": op.output})]
