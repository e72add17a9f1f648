"""Variable tensors in partitions: the state lasts, nothing is lost when a delegate fails, and nothing counts twice."""
from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pytest
from misbehaving_delegate import planner_of

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.delegate import CompiledPartition, Delegate, Partition, Supported, Unsupported, Verdict
from delegant.core.delegation.measured_partition import TRIALS
from delegant.core.errors import DelegantError, DelegateFallbackWarning, DelegateMismatchWarning
from delegant.core.graph import Graph, Node
from delegant.core.interpreter import Interpreter
from delegant.core.op import Bind, Op
from delegant.core.op_resolver import OpResolver

f32 = np.float32


def accumulate(op: Op) -> Bind:
    """total += x; the result is the total."""
    op.output().resize(op.input(0).shape)

    def run() -> None:
        op.input(1).array[...] += op.input(0).array
        op.output().array[...] = op.input(1).array

    return lambda: run


class AccumulatingPartition(CompiledPartition):
    def __init__(self, partition: Partition, failures: Collection[int], wrong_by: float) -> None:
        self.partition, self.failures, self.wrong_by, self.runs = partition, failures, wrong_by, 0

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self.runs += 1
        values = dict(zip(self.partition.inputs, inputs, strict=True))
        for index in self.partition.nodes:
            node = self.partition.graph.nodes[index]
            x, total = node.inputs
            values[node.outputs[0]] = values[total] = values[x] + values[total] + f32(self.wrong_by)
        for t, array in zip(self.partition.outputs, outputs, strict=True):
            array[...] = values[t]
        if self.runs in self.failures:
            raise RuntimeError("lost")


class AccumulatingDelegate(Delegate):
    """Takes Accumulate; its partitions fail in the runs that are named, after they have written everything."""

    def __init__(self, failures: Collection[int] = (), wrong_by: float = 0.0) -> None:
        self.name, self.device, self.is_software = "fake", "a fake device", True
        self.failures, self.wrong_by = failures, wrong_by
        self.compiled: list[AccumulatingPartition] = []

    def supports(self, node: Node, graph: Graph) -> Verdict:
        return Supported() if node.op == "Accumulate" else Unsupported("op", f"no {node.op}")

    def compile(self, partition: Partition) -> CompiledPartition:
        self.compiled.append(AccumulatingPartition(partition, self.failures, self.wrong_by))
        return self.compiled[-1]


def counters(*shared: bool, cut: bool = False) -> bytes:
    """A chain of Accumulate, each with its own total or the first one's (`shared`), perhaps cut by ABS."""
    m = ModelBuilder()
    value, first = m.input("x", (1, 2)), m.variable("total", (1, 2))
    for k, same in enumerate((True, *shared)):
        total = first if same else m.variable(f"total{k}", (1, 2))
        if cut and k:
            value = m.op("ABS", [value])
        value = m.op("Accumulate", [value, total], shape=(1, 2), dtype="float32", custom=True)
    m.output(value)
    return m.to_bytes()


MODELS = {
    "one": counters(),
    "two": counters(False),
    "a shared one": counters(True),
    "two partitions": counters(True, cut=True),
}
INPUTS = [np.array([[k + 1, -k]], f32) for k in range(9)]


def make(model: bytes, *delegates: Delegate, **more: Any) -> delegant.Interpreter:
    interpreter = delegant.Interpreter(
        model_content=model, op_resolver=OpResolver({"Accumulate": accumulate}), delegates=list(delegates), **more
    )
    interpreter.allocate_tensors()
    return interpreter


def variables(interpreter: delegant.Interpreter) -> list[int]:
    return [d["index"] for d in interpreter.get_tensor_details() if d["name"].startswith("total")]


def step(interpreter: delegant.Interpreter, x: np.ndarray) -> list[np.ndarray]:
    """One invocation: the output, then the variables."""
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    found = [interpreter.get_output_details()[0]["index"], *variables(interpreter)]
    return [interpreter.get_tensor(i) for i in found]


def assert_same_steps(ours: delegant.Interpreter, cpu: delegant.Interpreter, inputs: Sequence[np.ndarray]) -> None:
    for x in inputs:
        for actual, expected in zip(step(ours, x), step(cpu, x), strict=True):
            np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("policy", ["prefer", "auto"])
@pytest.mark.parametrize("model", MODELS)
def test_the_state_lasts_as_on_the_cpu(model: str, policy: str) -> None:
    """Under `auto` both compute each of the first inputs, which count once all the same."""
    delegate = AccumulatingDelegate()
    ours, cpu = make(MODELS[model], delegate, policy=policy), make(MODELS[model])
    assert_same_steps(ours, cpu, INPUTS[: TRIALS + 3])
    assert len(delegate.compiled) == (2 if model == "two partitions" else 1)


