"""The LSTM cell in integers: int8 inputs and weights, int16 gates and cell state.

Source: LstmStepInteger8x8_16 of LiteRT's lstm_eval.cc.
"""
from __future__ import annotations

from functools import cache
from math import log2
from typing import Any

import numpy as np

from ..arithmetic.fixed_point import FIXED16, inverse_sqrt
from ..arithmetic.lookup import all_codes
from ..arithmetic.numerics import quantize_multiplier, requantize, rounding_divide_by_pot, wrap32
from ..graph import Quantization
from ..op import Op, Operand
from ..preparation import quantization_of
from .lstm_cell import LstmOperands, LstmSettings

_GATE_BITS, _GATE_SCALE = 3, 2.0**-12
_NORM_SHIFT = 10


@cache
def _function_table(name: str, integer_bits: int) -> np.ndarray:
    """A gemmlowp int16 function of every code, indexed by the code's bits."""
    return np.asarray(getattr(FIXED16, name)(all_codes(np.dtype(np.int16)), integer_bits))


def _apply(name: str, values: np.ndarray, integer_bits: int) -> np.ndarray:
    return _function_table(name, integer_bits)[values & 0xFFFF]


def _saturate16(values: np.ndarray) -> np.ndarray:
    return np.clip(values, -32768, 32767)


def _clip(values: np.ndarray, limit: int) -> np.ndarray:
    return np.clip(values, -limit, limit) if limit > 0 else values


class _Scaled:
    """x . W^T + bias, requantized, of the weights of several gates side by side.

    Args:
        weights: int8 [units, depth] for each gate.
        biases: int64 [units] for each gate.
        reals: the multiplier of each gate.
    """

    def __init__(self, weights: list[np.ndarray], biases: list[np.ndarray], reals: list[np.float32]) -> None:
        self.weights = np.ascontiguousarray(np.concatenate(weights).T.astype(np.float64))
        self.bias = np.concatenate(biases)
        pairs = [quantize_multiplier(float(real)) for real in reals]
        columns = np.repeat(np.array(pairs, np.int64), [len(w) for w in weights], axis=0)
        self.m, self.s = columns[:, 0], columns[:, 1]

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        sums = (rows.astype(np.float64) @ self.weights).astype(np.int64) + self.bias
        return requantize(wrap32(sums), self.m, self.s)


