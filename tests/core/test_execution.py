"""How a graph is run: shapes that values decide, constants, control flow, state, and what `invoke` costs."""
from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from oracle import run_litert, run_litert_tensors
from small_models import chain

from delegant.core.builder import GraphBuilder, ModelBuilder
from delegant.core.interpreter import Interpreter

f32, i32 = np.float32, np.int32


def run(interpreter: Interpreter, *inputs: Any) -> list[np.ndarray]:
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def ready(model: ModelBuilder | bytes, **arguments: Any) -> Interpreter:
    content = model if isinstance(model, bytes) else model.to_bytes()
    interpreter = Interpreter(model_content=content, **arguments)
    interpreter.allocate_tensors()
    return interpreter


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
    interpreter = ready(m, custom_ops={"Copy": prepare})
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


# ------------------------------------------------------------------------------------------------- control flow


def branch(graph: GraphBuilder, op: str, count: int = 1) -> int:
    x = graph.input("x", (2,))
    for _ in range(count):
        x = graph.op(op, [x])
    graph.output(x)
    return graph.index


def test_if_runs_the_branch_that_holds() -> None:
    m = ModelBuilder()
    condition, x = m.input("condition", (1,), "bool"), m.input("x", (2,))
    then, otherwise = branch(m.subgraph("then"), "ABS"), branch(m.subgraph("else"), "NEG")
    m.output(m.op("IF", [condition, x], {"then_subgraph_index": then, "else_subgraph_index": otherwise}, shape=(2,),
                  dtype="float32"))  # fmt: skip
    model = m.to_bytes()
    interpreter = ready(model)
    for holds in (True, False, True):
        inputs = [np.array([holds]), f32([-3, 4])]
        np.testing.assert_array_equal(run(interpreter, *inputs)[0], run_litert(model, inputs)[0])


def test_branches_of_different_shapes() -> None:
    m = ModelBuilder()
    condition, x = m.input("condition", (1,), "bool"), m.input("x", (2,))
    then, otherwise = m.subgraph("then"), m.subgraph("else")
    a = then.input("a", (2,))
    then.output(then.op("CONCATENATION", [a, a], {"axis": 0}, shape=(4,)))
    b = otherwise.input("b", (2,))
    otherwise.output(otherwise.op("NEG", [b]))
    y = m.op("IF", [condition, x], {"then_subgraph_index": 1, "else_subgraph_index": 2}, shape=(2,), dtype="float32")
    m.output(m.op("ABS", [y]))
    interpreter = ready(m)
    for holds in (True, False, False, True):
        assert run(interpreter, np.array([holds]), f32([-3, 4]))[0].tolist() == [3, 4] * (2 if holds else 1)


