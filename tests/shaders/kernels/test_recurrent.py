"""Steps of recurrent operators against NumPy, on every machine, in every class."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_machines import run

from delegant.core.arithmetic.fixed_point import inverse_sqrt as fixed_point_inverse_sqrt
from delegant.core.arithmetic.hybrid import centred_rows
from delegant.devices.device import Device
from delegant.shaders.call import KernelCall
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.elementwise import Operand, elementwise
from delegant.shaders.kernels.lstm import LstmCell, Projection, Sums, normalized_lstm
from delegant.shaders.kernels.lstm_integer import TABLES, IntegerLstmCell
from delegant.shaders.kernels.lstm_integer_norm import IntegerSums, Norms, inverse_sqrt, normalized_codes
from delegant.shaders.kernels.recurrent import Step, Trace, area
from delegant.shaders.kernels.recurrent_product import Quantize, at_step, recurrent_product
from delegant.shaders.kernels.rnn import RnnCell
from delegant.shaders.language.builder import KernelBuilder
from delegant.shaders.language.expression import Expr
from delegant.shaders.parts.epilogue import Step as ElementStep

Target = tuple[Device | None, DeviceClass]
RNG = np.random.default_rng(5)
BATCH, UNITS, WIDE = 6, 19, 32
"""Six sequences are three to an invocation."""


def wide(*shape: int) -> np.ndarray:
    """Random numbers [..., UNITS, ...] with zeros up to WIDE in each axis of that length."""
    values = RNG.standard_normal(shape).astype(np.float32) / 2
    return np.pad(values, [(0, WIDE - n if n == UNITS else 0) for n in shape])


def launch(target: Target, call: KernelCall, trace: np.ndarray, x: np.ndarray | None = None) -> np.ndarray:
    """The trace after a launch."""
    inputs = {"y": trace} if x is None else {"y": trace, "x": x.reshape(-1)}
    return run(call, inputs, trace.shape, target[0])


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def close(actual: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(actual, expected, rtol=0, atol=2e-6)


@pytest.mark.parametrize(("elements", "width"), [(1, 4), (4, 4), (5, 16), (16, 16), (17, 32)])
def test_areas_are_whole_vectors(elements: int, width: int) -> None:
    assert area(elements) == width


def test_two_steps_of_an_rnn(target: Target) -> None:
    """The second step is the first one's launch with other scalars; sums come batch first."""
    trace = Trace(2, BATCH, UNITS)
    x, weights = wide(BATCH, 2, UNITS), wide(1, UNITS, UNITS)
    state = np.concatenate([wide(BATCH, UNITS), np.full((2 * BATCH, WIDE), 7, np.float32)]).reshape(-1)
    rows = BATCH * trace.row
    steps = [Step(t * rows, (t + 1) * rows, t * rows, (t * WIDE, 2 * WIDE)) for t in range(2)]
    call = recurrent_product(target[1], trace, weights, None, RnnCell("TANH"), steps[0])
    made, h = state, state[:rows].reshape(BATCH, WIDE)
    for t, step in enumerate(steps):
        made = launch(target, at_step(call, step), made, x)
        h = np.tanh(x[:, t] + h @ weights[0].T)
        close(made[(t + 1) * rows :][:rows].reshape(BATCH, WIDE), h)


@pytest.mark.parametrize("normalized", [False, True])
@pytest.mark.parametrize("coupled", [False, True])
def test_a_step_of_an_lstm_with_everything(target: Target, coupled: bool, normalized: bool) -> None:
    gates, outputs = 3 if coupled else 4, 3
    trace = Trace(1, BATCH, outputs, UNITS, UNITS, gates * WIDE if normalized else 0)
    cell = LstmCell(trace, coupled, True, "TANH", 0.4)
    x, weights, vectors = wide(BATCH, gates, UNITS), wide(gates, UNITS, 4), wide(3 + 2 * normalized * gates, UNITS)
    weights[..., outputs:] = 0
    projection, bias = np.pad(wide(1, outputs, UNITS), [(0, 0), (0, 1), (0, 0)]), np.float32([[0.1, 0.2, 0.3, 0]])
    h, c = np.pad(RNG.standard_normal((BATCH, outputs)).astype(np.float32), [(0, 0), (0, 1)]), wide(BATCH, UNITS)
    rows = BATCH * trace.row
    first = np.concatenate([h, c, np.zeros((BATCH, WIDE), np.float32)], axis=1).reshape(-1)
    made = np.concatenate([first, np.zeros(trace.size - first.size, np.float32)])
    step = Step(0, rows, 0, (0, gates * WIDE))
    if normalized:
        made = launch(target, recurrent_product(target[1], trace, weights, None, Sums(), step), made, x)
        for part in ("state", "output"):
            made = launch(target, normalized_lstm(target[1], cell, vectors, step, part), made)
    else:
        made = launch(target, recurrent_product(target[1], trace, weights, vectors, cell, step), made, x)
    last = Step(0, rows, rows + trace.m)
    made = launch(target, recurrent_product(target[1], trace, projection, bias, Projection(True, 0.3), last), made)

    sums = x + np.einsum("bo,guo->bgu", h, weights)

    def gate(index: int, peephole: np.ndarray | None) -> np.ndarray:
        value = sums[:, index, :UNITS] + (0 if peephole is None else peephole[:, :UNITS])
        if not normalized:
            return value
        centred = value - value.mean(1, keepdims=True)
        scaled = centred / np.sqrt(np.square(centred).mean(1, keepdims=True) + 1e-8)
        return scaled * vectors[3 + index, :UNITS] + vectors[3 + gates + index, :UNITS]

    forget = sigmoid(gate(gates - 3, vectors[1] * c))
    enters = 1 - forget if coupled else sigmoid(gate(0, vectors[0] * c))
    state = np.clip(forget * c[:, :UNITS] + enters * np.tanh(gate(gates - 2, None)), -0.4, 0.4)
    hidden = sigmoid(gate(gates - 1, vectors[2] * np.pad(state, [(0, 0), (0, WIDE - UNITS)]))) * np.tanh(state)
    row = made[rows : 2 * rows].reshape(BATCH, trace.row)
    close(row[:, trace.c :][:, :UNITS], state)
    close(row[:, :outputs], np.clip(hidden @ projection[0, :outputs, :UNITS].T + bias[0, :outputs], -0.3, 0.3))


