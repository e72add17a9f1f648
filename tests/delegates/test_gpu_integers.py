"""Integers and booleans on the GPU delegates, on every API: equal to the CPU interpreter, to the bit."""

from __future__ import annotations

import re

import numpy as np
import pytest
from gpu_general_cases import CASES
from gpu_integer_cases import Build, IntegerCase, constants, floats, ints, longs

import delegant
from delegant.core.build.builder import BuilderTensor, GraphBuilder
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


def _long(value: int, *shape: int) -> np.ndarray:
    return np.full(shape or (2, 20), value, np.int64)


LEAVING = (
    ("loaded", (2**40,), lambda g, x: g.op("RESHAPE", [x, constants(g, "shape", [20, 2])], shape=(20, 2))),
    ("sum", (2**31 - 5, 9), lambda g, x, y: g.add(x, y)),
    ("difference", (-(2**31) + 5, 9), lambda g, x, y: g.sub(x, y)),
    ("product", (2**16, -(2**16)), lambda g, x, y: g.mul(x, y)),
    ("square", (2**16,), lambda g, x: g.op("SQUARE", [x])),
    ("total", (2**29,), lambda g, x: g.op("SUM", [x, constants(g, "axes", [1])], shape=(2,))),
    ("running sum", (2**29,), lambda g, x: g.op("CUMSUM", [x, constants(g, "axis", 1)])),
    ("cast", (2**15,), lambda g, x: _cast_product(g, x)),
)


def _cast_product(g: GraphBuilder, x: BuilderTensor) -> BuilderTensor:
    real = g.op("CAST", [x], dtype="float32")
    return g.op("SIGN", [g.op("CAST", [g.mul(real, np.float32(2**30))], dtype="int64")])


@pytest.mark.parametrize(("name", "values", "build"), LEAVING, ids=[case[0] for case in LEAVING])
def test_int64_that_leave_32_bits_are_computed_on_the_cpu(
    name: str, values: tuple[int, ...], build: Build, delegate: Delegate
) -> None:
    case = IntegerCase(name, tuple(longs(2, 20) for _ in values), build)
    feeds = [_long(value) for value in values]
    expected = outputs(Interpreter(model_content=case.model()), feeds)
    with delegant.Interpreter(model_content=case.model(), delegates=[delegate]) as interpreter:
        outputs(interpreter, [_long(1) for _ in values])
        assert delegate.name in {place.device for place in interpreter.placement}
        with pytest.warns(DelegateFallbackWarning, match="beyond 32 bits"):
            got = outputs(interpreter, feeds)
    np.testing.assert_array_equal(got[0], expected[0])


@pytest.mark.parametrize("value", [2**40, -1, 2**31 - 1])
def test_int64_that_only_say_where_something_is_need_no_check(value: int, delegate: Delegate) -> None:
    """A place outside is none, however far."""
    case = IntegerCase("ONE_HOT", (longs(3, 20),), lambda g, at: g.op(
        "ONE_HOT", [at, constants(g, "depth", 4), constants(g, "on", 1), constants(g, "off", 0)], {"axis": -1},
        shape=(3, 20, 4), dtype="int32"))  # fmt: skip
    with delegant.Interpreter(model_content=case.model(), delegates=[delegate], policy="require") as interpreter:
        assert not outputs(interpreter, [_long(value, 3, 20)])[0].any()