def counting_loop(grows: bool) -> ModelBuilder:
    """Doubles x (or appends x to itself) n times, and swaps two passengers every time."""
    m = ModelBuilder()
    n, x, a, b = m.input("n", (1,), "int32"), m.input("x", (2,)), m.input("a", (1,)), m.input("b", (1,))
    condition, body = m.subgraph("condition"), m.subgraph("body")

    def state(graph: GraphBuilder) -> list[Any]:
        return [graph.input("n", (1,), "int32"), graph.input("x", (2,)), graph.input("a", (1,)), graph.input("b", (1,))]

    left, *_ = state(condition)
    condition.output(condition.op("GREATER", [left, condition.constant("0", i32([0]))], dtype="bool"))
    left, y, c, d = state(body)
    more = body.op("CONCATENATION", [y, y], {"axis": 0}, shape=(4,)) if grows else body.add(y, y)
    body.output(body.op("SUB", [left, body.constant("1", i32([1]))]), more, d, c)
    outputs = [m.tensor(f"out{k}", t.shape, t.type) for k, t in enumerate((n, x, a, b))]
    m.op_with_outputs("WHILE", [n, x, a, b], outputs, {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    m.output(*outputs)
    return m


@pytest.mark.parametrize("grows", [False, True])
def test_while_repeats_its_body(grows: bool) -> None:
    interpreter = ready(counting_loop(grows))
    for n in (3, 0, 4, 1, 3):
        got = run(interpreter, i32([n]), f32([1, 2]), f32([5]), f32([6]))
        expected = [1.0, 2.0] * 2**n if grows else [2.0**n, 2.0 ** (n + 1)]
        passengers = ([5.0], [6.0]) if n % 2 == 0 else ([6.0], [5.0])
        assert [r.tolist() for r in got] == [[0], expected, *passengers]


def test_one_subgraph_called_with_two_shapes() -> None:
    m = ModelBuilder()
    x, y = m.input("x", (2,)), m.input("y", (3,))
    body = m.subgraph("square")
    z = body.input("z", (2,))
    body.output(body.op("MUL", [z, z]))
    options = {"name": "square", "decomposition_subgraph_index": body.index}
    m.output(m.op("STABLEHLO_COMPOSITE", [x], options), m.op("STABLEHLO_COMPOSITE", [y], options))
    interpreter = ready(m)
    for _ in range(2):
        got = run(interpreter, f32([2, 3]), f32([4, 5, 6]))
        assert [r.tolist() for r in got] == [[4, 9], [16, 25, 36]]


def test_one_subgraph_of_unknown_shape_called_twice() -> None:
    m = ModelBuilder()
    x, first, second = m.input("x", (6,)), m.input("first", (2,), "int32"), m.input("second", (2,), "int32")
    body = m.subgraph("reshape")
    y, size = body.input("y", (6,)), body.input("size", (2,), "int32")
    body.output(body.op("RESHAPE", [y, size], shape=(2, 3)))
    options = {"name": "reshape", "decomposition_subgraph_index": body.index}
    m.output(*(m.op("STABLEHLO_COMPOSITE", [x, size], options, shape=(2, 3)) for size in (first, second)))
    interpreter = ready(m)
    for a, b in (((2, 3), (3, 2)), ((1, 6), (2, 3)), ((6, 1), (6, 1))):
        got = run(interpreter, np.arange(6, dtype=f32), i32(a), i32(b))
        assert [r.shape for r in got] == [a, b]


def test_resource_variables_are_initialized_once_and_last() -> None:
    m = ModelBuilder()
    x, start = m.input("x", (2,)), m.subgraph("initialize")

    def handle(graph: GraphBuilder) -> Any:
        return graph.op("VAR_HANDLE", [], {"container": "c", "shared_name": "v"}, shape=(), dtype="resource")

    start.op_with_outputs("ASSIGN_VARIABLE", [handle(start), start.constant("zero", f32([10, 20]))], [])
    m.op_with_outputs("CALL_ONCE", [], [], {"init_subgraph_index": start.index})
    variable = handle(m)
    total = m.add(m.op("READ_VARIABLE", [variable], shape=(2,), dtype="float32"), x)
    m.op_with_outputs("ASSIGN_VARIABLE", [variable, total], [])
    m.output(total)
    model = m.to_bytes()
    interpreter = ready(model)
    assert [run(interpreter, f32([1, 2]))[0].tolist() for _ in range(3)] == [[11, 22], [12, 24], [13, 26]]
    np.testing.assert_array_equal(
        run_litert(model, [f32([1, 2])], pre=[[f32([1, 2])]] * 2)[0], interpreter.get_tensor(total.index)
    )


def test_reading_a_variable_that_was_never_assigned() -> None:
    m = ModelBuilder()
    variable = m.op("VAR_HANDLE", [], {"shared_name": "v"}, shape=(), dtype="resource")
    m.output(m.op("READ_VARIABLE", [variable], shape=(2,), dtype="float32"))
    with pytest.raises(RuntimeError, match=r"before it is assigned.*\(READ_VARIABLE\) failed to invoke"):
        ready(m).invoke()


def test_int8_variables_start_at_their_zero_point() -> None:
    def prepare(op: Any) -> Any:
        op.output().resize(op.input(1).shape)
        return lambda: lambda: np.copyto(op.output().array, op.input(1).array)

    m = ModelBuilder()
    x = m.input("x", (1,))
    state = m.variable("state", (3,), "int8", quantization=(0.5, 7))
    m.output(m.op("Peek", [x, state], custom=True, shape=(3,), dtype="int8", quantization=(0.5, 7)))
    assert run(ready(m, custom_ops={"Peek": prepare}), f32([0]))[0].tolist() == [7, 7, 7]


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
    interpreter = Interpreter(model_content=m.to_bytes(), custom_ops={"Odd": failing(stage, error)})
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