@pytest.mark.parametrize("asymmetric", [False, True])
def test_what_is_quantized_has_the_bits_of_the_cpu(target: Target, asymmetric: bool) -> None:
    trace = Trace(1, BATCH, UNITS)
    h, codes = wide(BATCH, UNITS), RNG.integers(-127, 128, (1, WIDE, WIDE)).astype(np.float32)
    codes[:, UNITS:], codes[:, :, UNITS:] = 0, 0
    start = np.concatenate([h.reshape(-1), np.zeros(BATCH * WIDE, np.float32)])
    step, factor = Step(0, BATCH * WIDE, 0, (0, WIDE)), np.float32(0.0123)
    quantize = Quantize(asymmetric, (float(factor),), UNITS)
    call = recurrent_product(target[1], trace, codes, None, RnnCell("NONE"), step, quantize=quantize)
    made = launch(target, call, start, np.zeros((BATCH, WIDE), np.float32))[BATCH * WIDE :].reshape(BATCH, WIDE)
    rows, scales = centred_rows(h[:, :UNITS], asymmetric=asymmetric)
    expected = (rows @ codes[0, :UNITS, :UNITS].T) * (scales[:, None] * factor)
    np.testing.assert_array_equal(made[:, :UNITS], expected)


@pytest.mark.parametrize("normalized", [False, True])
@pytest.mark.parametrize("coupled", [False, True])
def test_a_step_of_codes_has_the_same_bits_everywhere(target: Target, coupled: bool, normalized: bool) -> None:
    """The delegates' tests compare them with the CPU kernel's."""
    rng = np.random.default_rng(7)
    gates = 3 if coupled else 4
    trace = Trace(1, BATCH, UNITS, UNITS, sums=gates * WIDE)
    scalings, norms = [(1 << 30, -7)] * gates, Norms(((1 << 30, -4),) * gates, (5,) * gates)
    cell = IntegerLstmCell(trace, tuple(scalings), tuple([(1 << 30, -9)] * 3), -11, 9000, (3 << 29, -21), -3, 2)
    rows_of_vectors = 3 + 2 * gates
    tables = rng.integers(-32768, 32768, TABLES), rng.integers(-900, 900, rows_of_vectors * WIDE)
    x = rng.integers(-20000, 20000, (BATCH, gates * WIDE)).astype(np.float32)
    weights = rng.integers(-127, 128, (gates, WIDE, WIDE)).astype(np.int32)
    rows = BATCH * trace.row
    start = rng.integers(-128, 128, trace.size).astype(np.int32)
    step, vectors = Step(0, rows, 0, (0, gates * WIDE)), np.concatenate(tables).astype(np.int32)

    def made(device: Device | None, kind: DeviceClass) -> np.ndarray:
        if not normalized:
            call = recurrent_product(kind, trace, weights, vectors, cell, step, "i32")
            return launch((device, kind), call, start, x)
        call = recurrent_product(kind, trace, weights, None, IntegerSums(cell), step, "i32")
        found = launch((device, kind), call, start, x)
        for part in ("state", "output"):
            found = launch((device, kind), normalized_codes(kind, cell, norms, vectors, step, part), found)
        return found

    np.testing.assert_array_equal(made(*target), made(None, DeviceClass.CPU))


@pytest.mark.parametrize("value", [1, 2, 1000, (1 << 27) - 1, 1 << 29, (1 << 31) - 1])
def test_inverse_square_roots_are_those_of_the_cpu(target: Target, value: int) -> None:
    def root(k: KernelBuilder, x: Expr) -> Expr:
        m, right = inverse_sqrt(k, k.let(x[0], "first"))
        return x.lift(m ^ right)

    x = np.full(4, value, np.int32)
    step = ElementStep("inverse_sqrt", root)
    call = elementwise(target[1], (4,), [Operand("x", (4,), "i32")], (step,), "i32")
    m, s = fixed_point_inverse_sqrt(value)
    np.testing.assert_array_equal(run(call, {"x": x}, (4,), target[0]), np.full(4, m ^ -s))