@pytest.mark.parametrize("failing", [1, 2, 4])
@pytest.mark.parametrize("model", MODELS)
def test_after_a_failure_the_cpu_goes_on_from_the_state_before(model: str, failing: int) -> None:
    ours, cpu = make(MODELS[model], AccumulatingDelegate({failing})), make(MODELS[model])
    with pytest.warns(DelegateFallbackWarning, match="lost"):
        assert_same_steps(ours, cpu, INPUTS)


def test_a_failure_that_is_an_error_leaves_the_state() -> None:
    ours = make(MODELS["one"], AccumulatingDelegate({3}), policy="require")
    before = [step(ours, x) for x in INPUTS[:2]][-1][1]
    with pytest.raises(DelegantError, match="lost"):
        ours.invoke()
    np.testing.assert_array_equal(ours.get_tensor(variables(ours)[0]), before)


@pytest.mark.parametrize("model", MODELS)
def test_variables_are_read_written_and_reset_from_outside(model: str) -> None:
    ours, cpu = make(MODELS[model], AccumulatingDelegate()), make(MODELS[model])
    assert_same_steps(ours, cpu, INPUTS[:2])
    for interpreter in (ours, cpu):
        for index in variables(interpreter):
            interpreter.set_tensor(index, np.array([[7, index]], f32))
    assert_same_steps(ours, cpu, INPUTS[:2])
    for interpreter in (ours, cpu):
        interpreter.reset_all_variables()
    assert_same_steps(ours, cpu, INPUTS[:2])


def test_preserved_tensors_resized_inputs_and_bound_arrays() -> None:
    both = [AccumulatingDelegate()], []
    ours, cpu = (make(MODELS["two"], *delegates, experimental_preserve_all_tensors=True) for delegates in both)
    assert_same_steps(ours, cpu, INPUTS[:2])
    y0 = next(d["index"] for d in ours.get_tensor_details() if d["name"] not in ("x", "total", "total1"))
    np.testing.assert_array_equal(ours.get_tensor(y0), cpu.get_tensor(y0))
    for interpreter in (ours, cpu):
        interpreter.bind_output(interpreter.get_output_details()[0]["index"])
    assert_same_steps(ours, cpu, INPUTS[:2])
    for interpreter in (ours, cpu):
        interpreter.resize_tensor_input(0, (3, 2))
        interpreter.resize_tensor_input(0, (1, 2))
        interpreter.allocate_tensors()
    assert_same_steps(ours, cpu, INPUTS[:2])


def test_validation_begins_with_the_state_that_the_delegate_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELEGANT_VALIDATE", "1")
    ours, cpu = make(MODELS["two"], AccumulatingDelegate()), make(MODELS["two"])
    with warnings.catch_warnings():
        warnings.simplefilter("error", DelegateMismatchWarning)
        assert_same_steps(ours, cpu, INPUTS)
    wrong = make(MODELS["one"], AccumulatingDelegate(wrong_by=1))
    with pytest.warns(DelegateMismatchWarning, match="Accumulate"):
        assert step(wrong, INPUTS[0])[0][0, 0] == 2


def test_a_plan_that_does_not_hand_over_the_state_is_refused() -> None:
    resolver = OpResolver({"Accumulate": accumulate})
    ours = Interpreter(
        model_content=MODELS["one"], op_resolver=resolver, experimental_delegates=[AccumulatingDelegate()],
        planner=planner_of((0,)),
    )  # fmt: skip
    with pytest.raises(DelegantError, match="does not hand over"):
        ours.allocate_tensors()


def test_profiling_counts_an_input_once(delegate: Delegate) -> None:
    """On a real device, whose profile runs the kernels once more."""
    m = ModelBuilder()
    x, state = m.input("x", (1, 3)), m.variable("state", (1, 8))
    weights, times = (m.constant(n, np.ones(s, f32)) for n, s in (("features", (4, 3)), ("times", (4, 2))))
    m.output(m.op("SVDF", [x, weights, times, None, state], {"rank": 1}, shape=(1, 4)))
    found = []
    for delegates in ([delegate], []):
        with delegant.Interpreter(model_content=m.to_bytes(), delegates=delegates) as interpreter:
            interpreter.allocate_tensors()
            interpreter.set_tensor(0, np.ones((1, 3), f32))
            for _ in range(2):
                interpreter.invoke_profiled()
            found.append([interpreter.get_tensor(i) for i in (1, interpreter.get_output_details()[0]["index"])])
    for actual, expected in zip(*found, strict=True):
        np.testing.assert_array_equal(actual, expected)
