"""The LSTM cell whose products are int8 codes (twelve intermediates): CIFG, layer normalization and a projection.

Source: LstmStepInteger8x8_8 of LiteRT's lstm_eval.cc and PopulateQuantizedLstmParams8x8_8 of lstm.cc.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ..arithmetic.lookup import all_codes, rounded
from ..arithmetic.numerics import quantize_multiplier, requantize, requantize64, round_half_away, rounding_divide_by_pot
from ..graph import Quantization
from ..op import Op, Operand
from ..preparation import quantization_of
from .lstm_cell import LstmOperands, LstmSettings

INTERMEDIATES = 12
_FORGET, _CELL, _OUTPUT = 1, 2, 3
_GATES = _FORGET, _CELL, _OUTPUT
_NORM_GUARD = np.float32(1) / np.sqrt(np.float32(1e-8))


@cache
def _table(name: str, scale: float) -> np.ndarray:
    """2^15 times the function of every int16 code, truncated; indexed by the code's bits."""
    x = (all_codes(np.dtype(np.int16)) * scale).astype(np.float32)
    if name == "tanh":
        y = np.asarray(rounded(np.tanh)(x), np.float32)
    else:
        y = np.float32(1) / (np.float32(1) + np.asarray(rounded(np.exp)(-x), np.float32))
    return np.clip(np.trunc(y * np.float32(32768)), -32768, 32767).astype(np.int64)


@dataclass(frozen=True)
class _Product:
    """rows [n, depth] times weights, requantized to int8, then to the scale of the gate's sum."""

    weights: np.ndarray
    row_zero_point: int
    first: tuple[int, int]
    code_zero_point: int
    second: tuple[int, int]

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        sums = ((rows.astype(np.float64) - self.row_zero_point) @ self.weights).astype(np.int64)
        codes = np.clip(requantize(sums, *self.first) + self.code_zero_point, -128, 127)
        return requantize(codes - self.code_zero_point, *self.second)


class EightBitLstmCell:
    """State, weights and multipliers of one cell."""

    def __init__(self, op: Op, operands: LstmOperands, settings: LstmSettings) -> None:
        if operands.gates != _GATES or not operands.has_norm or None in (operands.projection, operands.projection_bias):
            raise op.error("an LSTM with 12 intermediates has no input gate, but normalization and a biased projection")
        self.operands = operands
        state, cell = quantization_of(op, operands.output_state), quantization_of(op, operands.cell_state)
        middle = [quantization_of(op, x) for x in op.intermediates]
        x = quantization_of(op, op.input(0))
        self._inputs = {g: _input_product(op, operands.input_weights[g], x, middle, g) for g in _GATES}
        self._recurrent = {g: _recurrent_product(op, operands.recurrent_weights[g], state, middle, g) for g in _GATES}
        self._norms = {gate: _Norm(op, operands, gate) for gate in _GATES}
        assert operands.projection is not None and operands.projection_bias is not None
        scale = np.float32(float(quantization_of(op, operands.projection).scale) * 2.0**-15 / float(state.scale))
        self._projection = operands.projection.array.T.astype(np.float64), operands.projection_bias.array
        self._projection_multiplier = quantize_multiplier(float(scale))
        self._state_zero_point = state.zero_point
        self._cell_clip = int(settings.cell_clip / cell.scale) if 0 < settings.cell_clip < 1 else 0
        self._projection_clip = int(np.clip(settings.projection_clip / state.scale, -128, 127))
        self.h, self.c = operands.output_state.array, operands.cell_state.array

    def input_products(self, rows: np.ndarray) -> np.ndarray:
        """What the inputs [rows, depth] add to the gates."""
        return np.concatenate([self._inputs[gate](rows) for gate in _GATES], axis=1)

    def step(self, gates: np.ndarray) -> np.ndarray:
        """One step from `input_products` of a batch; returns the new output state [batch, outputs]."""
        parts = gates.reshape(len(gates), len(_GATES), self.operands.units)
        forget = _table("sigmoid", 2.0**-12)[self._gate(_FORGET, parts)]
        update = _table("tanh", 2.0**-12)[self._gate(_CELL, parts)]
        kept = rounding_divide_by_pot(forget * self.c.astype(np.int64), 15)
        cell = np.clip(kept + rounding_divide_by_pot((32767 - forget) * update, 15), -32768, 32767)
        if self._cell_clip > 0:
            cell = np.clip(cell, -self._cell_clip, self._cell_clip)
        self.c[...] = cell
        output = _table("sigmoid", 2.0**-12)[self._gate(_OUTPUT, parts)]
        hidden = rounding_divide_by_pot(output * _table("tanh", 2.0**-15)[cell & 0xFFFF], 15)
        self.h[...] = self._project(hidden)
        return self.h

    def _gate(self, gate: int, parts: np.ndarray) -> np.ndarray:
        """The bits of the normalized gate."""
        sums = np.clip(parts[:, _GATES.index(gate)] + self._recurrent[gate](self.h), -32768, 32767)
        return self._norms[gate](sums) & 0xFFFF

    def _project(self, hidden: np.ndarray) -> np.ndarray:
        weights, bias = self._projection
        sums = (hidden.astype(np.float64) @ weights).astype(np.int64) + bias
        codes = np.clip(requantize64(sums, *self._projection_multiplier) + self._state_zero_point, -128, 127)
        return np.clip(codes, -self._projection_clip, self._projection_clip) if self._projection_clip > 0 else codes


