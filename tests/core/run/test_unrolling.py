"""Loops whose number of rounds is known, as delegates see them."""
from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from control_models import WIDTH, loop, recurrence
from fake_delegate import FakeDelegate

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.graph import Graph
from delegant.core.run import unrolling

STEPS = 5


def seen(model: bytes, **options: Any) -> Graph | None:
    """What a delegate sees of the WHILE of a model."""
    with delegant.Interpreter(model_content=model, delegates=[FakeDelegate(set())], **options) as interpreter:
        interpreter.allocate_tensors()
        graph = interpreter._executions[0].current_graph()
        return graph.called.get(0)


@pytest.mark.parametrize("form", ["update", "parts"])
def test_rounds_are_there_one_after_the_other_without_what_counts_them(form: str) -> None:
    graph = seen(recurrence(STEPS, form=form))
    assert graph is not None
    counts = Counter(node.op for node in graph.nodes)
    assert (counts["GATHER"], counts["TANH"]) == (STEPS, STEPS)
    assert all(graph.tensors[node.inputs[1]].data is not None for node in graph.nodes if node.op == "GATHER")
    assert all(tensor.shape is not None for tensor in graph.tensors)


@pytest.mark.parametrize("form", ["update", "parts"])
def test_rows_that_a_loop_writes_are_joined_once(form: str) -> None:
    graph = seen(recurrence(STEPS, form=form))
    assert graph is not None
    (joining,) = (node for node in graph.nodes if node.op == "CONCATENATION")
    assert len(joining.inputs) == STEPS and joining.outputs == (graph.outputs[2],)
    assert not {"DYNAMIC_UPDATE_SLICE", "SLICE"} & {node.op for node in graph.nodes}


@pytest.mark.parametrize(("form", "op"), [("update", "DYNAMIC_UPDATE_SLICE"), ("parts", "SLICE")])
def test_rows_that_a_loop_reads_while_it_writes_stay_what_they_are(form: str, op: str) -> None:
    graph = seen(recurrence(STEPS, form=form, read=True))
    assert graph is not None and op in {node.op for node in graph.nodes}


def test_weights_are_there_once() -> None:
    graph = seen(recurrence(STEPS))
    assert graph is not None
    weights = [t for t in graph.tensors if t.data is not None and t.shape == (WIDTH, WIDTH)]
    assert len(weights) == 4


def test_a_loop_is_left_alone_that_only_a_run_can_count() -> None:
    assert seen(loop()) is None


def test_a_loop_of_many_rounds_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unrolling, "MOST_NODES", 30)
    assert seen(recurrence(STEPS)) is None


@pytest.mark.parametrize("rounds", [10, 10**9])
def test_a_loop_that_only_counts_is_followed_for_some_rounds(rounds: int) -> None:
    m = ModelBuilder()
    condition, body = m.subgraph("condition"), m.subgraph("body")
    t, at = (graph.input("t", (), "int32") for graph in (condition, body))
    condition.output(condition.op("LESS", [t, condition.constant("end", np.int32(rounds))], dtype="bool"))
    body.output(body.add(at, np.int32(1)))
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    output = m.tensor("t_out", (), "int32")
    m.op_with_outputs("WHILE", [m.constant("0", np.int32(0))], [output], options)
    m.output(m.op("ADD", [output, m.input("x", (), "int32")]))
    graph = seen(m.to_bytes())
    assert graph is None if rounds > unrolling.MOST_ROUNDS else graph is not None and not graph.nodes


def test_a_loop_is_left_alone_whose_tensors_are_all_to_be_read() -> None:
    assert seen(recurrence(STEPS), experimental_preserve_all_tensors=True) is None


def test_a_loop_that_draws_random_numbers_is_left_alone() -> None:
    m = ModelBuilder()
    condition, body = m.subgraph("condition"), m.subgraph("body")
    (t, _), (at, x) = ([graph.input("t", (), "int32"), graph.input("x", (2,))] for graph in (condition, body))
    condition.output(condition.op("LESS", [t, condition.constant("3", np.int32(3))], dtype="bool"))
    noise = body.op("RANDOM_UNIFORM", [body.constant("size", np.int32([2]))], shape=(2,), dtype="float32")
    body.output(body.add(at, np.int32(1)), body.add(x, noise))
    outputs = [m.tensor("t_out", (), "int32"), m.tensor("x_out", (2,))]
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    m.op_with_outputs("WHILE", [m.constant("0", np.int32(0)), m.input("x", (2,))], outputs, options)
    m.output(outputs[1])
    assert seen(m.to_bytes()) is None


@pytest.mark.parametrize("form", ["update", "parts"])
def test_the_cpu_runs_the_loop_itself_where_no_delegate_takes_it(form: str) -> None:
    model, x = recurrence(STEPS, form=form), np.random.default_rng(1).standard_normal((STEPS, 1, WIDTH))
    results = []
    for delegates in ([], [FakeDelegate({"NEG"})]):
        with delegant.Interpreter(model_content=model, delegates=delegates) as interpreter:
            interpreter.allocate_tensors()
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x.astype(np.float32))
            interpreter.invoke()
            results.append([interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()])
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])
