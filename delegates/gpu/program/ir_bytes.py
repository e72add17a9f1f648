"""Products of matrices of bytes that are known only at run time; see `shaders.byte_matrices`.

What they hand to each other are words: int32.
"""

from __future__ import annotations

from dataclasses import dataclass

from ....shaders.kernels.byte_matrices import ByteBatch
from .ir import GpuOp


@dataclass(frozen=True, eq=False, kw_only=True)
class PackFactor(GpuOp):
    """The panels of the right matrices, the input."""

    batch: ByteBatch


@dataclass(frozen=True, eq=False, kw_only=True)
class TransposeWords(GpuOp):
    """Left matrices [k, m], the input, as rows of words."""

    batch: ByteBatch


@dataclass(frozen=True, eq=False, kw_only=True)
class RowTerms(GpuOp):
    """What a zero point of the right matrices adds to the sums of each row of the left ones, the input."""

    batch: ByteBatch


@dataclass(frozen=True, eq=False, kw_only=True)
class ByteBatchMatMul(GpuOp):
    """Products of the left matrices and the packed right ones; a third input are the `RowTerms`."""

    batch: ByteBatch
