"""Where the elements of a value lie: in its own memory, or in that from which a copy takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....core.graph import Shape
from ....shaders.kernels.region_copy import Region
from ....shaders.layout import padded_elements
from ..program import ir
from ..program.regions import memory_of, offset, split, whole


@dataclass(frozen=True, eq=False)
class View:
    """Elements of a value's memory.

    Attributes:
        value: whose memory it is, itself no alias.
        array: one byte for each element of memory, never read: its strides are distances in elements. Axes before the
            last two may be others than the value's.
        passed: the operations that the elements need not pass any more.
        factor: what they are to be multiplied by, for that.
    """

    value: int
    array: np.ndarray
    passed: tuple[ir.GpuOp, ...] = ()
    factor: float = 1.0

    def passing(self, op: ir.GpuOp, array: np.ndarray | None = None, factor: float = 1.0) -> View:
        """The view behind one more operation."""
        return View(self.value, self.array if array is None else array, (*self.passed, op), self.factor * factor)


def views(program: ir.Program, makers: dict[int, ir.GpuOp], value: int) -> list[View]:
    """All views of a value: through copies and factors first, its own memory last."""
    roots, maker, found = program.roots, makers.get(value), list[View]()
    if isinstance(maker, ir.Alias):
        for view in views(program, makers, maker.inputs[0])[:-1]:
            array = _reshaped(view.array, program.shape(value))
            if array is not None:
                found.append(view.passing(maker, array))
    elif isinstance(maker, ir.Elementwise) and (factor := factor_of(maker)) is not None:
        if program.shape(maker.inputs[0]) == program.shape(value):
            found += [view.passing(maker, factor=factor) for view in views(program, makers, maker.inputs[0])]
    elif isinstance(maker, ir.Copy) and (region := plain(maker, program.shape(value))) is not None:
        sources = views(program, makers, maker.inputs[0])
        made = ((view, _taken(region, view.array, program.shape(maker.inputs[0]))) for view in sources)
        found += [view.passing(maker, array) for view, array in made if array is not None]
    return [*found, View(roots.get(value, value), whole(program.shape(value)))]


def _reshaped(array: np.ndarray, shape: Shape) -> np.ndarray | None:
    """A view of this shape, or with other axes before the last two; None where elements would have to move."""
    try:
        return split(array, shape)
    except ValueError:
        return array if array.shape[-2:] == shape[-2:] else None


def target(program: ir.Program, copy: ir.Copy) -> View | None:
    """Where a copy moves each element of its input, if it moves all of them and fills its output."""
    region, shape = plain(copy), program.shape(copy.inputs[0])
    if region is None or region.from_offset or np.prod(shape) != np.prod([a.extent for a in region.axes]):
        return None
    steps = whole(shape).strides
    places = {axis.from_stride: axis for axis in region.axes if axis.extent > 1}
    strides = []
    for extent, step in zip(shape, steps, strict=True):
        axis = places.pop(step, None) if extent > 1 else None
        if extent > 1 and (axis is None or axis.extent != extent):
            return None
        strides.append(0 if axis is None else axis.to_stride)
    memory = np.zeros(padded_elements(program.shape(copy.output)), np.int8)
    return None if places else View(copy.output, _array(memory, shape, strides, region.to_offset), (copy,))


def factor_of(op: ir.GpuOp) -> float | None:
    """What an operation multiplies every element by, if it does nothing else."""
    factor = 1.0
    for step in op.steps:
        change = linear(step)
        if change is None or change[1] is not None:
            return None
        factor *= change[0]
    return factor


def linear(step: ir.Step) -> tuple[float, int | None] | None:
    """(factor, None) of a multiplication, (factor, value) of an addition of factor * value; None for all else."""
    if step == ir.Unary("FINITE"):
        return 1.0, None
    if type(step) is not ir.Binary or (step.reverse and step.function not in ("ADD", "MUL")):
        return None
    constant = step.operand is None
    if step.function == "MUL" and constant:
        return step.constant, None
    if step.function == "DIV" and constant and step.constant:
        return 1.0 / step.constant, None
    signs = {"ADD": 1.0, "SUB": -1.0}
    return (signs[step.function], step.operand) if step.function in signs and not constant else None


def plain(op: ir.Copy, shape: Shape | None = None) -> Region | None:
    """The region of a copy that does nothing but move one box of elements of its input (of `shape`, if told)."""
    if len(op.parts) != 1 or op.clear or op.steps:
        return None
    axes = op.parts[0][1].axes
    told = shape is None or tuple(axis.extent for axis in axes) == shape
    return op.parts[0][1] if told and all(axis.is_plain for axis in axes) else None


def _taken(region: Region, array: np.ndarray, shape: Shape) -> np.ndarray | None:
    """What a copy takes of a value of a shape whose elements lie as in `array`; None if its axes are others."""
    if array.shape != shape:
        return None
    start, rest, free = offset(array), region.from_offset, dict[int, tuple[int, int]]()
    for extent, step, stride in zip(shape, whole(shape).strides, array.strides, strict=True):
        if extent > 1:
            first, rest = divmod(rest, step)
            start += first * stride
            free[step] = extent - first, stride
    strides = []
    for axis in region.axes:
        left, stride = free.pop(axis.from_stride, (0, 0)) if axis.from_stride else (axis.extent, 0)
        if axis.extent > left:
            return None
        strides.append(stride)
    return _array(memory_of(array), tuple(axis.extent for axis in region.axes), strides, start)


def _array(memory: np.ndarray, shape: Shape, strides: Sequence[int], start: int) -> np.ndarray:
    """A view of all of a value's memory."""
    return np.ndarray(shape, np.int8, memory, start, tuple(strides))
