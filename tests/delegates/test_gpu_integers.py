"""Integers and booleans on the GPU delegates, on every API: equal to the CPU interpreter, to the bit."""

from __future__ import annotations

import re

import numpy as np
import pytest
from gpu_general_cases import CASES
from gpu_integer_cases import IntegerCase, floats, ints

import delegant
from delegant.core.delegate import Delegate
from delegant.core.errors import DelegantError, DelegateFallbackWarning
from delegant.core.interpreter import Interpreter
from delegant.delegates.gpu.lower import lowered_custom_operators, lowered_integer_operators

TOLERANCE = 2e-6
"""Error allowed to floats, as a share of the largest output."""


def outputs(interpreter: Interpreter, values: list[np.ndarray]) -> list[np.ndarray]:
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), values, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


OPERATORS = [re.sub(r"_[a-z(].*", "", case.name) for case in CASES]
PARAMETERS = [
    case if op not in OPERATORS[:i] else pytest.param(case, marks=pytest.mark.long)
    for i, (case, op) in enumerate(zip(CASES, OPERATORS, strict=True))
]
"""The first case of each operator runs by default, its other forms among the long tests."""


@pytest.mark.parametrize("case", PARAMETERS, ids=lambda case: case.name)
def test_agrees_with_the_cpu(case: IntegerCase, delegate: Delegate) -> None:
    model, values = case.model(), case.values()
    expected = outputs(Interpreter(model_content=model), values)
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        actual = outputs(interpreter, values)
    for ours, theirs in zip(actual, expected, strict=True):
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
        if theirs.dtype.kind != "f":
            np.testing.assert_array_equal(ours, theirs)
        else:
            scale = float(np.abs(theirs).max(initial=1e-6))
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE * scale)


def test_every_lowering_has_a_case() -> None:
    lowered = {*lowered_integer_operators(), *lowered_custom_operators()}
    covered = {op for op in lowered if any(op in case.name for case in CASES)}
    assert lowered - covered == {"SPLIT_V"}  # the lowering of SPLIT


WRONG = (
    (IntegerCase("GATHER", (floats(4, 5), ints(3)), lambda g, x, i: g.op("GATHER", [x, i], shape=(3, 5))), 4),
    (IntegerCase("DIV", (ints(3, 5), ints(3, 5)), lambda g, x, y: g.op("FLOOR_MOD", [x, y])), 0),
)


@pytest.mark.parametrize(("case", "value"), WRONG, ids=lambda v: v.name if isinstance(v, IntegerCase) else str(v))
def test_what_the_cpu_refuses_fails_on_the_device_and_then_on_the_cpu(
    case: IntegerCase, value: int, delegate: Delegate
) -> None:
    values = case.values()
    values[1][:] = value
    with pytest.raises(RuntimeError) as on_cpu:
        outputs(Interpreter(model_content=case.model()), values)
    with (
        delegant.Interpreter(model_content=case.model(), delegates=[delegate]) as interpreter,
        pytest.warns(DelegateFallbackWarning),
        pytest.raises(RuntimeError) as fallen_back,
    ):
        outputs(interpreter, values)
    assert str(fallen_back.value) == str(on_cpu.value)
    with (
        delegant.Interpreter(model_content=case.model(), delegates=[delegate], policy="require") as interpreter,
        pytest.raises(DelegantError, match=r"index|divisor"),
    ):
        outputs(interpreter, values)