def _input_product(op: Op, weights: Operand | None, x: Quantization, middle: list[Quantization], gate: int) -> _Product:
    assert weights is not None
    product, total = middle[3 * gate + 1], middle[3 * gate]
    return _product(op, weights, x, product, product.zero_point, _ratio(product, total))


def _recurrent_product(
    op: Op, weights: Operand | None, state: Quantization, middle: list[Quantization], gate: int
) -> _Product:
    """Of the output gate LiteRT takes the zero point of another product, and for the multiplier it reads beyond its
    array, where the shift of the forget gate's recurrent product lies."""
    assert weights is not None
    product, total = middle[3 * gate + 2], middle[3 * gate]
    zero_point, second = product.zero_point, _ratio(product, total)
    if gate == _OUTPUT:
        zero_point = middle[7].zero_point
        second = _ratio(middle[5], middle[3])[1], second[1]
    return _product(op, weights, state, product, zero_point, second)


def _ratio(product: Quantization, total: Quantization) -> tuple[int, int]:
    return quantize_multiplier(float(np.float32(product.scale / total.scale)))


def _product(
    op: Op, weights: Operand, rows: Quantization, product: Quantization, zero_point: int, second: tuple[int, int]
) -> _Product:
    real = np.float32(quantization_of(op, weights).scale * rows.scale / product.scale)
    matrix = weights.array.T.astype(np.float64)
    return _Product(matrix, rows.zero_point, quantize_multiplier(float(real)), zero_point, second)


class _Norm:
    """Layer normalization of int16 gates [batch, units] in float32, to codes of 2^-12."""

    def __init__(self, op: Op, operands: LstmOperands, gate: int) -> None:
        coefficients, bias = operands.norms[gate], operands.biases[gate]
        assert coefficients is not None and bias is not None
        m, s = quantize_multiplier(float(quantization_of(op, coefficients).scale))
        self._scale = np.float32(m * 2.0 ** (s - 31))
        self._coefficients = coefficients.array.astype(np.float32)
        self._bias = bias.array.astype(np.float32) * (np.float32(2.0**-10) * self._scale)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        x, n = values.astype(np.float32), np.float32(values.shape[1])
        mean = np.cumsum(x, axis=1)[:, -1:] / n
        variance = np.cumsum(x * x, axis=1)[:, -1:] / n - mean * mean
        inverse = np.where(variance == 0, _NORM_GUARD, np.float32(1) / np.sqrt(variance))
        weighted = (x - mean) * inverse * self._coefficients * self._scale + self._bias
        return np.clip(round_half_away(weighted.astype(np.float64) * 4096), -32768, 32767).astype(np.int64)
