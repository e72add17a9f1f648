"""Comparing, timing, explaining and running through a delegate whose faults are known."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fake_delegate import FakeDelegate, chain

from delegant import DelegantError, DeviceUnavailableError, benchmark, compare, explain, inspect, run
from delegant.core.build.builder import ModelBuilder
from delegant.core.delegate import Delegate
from delegant.measure.run import top_classes

MODEL = chain("TANH", "NEG", "EXP")


def test_a_right_delegate_has_no_error() -> None:
    result = compare(MODEL, FakeDelegate())
    assert result.max_abs < 1e-6 and result.share == pytest.approx(2 / 3)
    assert result.outputs[0].shape == (2, 3) and result.layers == ()


def test_a_wrong_delegate_is_found() -> None:
    result = compare(MODEL, FakeDelegate(("EXP",), wrong_by=0.5))
    assert result.max_abs == pytest.approx(0.5, rel=1e-5)
    assert result.outputs[0].error.mismatches == 6


def test_per_layer_tells_local_from_propagated_errors() -> None:
    delegate = FakeDelegate(("TANH", "EXP"), wrong_by=0.5)
    result = compare(chain("TANH", "NEG", "EXP", "ABS"), delegate, per_layer=True)
    tanh, neg, exp, absolute = result.layers
    assert [layer.op for layer in result.layers] == ["TANH", "NEG", "EXP", "ABS"]
    assert tanh.local is not None and exp.local is not None
    assert tanh.local.max_abs == pytest.approx(0.5, rel=1e-5) and exp.local.max_abs == pytest.approx(0.5, rel=1e-5)
    assert neg.local is None and neg.error.max_abs == pytest.approx(0.5, rel=1e-5) and neg.device == "cpu"
    assert absolute.error.max_abs == exp.error.max_abs
    assert result.worst_layer in (tanh, exp)
    assert all(partition.is_closed for partition in delegate.compiled[2:])


def test_a_node_with_state_runs_alone_from_the_state_before(delegate: Delegate) -> None:
    m = ModelBuilder()
    x, state = m.input("x", (1, 2)), m.variable("state", (1, 3))
    shapes = {"features": (1, 2), "times": (1, 3)}
    weights = [m.constant(name, np.ones(shape, np.float32)) for name, shape in shapes.items()]
    m.output(m.op("SVDF", [x, *weights, None, state], {"rank": 1}, shape=(1, 1)))
    (layer,) = compare(m.to_bytes(), delegate, [np.float32([[2, 3]])], per_layer=True).layers
    assert layer.op == "SVDF" and layer.local is not None
    assert layer.local.max_abs == layer.error.max_abs == 0


def test_inputs_may_be_named_shaped_or_random() -> None:
    x = np.full((4, 3), 0.25, np.float32)
    assert compare(MODEL, FakeDelegate(), {"x": x}).outputs[0].shape == (4, 3)
    with pytest.raises(ValueError, match="no input 'y'"):
        compare(MODEL, FakeDelegate(), {"y": x})


def test_benchmark_times_the_cpu_and_every_delegate() -> None:
    fake = FakeDelegate(seconds=0.005, wrong_by=0.25, ops=("EXP",))
    report = benchmark(MODEL, [fake], runs=3, warmup=1)
    cpu, timing = report.timings
    assert cpu.target.name == "cpu" and cpu.speedup == 1 and cpu.share == 0
    assert timing.target.device == "a fake device" and timing.target.is_software
    assert timing.runs == 3 and timing.min_ms >= 5 and timing.min_ms <= timing.median_ms <= timing.p95_ms
    assert timing.speedup < 1 and timing.max_error == pytest.approx(0.25, rel=1e-5)
    assert timing.share == pytest.approx(1 / 3) and timing.partitions == 1
    assert report.inputs == (("x", (2, 3)),)


def test_benchmark_reports_what_cannot_be_opened(monkeypatch: Any) -> None:
    def unavailable(name: Any) -> None:
        raise DeviceUnavailableError("no driver: install one")

    monkeypatch.setattr("delegant.interpreter.load_delegate", unavailable)
    report = benchmark(MODEL, ["webgpu"], runs=1)
    assert [t.target.name for t in report.timings] == ["cpu", "webgpu"]
    assert report.timings[1].error == "no driver: install one"


def test_benchmark_stops_at_its_budget() -> None:
    report = benchmark(MODEL, [FakeDelegate(seconds=0.01)], runs=1000, seconds=0)
    assert report.timings[0].runs == 1


def test_benchmark_refuses_no_runs() -> None:
    with pytest.raises(ValueError, match="runs"):
        benchmark(MODEL, [], runs=0)


def test_explain_says_what_stays_and_why() -> None:
    explanation = explain(MODEL, FakeDelegate())
    assert explanation.placement.refusals[0].reason == "NEG is none of EXP, TANH"
    assert "2 of 3 nodes" in str(explanation) and "software" in str(explanation)
    assert explain(MODEL).target.name == "cpu"
    with pytest.raises(DelegantError, match="require"):
        explain(MODEL, FakeDelegate(), policy="require")


def test_explain_honours_min_nodes() -> None:
    assert explain(MODEL, FakeDelegate(), min_nodes=2).placement.delegated == 0


def test_run_reads_paths_and_arrays(tmp_path: Any) -> None:
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.save(tmp_path / "x.npy", x)
    for inputs in ([tmp_path / "x.npy"], [x], {"x": x}):
        np.testing.assert_allclose(run(MODEL, inputs).outputs[0].value, np.exp(-np.tanh(x)), rtol=1e-6)


def remembering_model() -> bytes:
    """An SVDF whose output is the sum of all inputs of the last three invocations."""
    m = ModelBuilder()
    x, state = m.input("x", (1, 2)), m.tensor("state", (1, 3), is_variable=True)
    weights = m.constant("feature", np.ones((1, 2), np.float32)), m.constant("time", np.ones((1, 3), np.float32))
    m.output(m.op("SVDF", [x, *weights, None, state], {"rank": 1}, shape=(1, 1)))
    return m.to_bytes()


def test_models_with_state_are_read_after_one_invocation() -> None:
    x = [np.ones((1, 2), np.float32)]
    assert run(remembering_model(), x).outputs[0].value.item() == 2
    result = compare(remembering_model(), FakeDelegate(), x)
    assert result.share == 0 and result.outputs[0].error.equal


def test_run_refuses_labels_that_fit_no_output() -> None:
    with pytest.raises(ValueError, match="3 labels"):
        run(MODEL, labels=["a", "b", "c"])
    assert [s.label for s in run(chain("EXP", shape=(1, 3)), labels=["a", "b", "c"]).top[0]] != []


def test_top_classes_are_dequantized_and_ordered() -> None:
    codes = np.array([[10, 200, 30]], np.uint8)
    top = top_classes(codes, (0.5, 10), ("a", "b", "c"), count=2)
    assert [(s.index, s.label, s.score) for s in top] == [(1, "b", 95.0), (2, "c", 10.0)]
    assert top_classes(np.zeros((2, 3), np.float32), (0.0, 0)) == ()


def test_inspect_reads_tensors_operators_and_sizes() -> None:
    summary = inspect(MODEL)
    (subgraph,) = summary.subgraphs
    assert subgraph.op_counts == {"TANH": 1, "NEG": 1, "EXP": 1}
    assert [t.kind for t in subgraph.tensors] == ["input", "activation", "activation", "output"]
    assert summary.nbytes == len(MODEL) and subgraph.operators[0].inputs == (0,)
    with pytest.raises(ValueError):
        inspect(b"no model")
