"""Convolutions with windows of 3x3 by fewer products, where that is quicker: see `shaders.winograd`.

Only of float32, which round a little differently; codes are exact sums and stay. For processors, where it was measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...devices.device import DeviceInfo
from ...shaders.conv_window import ConvWindow
from ...shaders.device_class import DeviceClass
from ...shaders.layout import ceil_div
from ...shaders.winograd import (
    Squares,
    best_size,
    pitch,
    transformed_weights,
    winograd_input,
    winograd_output,
    winograd_product,
)
from . import ir
from .kernels import Chain, Work, kernels

SCRATCH = 640 << 10
"""Bytes of values and sums for each core: what stays in its own cache beside weights."""
FEWEST = 28
"""Squares at a time for each core, or the weights are read too often."""
MOST_PARTS = 64
"""Three launches each."""


@dataclass(frozen=True, eq=False, kw_only=True)
class WinogradConv2D(ir.GpuOp):
    """A convolution, `part` squares at a time.

    Attributes:
        weights: of `shaders.winograd.transformed_weights`.
        bias: float32 [o], or None.
        window, squares: where the squares lie.
        scratch: ids of the values that hold what squares were taken apart to, and their sums.
    """

    weights: np.ndarray
    bias: np.ndarray | None
    window: ConvWindow
    squares: Squares
    part: int
    scratch: tuple[int, int]

    @property
    def reads(self) -> tuple[int, ...]:
        return (*super().reads, *self.scratch)


def join_winograd(program: ir.Program, info: DeviceInfo) -> ir.Program:
    """The program with the convolutions that become quicker done so."""
    if DeviceClass(info.device_class) is not DeviceClass.CPU:
        return program
    values, ops = dict(program.values), list[ir.GpuOp]()
    slots = max(1, info.limits.get("compute_units", 1))
    for op in program.ops:
        size = _size(op, program) if isinstance(op, ir.Conv2D) else None
        if size is not None and isinstance(op, ir.Conv2D):
            op = _winograd(op, size, program, values, slots)
        ops.append(op)
    return replace(program, values=values, ops=tuple(ops))


def _size(op: ir.Conv2D, program: ir.Program) -> int | None:
    """Outputs of a square along a side; None where the convolution stays."""
    if op.groups > 1:
        return None
    ends = (program.values[v] for v in (op.inputs[0], op.output))
    plain = all(v.storage == "f32" and v.kept is None and v.codes is None and not v.whole for v in ends)
    coded = any(isinstance(step, ir.CodeUnary | ir.CodeBinary) for step in op.steps)
    window = _window(op, program)
    if not plain or coded or (window.kernel, window.stride, window.dilation) != ((3, 3), (1, 1), (1, 1)):
        return None
    return best_size(window, op.weights.shape[0])


def _window(op: ir.Conv2D, program: ir.Program) -> ConvWindow:
    (n, h, w, c), y = program.shape(op.inputs[0]), program.shape(op.output)
    kernel = (op.weights.shape[1], op.weights.shape[2])
    return ConvWindow((n, h, w, c), (y[1], y[2]), kernel, op.stride, op.dilation, op.padding)


def _winograd(op: ir.Conv2D, size: int, program: ir.Program, values: dict[int, ir.Value], slots: int) -> WinogradConv2D:
    window, (out, _, _, depth) = _window(op, program), op.weights.shape
    squares = Squares.of(window, size)
    part = _part(squares, depth + out, slots)

    def between(channels: int) -> int:
        made = ir.Value(len(values), (squares.positions, pitch(part, channels)), name=values[op.output].name)
        values[made.id] = made
        return made.id

    return WinogradConv2D(
        inputs=op.inputs,
        output=op.output,
        nodes=op.nodes,
        steps=op.steps,
        weights=transformed_weights(op.weights, size),
        bias=op.bias,
        window=window,
        squares=squares,
        part=part,
        scratch=(between(depth), between(out)),
    )


def _part(squares: Squares, channels: int, slots: int) -> int:
    """How many squares at a time: equally many, as far as that goes."""
    cached = slots * SCRATCH // (4 * squares.positions * channels)
    most = max(cached, slots * FEWEST, ceil_div(squares.count, MOST_PARTS))
    return ceil_div(squares.count, ceil_div(squares.count, most))


@kernels.register
def _winograd_conv_2d(op: WinogradConv2D, program: ir.Program, device: DeviceClass) -> list[Work]:
    chain, (values, sums) = Chain(program, op), op.scratch
    out, made, epilogue = program.shape(op.output)[-1], list[Work](), chain.epilogue(op.bias)
    parts = [range(op.squares.count)[start : start + op.part] for start in range(0, op.squares.count, op.part)]
    calls = (
        winograd_input(op.window, op.squares, parts),
        winograd_product(op.weights, parts),
        winograd_output(op.window, op.squares, parts, out, epilogue),
    )
    operands = {**chain.operands, "x": sums, "y": op.output}
    for apart, product, together in zip(*calls, strict=True):
        made += [
            Work(apart, {"x": op.inputs[0], "y": values}),
            Work(product, {"x": values, "y": sums}),
            Work(together, {name: operands[name] for name in together.operands}),
        ]
    return made
