"""SELECT and SELECT_V2: elements of one of two tensors; WHERE: coordinates of the non-zero elements."""
from __future__ import annotations

import numpy as np

from ..op import Bind, Op, Run
from ..preparation import broadcast, dynamic, same_type
from .registry import kernel


@kernel("SELECT_V2")
def prepare_v2(op: Op) -> Bind:
    condition, a, b = op.input(0), op.input(1), op.input(2)
    same_type(op, a, b)
    op.output().resize(broadcast(op, condition, a, b))
    return lambda: _bind(op, condition.array)


@kernel("SELECT")
def prepare(op: Op) -> Bind:
    """The condition has the shape of the values, or is a vector that chooses along their first dimension."""
    condition, a, b = op.input(0), op.input(1), op.input(2)
    same_type(op, a, b)
    by_row = condition.shape != a.shape and condition.shape in ((), (1,), a.shape[:1])
    if a.shape != b.shape or not (by_row or condition.shape == a.shape):
        raise op.error("the operands of SELECT do not fit each other")
    op.output().resize(a.shape)
    shape = (-1,) + (1,) * (len(a.shape) - 1) if by_row else condition.shape
    return lambda: _bind(op, condition.array.reshape(shape))


def _bind(op: Op, condition: np.ndarray) -> Run:
    a, b, out = op.input(1).array, op.input(2).array, op.output().array

    def run() -> None:
        np.copyto(out, b)
        np.copyto(out, a, where=condition)

    return run


@kernel("WHERE")
def prepare_where(op: Op) -> Bind:
    condition, out = op.input(0), op.output()
    if condition.value is None:
        return dynamic(op)
    out.resize((int(np.count_nonzero(condition.value)), len(condition.shape)))
    return lambda: lambda: np.copyto(out.array, np.argwhere(condition.array).reshape(out.shape), casting="unsafe")
