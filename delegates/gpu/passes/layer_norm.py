"""Layer normalization, which exporters write as seven operators or more, as one operation.

x * g + (beta - mean * g) or x * g + (-mean) * g, with g = gamma / sqrt(variance + epsilon): what TensorFlow's converter
leaves of Keras' layer. `gamma` and `beta` may be missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..program import ir
from .fuse import prune


def join_layer_norm(program: ir.Program) -> ir.Program:
    """Replaces the last operation of each normalization, and drops those that nobody reads any more."""
    made = _Maker(program)
    return prune(program.with_ops(tuple(_joined(op, made) or op for op in program.ops)))


class _NoMatchError(Exception):
    """The operations are something else."""


@dataclass(eq=False)
class _Maker:
    """Looks up what made a value; remembers the nodes of all that it was asked for."""

    program: ir.Program
    nodes: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._by_output = {op.output: op for op in self.program.ops}

    def source(self, value: int) -> int:
        """The value behind aliases of the same shape."""
        op, shape = self._by_output.get(value), self.program.shape
        same = isinstance(op, ir.Alias) and shape(op.inputs[0]) == shape(value)
        return self.source(op.inputs[0]) if op is not None and same else value

    def mean(self, value: int) -> int:
        """What `value` is the mean of, along the last axis."""
        op = self._by_output.get(self.source(value))
        if not isinstance(op, ir.Reduce) or op.kind != "mean" or op.steps:
            raise _NoMatchError
        if op.axes != (len(self.program.shape(op.inputs[0])) - 1,):
            raise _NoMatchError
        self.nodes.update(op.nodes)
        return self.source(op.inputs[0])

    def unary(self, function: str, value: int) -> int:
        """What `function` was applied to."""
        op = self._elementwise(value)
        if op.steps != (ir.Unary(function),):
            raise _NoMatchError
        self.nodes.update(op.nodes)
        return self.source(op.inputs[0])

    def binary(self, function: str, value: int) -> tuple[int, int]:
        """Both operands of `function`, in its order."""
        step, first = self._binary(function, value)
        if step.operand is None:
            raise _NoMatchError
        operands = (first, self.source(step.operand))
        return operands[::-1] if step.reverse else operands

    def plus_constant(self, value: int) -> tuple[int, float]:
        """A value and the number that was added to it."""
        step, first = self._binary("ADD", value)
        if step.operand is not None:
            raise _NoMatchError
        return first, step.constant

    def vector(self, value: int) -> np.ndarray | None:
        """A constant of one number per element of a row, else None."""
        data = self.program.values[value].data
        return data.reshape(-1) if data is not None and data.shape[-1:] == (data.size,) else None

    def _elementwise(self, value: int) -> ir.Elementwise:
        op = self._by_output.get(self.source(value))
        if not isinstance(op, ir.Elementwise) or len(op.steps) != 1:
            raise _NoMatchError
        return op

    def _binary(self, function: str, value: int) -> tuple[ir.Binary, int]:
        op = self._elementwise(value)
        (step,) = op.steps
        if not isinstance(step, ir.Binary) or step.function != function:
            raise _NoMatchError
        self.nodes.update(op.nodes)
        return step, self.source(op.inputs[0])


def _joined(op: ir.GpuOp, made: _Maker) -> ir.GpuOp | None:
    if not isinstance(op, ir.Elementwise):
        return None
    made.nodes = set()
    try:
        product, shift = made.binary("ADD", op.output)
        own = set(made.nodes)
        for first, second in _pair((product, shift)):
            made.nodes = set(own)
            try:
                return _normalization(op.output, first, second, made)
            except _NoMatchError:
                continue
    except _NoMatchError:
        pass
    return None


def _normalization(output: int, product: int, shift: int, made: _Maker) -> ir.GpuOp:
    """The operation that makes `output` = product + shift."""
    factors = made.binary("MUL", product)
    own = set(made.nodes)
    for x, gain in _pair(factors):
        made.nodes = set(own)
        try:
            mean, epsilon, gamma = _gain(x, gain, made)
            beta = _shift(shift, gain, mean, made)
        except _NoMatchError:
            continue
        width = made.program.shape(output)[-1]
        if made.program.shape(x) != made.program.shape(output):
            continue
        ones = np.ones(width, np.float32)
        return ir.LayerNormalization(
            inputs=(x,),
            output=output,
            nodes=tuple(sorted(made.nodes)),
            epsilon=epsilon,
            gamma=ones if gamma is None else gamma * ones,
            beta=0 * ones if beta is None else beta * ones,
        )
    raise _NoMatchError


def _gain(x: int, gain: int, made: _Maker) -> tuple[int, float, np.ndarray | None]:
    """(mean of x, epsilon, gamma) of gain = gamma / sqrt(variance of x + epsilon)."""
    root, gamma = gain, None
    try:
        factors = made.binary("MUL", gain)
        root, gamma = next((r, g) for r, c in _pair(factors) if (g := made.vector(c)) is not None)
    except (_NoMatchError, StopIteration):
        pass
    variance, epsilon = made.plus_constant(made.unary("RSQRT", root))
    mean = next((m for v, m in _pair(made.binary("SQUARED_DIFFERENCE", made.mean(variance))) if v == x), None)
    if mean is None or made.mean(mean) != x:
        raise _NoMatchError
    return mean, epsilon, gamma


def _shift(shift: int, gain: int, mean: int, made: _Maker) -> np.ndarray | None:
    """beta of shift = beta - mean * gain, or None of -mean * gain."""
    try:
        constant, product = made.binary("SUB", shift)
    except _NoMatchError:
        for negative, other in _pair(made.binary("MUL", shift)):
            if other == gain and made.unary("NEG", negative) == mean:
                return None
        raise
    beta = made.vector(constant)
    if beta is None or {*made.binary("MUL", product)} != {mean, gain}:
        raise _NoMatchError
    return beta


def _pair(values: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    return values, values[::-1]
