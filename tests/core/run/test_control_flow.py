"""Subgraphs that nodes run, and state that outlives an invocation."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from oracle import run_litert
from running import ready, run

from delegant.core.build.builder import GraphBuilder, ModelBuilder
from delegant.core.op_resolver import OpResolver

f32, i32 = np.float32, np.int32


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


def loop_of(kind: str) -> ModelBuilder:
    """Adds a to x while n > 0, n one less each time.

    Args:
        kind: "plain"; "condition calls body": the condition runs the body too, on other values; "twice": another loop
            of the same condition and body runs before.
    """
    m = ModelBuilder()
    condition, body = m.subgraph("condition"), m.subgraph("body")
    shapes = {"n": ((1,), "int32"), "x": ((2,), "float32"), "a": ((2,), "float32")}
    main, held, state = ([g.input(name, *shape) for name, shape in shapes.items()] for g in (m, condition, body))
    less = body.op("SUB", [state[0], body.constant("1", i32([1]))])
    body.output(less, body.add(state[1], state[2]), state[2])
    if kind == "condition calls body":
        ten = condition.constant("10", f32([10, 10]))
        called = [condition.tensor(f"called {name}", *shape) for name, shape in shapes.items()]
        condition.op_with_outputs("CALL", [held[0], ten, ten], called, {"subgraph": body.index})
        condition.output(condition.op("GREATER", [called[0], condition.constant("-1", i32([-1]))], dtype="bool"))
    else:
        condition.output(condition.op("GREATER", [held[0], condition.constant("0", i32([0]))], dtype="bool"))
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    outputs = [m.tensor(f"out {name}", *shape) for name, shape in shapes.items()]
    if kind == "twice":
        middle = [m.tensor(f"middle {name}", *shape) for name, shape in shapes.items()]
        m.op_with_outputs("WHILE", main, middle, options)
        main = [main[0], *middle[1:]]
    m.op_with_outputs("WHILE", main, outputs, options)
    m.output(*outputs)
    return m


@pytest.mark.parametrize("kind", ["plain", "condition calls body", "twice"])
@pytest.mark.parametrize("preserve", [False, True])
def test_state_is_handed_on(kind: str, preserve: bool) -> None:
    interpreter = ready(loop_of(kind), experimental_preserve_all_tensors=preserve)
    for n in (3, 0, 2):
        x, a = f32([1, 2]), f32([0.5, 0.25])
        got = run(interpreter, i32([n]), x, a)
        times = 2 * n if kind == "twice" else n
        assert [r.tolist() for r in got] == [[0], (x + times * a).tolist(), a.tolist()]
        if preserve:
            assert interpreter.get_tensor(2, subgraph_index=1).tolist() == a.tolist()


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
    assert run(ready(m, op_resolver=OpResolver({"Peek": prepare})), f32([0]))[0].tolist() == [7, 7, 7]
