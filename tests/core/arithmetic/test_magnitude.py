"""Which clamps to the finite range are left out, and that infinities are clamped wherever they can be."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import check_model, run_delegant

from delegant import Interpreter
from delegant.core.build.builder import ModelBuilder
from delegant.core.schema import ActivationFunctionType

LARGEST = float(np.finfo(np.float32).max)


def calls(model: ModelBuilder) -> list[str]:
    """The names of the functions that one invocation calls."""
    interpreter = Interpreter(model_content=model.to_bytes())
    interpreter.allocate_tensors()
    return [getattr(getattr(call, "func", call), "__name__", "") for call in interpreter._executions[0]._calls]


def products(model: ModelBuilder, bounded: bool) -> None:
    x = model.input("x", (2, 3))
    y = model.op("LOGISTIC", [x]) if bounded else x
    y = model.op("MUL", [y, y], {})
    weights, bias = model.constant("w", np.full((4, 3), 5, np.float32)), model.constant("b", np.ones(4, np.float32))
    model.output(model.op("FULLY_CONNECTED", [y, weights, bias], {}))


@pytest.mark.parametrize(("bounded", "clamps"), [(True, 0), (False, 2)])
def test_what_cannot_overflow_is_not_clamped(bounded: bool, clamps: int) -> None:
    model = ModelBuilder()
    products(model, bounded)
    assert calls(model).count("clip") == clamps


@pytest.mark.parametrize("bounded", [True, False])
def test_infinite_inputs(bounded: bool) -> None:
    model = ModelBuilder()
    products(model, bounded)
    check_model(model, [np.array([[np.inf, -np.inf, 0], [LARGEST, 1, -1]], np.float32)])


def test_sums_of_bounded_numbers_that_overflow_are_clamped() -> None:
    model = ModelBuilder()
    x = model.input("x", (2, 2))
    y = model.op("MUL", [model.op("TANH", [x]), model.constant("c", np.array([LARGEST, 1], np.float32))], {})
    model.output(model.op("ADD", [y, y], {}))
    check_model(model, [np.array([[9, -9], [-9, 0]], np.float32)])


def test_a_constant_that_is_not_a_number_bounds_nothing() -> None:
    model = ModelBuilder()
    constant = model.constant("c", np.array([np.nan, np.inf], np.float32))
    y = model.op("MUL", [model.op("TANH", [model.input("x", (2,))]), constant], {})
    model.output(model.op("ADD", [y, y], {}))
    (result,) = run_delegant(model.to_bytes(), [np.ones(2, np.float32)])
    assert np.isnan(result[0]) and result[1] == np.float32(LARGEST)


def test_an_activation_is_applied_whatever_the_bound() -> None:
    model = ModelBuilder()
    y = model.op("LOGISTIC", [model.input("x", (5,))])
    below = model.constant("c", np.full(5, -0.5, np.float32))
    model.output(model.op("ADD", [y, below], {"fused_activation_function": ActivationFunctionType.RELU}))
    check_model(model, [np.linspace(-3, 3, 5, dtype=np.float32)])
