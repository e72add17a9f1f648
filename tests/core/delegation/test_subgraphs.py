"""Subgraphs that IF, WHILE and the like run are planned as the main one is, with the same delegates and policies."""
from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from control_models import BODY, CONDITION, ELSE, THEN, WIDTH, choice, composite, loop, once
from fake_delegate import FakeDelegate
from oracle import run_litert
from running import run
from small_models import two_signatures

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.delegation.measured_partition import TRIALS
from delegant.core.errors import DelegantError, DelegateFallbackWarning, DelegateMismatchWarning
from delegant.core.op_resolver import OpResolver

f32, i32 = np.float32, np.int32
X = np.linspace(-2, 2, 4 * WIDTH, dtype=f32).reshape(4, WIDTH)
TWICE = [i32([2]), X]
ALL = ("TANH", "EXP", "ADD", "NEG", "ABS", "GREATER", "SUB")


def opened(model: bytes, delegate: FakeDelegate, policy: str = "prefer", **more: Any) -> delegant.Interpreter:
    interpreter = delegant.Interpreter(model_content=model, delegates=[delegate], policy=policy, **more)
    interpreter.allocate_tensors()
    return interpreter


def places(interpreter: delegant.Interpreter, subgraph: int) -> list[tuple[str, str]]:
    return [(p.device, p.rule) for p in interpreter.placement if p.subgraph == subgraph]


def assert_as_litert(interpreter: delegant.Interpreter, model: bytes, *inputs: np.ndarray) -> None:
    for got, expected in zip(run(interpreter, *inputs), run_litert(model, list(inputs)), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-6)


# ------------------------------------------------------------------------------------------------- who runs what


def test_the_body_of_a_loop_is_delegated_before_the_first_run() -> None:
    delegate = FakeDelegate(("TANH", "ADD"))
    interpreter = opened(loop(), delegate)
    assert [c.partition.nodes for c in delegate.compiled] == [(1, 2)]
    assert places(interpreter, 0) == [("cpu", "control_flow")]
    assert places(interpreter, CONDITION) == [("cpu", "op")]
    assert places(interpreter, BODY) == [("cpu", "op"), ("fake", "supported"), ("fake", "supported")]
    for count in (3, 0, 1):
        assert_as_litert(interpreter, loop(), i32([count]), X)
    assert delegate.runs == 4 and len(delegate.compiled) == 1


def test_both_branches_are_delegated() -> None:
    delegate = FakeDelegate(("TANH", "EXP", "NEG"))
    interpreter = opened(choice(), delegate)
    assert places(interpreter, THEN) == [("fake", "supported")] * 2 and places(interpreter, ELSE)[0][0] == "fake"
    for holds in (True, False, True):
        assert_as_litert(interpreter, choice(), np.array([holds]), X)
    assert [len(interpreter.compiled_partitions), delegate.runs] == [2, 3]


def test_a_branch_that_is_never_taken_is_not_compiled() -> None:
    delegate = FakeDelegate(ALL)
    interpreter = opened(choice(constant=True), delegate, "require")
    assert places(interpreter, ELSE) == [("cpu", "unused")] and len(delegate.compiled) == 2
    assert_as_litert(interpreter, choice(constant=True), X)


@pytest.mark.parametrize("op", ["STABLEHLO_COMPOSITE", "CALL"])
def test_what_a_call_runs_is_delegated(op: str) -> None:
    interpreter = opened(composite((2, 3), op=op), FakeDelegate(("TANH", "EXP")))
    assert places(interpreter, 1) == [("fake", "supported")] * 2
    x = np.linspace(-1, 1, 6, dtype=f32).reshape(2, 3)
    np.testing.assert_allclose(run(interpreter, x)[0], -np.exp(np.tanh(-x)), rtol=1e-6)


