"""How a graph is run: shapes that values decide, constants, control flow, state, and what `invoke` costs."""
from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from oracle import run_litert, run_litert_tensors
from running import ready, run
from small_models import chain

from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter
from delegant.core.op_resolver import OpResolver

f32, i32 = np.float32, np.int32


# ------------------------------------------------------------------------------------ shapes that values decide


def reshape_by_input() -> ModelBuilder:
    m = ModelBuilder()
    x, size = m.input("x", (6,)), m.input("size", (2,), "int32")
    y = m.op("RESHAPE", [x, size], shape=(2, 3))
    m.output(m.op("TANH", [m.op("ABS", [y])]), m.op("SHAPE", [y], {"out_type": 2}, shape=(2,), dtype="int32"))
    return m


def test_shapes_follow_the_values_of_inputs() -> None:
    model = reshape_by_input().to_bytes()
    interpreter, x = ready(model), np.linspace(-1, 1, 6, dtype=f32)
    for size in ((2, 3), (3, 2), (3, 2), (1, 6), (2, 3)):
        ours = run(interpreter, x, i32(size))
        for a, b in zip(ours, run_litert(model, [x, i32(size)]), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)
        assert interpreter.get_output_details()[0]["shape"].tolist() == list(size)


def test_nodes_of_unknown_shape_are_prepared_again_only_when_needed() -> None:
    calls: list[tuple[int, ...]] = []

    def prepare(op: Any) -> Any:
        x = op.input(0)
        calls.append(x.shape)
        op.output().resize(x.shape)
        return lambda: lambda: np.copyto(op.output().array, x.array)

    m = ModelBuilder()
    x, size = m.input("x", (6,)), m.input("size", (2,), "int32")
    m.output(m.op("Copy", [m.op("RESHAPE", [x, size], shape=(2, 3))], custom=True))
    interpreter = ready(m, op_resolver=OpResolver({"Copy": prepare}))
    for k, size_now in enumerate([(2, 3), (2, 3), (2, 3), (3, 2), (3, 2), (2, 3)]):
        values = np.full(6, k, f32)
        (got,) = run(interpreter, values, i32(size_now))
        assert (got == k).all() and got.shape == size_now
    assert calls == [(2, 3), (3, 2), (2, 3)]


def test_values_that_a_kernel_looked_at_count_as_changed() -> None:
    m = ModelBuilder()
    x, size = m.input("x", (1,)), m.input("size", (1,), "int32")
    shape = m.op("ABS", [m.op("RESHAPE", [size, m.constant("one", i32([1]))], shape=(1,))])
    m.output(m.op("BROADCAST_TO", [x, shape], shape=(1,)))
    interpreter = ready(m)
    for n in (3, 3, 5, 1):
        assert run(interpreter, f32([2]), i32([-n]))[0].tolist() == [2] * n


def test_shape_arithmetic_on_known_shapes_stays_static() -> None:
    m = ModelBuilder()
    x = m.input("x", (-1, 6))
    shape = m.op("SHAPE", [x], {"out_type": 2}, shape=(2,), dtype="int32")
    begin, end, one = (m.constant(n, i32([v])) for n, v in (("begin", 0), ("end", 1), ("one", 1)))
    rows = m.op("STRIDED_SLICE", [shape, begin, end, one], {"shrink_axis_mask": 1}, shape=())
    target = m.op("PACK", [rows, m.constant("2", i32(2)), m.constant("3", i32(3))],
                  {"values_count": 3}, shape=(3,), dtype="int32")  # fmt: skip
    m.output(m.op("RESHAPE", [x, target], shape=(1, 2, 3)))
    interpreter = Interpreter(model_content=m.to_bytes())
    interpreter.resize_tensor_input(0, [4, 6])
    interpreter.allocate_tensors()
    assert interpreter.get_output_details()[0]["shape"].tolist() == [4, 2, 3]
    x_now = np.arange(24, dtype=f32).reshape(4, 6)
    assert run(interpreter, x_now)[0].tolist() == x_now.reshape(4, 2, 3).tolist()


def test_operators_on_constants_are_computed_once() -> None:
    runs = 0

    m = ModelBuilder()
    x = m.input("x", (3,))
    half = m.op("DEQUANTIZE", [m.constant("half", np.float16([1, 2, 3]))], dtype="float32")
    m.output(m.op("MUL", [x, half]), half)
    interpreter = ready(m)
    product, constant = run(interpreter, f32([1, 1, 2]))
    assert product.tolist() == [1, 2, 6] and constant.tolist() == [1, 2, 3] and runs == 0
    with pytest.raises(ValueError, match="constant"):
        interpreter.set_tensor(half.index, f32([0, 0, 0]))


