"""Kernels that compute each element of the output by a rule of its coordinates: gathering, scattering, counting.

A rule is a small record of a family (`gathers`, `scatters`, ...). It gets the coordinates of one element and readers of
the operands, and gives the element. Shapes are part of the text; what fits `elementwise` or `region_copy` goes there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..call import KernelCall
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, constant, i32
from ..language.kernel import Buffer
from ..layout import padded
from ..parts.nest import GROUP, Nest, Place, Walk
from .elementwise import Operand


@dataclass(frozen=True, eq=False)
class Reader:
    """An operand inside a kernel: `reader(*coordinates)` is the element there."""

    k: KernelBuilder
    buffer: Buffer
    shape: tuple[int, ...]

    def __call__(self, *coordinates: Expr) -> Expr:
        at = constant(i32, 0)
        for coordinate, distance in zip(coordinates, distances(self.shape), strict=True):
            at = at + coordinate * distance
        return self.k.load(self.buffer, at, 1)


class Rule(Protocol):
    """How one element is made."""

    @property
    def name(self) -> str:
        """Part of the kernel's name."""

    @property
    def work(self) -> int:
        """How much an element costs, in loads."""

    def element(self, k: KernelBuilder, at: Sequence[Expr], *operands: Reader) -> Expr:
        """The element at the coordinates `at`."""


def distances(shape: Sequence[int]) -> tuple[int, ...]:
    """Elements of memory between neighbours along each dimension."""
    stored = (*shape[:-1], padded(shape[-1])) if shape else ()
    return tuple(math.prod(stored[a + 1 :]) for a in range(len(stored)))


def cells(
    device: DeviceClass, output: tuple[int, ...], operands: Sequence[Operand], rule: Rule, result: str = "f32"
) -> KernelCall:
    """`y` [output] of kind `result`, element by element.

    Args:
        operands: what the rule reads, in its order; one may stand there several times.
    """
    cpu = device is DeviceClass.CPU
    k = KernelBuilder(f"{result}_{rule.name}", (1, 1, 1) if cpu else (GROUP, 1, 1))
    buffers = {o.name: k.read(o.name, o.storage) for o in {o.name: o for o in operands}.values()}
    y = k.write("y", result)
    nest = Nest(output or (1,), (distances(output) or (1,),))
    walk = Walk(k, nest, device, vectors=False, work=rule.work)
    readers = [Reader(k, buffers[o.name], o.shape) for o in operands]

    def body(place: Place) -> None:
        at = place.coordinates if output else ()
        k.store(y, place.offsets[0], rule.element(k, at, *readers))

    groups = walk.emit(body)
    return KernelCall(k.finish(), tuple(walk.arguments.values), groups)