def test_a_loop_in_a_branch() -> None:
    m = ModelBuilder()
    holds, n, x = m.input("holds", (1,), "bool"), m.input("n", (1,), "int32"), m.input("x", (WIDTH,))
    then, otherwise, condition, body = (m.subgraph(name) for name in ("then", "else", "condition", "body"))
    state = {g: (g.input("n", (1,), "int32"), g.input("x", (WIDTH,))) for g in (then, otherwise, condition, body)}
    outputs = [then.tensor("n_out", (1,), "int32"), then.tensor("x_out", (WIDTH,))]
    indices = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    then.op_with_outputs("WHILE", state[then], outputs, indices)
    then.output(outputs[1])
    otherwise.output(otherwise.op("EXP", [state[otherwise][1]]))
    left, _ = state[condition]
    condition.output(condition.op("GREATER", [left, condition.constant("0", i32([0]))], dtype="bool"))
    left, y = state[body]
    body.output(body.op("SUB", [left, body.constant("1", i32([1]))]), body.tanh(y))
    options = {"then_subgraph_index": then.index, "else_subgraph_index": otherwise.index}
    m.output(m.op("IF", [holds, n, x], options, shape=(WIDTH,), dtype="float32"))
    interpreter = opened(m.to_bytes(), FakeDelegate(("TANH", "EXP")))
    assert places(interpreter, then.index) == [("cpu", "control_flow")]
    assert places(interpreter, body.index)[1] == ("fake", "supported")
    for taken in (True, False):
        assert_as_litert(interpreter, m.to_bytes(), np.array([taken]), i32([3]), X[0])


def test_shapes_known_only_at_run_time_stay_on_the_cpu() -> None:
    delegate = FakeDelegate(ALL)
    interpreter = opened(loop(grows=True), delegate)
    assert places(interpreter, 0) == [("cpu", "dynamic_shape")]
    assert set(places(interpreter, BODY)) == {("cpu", "dynamic_shape")}
    assert run(interpreter, *TWICE)[1].shape == (16, WIDTH)
    assert delegate.compiled == [] and set(places(interpreter, BODY)) == {("cpu", "dynamic_shape")}
    with pytest.raises(DelegantError, match=r"node 0 \(WHILE\): the shape of .* is known only at run time"):
        opened(loop(grows=True), delegate, "require")


def test_what_runs_once_is_not_compiled() -> None:
    delegate = FakeDelegate(("TANH", "EXP", "ADD"))
    interpreter = opened(once(), delegate)
    assert ("cpu", "once") in places(interpreter, 1)
    assert {c.partition.graph.index for c in delegate.compiled} == {0}
    assert_as_litert(interpreter, once(), X[0])


def test_subgraphs_of_other_signatures_are_delegated() -> None:
    delegate = FakeDelegate(("ADD", "SUB"))
    with delegant.Interpreter(model_content=two_signatures(), delegates=[delegate], policy="require") as interpreter:
        a, b = f32([1, 2]), f32([3, 5])
        plus, minus = interpreter.get_signature_runner("plus"), interpreter.get_signature_runner("minus")
        assert plus(a=a, b=b)["sum"].tolist() == [4, 7] and minus(a=a, b=b)["difference"].tolist() == [-2, -3]
        assert [c.partition.graph.index for c in delegate.compiled] == [0, 1] and delegate.runs == 2
        assert [(p.subgraph, p.device) for p in minus.placement] == [(1, "fake")]


# ------------------------------------------------------------------------------------------------- policies


def test_require_names_the_nodes_of_the_body() -> None:
    with pytest.raises(DelegantError, match=r"1 of 3 nodes of subgraph 2 cannot run.*\n  node 2 \(TANH\)") as caught:
        opened(loop(), FakeDelegate(("GREATER", "ADD", "SUB")), "require")
    assert caught.value.nodes == (2,)


def test_require_names_all_that_it_misses_at_once() -> None:
    with pytest.raises(DelegantError) as caught:
        opened(choice(), FakeDelegate(("TANH",)), "require")
    lines = [line.strip() for line in str(caught.value).splitlines()]
    nodes = [line.split(":")[0] for line in lines if line.startswith("node")]
    assert nodes == ["node 1 (ABS)", "node 1 (EXP)", "node 0 (NEG)"]
    assert "1 of 2 nodes cannot" in lines[0] and "1 of 2 nodes of subgraph 1" in lines[2] and caught.value.nodes == (1,)


def test_require_is_content_when_all_nodes_of_the_subgraphs_are_delegated() -> None:
    interpreter = opened(loop(), FakeDelegate(ALL), "require")
    assert interpreter.placement_report().share == 1
    assert_as_litert(interpreter, loop(), *TWICE)


def test_require_raises_when_the_body_fails() -> None:
    interpreter = opened(loop(), FakeDelegate(ALL, fails_at="run", good_runs=3), "require")
    with pytest.raises(DelegantError, match="failed to run a partition of subgraph"):
        run(interpreter, *TWICE)


