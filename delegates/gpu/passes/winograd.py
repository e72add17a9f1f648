"""Convolutions with windows of 3x3 by fewer products, where that is quicker: see `shaders.kernels.winograd`.

Only of float32, which round a little differently; codes are exact sums and stay. For processors, where it was measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ....devices.device import DeviceInfo
from ....shaders.call import KernelCall
from ....shaders.conv_window import ConvWindow
from ....shaders.device_class import DeviceClass
from ....shaders.kernels.winograd import (
    Squares,
    best_size,
    pitch,
    transformed_weights,
    winograd_input,
    winograd_output,
    winograd_product,
)
from ....shaders.layout import ceil_div
from ..emission.kernels import Chain, Work, kernels
from ..emission.strip_works import Place, StripWork, aligned, runs_strips, strip_scratch, strip_works
from ..program import ir

SCRATCH = 640 << 10
"""Bytes of values and sums for each core: what stays in its own cache beside weights."""
FEWEST = 28
"""Squares at a time for each core, or the weights are read too often."""
MOST_PARTS = 128
"""Three launches each."""
SHARED_WEIGHTS = 3 << 20
"""Bytes of weights that every core may read; of more each reads its part, and all work on the same squares."""


@dataclass(frozen=True, eq=False, kw_only=True)
class WinogradConv2D(ir.GpuOp):
    """A convolution, `part` squares at a time: by strips, or by all cores.

    Attributes:
        weights: of `shaders.kernels.winograd.transformed_weights`.
        bias: float32 [o], or None.
        window, squares: where the squares lie.
        scratch: ids of the values that hold what squares were taken apart to, and their sums; none for strips.
    """

    weights: np.ndarray
    bias: np.ndarray | None
    window: ConvWindow
    squares: Squares
    part: int
    scratch: tuple[int, ...] = ()

    @property
    def reads(self) -> tuple[int, ...]:
        return (*super().reads, *self.scratch)


def join_winograd(program: ir.Program, info: DeviceInfo) -> ir.Program:
    """The program with the convolutions that become quicker done so."""
    if DeviceClass(info.device_class) is not DeviceClass.CPU:
        return program
    values, ops = dict(program.values), list[ir.GpuOp]()
    for op in program.ops:
        size = _size(op, program) if isinstance(op, ir.Conv2D) else None
        if size is not None and isinstance(op, ir.Conv2D):
            op = _winograd(op, size, program, values, info)
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


def _winograd(
    op: ir.Conv2D, size: int, program: ir.Program, values: dict[int, ir.Value], info: DeviceInfo
) -> WinogradConv2D:
    window, (out, _, _, depth) = _window(op, program), op.weights.shape
    squares, weights = Squares.of(window, size), transformed_weights(op.weights, size)
    slots = max(1, info.limits.get("compute_units", 1))
    fitting = max(FEWEST, SCRATCH // (4 * squares.positions * (depth + out)), ceil_div(squares.count, MOST_PARTS))
    by_strips = runs_strips(info) and weights.nbytes <= SHARED_WEIGHTS and squares.count > FEWEST
    parts = ceil_div(squares.count, fitting * (1 if by_strips else slots))
    part = ceil_div(squares.count, ceil_div(parts, slots) * slots if by_strips else parts)

    def between(channels: int) -> int:
        made = ir.Value(len(values), (squares.positions, pitch(part, channels)), name=values[op.output].name)
        values[made.id] = made
        return made.id

    return WinogradConv2D(
        inputs=op.inputs,
        output=op.output,
        nodes=op.nodes,
        steps=op.steps,
        weights=weights,
        bias=op.bias,
        window=window,
        squares=squares,
        part=part,
        scratch=() if by_strips else (between(depth), between(out)),
    )


# --- launches


def _calls(op: WinogradConv2D, program: ir.Program, chain: Chain) -> Iterator[tuple[KernelCall, ...]]:
    """Three for each part."""
    everything, out = range(op.squares.count), program.shape(op.output)[-1]
    parts = [everything[start : start + op.part] for start in range(0, len(everything), op.part)]
    return zip(
        winograd_input(op.window, op.squares, parts),
        winograd_product(op.weights, parts),
        winograd_output(op.window, op.squares, parts, out, chain.epilogue(op.bias)),
        strict=True,
    )


@kernels.register
def _by_all_cores(op: WinogradConv2D, program: ir.Program, device: DeviceClass) -> list[Work]:
    chain, (values, sums) = Chain(program, op), op.scratch
    made = []
    for apart, product, together in _calls(op, program, chain):
        made.append(Work(apart, {"x": op.inputs[0], "y": values}))
        made.append(Work(product, {"x": values, "y": sums}))
        made.append(Work(together, {**chain.operands, "x": sums, "y": op.output}))
    return made


def _sizes(op: WinogradConv2D) -> tuple[int, int]:
    """Bytes of the values and of the sums of a part."""
    positions, depth, out = op.weights.shape
    return 4 * positions * pitch(op.part, depth), 4 * positions * pitch(op.part, out)


@strip_scratch.register
def _scratch_of_strips(op: WinogradConv2D, program: ir.Program) -> int:
    return 0 if op.scratch else sum(map(aligned, _sizes(op)))


@strip_works.register
def _by_strips(op: WinogradConv2D, program: ir.Program) -> Iterator[list[StripWork]]:
    def whole(value: int) -> Place:
        return Place(value, 0, program.values[value].nbytes)

    chain, (apart_size, sums_size) = Chain(program, op), _sizes(op)
    values, sums = Place(None, 0, apart_size), Place(None, aligned(apart_size), sums_size)
    for calls in _calls(op, program, chain):
        beside = {name: whole(value) for name, value in chain.operands.items()}
        places = (
            {"x": whole(op.inputs[0]), "y": values},
            {"x": values, "y": sums},
            {**beside, "x": sums, "y": whole(op.output)},
        )
        yield [StripWork(Work(call, {}), op, place) for call, place in zip(calls, places, strict=True)]
