"""The LSTM of kernel type BASIC: one matrix for all gates, float32 or uint8 with int16 state."""
from __future__ import annotations

import numpy as np

from ..arithmetic.fixed_point import FIXED16, saturating_shift
from ..arithmetic.numerics import quantize_multiplier, requantize_up, rounding_divide_by_pot, wrap32
from ..op import Bind, Op, Run
from ..preparation import quantization_of

_ZERO = 128
"""The fixed zero point of activations."""
_INPUT, _CELL, _FORGET, _OUTPUT = range(4)
"""Order of the gates in the matrix."""


def prepare_basic(op: Op) -> Bind:
    """Inputs: data [batch, depth], previous activation and state [batch, units], weights [4 units, depth + units],
    bias [4 units] in the order input, cell, forget, output. Outputs: activation, state, concatenation, gates."""
    x, previous, weights, state = op.input(0), op.input(1), op.input(2), op.input(4)
    batch, units = previous.shape
    depth = x.shape[-1] + units
    if weights.shape != (4 * units, depth) or state.shape != (batch, units):
        raise op.error(f"LSTM weights {weights} and state {state} do not fit {units} units")
    shapes = (batch, units), (batch, units), (batch, depth), (batch, 4 * units)
    for output, shape in zip(op.outputs, shapes, strict=True):
        output.resize(shape)
    return lambda: _bind_float(op) if x.dtype.kind == "f" else _bind_integer(op)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.float32(1) / (np.float32(1) + np.exp(-x))


def _bind_float(op: Op) -> Run:
    x, previous, weights, bias, state = (op.input(i) for i in range(5))

    def run() -> None:
        joined = np.concatenate([x.array.reshape(previous.shape[0], -1), previous.array], axis=1)
        gates = joined @ weights.array.T + bias.array
        parts = gates.reshape(len(gates), 4, -1)
        kept = _sigmoid(parts[:, _FORGET]) * state.array
        cell = kept + _sigmoid(parts[:, _INPUT]) * np.tanh(parts[:, _CELL])
        activation = _sigmoid(parts[:, _OUTPUT]) * np.tanh(cell)
        _write(op, activation, cell, joined, gates)

    return run


def _write(op: Op, *values: np.ndarray) -> None:
    for output, value in zip(op.outputs, values, strict=True):
        np.copyto(output.array, value, casting="unsafe")


def _bind_integer(op: Op) -> Run:
    """Gates have 3 integer bits, the state has 4. Source: lstm_cell.h of LiteRT's reference kernels."""
    x, previous, weights, bias, state = (op.input(i) for i in range(5))
    m, s = quantize_multiplier(float(4096 * np.float64(quantization_of(op, bias).scale)))
    matrix = weights.array.astype(np.float64).T - quantization_of(op, weights).zero_point
    offset = bias.array.astype(np.int64)
    multiply = FIXED16.multiply

    def run() -> None:
        joined = np.concatenate([x.array.reshape(previous.shape[0], -1), previous.array], axis=1)
        sums = wrap32(((joined.astype(np.float64) - _ZERO) @ matrix).astype(np.int64) + offset)
        gates = np.clip(requantize_up(sums, m, s), -32768, 32767)
        parts = gates.reshape(len(gates), 4, -1)
        added = multiply(FIXED16.logistic(parts[:, _INPUT], 3), FIXED16.tanh(parts[:, _CELL], 3))
        kept = multiply(FIXED16.logistic(parts[:, _FORGET], 3), state.array)
        cell = np.clip(rounding_divide_by_pot(added, 4) + kept, -32768, 32767)
        squashed = FIXED16.tanh(saturating_shift(cell, 1, 16), 3)
        activation = rounding_divide_by_pot(multiply(FIXED16.logistic(parts[:, _OUTPUT], 3), squashed), 8)
        _write(op, _ZERO + np.clip(activation, -128, 127), cell, joined, gates)

    return run
