"""STABLEHLO_ADD, _MULTIPLY, _AND, _SHIFT_LEFT: operands of one shape, no quantization."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import same_type, unsupported
from .registry import kernel

_FUNCTIONS: dict[str, tuple[np.ufunc, str]] = {
    "STABLEHLO_ADD": (np.add, "iuf"),
    "STABLEHLO_MULTIPLY": (np.multiply, "iuf"),
    "STABLEHLO_AND": (np.bitwise_and, "iub"),
    "STABLEHLO_SHIFT_LEFT": (np.left_shift, "i"),
}


@kernel(*_FUNCTIONS, inplace=(0, 1))
def prepare(op: Op) -> Bind:
    a, b, out = op.input(0), op.input(1), op.output()
    same_type(op, a, b)
    function, kinds = _FUNCTIONS[op.node.op]
    if a.dtype.kind not in kinds:
        raise unsupported(op, a)
    if a.shape != b.shape:
        raise op.error(f"{a} and {b} differ in shape")
    out.resize(a.shape)

    def bind() -> Run:
        x, y, target = a.array, b.array, out.array
        return lambda: function(x, y, out=target)

    return bind