@pytest.mark.parametrize("fails_at", ["compile", "run"])
def test_a_failure_in_a_body_loses_no_inference(fails_at: str) -> None:
    delegate = FakeDelegate(("TANH", "ADD"), fails_at=fails_at, good_runs=1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        interpreter = opened(loop(), delegate)
        for count in (3, 2):
            assert_as_litert(interpreter, loop(), i32([count]), X)
    assert [w.category for w in caught] == [DelegateFallbackWarning]
    assert places(interpreter, BODY) == [("cpu", "op"), ("cpu", "fallback"), ("cpu", "fallback")]
    assert interpreter.compiled_partitions == ()


def slow(op: Any) -> Any:
    """A TANH that takes its time."""
    import time

    op.output().resize(op.input(0).shape)

    def bind() -> Any:
        def run() -> None:
            time.sleep(0.002)
            np.tanh(op.input(0).array, out=op.output().array)

        return run

    return bind


@pytest.mark.parametrize("faster", ["cpu", "fake"])
def test_auto_measures_the_body_by_itself(faster: str) -> None:
    delegate = FakeDelegate(("TANH", "ADD"), seconds=0.002 if faster == "cpu" else 0)
    resolver = OpResolver()
    if faster == "fake":
        resolver.replace("TANH", slow)
    interpreter = opened(loop(), delegate, "auto", op_resolver=resolver)
    run(interpreter, i32([TRIALS + 2]), X)
    assert places(interpreter, BODY)[1][1] == ("measured" if faster == "cpu" else "supported")
    assert_as_litert(interpreter, loop(), *TWICE)


# ------------------------------------------------------------------------------------------------- reports


def test_a_wrong_body_is_found_by_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELEGANT_VALIDATE", "1")
    interpreter = opened(loop(), FakeDelegate(("TANH", "ADD"), wrong_by=0.1))
    with pytest.warns(DelegateMismatchWarning, match=r"node 2 \(TANH\) of subgraph 2"):
        run(interpreter, *TWICE)


def test_a_wrong_body_is_found_by_comparison() -> None:
    result = delegant.compare(loop(), FakeDelegate(("TANH", "ADD"), wrong_by=0.1), TWICE, per_layer=True)
    layers = {(layer.subgraph, layer.node): layer for layer in result.layers}
    assert set(layers) == {(0, 0), (CONDITION, 0), (BODY, 0), (BODY, 1), (BODY, 2)}
    assert layers[BODY, 2].local is not None and layers[BODY, 2].local.max_abs == pytest.approx(0.1, rel=1e-4)
    assert layers[BODY, 0].error.equal and result.worst_layer in (layers[BODY, 1], layers[BODY, 2])


def test_a_branch_that_did_not_run_is_not_compared() -> None:
    result = delegant.compare(choice(), FakeDelegate(ALL), [np.array([True]), X], per_layer=True)
    assert {layer.subgraph for layer in result.layers} == {0, THEN}


def test_the_report_tells_subgraphs_apart() -> None:
    report = delegant.explain(loop(), FakeDelegate(("TANH", "ADD"))).placement
    (partition,) = report.partitions
    assert (partition.subgraph, partition.number, partition.nodes) == (BODY, 0, (1, 2))
    assert [(r.subgraph, r.op) for r in report.refusals] == [(0, "WHILE"), (CONDITION, "GREATER"), (BODY, "SUB")]
    assert (report.delegated, report.running) == (2, 4)
    assert "partition 0 of subgraph 2 on fake: 2 nodes" in str(report) and "SUB of subgraph 2" in str(report)


def test_a_profile_times_each_subgraph() -> None:
    profile = delegant.profile(loop(), FakeDelegate(("TANH", "ADD"), seconds=0.001), [i32([3]), X], runs=2)
    rows = [(k.subgraph, k.kernel, k.device, k.nodes, k.partition, k.calls) for k in profile.kernels]
    assert rows == [
        (0, "WHILE", "cpu", (0,), None, 1), (CONDITION, "GREATER", "cpu", (0,), None, 4),
        (BODY, "SUB", "cpu", (0,), None, 3), (BODY, "partition", "fake", (1, 2), 0, 3),
    ]  # fmt: skip
    (partition,) = profile.partitions
    assert (partition.subgraph, partition.calls, len(partition.times_us)) == (BODY, 3, 6)
    assert partition.wall_us >= 3000 and profile.kernels[3].share > 0.5
    assert sum(k.share for k in profile.kernels) == pytest.approx(1)
    assert sum(k.median_us for k in profile.kernels) < profile.invoke_us * 1.5
