"""Arrays of the caller's as inputs and outputs: read and written in place, checked, and given up by a clear rule."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fake_delegate import FakeDelegate
from fake_delegate import chain as fake_chain
from gpu_cases import CASES
from running import ready
from small_models import chain, two_layers, two_signatures

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter

f32, i32 = np.float32, np.int32
X = np.linspace(-2, 2, 6, dtype=f32).reshape(2, 3)


def address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


# ------------------------------------------------------------------------------------------------- what it does


def test_each_invoke_reads_and_writes_the_callers_arrays() -> None:
    interpreter, x, y = ready(chain(3)), X.copy(), np.empty((2, 3), f32)
    assert interpreter.bind_input(0, x) is x and interpreter.bind_output(3, y) is y
    for factor in (1, 2, 3):
        x[...] = X * factor
        interpreter.invoke()
        np.testing.assert_allclose(y, np.tanh(np.abs(np.tanh(x))), rtol=1e-6)
        np.testing.assert_array_equal(interpreter.get_tensor(3), y)


def test_no_copy_is_made_on_the_cpu() -> None:
    interpreter, x, y = ready(chain(3)), X.copy(), np.empty((2, 3), f32)
    interpreter.bind_input(0, x)
    interpreter.bind_output(3, y)
    assert address(interpreter.tensor(0)()) == address(x) and address(interpreter.tensor(3)()) == address(y)


def test_a_reshape_at_the_end_computes_in_the_callers_array_too() -> None:
    m = ModelBuilder()
    m.output(m.reshape(m.tanh(m.input("x", (2, 3))), (3, 2)))
    interpreter, y = ready(m), np.empty((3, 2), f32)
    interpreter.bind_output(interpreter.get_output_details()[0]["index"], y)
    assert address(interpreter.tensor(interpreter._get_op_details(0)["outputs"][0])()) == address(y)
    interpreter.set_tensor(0, X)
    interpreter.invoke()
    np.testing.assert_allclose(y, np.tanh(X).reshape(3, 2), rtol=1e-6)


def test_tensors_are_meant_by_index_by_name_or_by_the_name_in_a_signature() -> None:
    interpreter, x, y = ready(two_signatures()), f32([1, 2]), np.empty(2, f32)
    interpreter.bind_input("a", x)
    interpreter.bind_input(1, x)
    interpreter.bind_output("sum", y)
    interpreter.invoke()
    assert y.tolist() == [2, 4]


def test_without_an_array_one_is_made_that_starts_with_the_present_value() -> None:
    interpreter = ready(chain(1))
    interpreter.set_tensor(0, X)
    x, y = interpreter.bind_input("x"), interpreter.bind_output(1)
    np.testing.assert_array_equal(x, X)
    interpreter.invoke()
    np.testing.assert_allclose(y, np.tanh(X), rtol=1e-6)
    assert address(x) % 64 == address(y) % 64 == 0


def test_a_read_only_input_is_fine() -> None:
    interpreter, x = ready(chain(1)), X.copy()
    x.flags.writeable = False
    interpreter.bind_input(0, x)
    interpreter.invoke()
    np.testing.assert_allclose(interpreter.get_tensor(1), np.tanh(X), rtol=1e-6)


def test_another_array_takes_the_place_of_the_first() -> None:
    interpreter, arrays = ready(chain(1)), [np.full((2, 3), k, f32) for k in (1, 2)]
    for x in arrays:
        interpreter.bind_input(0, x)
    interpreter.invoke()
    np.testing.assert_allclose(interpreter.get_tensor(1), np.tanh(arrays[1]), rtol=1e-6)


def test_unbound_tensors_keep_their_value_in_memory_of_their_own() -> None:
    interpreter, x, y = ready(chain(1)), X.copy(), np.empty((2, 3), f32)
    interpreter.bind_input(0, x)
    interpreter.bind_output(1, y)
    interpreter.invoke()
    interpreter.unbind("x")
    x[...] = 9
    interpreter.invoke()
    np.testing.assert_allclose(y, np.tanh(X), rtol=1e-6)
    interpreter.unbind()
    interpreter.set_tensor(0, 2 * X)
    np.testing.assert_allclose(interpreter.get_tensor(1), np.tanh(X), rtol=1e-6)
    interpreter.invoke()
    np.testing.assert_allclose(interpreter.get_tensor(1), np.tanh(2 * X), rtol=1e-6)
    np.testing.assert_allclose(y, np.tanh(X), rtol=1e-6)


def test_outputs_that_no_node_writes_are_copied_there() -> None:
    m = ModelBuilder()
    x, c = m.input("x", (3,)), m.constant("c", f32([4, 5, 6]))
    m.output(m.tanh(x), x, m.op("ABS", [c]))
    interpreter, outputs = ready(m), [np.empty(3, f32) for _ in range(2)]
    for index, array in zip(interpreter._executions[0].graph.outputs[1:], outputs, strict=True):
        interpreter.bind_output(index, array)
    for value in (f32([1, 2, 3]), f32([3, 2, 1])):
        outputs[1].fill(0)
        interpreter.set_tensor(0, value)
        interpreter.invoke()
        assert outputs[0].tolist() == value.tolist() and outputs[1].tolist() == [4, 5, 6]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_kernel_may_be_bound_to_other_memory(case: Any) -> None:
    interpreter, x = ready(case.model()), case.value()
    index, outputs = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()
    interpreter.set_tensor(index, x)
    interpreter.invoke()
    expected = [interpreter.get_tensor(d["index"]) for d in outputs]
    interpreter.bind_input(index, x)
    arrays = [interpreter.bind_output(d["index"], np.zeros_like(e)) for d, e in zip(outputs, expected, strict=True)]
    for _ in range(2):
        interpreter.invoke()
        for array, right in zip(arrays, expected, strict=True):
            np.testing.assert_array_equal(array, right)


# ------------------------------------------------------------------------------------------------- with delegates


def with_fake(fake: FakeDelegate, policy: str = "prefer") -> Any:
    interpreter = delegant.Interpreter(model_content=fake_chain("TANH", "NEG", "EXP"), delegates=fake, policy=policy)
    interpreter.allocate_tensors()
    return interpreter


@pytest.mark.parametrize("policy", ["prefer", "auto"])
@pytest.mark.parametrize("fails", [False, True])
def test_partitions_use_the_arrays_before_and_after_the_cpu_takes_over(policy: str, fails: bool) -> None:
    fake = FakeDelegate(fails_at="run" if fails else "", good_runs=4, seconds=0.001)
    interpreter, expected = with_fake(fake, policy), np.exp(-np.tanh(X))
    with pytest.warns(delegant.DelegateFallbackWarning) if fails else _nothing():
        for _ in range(10):
            x, y = X.copy(), np.empty((2, 3), f32)
            interpreter.bind_input(0, x)
            interpreter.bind_output(3, y)
            interpreter.invoke()
            np.testing.assert_allclose(y, expected, rtol=1e-6)


def _nothing() -> Any:
    import contextlib

    return contextlib.nullcontext()


def test_on_a_device_the_results_land_in_the_callers_array(delegate: Any) -> None:
    with delegant.Interpreter(model_content=two_layers(), delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        interpreter.set_tensor(0, np.ones((1, 4), f32))
        interpreter.invoke()
        expected = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        for offset in (0, 1):  # aligned as the interpreter's own memory is, and not
            block = np.zeros(64, f32)
            x = block[offset : offset + 4].reshape(1, 4)
            y = interpreter.bind_output("y", block[32 + offset :][:3].reshape(1, 3))
            interpreter.bind_input("x", x)
            for factor in (1, 0):
                x[...] = factor
                interpreter.invoke()
                np.testing.assert_allclose(y, expected if factor else expected * 0 + f32([1, 2, 3]), atol=1e-5)


# ------------------------------------------------------------------------------------------------- when it ends


def test_a_resize_ends_all_bindings_and_one_to_the_same_shape_none() -> None:
    interpreter, x, y = ready(two_layers()), np.ones((1, 4), f32), np.full((1, 3), 7, f32)
    interpreter.bind_input("x", x)
    interpreter.bind_output("y", y)
    interpreter.resize_tensor_input(0, (1, 4))
    interpreter.allocate_tensors()
    interpreter.invoke()
    assert (y != 7).all()
    interpreter.resize_tensor_input(0, (2, 4))
    interpreter.allocate_tensors()
    y.fill(7)
    interpreter.set_tensor(0, np.ones((2, 4), f32))
    interpreter.invoke()
    assert (y == 7).all()


def test_a_bound_tensor_is_not_set() -> None:
    interpreter, x = ready(chain(1)), X.copy()
    interpreter.bind_input(0, x)
    with pytest.raises(ValueError, match=r"tensor 0 is bound to an array: write into that array, or unbind\(0\)"):
        interpreter.set_tensor(0, X)
    runner = ready(two_signatures())
    runner.bind_input("a", f32([1, 2]))
    with pytest.raises(ValueError, match="is bound to an array"):
        runner.get_signature_runner("plus")(a=f32([1, 2]), b=f32([1, 2]))


# ------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("array", "error", "message"),
    [
        (np.zeros((2, 3)), ValueError, "Got value of type FLOAT64 but expected type FLOAT32 for output 1, name"),
        (np.zeros((2, 4), f32), ValueError, "Got 4 but expected 3 for dimension 1 of output 1"),
        (np.zeros(6, f32), ValueError, "Got 1 but expected 2 for output 1"),
        (np.zeros((3, 2), f32).T, ValueError, "not C-contiguous; use np.ascontiguousarray"),
        (np.zeros((2, 3), ">f4"), ValueError, "bytes in the other order"),
        (np.frombuffer(bytearray(25), f32, 6, 1).reshape(2, 3), ValueError, "does not begin at a multiple"),
        (np.frombuffer(bytes(24), f32).reshape(2, 3), ValueError, "read-only"),
        ([[0.0] * 3] * 2, TypeError, "takes a NumPy array, whose memory is used, not list"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(array: Any, error: Any, message: str) -> None:
    interpreter = ready(chain(1))
    with pytest.raises(error, match=f"Cannot bind output: .*{message}"):
        interpreter.bind_output(1, array)
    interpreter.set_tensor(0, X)
    interpreter.invoke()
    np.testing.assert_allclose(interpreter.get_tensor(1), np.tanh(X), rtol=1e-6)


def test_tensors_that_are_not_there_are_refused_with_those_that_are() -> None:
    interpreter = ready(two_signatures())
    with pytest.raises(ValueError, match=r"no input 'z'; it has 'a', 'b'"):
        interpreter.bind_input("z", X)
    with pytest.raises(ValueError, match=r"tensor 2 is no input of the model; its inputs are \[0, 1\]"):
        interpreter.bind_input(2, X)
    with pytest.raises(ValueError, match="no input or output 'z'"):
        interpreter.unbind("z")
    with pytest.raises(TypeError, match="index is an int"):
        interpreter.bind_input(1.5, X)  # type: ignore[arg-type]


def test_memory_that_is_written_is_not_shared() -> None:
    m = ModelBuilder()
    a, b = m.input("a", (4,)), m.input("b", (4,))
    m.output(m.add(a, b, output_name="s"), m.op("SUB", [a, b], output_name="d"))
    interpreter, block = ready(m), np.zeros(10, f32)
    interpreter.bind_input("a", block[:4])
    interpreter.bind_input("b", block[2:6])  # both are only read
    with pytest.raises(ValueError, match="shares memory with that of input 1"):
        interpreter.bind_output("s", block[5:9])
    interpreter.bind_output("s", block[6:10])
    with pytest.raises(ValueError, match="shares memory with that of output"):
        interpreter.bind_output("d", block[6:10])
    with pytest.raises(ValueError, match="Cannot bind input: the array shares memory with that of output"):
        interpreter.bind_input("a", block[6:10])


def test_what_cannot_be_bound_says_why() -> None:
    with pytest.raises(ValueError, match="unallocated"):
        Interpreter(model_content=chain(1)).bind_input(0, X)
    m = ModelBuilder()
    x, size = m.input("x", (6,)), m.input("size", (2,), "int32")
    m.output(m.op("RESHAPE", [x, size], shape=(2, 3), output_name="y"))
    with pytest.raises(ValueError, match=r"only a run can tell the shape of tensor 2 \(y\)"):
        ready(m).bind_output("y", X)
    m = ModelBuilder()
    m.output(m.op("RESHAPE", [m.input("words", (2,), "string"), m.constant("shape", i32([2]))], shape=(2,)))
    with pytest.raises(ValueError, match=r"\(words\) holds strings"):
        ready(m).bind_input("words")


def test_a_view_that_is_held_stands_in_the_way() -> None:
    interpreter = ready(chain(1))
    view = interpreter.tensor(0)()
    for use in (lambda: interpreter.bind_input(0, X.copy()), interpreter.unbind):
        with pytest.raises(RuntimeError, match="at least 1 reference"):
            use()
    assert view.shape == (2, 3)
