"""StableHLO operators of two operands of one shape, without quantization:
STABLEHLO_ADD, _SUBTRACT, _MULTIPLY, _DIVIDE, _REMAINDER, _POWER, _AND, _OR, _SHIFT_LEFT.

Source: the StableHLO specification. What it leaves open for integers is as XLA has it: a quotient by zero is -1, a
remainder by zero the dividend.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import same_type, unsupported
from .registry import kernel
from .unary import is_float


def _divide(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """Quotients; those of integers are truncated."""
    if out.dtype.kind not in "iu":
        np.divide(a, b, out=out)
        return
    quotient = np.floor_divide(a, b)
    quotient += (a != quotient * b) & ((a < 0) != (b < 0))
    np.copyto(out, np.where(b == 0, np.array(-1).astype(out.dtype), quotient))


def _remainder(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """The rest of the truncated quotient: it has the dividend's sign."""
    rest = np.fmod(a, b)
    np.copyto(out, rest if out.dtype.kind not in "iu" else np.where(b == 0, a, rest))


def _power(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """Powers; of integers to negative exponents only 1 and -1 have any."""
    if out.dtype.kind != "i":
        np.power(a, b, out=out)
        return
    positive = np.power(a, np.maximum(b, 0))
    units = np.where(np.abs(a) == 1, np.where(b % 2 != 0, a, 1), 0)
    np.copyto(out, np.where(b < 0, units, positive), casting="unsafe")


_FUNCTIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "STABLEHLO_ADD": (np.add, "iufbc"),
    "STABLEHLO_SUBTRACT": (np.subtract, "iufc"),
    "STABLEHLO_MULTIPLY": (np.multiply, "iufbc"),
    "STABLEHLO_DIVIDE": (_divide, "iufc"),
    "STABLEHLO_REMAINDER": (_remainder, "iuf"),
    "STABLEHLO_POWER": (_power, "iufc"),
    "STABLEHLO_AND": (np.bitwise_and, "iub"),
    "STABLEHLO_OR": (np.bitwise_or, "iub"),
    "STABLEHLO_SHIFT_LEFT": (np.left_shift, "iu"),
}
"""The function and the kinds of NumPy types it takes."""


@kernel(*_FUNCTIONS, inplace=(0, 1))
def prepare(op: Op) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    function, kinds = _FUNCTIONS[op.node.op]
    if a.dtype.kind not in kinds and not ("f" in kinds and is_float(a)):
        raise unsupported(op, a)
    if a.shape != b.shape:
        raise op.error(f"{a} and {b} differ in shape")
    out.resize(a.shape)

    def bind() -> Run:
        x, y, target = a.array, b.array, out.array
        return lambda: function(x, y, out=target)

    return bind
