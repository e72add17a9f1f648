"""Recurrent operators on the GPU delegates, on every API, over several invocations: outputs and states of the CPU."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from recurrent_models import CODE_CASES, FLOAT_CASES, HYBRID_CASES
from small_models import two_counters

import delegant
from delegant.core.delegate import Delegate
from delegant.core.interpreter import Interpreter

STEPS = 3
TOLERANCE = 4e-6
"""Error allowed, as a share of the largest number: rounding, carried on by the state."""

ABOUT_A_CODE = 2e-2

DEFAULT = {
    "SVDF_of_rank_2",
    "RNN",
    "UNIDIRECTIONAL_SEQUENCE_RNN_time_major",
    "BIDIRECTIONAL_SEQUENCE_RNN_merged",
    "BIDIRECTIONAL_SEQUENCE_RNN_with_auxiliary_True_False",
    "UNIDIRECTIONAL_SEQUENCE_LSTM_plain_0.0",
    "UNIDIRECTIONAL_SEQUENCE_LSTM_peephole+norm_0.6",
    "UNIDIRECTIONAL_SEQUENCE_LSTM_diagonal",
    "BIDIRECTIONAL_SEQUENCE_LSTM_cifg+peephole+projection_False_False",
    "BIDIRECTIONAL_SEQUENCE_LSTM_with_auxiliary_False_True",
    "LSTM_with_everything",
    "LSTM",
    "UNIDIRECTIONAL_SEQUENCE_LSTM_cifg+peephole_0.6",
    "UNIDIRECTIONAL_SEQUENCE_LSTM_of_a_wide_state",
    "UNIDIRECTIONAL_SEQUENCE_LSTM_asymmetric_cifg+peephole+norm+projection",
}
"""One of every operator and part; the other combinations are among the long tests."""


def named(cases: Iterable[str]) -> list[Any]:
    return [name if name in DEFAULT else pytest.param(name, marks=pytest.mark.long) for name in cases]


def results(interpreter: Interpreter, inputs: list[np.ndarray]) -> list[np.ndarray]:
    """Of each invocation all outputs and variables."""
    interpreter.allocate_tensors()
    graph = interpreter._executions[0].graph
    read = [*graph.outputs, *(t.index for t in graph.tensors if t.is_variable)]
    found = []
    for value in inputs:
        interpreter.set_tensor(graph.inputs[0], value)
        interpreter.invoke()
        found += [interpreter.get_tensor(i) for i in read]
    return found


@pytest.mark.parametrize("name", named(FLOAT_CASES))
def test_agrees_with_the_cpu(name: str, delegate: Delegate) -> None:
    builder, shape = FLOAT_CASES[name]()
    model, rng = builder.to_bytes(), np.random.default_rng(3)
    inputs = [rng.standard_normal(shape).astype(np.float32) for _ in range(STEPS)]
    expected = results(Interpreter(model_content=model), inputs)
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        actual = results(interpreter, inputs)
    assert len(actual) >= 2 * STEPS
    for ours, theirs in zip(actual, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE * max(1.0, float(np.abs(theirs).max())))


@pytest.mark.parametrize("name", named(HYBRID_CASES))
def test_integer_weights_agree_with_the_cpu(name: str, delegate: Delegate) -> None:
    """Activations are quantized as there; where the last bit of a tanh decides on a code, results move by about one."""
    builder, shape = HYBRID_CASES[name]()
    model, rng = builder.to_bytes(), np.random.default_rng(3)
    inputs = [rng.standard_normal(shape).astype(np.float32) for _ in range(STEPS)]
    expected = results(Interpreter(model_content=model), inputs)
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        actual = results(interpreter, inputs)
    far = [float(np.abs(a - b).max()) / max(1.0, float(np.abs(b).max())) for a, b in zip(actual, expected, strict=True)]
    assert max(far) <= ABOUT_A_CODE
    assert np.median(far) <= TOLERANCE


def test_integer_weights_become_floats_where_the_user_asks_for_it(delegate: Delegate) -> None:
    builder, shape = HYBRID_CASES["LSTM_with_everything"]()
    model, inputs = builder.to_bytes(), [np.random.default_rng(3).standard_normal(shape).astype(np.float32)]
    (expected, *_) = results(Interpreter(model_content=model), inputs)
    widened = delegant.load_delegate(delegate.name, {"hybrid": "widened"})
    with delegant.Interpreter(model_content=model, delegates=[widened], policy="require") as interpreter:
        (actual, *_) = results(interpreter, inputs)
    widened.close()
    error = float(np.abs(actual - expected).max() / np.abs(expected).max())
    assert 1e-5 < error < 0.1


@pytest.mark.parametrize("name", named(CODE_CASES))
def test_codes_equal_the_cpu(name: str, delegate: Delegate) -> None:
    builder, shape = CODE_CASES[name]()
    model, rng = builder.to_bytes(), np.random.default_rng(3)
    inputs = [rng.integers(-128, 128, shape).astype(np.int8) for _ in range(STEPS)]
    expected = results(Interpreter(model_content=model), inputs)
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        actual = results(interpreter, inputs)
    for ours, theirs in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_what_is_computed_from_resource_variables_is_one_partition(delegate: Delegate) -> None:
    inputs = [np.float32([[k, -k]]) for k in range(STEPS)]
    expected = results(Interpreter(model_content=two_counters()), inputs)
    with delegant.Interpreter(model_content=two_counters(), delegates=[delegate], policy="require") as interpreter:
        actual = results(interpreter, inputs)
        assert {p.partition for p in interpreter.placement if p.op == "ADD"} == {0}
    np.testing.assert_array_equal(actual, expected)
