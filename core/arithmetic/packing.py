"""Kernels that pack their weights once, also where the weights are computed by the graph."""
from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import numpy as np

from ..op import Bind, Op, Operand, Prepare, Run


def packs(*inputs: int) -> Callable[[Prepare], Prepare]:
    """Decorate a `prepare` that reads the values of the given inputs.

    Where one of them is not known before the model runs, the node is prepared and bound anew in every run.
    """

    def decorate(prepare: Prepare) -> Prepare:
        @wraps(prepare)
        def wrapper(op: Op) -> Bind:
            given = (op.optional_input(i) for i in inputs)
            unknown = [operand for operand in given if operand is not None and operand.value is None]
            return _late(prepare, op, unknown) if unknown else prepare(op)

        return wrapper

    return decorate


def _late(prepare: Prepare, op: Op, unknown: list[Operand]) -> Bind:
    """Prepare with zeros for the shapes of the outputs; with the values, in every run."""
    _prepared(prepare, op, unknown, [np.zeros(operand.shape, operand.dtype) for operand in unknown])

    def bind() -> Run:
        def run() -> None:
            _, bound = _prepared(prepare, op, unknown, [operand.array for operand in unknown])
            bound()()

        return run

    return bind


def _prepared(prepare: Prepare, op: Op, unknown: list[Operand], values: list[np.ndarray]) -> tuple[Op, Bind]:
    """Prepare a copy of the node, with scratch of its own, as if the values were constants."""
    twin = Op(op.node, op.inputs, op.outputs, op.context, op.intermediates)
    for operand, value in zip(unknown, values, strict=True):
        operand.value = value
    try:
        bind = prepare(twin)
    finally:
        for operand in unknown:
            operand.value = None
    twin.scratch = [np.empty(shape, dtype) for shape, dtype in twin.scratch_shapes]
    return twin, bind
