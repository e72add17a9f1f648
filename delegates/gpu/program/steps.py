"""Elementwise work that an operation does on each result before it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ....shaders.parts.epilogue import Beside
from ....shaders.parts.epilogue import Step as KernelStep


class UnaryArithmetic(Protocol):
    """Makes a step; `name` names its table."""

    def step(self, name: str) -> KernelStep: ...


class BinaryArithmetic(Protocol):
    """Makes a step with an operand; `reverse`: the operand stands on the left."""

    def step(self, name: str, operand: Beside, reverse: bool) -> KernelStep: ...


@dataclass(frozen=True)
class Unary:
    """A function of one number, by its name in `shaders.kernels.elementwise`, with constant parameters."""

    function: str
    parameters: tuple[float, ...] = ()


@dataclass(frozen=True)
class Binary:
    """A function of the running number and an operand, by its name in `shaders.kernels.elementwise`.

    Attributes:
        operand: a value's id, broadcast to the result's shape; None where `constant` is the operand.
        reverse: the operand stands on the left.
    """

    function: str
    operand: int | None = None
    constant: float = 0.0
    reverse: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class CodeUnary(Unary):
    """A function of one code or sum, by what makes its step (`requantize` and `code_table` of `shaders.parts`)."""

    arithmetic: UnaryArithmetic


@dataclass(frozen=True, eq=False, kw_only=True)
class CodeBinary(Binary):
    """A function of the running code and an operand's, by what makes its step: of `shaders.parts.requantize`."""

    arithmetic: BinaryArithmetic


Step = Unary | Binary