class IntegerLstmCell:
    """State, weights and multipliers of one cell."""

    def __init__(self, op: Op, operands: LstmOperands, settings: LstmSettings) -> None:
        if len(op.intermediates) < 5:
            raise op.error("an integer LSTM needs five intermediate tensors")
        self.op, self.operands, self.settings = op, operands, settings
        x, state = quantization_of(op, op.input(0)), quantization_of(op, operands.output_state)
        cell_scale = quantization_of(op, operands.cell_state).scale
        self.cell_shift = round(log2(float(cell_scale)))
        self.cell_clip = int(np.clip(settings.cell_clip / cell_scale, -32768, 32767))
        self.projection_clip = int(np.clip(settings.projection_clip / state.scale, -128, 127))
        scales = [self._gate_scale(gate) for gate in operands.gates]
        biases = [self._bias(gate) for gate in operands.gates]
        self._inputs = self._matrix(operands.input_weights, x, scales, biases)
        self._recurrent = self._matrix(operands.recurrent_weights, state, scales, [np.int64(0)] * len(scales))
        self._slot = {gate: k for k, gate in enumerate(operands.gates)}
        self._peepholes = {
            gate: self._peephole(operands.peepholes[gate], scale)
            for gate, scale in zip(operands.gates, scales, strict=True)
        }
        self._norms = {g: _Norm(op, operands, g) if operands.has_norm else None for g in operands.gates}
        self._state_zero_point = state.zero_point
        self._hidden = quantization_of(op, op.intermediates[4])
        self._hidden_multiplier = quantize_multiplier(
            float(np.float32(np.float32(2.0**-15) / self._hidden.scale * np.float32(2.0**-15)))
        )
        self._projection = self._projection_matrix(state.scale)
        self.h, self.c = operands.output_state.array, operands.cell_state.array

    def _gate_scale(self, gate: int) -> np.float32:
        if not self.operands.has_norm:
            return np.float32(_GATE_SCALE)
        return quantization_of(self.op, self.op.intermediates[gate]).scale

    def _bias(self, gate: int) -> np.ndarray | np.int64:
        bias = self.operands.biases[gate]
        return np.int64(0) if self.operands.has_norm or bias is None else bias.array.astype(np.int64)

    def _matrix(
        self, weights: tuple[Operand | None, ...], rows: Quantization, scales: list[np.float32], biases: list[Any]
    ) -> _Scaled:
        given = [w for w in weights if w is not None]
        reals = [
            np.float32(quantization_of(self.op, w).scale * rows.scale / scale)
            for w, scale in zip(given, scales, strict=True)
        ]
        offsets = [
            bias - rows.zero_point * w.array.sum(axis=1, dtype=np.int64) for w, bias in zip(given, biases, strict=True)
        ]
        return _Scaled([w.array for w in given], offsets, reals)

    def _peephole(self, operand: Operand | None, scale: np.float32) -> tuple[np.ndarray, int, int] | None:
        if operand is None:
            return None
        real = np.float32(2.0**self.cell_shift * float(quantization_of(self.op, operand).scale) / float(scale))
        return (operand.array.astype(np.int64), *quantize_multiplier(float(real)))

    def _projection_matrix(self, state_scale: np.float32) -> _Scaled | None:
        weights, bias = self.operands.projection, self.operands.projection_bias
        if weights is None:
            return None
        offset = self._hidden.zero_point * weights.array.sum(axis=1, dtype=np.int64)
        if bias is not None:
            offset = offset + bias.array.astype(np.int64)
        real = quantization_of(self.op, weights).scale * self._hidden.scale / state_scale
        return _Scaled([weights.array], [offset], [real])

    def input_products(self, rows: np.ndarray) -> np.ndarray:
        """What the inputs [rows, depth] add to the gates."""
        return _saturate16(self._inputs(rows))

    def step(self, gates: np.ndarray) -> np.ndarray:
        """One step from `input_products` of a batch; returns the new output state [batch, outputs]."""
        cell = self.c.astype(np.int64)
        values = _saturate16(self._recurrent(self.h) + gates).reshape(len(gates), -1, self.operands.units)
        forget = _apply("logistic", self._gate(1, values, cell), _GATE_BITS)
        inputs = _apply("logistic", self._gate(0, values, cell), _GATE_BITS) if 0 in self._slot else 32767 - forget
        update = _apply("tanh", self._gate(2, values, cell), _GATE_BITS)
        kept = rounding_divide_by_pot(forget * cell, 15).astype(np.int16).astype(np.int64)
        added = rounding_divide_by_pot(inputs * update, 30 + self.cell_shift).astype(np.int16).astype(np.int64)
        cell = _clip(_saturate16(kept + added), self.cell_clip)
        self.c[...] = cell
        output = _apply("logistic", self._gate(3, values, cell), _GATE_BITS)
        hidden = requantize(output * self._squashed(cell, inputs), *self._hidden_multiplier)
        self.h[...] = self._project(hidden)
        return self.h

    def _squashed(self, cell: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """tanh of the cell. For cell scales that LiteRT's tanh does not cover it leaves its buffer as it is, and that
        holds the input gate; so do we."""
        bits = 15 + self.cell_shift
        return _apply("tanh", cell, bits) if 0 <= bits <= 6 else inputs

    def _gate(self, gate: int, gates: np.ndarray, cell: np.ndarray) -> np.ndarray:
        values, peephole, norm = gates[:, self._slot[gate]].copy(), self._peepholes[gate], self._norms[gate]
        if peephole is not None:
            weights, m, s = peephole
            reached, states = self._reached_by_peephole(values), self._reached_by_peephole(cell)
            reached[...] = _saturate16(requantize(weights[: self.operands.outputs] * states, m, s) + reached)
        return values if norm is None else norm(values)

    def _reached_by_peephole(self, values: np.ndarray) -> np.ndarray:
        """The elements of [batch, units] that LiteRT adds peepholes to, [batch, outputs]: it walks rows of the number
        of outputs, which a projection makes smaller, and only knows one row where batches are run one by one. Where
        there are more outputs than units it would leave the memory; here all units are reached."""
        batch, outputs = len(values), self.operands.outputs
        if outputs >= self.operands.units:
            return values
        if not self.settings.time_major:
            return values[:, :outputs]
        return values.reshape(-1)[: batch * outputs].reshape(batch, outputs)

    def _project(self, hidden: np.ndarray) -> np.ndarray:
        if self._projection is None:
            return np.clip(hidden + self._hidden.zero_point, -128, 127)
        codes = np.clip(hidden - self._hidden.zero_point, -128, 127)
        result = np.clip(self._projection(codes) + self._state_zero_point, -128, 127)
        return _clip(result, self.projection_clip)


class _Norm:
    """Layer normalization of int16 gates [batch, units]."""

    def __init__(self, op: Op, operands: LstmOperands, gate: int) -> None:
        coefficients, bias = operands.norms[gate], operands.biases[gate]
        assert coefficients is not None and bias is not None
        scale = quantization_of(op, coefficients).scale
        self.coefficients = coefficients.array.astype(np.int64)
        self.bias = bias.array.astype(np.int64)
        self.m, self.s = quantize_multiplier(float(scale))
        self.guard = max(1, int(np.float32(10000) * scale))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        n = values.shape[1]
        total, squares = values.sum(axis=1), (values * values).sum(axis=1)
        means = np.trunc(total * 1024 / n).astype(np.int64)
        result = np.empty_like(values)
        for row, mean in enumerate(means):
            spread = int(squares[row]) * ((1 << 20) // n) - int(mean) * int(mean)
            variance = abs(spread) // (1 << 20) * (1 if spread >= 0 else -1)
            m, s = inverse_sqrt(variance if variance >= 1 else self.guard)
            scaled = requantize((values[row] << _NORM_SHIFT) - mean, m, s)
            shifted = wrap32(scaled * self.coefficients + self.bias)
            rounded = np.sign(shifted) * ((np.abs(shifted) + 512) >> _NORM_SHIFT)
            result[row] = _saturate16(requantize(rounded, self.m, self.s + 12))
        return result
