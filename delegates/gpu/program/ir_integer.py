"""Operations on int32 values, and those that compute each element by a rule: what `ir` has beside float32 arithmetic.

Booleans are int32 of 0 and 1 on the device. The host has them as bytes (storage "u8"), and int64 as pairs of words
(storage "i64").
"""

from __future__ import annotations

from dataclasses import dataclass

from ....shaders.kernels.cells import Rule
from .ir import GpuOp


@dataclass(frozen=True, eq=False, kw_only=True)
class Map(GpuOp):
    """A function of `shaders.kernels.maps`; inputs broadcast to the output's shape, `parameters` follow them."""

    function: str
    parameters: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Cells(GpuOp):
    """Each element of the output by a rule of its coordinates that reads the inputs; see `shaders.kernels.cells`."""

    rule: Rule


@dataclass(frozen=True, eq=False, kw_only=True)
class CumSum(GpuOp):
    """Running sums along `axis`, without the element itself (`exclusive`), from the end on (`reverse`)."""

    axis: int
    exclusive: bool
    reverse: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class LoadIntegers(GpuOp):
    """Dense booleans or int64 of the host to dense int32; what does not fit saturates."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StoreIntegers(GpuOp):
    """Dense int32 to dense booleans or int64 for the host."""