def test_constant_that_is_an_output_and_input_that_is_an_output() -> None:
    m = ModelBuilder()
    x, c = m.input("x", (2,)), m.constant("c", f32([7, 8]))
    m.output(x, c, m.op("ABS", [x]))
    assert [r.tolist() for r in run(ready(m), f32([-1, 2]))] == [[-1, 2], [7, 8], [1, 2]]


def test_inputs_survive_invoke() -> None:
    interpreter, x = ready(chain(5)), np.ones((2, 3), f32)
    first = run(interpreter, x)[0]
    interpreter.invoke()
    np.testing.assert_array_equal(interpreter.get_tensor(0), x)
    np.testing.assert_array_equal(interpreter.get_tensor(5), first)


# ------------------------------------------------------------------------------------------ errors, memory, cost


def failing(stage: str, error: Exception) -> Any:
    def prepare(op: Any) -> Any:
        def fail() -> Any:
            raise error

        if stage == "prepare":
            fail()
        op.output().resize(op.input(0).shape)
        return fail if stage == "bind" else lambda: fail

    return prepare


@pytest.mark.parametrize("error", [ValueError("odd"), IndexError("far"), RuntimeError("bad"), MemoryError()])
@pytest.mark.parametrize("stage", ["prepare", "bind", "invoke"])
def test_errors_name_the_node_whatever_the_kernel_raised(stage: str, error: Exception) -> None:
    m = ModelBuilder()
    m.output(m.op("Odd", [m.op("ABS", [m.input("x", (2,))])], custom=True))
    interpreter = Interpreter(model_content=m.to_bytes(), op_resolver=OpResolver({"Odd": failing(stage, error)}))
    where = "failed to invoke" if stage == "invoke" else "failed to prepare"
    with pytest.raises(RuntimeError, match=rf"Node number 1 \(Odd\) {where}"):
        interpreter.allocate_tensors()
        interpreter.invoke()


def test_an_interpreter_can_go_on_after_a_node_failed() -> None:
    m = ModelBuilder()
    x, y = m.input("x", (2,)), m.input("y", (-1,))
    m.output(m.add(x, y))
    interpreter = Interpreter(model_content=m.to_bytes())
    interpreter.resize_tensor_input(y.index, [3])
    with pytest.raises(RuntimeError, match="not broadcastable"):
        interpreter.allocate_tensors()
    with pytest.raises(RuntimeError, match="not ready"):
        interpreter.invoke()
    interpreter.resize_tensor_input(y.index, [2])
    interpreter.allocate_tensors()
    assert run(interpreter, f32([1, 2]), f32([3, 4]))[0].tolist() == [4, 6]


def test_chain_of_elementwise_nodes_runs_in_place() -> None:
    interpreter = ready(chain(8, (64, 64)))
    plan = interpreter._executions[0].storage.plan
    assert plan is not None and plan.size == 2 * 64 * 64 * 4  # the input, which stays, and one more


def test_tensors_that_nobody_writes_read_as_zero() -> None:
    m = ModelBuilder()
    x, orphan = m.input("x", (2,)), m.tensor("orphan", (2,))
    m.output(m.add(x, orphan))
    assert run(ready(m), f32([1, 2]))[0].tolist() == [1, 2]


def test_invoke_of_a_static_graph_allocates_nothing_that_lasts() -> None:
    interpreter = ready(chain(6, (128, 128)))
    interpreter.invoke()
    tracemalloc.start()
    for _ in range(10):
        interpreter.invoke()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 128 * 128 * 4 // 4  # far less than one tensor


def test_every_tensor_agrees_with_litert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELEGANT_VALIDATE", "1")
    m = ModelBuilder()
    x = m.input("x", (1, 8, 8, 3))
    rng = np.random.default_rng(0)
    for k, channels in enumerate((4, 6)):
        weights = rng.standard_normal((channels, 3, 3, x.shape[3])).astype(f32)
        x = m.conv_2d(x, weights, np.zeros(channels, f32), stride=2 if k else 1, activation="RELU6")
    m.output(m.op("TANH", [x]))
    model, value = m.to_bytes(), rng.standard_normal((1, 8, 8, 3)).astype(f32)
    interpreter = ready(model, experimental_preserve_all_tensors=True)
    run(interpreter, value)
    for index, expected in run_litert_tensors(model, [value]).items():
        np.testing.assert_allclose(interpreter.get_tensor(index), expected, rtol=1e-4, atol=1e-5)
