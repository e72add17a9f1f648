"""The LSTM cell that LSTM, UNIDIRECTIONAL_ and BIDIRECTIONAL_SEQUENCE_LSTM share, in float32 and with integer weights.

Gates are kept in the order input, forget, cell, output; without an input gate (CIFG) it is 1 - forget.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..arithmetic.activation import apply_activation
from ..arithmetic.hybrid import quantize_asymmetric, quantize_symmetric
from ..op import Op, Operand
from ..preparation import quantization_of
from ..schema import ActivationFunctionType

WEIGHT_INPUTS = (*range(1, 18), *range(20, 24))
"""The inputs of an LSTM that are weights and biases."""

_NORM_EPSILON = np.float32(1e-8)
Product = Callable[[np.ndarray], np.ndarray]
"""From rows [rows, depth] to [rows, units]."""


@dataclass(frozen=True)
class LstmOperands:
    """The operands of an LSTM by name; four per gate (None where left out), peepholes without the cell gate's.

    Shapes: input_weights [units, depth], recurrent_weights [units, outputs], or [units] for the diagonal of a square
    matrix, peepholes, biases and norms [units], projection [outputs, units], output_state [batch, outputs], cell_state
    [batch, units].
    """

    input_weights: tuple[Operand | None, ...]
    recurrent_weights: tuple[Operand | None, ...]
    peepholes: tuple[Operand | None, ...]
    biases: tuple[Operand | None, ...]
    projection: Operand | None
    projection_bias: Operand | None
    output_state: Operand
    cell_state: Operand
    norms: tuple[Operand | None, ...]

    @classmethod
    def of(cls, op: Op, batch: int) -> LstmOperands:
        """The operands at the places that LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM have them.

        Raises:
            RuntimeError: one that must be there is missing, or shapes do not fit each other.
        """
        peepholes = (op.optional_input(9), op.optional_input(10), None, op.optional_input(11))
        return cls(
            tuple(op.optional_input(i) for i in range(1, 5)),
            tuple(op.optional_input(i) for i in range(5, 9)),
            peepholes,
            tuple(op.optional_input(i) for i in range(12, 16)),
            op.optional_input(16),
            op.optional_input(17),
            op.input(18),
            op.input(19),
            tuple(op.optional_input(i) for i in range(20, 24)),
        ).checked(op, op.input(0).shape[-1], batch)

    def checked(self, op: Op, depth: int, batch: int) -> LstmOperands:
        states = self.output_state, self.cell_state
        if any(len(state.shape) != 2 or state.shape[0] != batch for state in states):
            raise op.error(f"the states {states[0]} and {states[1]} of an LSTM do not fit a batch of {batch}")
        for gate in self.gates:
            weights, recurrent = self.input_weights[gate], self.recurrent_weights[gate]
            if weights is None or recurrent is None or self.biases[gate] is None:
                raise op.error("an LSTM needs weights and a bias for each gate")
            if weights.shape != (self.units, depth) or recurrent.shape not in (
                (self.units, self.outputs), (self.outputs,)
            ):  # fmt: skip
                raise op.error(f"LSTM weights {weights} and {recurrent} do not fit {self.units} units")
        if self.projection is None and self.outputs != self.units:
            raise op.error(f"{self.outputs} outputs from {self.units} units need a projection")
        return self

    @property
    def gates(self) -> tuple[int, ...]:
        """Indices of the gates that have weights."""
        return (0, 1, 2, 3) if self.input_weights[0] is not None else (1, 2, 3)

    @property
    def units(self) -> int:
        return self.cell_state.shape[1]

    @property
    def outputs(self) -> int:
        return self.output_state.shape[1]

    @property
    def has_norm(self) -> bool:
        return self.norms[1] is not None


@dataclass(frozen=True)
class LstmSettings:
    """Options of the cell: clips of 0 do not clip; `time_major` batches are computed together."""

    activation: ActivationFunctionType
    cell_clip: float
    projection_clip: float
    asymmetric: bool
    time_major: bool = True


def reals(op: Op, operand: Operand) -> np.ndarray:
    """The values of an operand as float32, dequantized with a zero point of 0."""
    values = operand.array.astype(np.float32)
    return values if operand.dtype.kind == "f" else values * quantization_of(op, operand).scale


def product(op: Op, weights: list[Operand], asymmetric: bool) -> Product:
    """The matrix product with the transposed weights of all gates side by side.

    Integer weights make it hybrid: each row is quantized, the integer product is exact, and the scales follow.
    """
    matrix = np.concatenate([operand.array for operand in weights])
    if matrix.dtype.kind == "f":
        packed = np.ascontiguousarray(matrix.T, np.float32)
        return lambda rows: rows @ packed
    scales = np.concatenate([np.full(w.shape[0], quantization_of(op, w).scale, np.float32) for w in weights])
    row_sums = matrix.sum(axis=1, dtype=np.int64).astype(np.float64)
    wide = np.ascontiguousarray(matrix.T.astype(np.float64))

    def hybrid(rows: np.ndarray) -> np.ndarray:
        if asymmetric:
            codes, row_scales, zero_points = quantize_asymmetric(rows)
            sums = codes.astype(np.float64) @ wide - zero_points[:, None] * row_sums
        else:
            codes, row_scales = quantize_symmetric(rows)
            sums = codes.astype(np.float64) @ wide
        return sums.astype(np.float32) * (row_scales[:, None] * scales)

    return hybrid


def recurrent_product(op: Op, weights: list[Operand], asymmetric: bool) -> Product:
    """`product` of the recurrent weights of all gates; weights of one dimension are diagonals."""
    if all(len(operand.shape) == 2 for operand in weights):
        return product(op, weights, asymmetric)
    if any(len(operand.shape) == 2 or operand.dtype.kind != "f" for operand in weights):
        raise op.error("recurrent weights must be matrices or float diagonals, all of them")
    diagonals = np.stack([operand.array for operand in weights])
    return lambda rows: (rows[:, None] * diagonals).reshape(len(rows), diagonals.size)


class LstmCell:
    """Float32 state, weights of floats or integers."""

    def __init__(self, op: Op, operands: LstmOperands, settings: LstmSettings) -> None:
        self.operands, self.settings = operands, settings
        gates = operands.gates
        present = [[x for x in group if x is not None] for group in (operands.input_weights,
                                                                     operands.recurrent_weights, operands.biases)]
        self._inputs = product(op, present[0], settings.asymmetric)
        self._recurrent = recurrent_product(op, present[1], settings.asymmetric)
        self._bias = np.concatenate([reals(op, bias) for bias in present[2]])
        self._peepholes = [None if p is None else reals(op, p) for p in operands.peepholes]
        self._norms = [None if n is None else reals(op, n) for n in operands.norms]
        self._projection = None
        if operands.projection is not None:
            self._projection = product(op, [operands.projection], settings.asymmetric)
        bias = operands.projection_bias
        self._projection_bias = None if bias is None else reals(op, bias)
        self._slot = {gate: k for k, gate in enumerate(gates)}
        self.h, self.c = operands.output_state.array, operands.cell_state.array

    def input_products(self, rows: np.ndarray) -> np.ndarray:
        """What the inputs [rows, depth] add to the gates, with the bias unless it follows a normalization."""
        gates = self._inputs(rows)
        return gates if self.operands.has_norm else gates + self._bias

    def step(self, gates: np.ndarray) -> np.ndarray:
        """One step from `input_products` of a batch; returns the new output state [batch, outputs]."""
        units = self.operands.units
        parts = (gates + self._recurrent(self.h)).reshape(len(gates), -1, units)
        forget = self._sigmoid_gate(parts, 1)
        inputs = self._sigmoid_gate(parts, 0) if 0 in self._slot else 1 - forget
        update = apply_activation(self._normalized(parts, 2), self.settings.activation)
        self.c[...] = forget * self.c + inputs * update
        if self.settings.cell_clip > 0:
            np.clip(self.c, -self.settings.cell_clip, self.settings.cell_clip, out=self.c)
        output = self._sigmoid_gate(parts, 3)
        hidden = output * apply_activation(self.c.copy(), self.settings.activation)
        self.h[...] = self._project(hidden)
        return self.h

    def _sigmoid_gate(self, parts: np.ndarray, gate: int) -> np.ndarray:
        peephole = self._peepholes[gate]
        if peephole is not None:
            parts[:, self._slot[gate]] += peephole * self.c
        return np.float32(1) / (np.float32(1) + np.exp(-self._normalized(parts, gate)))

    def _normalized(self, parts: np.ndarray, gate: int) -> np.ndarray:
        values, norm = parts[:, self._slot[gate]], self._norms[gate]
        if norm is None:
            return values
        start = self._slot[gate] * self.operands.units
        centered = values - values.mean(axis=1, keepdims=True)
        variance = np.square(centered).mean(axis=1, keepdims=True)
        bias = self._bias[start : start + self.operands.units]
        return centered / np.sqrt(variance + _NORM_EPSILON) * norm + bias

    def _project(self, hidden: np.ndarray) -> np.ndarray:
        if self._projection is None:
            return hidden
        result = self._projection(hidden)
        if self._projection_bias is not None:
            result = result + self._projection_bias
        clip = self.settings.projection_clip
        return np.clip(result, -clip, clip) if clip > 0 else result
