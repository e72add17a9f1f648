"""From operations to kernel calls: which family of `shaders` computes each operation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import singledispatch

import numpy as np

from ....core.graph import Shape
from ....shaders.call import KernelCall
from ....shaders.conv_window import ConvWindow
from ....shaders.device_class import DeviceClass
from ....shaders.kernels import elementwise as element
from ....shaders.kernels.batch_matmul import BatchShape, batch_matmul
from ....shaders.kernels.byte_depthwise import byte_depthwise_conv_2d
from ....shaders.kernels.byte_depthwise import takes as byte_depthwise_takes
from ....shaders.kernels.byte_products import byte_conv_2d, byte_matmul, byte_transpose_conv
from ....shaders.kernels.codes import load_codes, store_codes
from ....shaders.kernels.conv_2d import conv_2d
from ....shaders.kernels.depthwise_conv_2d import depthwise_conv_2d
from ....shaders.kernels.elementwise import Operand
from ....shaders.kernels.layer_normalization import layer_normalization
from ....shaders.kernels.matmul import matmul
from ....shaders.kernels.pool_2d import pool_2d
from ....shaders.kernels.quantized_resize import quantized_resize_bilinear
from ....shaders.kernels.quantized_softmax import quantized_softmax
from ....shaders.kernels.reduce import reduce
from ....shaders.kernels.region_copy import fill_call, region_copy
from ....shaders.kernels.resize_bilinear import resize_bilinear
from ....shaders.kernels.softmax import l2_normalization, softmax
from ....shaders.kernels.transpose_conv import transpose_conv
from ....shaders.kernels.unsigned_resize import unsigned_resize_bilinear
from ....shaders.kernels.wide_softmax import wide_softmax
from ....shaders.layout import LANES, padded, padded_elements
from ....shaders.parts.epilogue import Beside, Epilogue, Step, bias
from ....shaders.parts.packed_codes import PackedBytes
from ....shaders.schedules.select import depthwise_schedule
from ....shaders.traced.storage import Codes
from ..program import ir
from ..program.layout import is_per_channel, row
from .byte_products import byte_operands
from .packed_bytes import packed

LETTERS = "abcdefghijkl"
SIDES = tuple(f"side_{letter}" for letter in LETTERS)
"""Names of the operands of steps, in the order in which they appear."""


@dataclass(frozen=True, eq=False)
class Work:
    """One launch in the making: a call, and the value behind each of its operands by name."""

    call: KernelCall
    operands: dict[str, int]


@dataclass
class Chain:
    """The steps of an operation as `shaders` has them."""

    program: ir.Program
    op: ir.GpuOp
    operands: dict[str, int] = field(default_factory=dict)
    constants: int = 0
    tables: int = 0
    pack: PackedBytes | None = None

    @classmethod
    def packing(cls, program: ir.Program, op: ir.GpuOp) -> Chain:
        """The steps of an operation whose kernel may pack what it stores."""
        packed_op, packing = packed(op, program)
        return cls(program, packed_op, pack=packing)

    def epilogue(self, bias_values: np.ndarray | None = None) -> Epilogue:
        """Bias and steps of an operation whose operands lie beside its output."""
        first = () if bias_values is None else (bias(bias_values),)
        return Epilogue(first + self.steps(self._beside), self.pack)

    def steps(self, place: Callable[[int], Beside]) -> tuple[Step, ...]:
        """All steps; `place` says how an operand is read."""
        made: list[Step] = []
        for step in self.op.steps:
            if isinstance(step, ir.CodeUnary):
                made.append(step.arithmetic.step(self._table()))
            elif isinstance(step, ir.CodeBinary):
                assert step.operand is not None
                made.append(step.arithmetic.step(self._table(), place(step.operand), step.reverse))
            elif isinstance(step, ir.Unary):
                made.append(element.unary(step.function, *step.parameters))
            else:
                operand = step.constant if step.operand is None else place(step.operand)
                made.append(element.binary(step.function, operand, step.reverse))
        return tuple(made)

    def _table(self) -> str:
        self.tables += 1
        return f"table_{LETTERS[self.tables - 1]}"

    def name(self, value: int) -> str:
        """The name of an operand in the kernel."""
        known = next((n for n, v in self.operands.items() if v == value), None)
        if known is None:
            known = SIDES[sum(n in SIDES for n in self.operands)]
            self.operands[known] = value
        return known

    def _beside(self, value: int) -> Beside:
        output, side = self.program.shape(self.op.output), self.program.values[value]
        per_channel = side.shape != output and is_per_channel(side.shape, output)
        if per_channel and side.data is not None:
            self.constants += 1
            return Beside(f"channel_{LETTERS[self.constants - 1]}", True, side.data)
        return Beside(self.name(value), per_channel)


@singledispatch
def kernels(op: ir.GpuOp, program: ir.Program, device: DeviceClass) -> list[Work]:
    """The launches that compute `op`, in order; none for an alias."""
    raise TypeError(f"no kernel for {type(op).__name__}")


def _single(chain: Chain, call: KernelCall) -> list[Work]:
    operands = dict(chain.operands)
    if "x" in call.operands:
        operands["x"] = chain.op.inputs[0]
    operands["y"] = chain.op.output
    return [Work(call, {name: operands[name] for name in call.operands})]


def _picture(shape: Shape) -> tuple[int, int, int, int]:
    n, h, w, c = shape
    return n, h, w, c


def _window(program: ir.Program, op: ir.Conv2D | ir.DepthwiseConv2D, kernel: tuple[int, int]) -> ConvWindow:
    x, y = _picture(program.shape(op.inputs[0])), _picture(program.shape(op.output))
    return ConvWindow(x, y[1:3], kernel, op.stride, op.dilation, op.padding)


@kernels.register
def _conv_2d(op: ir.Conv2D, program: ir.Program, device: DeviceClass) -> list[Work]:
    (_, height, width, _) = op.weights.shape
    window = _window(program, op, (height, width))
    if (on_bytes := byte_operands(op, program)) is not None:
        chain, zero, offsets = Chain.packing(program, on_bytes.op), on_bytes.zero, on_bytes.offsets
        epilogue = chain.epilogue()
        call = byte_conv_2d(device, window, on_bytes.weights, zero, epilogue, offsets, op.schedule, op.groups)
        return _single(chain, call)
    chain, dense = Chain(program, op), program.values[op.inputs[0]].dense
    epilogue = chain.epilogue(op.bias)
    return _single(chain, conv_2d(device, window, op.weights, op.groups, epilogue, op.schedule, dense))


@kernels.register
def _depthwise(op: ir.DepthwiseConv2D, program: ir.Program, device: DeviceClass) -> list[Work]:
    height, width, channels = op.weights.shape
    window = _window(program, op, (height, width))
    on_bytes = byte_operands(op, program) if device is DeviceClass.CPU else None
    if on_bytes is not None and byte_depthwise_takes(window, channels):
        chain = Chain.packing(program, on_bytes.op)
        return _single(
            chain, byte_depthwise_conv_2d(window, on_bytes.weights, on_bytes.zero, chain.epilogue(), on_bytes.offsets)
        )
    chain, schedule = Chain(program, op), op.schedule
    if schedule is None and isinstance(program.values[op.output].kept, Codes):
        schedule = depthwise_schedule(device, window, padded(channels), LANES)
    return _single(chain, depthwise_conv_2d(device, window, op.weights, chain.epilogue(op.bias), schedule))


@kernels.register
def _transpose_conv(op: ir.TransposeConv2D, program: ir.Program, device: DeviceClass) -> list[Work]:
    _, height, width, _ = op.weights.shape
    x, y = _picture(program.shape(op.inputs[0])), _picture(program.shape(op.output))
    window = ConvWindow(x, y[1:3], (height, width), op.stride, padding=op.padding)
    if (made := byte_operands(op, program)) is not None:
        chain = Chain.packing(program, made.op)
        return _single(
            chain, byte_transpose_conv(device, window, made.weights, made.zero, chain.epilogue(), made.offsets)
        )
    chain = Chain(program, op)
    return _single(chain, transpose_conv(device, window, op.weights, chain.epilogue(op.bias)))


@kernels.register
def _fully_connected(op: ir.FullyConnected, program: ir.Program, device: DeviceClass) -> list[Work]:
    rows = math.prod(program.shape(op.inputs[0])[:-1])
    if (on_bytes := byte_operands(op, program)) is not None:
        chain = Chain.packing(program, on_bytes.op)
        call = byte_matmul(device, rows, on_bytes.weights, chain.epilogue(), on_bytes.offsets, op.schedule)
        return _single(chain, call)
    chain = Chain(program, op)
    return _single(chain, matmul(device, rows, op.weights, chain.epilogue(op.bias), op.schedule))


@kernels.register
def _batch_matmul(op: ir.BatchMatMul, program: ir.Program, device: DeviceClass) -> list[Work]:
    chain = Chain(program, op)
    a, b = (program.shape(v) for v in op.inputs)
    rows, depth = a[-2:][::-1] if op.transpose_a else a[-2:]
    columns, batches = program.shape(op.output)[-1], (math.prod(a[:-2]), math.prod(b[:-2]))
    shape = BatchShape(max(batches), rows, columns, depth, op.transpose_a, op.transpose_b, *batches)
    call = batch_matmul(device, shape, chain.epilogue(), op.schedule)
    operands = {**chain.operands, "x": op.inputs[0], "w": op.inputs[1], "y": op.output}
    return [Work(call, {name: operands[name] for name in call.operands})]


@kernels.register
def _pool_2d(op: ir.Pool2D, program: ir.Program, device: DeviceClass) -> list[Work]:
    chain = Chain(program, op)
    x, y = _picture(program.shape(op.inputs[0])), _picture(program.shape(op.output))
    window = ConvWindow(x, y[1:3], op.window, op.stride, padding=op.padding)
    return _single(chain, pool_2d(device, op.kind, window, chain.epilogue(), op.zero_point))


@kernels.register
def _resize_bilinear(op: ir.ResizeBilinear, program: ir.Program, device: DeviceClass) -> list[Work]:
    chain = Chain(program, op)
    shapes = program.shape(op.inputs[0]), program.shape(op.output)
    flags = op.align_corners, op.half_pixel_centers
    return _single(chain, resize_bilinear(device, *shapes, *flags, epilogue=chain.epilogue()))


@kernels.register
def _quantized_resize(op: ir.QuantizedResizeBilinear, program: ir.Program, device: DeviceClass) -> list[Work]:
    shapes = program.shape(op.inputs[0]), program.shape(op.output)
    call = quantized_resize_bilinear(device, *shapes, op.flags, op.zero_point, op.short)
    return _single(Chain(program, op), call)


@kernels.register
def _unsigned_resize(op: ir.UnsignedResizeBilinear, program: ir.Program, device: DeviceClass) -> list[Work]:
    shapes = program.shape(op.inputs[0]), program.shape(op.output)
    call = unsigned_resize_bilinear(device, *shapes, op.rows, op.columns, op.zero_point)
    return _single(Chain(program, op), call)


@kernels.register
def _alias(op: ir.Alias, program: ir.Program, device: DeviceClass) -> list[Work]:
    return []


@kernels.register
def _elementwise(op: ir.Elementwise, program: ir.Program, device: DeviceClass) -> list[Work]:
    chain = Chain(program, op, {"x": op.inputs[0]})
    steps = chain.steps(lambda value: Beside(chain.name(value)))
    operands = [Operand(name, program.shape(value)) for name, value in chain.operands.items()]
    call = element.elementwise(device, program.shape(op.output), operands, steps)
    return [Work(call, {**chain.operands, "y": op.output})]


@kernels.register
def _copy(op: ir.Copy, program: ir.Program, device: DeviceClass) -> list[Work]:
    made, (storage, fill) = [], _moved_as(op, program)
    if op.clear:
        cleared = fill_call(device, padded_elements(program.shape(op.output)), fill, storage)
        made.append(Work(cleared, {"y": op.output}))
    length = row(program.shape(op.output))
    for source, region in op.parts:
        pads = region.axes[-1].extent == length
        made.append(Work(region_copy(device, region, fill, storage, pads), {"x": op.inputs[source], "y": op.output}))
    return made


def _moved_as(op: ir.Copy, program: ir.Program) -> tuple[str, float]:
    """(storage kind, what fills up): bytes move as they are where all values keep them in the same way."""
    output = program.values[op.output]
    if isinstance(output.kept, Codes) and all(program.values[v].kept == output.kept for v in op.inputs):
        return output.kept.storage, output.kept.zero + op.fill
    return output.storage, op.fill


@kernels.register
def _load_codes(op: ir.LoadCodes, program: ir.Program, device: DeviceClass) -> list[Work]:
    (count,), storage = program.shape(op.output), program.values[op.inputs[0]].storage
    return _single(Chain(program, op), load_codes(device, count, storage, op.zero_point))


@kernels.register
def _store_codes(op: ir.StoreCodes, program: ir.Program, device: DeviceClass) -> list[Work]:
    (count,), storage = program.shape(op.output), program.values[op.output].storage
    return _single(Chain(program, op), store_codes(device, count, storage, op.zero_point))


@kernels.register
def _softmax(op: ir.Softmax, program: ir.Program, device: DeviceClass) -> list[Work]:
    keeps = program.values[op.output].kept is None
    return _single(Chain(program, op), softmax(device, program.shape(op.output), op.beta, op.log, keeps))


@kernels.register
def _quantized_softmax(op: ir.QuantizedSoftmax, program: ir.Program, device: DeviceClass) -> list[Work]:
    x, y = program.values[op.inputs[0]].kept, program.values[op.output].kept
    kept = (x, y) if isinstance(x, Codes) and isinstance(y, Codes) else None
    call = quantized_softmax(device, program.shape(op.output), op.exponentials, op.offset, kept)
    return _single(Chain(program, op), call)


@kernels.register
def _wide_softmax(op: ir.WideSoftmax, program: ir.Program, device: DeviceClass) -> list[Work]:
    call = wide_softmax(device, program.shape(op.output), op.exponentials, op.inverses)
    return _single(Chain(program, op), call)


@kernels.register
def _l2_normalization(op: ir.L2Normalization, program: ir.Program, device: DeviceClass) -> list[Work]:
    return _single(Chain(program, op), l2_normalization(device, program.shape(op.output)))


@kernels.register
def _layer_normalization(op: ir.LayerNormalization, program: ir.Program, device: DeviceClass) -> list[Work]:
    call = layer_normalization(device, program.shape(op.output), op.epsilon, op.gamma, op.beta)
    return _single(Chain(program, op), call)


@kernels.register
def _reduce(op: ir.Reduce, program: ir.Program, device: DeviceClass) -> list[Work]:
    source = program.values[op.inputs[0]]
    return _single(Chain(program, op), reduce(device, op.kind, source.shape, op.axes, source.storage))
