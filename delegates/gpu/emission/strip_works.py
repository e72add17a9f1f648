"""Operations that run strip by strip: all launches of a strip on one core, in scratch memory that it uses again.

For devices that run a strip's launches on one core (`devices.opencl.resident`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

from ....devices.device import DeviceInfo
from ....shaders.device_class import DeviceClass
from ....shaders.layout import ceil_div
from ..program import ir
from .kernels import Work

ALIGNMENT = 256
"""Of places in scratch memory, in bytes."""


@dataclass(frozen=True)
class Place:
    """Where an operand of a strip's launch lies: from byte `offset` of a value, or of the scratch memory (None)."""

    value: int | None
    offset: int
    size: int


@dataclass(frozen=True, eq=False)
class StripWork:
    """A launch of a strip: the kernel call, the operation it is a part of, and where its operands lie, by name."""

    work: Work
    op: ir.GpuOp
    places: dict[str, Place]


def runs_strips(info: DeviceInfo) -> bool:
    """Whether a device runs the launches of a strip on one core."""
    return "pocl" in info.features and DeviceClass(info.device_class) is DeviceClass.CPU


@singledispatch
def strip_scratch(op: ir.GpuOp, program: ir.Program) -> int:
    """Bytes of scratch memory that one strip needs; 0 for an operation that does not run by strips."""
    return 0


@singledispatch
def strip_works(op: ir.GpuOp, program: ir.Program) -> Iterator[list[StripWork]]:
    """The launches of each strip, in order; as many for each."""
    raise TypeError(f"{type(op).__name__} does not run by strips")


def aligned(size: int) -> int:
    """`size` rounded up to where something else may begin."""
    return ceil_div(size, ALIGNMENT) * ALIGNMENT
