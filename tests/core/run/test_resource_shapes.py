"""Resource variables whose shape the model fixes: what is computed from them is planned, and nothing else changes."""
from __future__ import annotations

import numpy as np
import pytest
from fake_delegate import FakeDelegate
from oracle import run_litert
from running import f32, ready, run
from small_models import assign_variable, read_variable, two_counters

import delegant
from delegant.core.build.builder import ModelBuilder

INPUTS = [f32([[1, 2]]), f32([[3, 4]]), f32([[5, -6]])]


def test_what_is_computed_from_variables_is_delegated_in_one_partition() -> None:
    """Nodes on different variables need not wait for each other."""
    delegate, model = FakeDelegate(("ADD",)), two_counters()
    interpreter = delegant.Interpreter(model_content=model, delegates=[delegate], policy="require")
    interpreter.allocate_tensors()
    results = [run(interpreter, x)[0] for x in INPUTS]
    assert [len(c.partition.nodes) for c in delegate.compiled] == [2]
    assert {p.rule for p in interpreter.placement if p.op == "READ_VARIABLE"} == {"variable"}
    for i, result in enumerate(results):
        np.testing.assert_array_equal(result, run_litert(model, [INPUTS[i]], pre=[[x] for x in INPUTS[:i]])[0])


def test_after_a_failure_the_cpu_goes_on_with_the_same_values() -> None:
    interpreter = ready_with(FakeDelegate(("ADD",), fails_at="run", good_runs=1), two_counters())
    cpu = ready(two_counters())
    with pytest.warns(delegant.DelegateFallbackWarning):
        for x in INPUTS:
            np.testing.assert_array_equal(run(interpreter, x)[0], run(cpu, x)[0])


def ready_with(delegate: FakeDelegate, model: bytes) -> delegant.Interpreter:
    interpreter = delegant.Interpreter(model_content=model, delegates=[delegate])
    interpreter.allocate_tensors()
    return interpreter


def stored() -> bytes:
    """The input goes into a variable; what comes out is read from it. The signature "last" reads it, too."""
    m = ModelBuilder()
    x = m.input("x", (1, 2))
    assign_variable(m, "v", x)
    y = m.op("NEG", [read_variable(m, "v")])
    m.output(y)
    last = m.subgraph("last")
    z = last.op("ABS", [read_variable(last, "v")])
    last.output(z)
    m.signature("store", {"x": x}, {"y": y})
    m.signature("last", {}, {"z": z}, last)
    return m.to_bytes()


WIDE = f32([[1, -2, 3], [4, 5, -6]])


def test_a_resized_input_gives_a_variable_another_shape() -> None:
    interpreter = ready(stored())
    for x in (INPUTS[0], WIDE, INPUTS[1]):
        interpreter.resize_tensor_input(0, x.shape)
        interpreter.allocate_tensors()
        np.testing.assert_array_equal(run(interpreter, x)[0], -x)


def test_another_signature_finds_the_new_shape() -> None:
    interpreter = ready(stored())
    store, last = (interpreter.get_signature_runner(name) for name in ("store", "last"))
    for x in (INPUTS[0], WIDE, INPUTS[1]):
        np.testing.assert_array_equal(store(x=x)["y"], -x)
        np.testing.assert_array_equal(last()["z"], abs(x))


def test_bound_arrays_stay_bound_when_a_variable_changes_its_shape() -> None:
    m = ModelBuilder()
    x, put = m.input("x", (1, 2)), m.subgraph("put")
    read_variable(m, "v")
    y = m.op("NEG", [x])
    m.output(y)
    value = put.input("value", (1, 2))
    assign_variable(put, "v", value)
    size = put.op("ABS", [value])
    put.output(size)
    m.signature("main", {"x": x}, {})
    m.signature("put", {"value": value}, {"size": size}, put)
    interpreter = ready(m)
    runner = interpreter.get_signature_runner("put")
    runner(value=INPUTS[0])
    given, made = interpreter.bind_input(0, INPUTS[0].copy()), interpreter.bind_output(y.index)
    runner(value=WIDE)
    interpreter.invoke()
    np.testing.assert_array_equal(made, -INPUTS[0])
    given[...] = 7
    interpreter.invoke()
    assert (made == -7).all()


def open_dimension() -> bytes:
    m = ModelBuilder()
    x = m.input("x", (-1, 2))
    assign_variable(m, "v", x)
    m.output(m.op("NEG", [read_variable(m, "v")]))
    return m.to_bytes()


def read_in_two_shapes() -> bytes:
    m = ModelBuilder()
    assign_variable(m, "v", m.input("x", (1, 2)))
    m.output(m.op("NEG", [read_variable(m, "v")]), m.op("ABS", [read_variable(m, "v", (2,))]))
    return m.to_bytes()


@pytest.mark.parametrize("model", [open_dimension(), read_in_two_shapes()])
def test_shapes_that_the_model_leaves_open_are_known_at_run_time(model: bytes) -> None:
    interpreter = ready_with(FakeDelegate(("NEG",)), model)
    assert "dynamic_shape" in {p.rule for p in interpreter.placement if p.op == "NEG"}
    np.testing.assert_array_equal(run(interpreter, INPUTS[0])[0], -INPUTS[0])
