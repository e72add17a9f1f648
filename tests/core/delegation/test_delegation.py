"""Partitions on delegates that work, fail, or misbehave: no inference is lost, and nothing is kept secret."""
from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from misbehaving_delegate import MisbehavingDelegate, MisbehavingPartition, planner_of
from small_models import chain

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.delegate import (
    Assignment,
    Attachment,
    CompiledPartition,
    Delegate,
    Partition,
    Policy,
)
from delegant.core.delegation.measured_partition import TRIALS
from delegant.core.errors import (
    CompileError,
    DelegantError,
    DelegateFallbackWarning,
    DeviceLostError,
    DeviceMemoryError,
)
from delegant.core.graph import Graph
from delegant.core.interpreter import Interpreter
from delegant.core.op_resolver import OpResolver

f32 = np.float32
X = np.linspace(-2, 2, 6, dtype=f32).reshape(2, 3)
EXPECTED = np.abs(np.tanh(np.abs(np.tanh(X))))


def make(delegate: Delegate, *groups: Sequence[int], policy: Policy = Policy.PREFER, model: bytes | None = None) -> Any:
    return Interpreter(
        model_content=model or chain(4),
        experimental_delegates=[Attachment(delegate, policy)],
        planner=planner_of(*groups),
    )


def infer(interpreter: Any, x: np.ndarray = X) -> np.ndarray:
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


@pytest.mark.parametrize("groups", [[(0, 1, 2, 3)], [(1, 2)], [(0,), (3,)], [(0, 1), (2, 3)], []])
def test_delegated_parts_give_the_same_result(groups: list[tuple[int, ...]]) -> None:
    delegate = MisbehavingDelegate()
    interpreter = make(delegate, *groups)
    for _ in range(3):
        np.testing.assert_allclose(infer(interpreter), EXPECTED, rtol=1e-6)
    assert [c.partition.nodes for c in delegate.compiled] == groups
    assert [c.runs for c in delegate.compiled] == [3] * len(groups)
    taken = {i for group in groups for i in group}
    assert [p.device for p in interpreter.placement] == ["fake" if i in taken else "cpu" for i in range(4)]


def lost_at(run: int, error: Exception) -> Callable[[MisbehavingPartition, Any, Any], None]:
    def misbehave(partition: MisbehavingPartition, inputs: Any, outputs: Any) -> None:
        if partition.runs == run:
            raise error

    return misbehave


def resize_output(partition: MisbehavingPartition, inputs: Any, outputs: Any) -> None:
    outputs[0].shape = (-1,)
    outputs[0].resize(2, refcheck=False)


def reshape_output(partition: MisbehavingPartition, inputs: Any, outputs: Any) -> None:
    outputs[0].shape = (outputs[0].size,)


def broadcast_too_much(partition: MisbehavingPartition, inputs: Any, outputs: Any) -> None:
    outputs[0][...] = np.ones((7, 5), f32)


def overwrite_inputs(partition: MisbehavingPartition, inputs: Any, outputs: Any) -> None:
    inputs[0][...] = np.nan


FAILURES: dict[str, dict[str, Any]] = {
    "no driver": {"compile_error": DelegantError("no driver")},
    "compile error": {"compile_error": CompileError("refused", log="line 1: what?")},
    "out of memory while compiling": {"compile_error": DeviceMemoryError("too large")},
    "a bug while compiling": {"compile_error": KeyError("oops")},
    "device lost in the first run": {"misbehave": lost_at(1, DeviceLostError("gone"))},
    "device lost in the third run": {"misbehave": lost_at(3, DeviceLostError("gone"))},
    "out of memory while running": {"misbehave": lost_at(2, DeviceMemoryError("full"))},
    "a bug while running": {"misbehave": lost_at(2, ZeroDivisionError("oops"))},
    "host memory": {"misbehave": lost_at(1, MemoryError())},
    "output resized": {"misbehave": resize_output},
    "output reshaped": {"misbehave": reshape_output},
    "output of another size": {"misbehave": broadcast_too_much},
    "inputs overwritten": {"misbehave": overwrite_inputs},
    "output not written": {"unwritten": frozenset({3})},
}


@pytest.mark.parametrize("failure", FAILURES)
def test_failing_delegate_loses_no_inference(failure: str) -> None:
    delegate = MisbehavingDelegate(**FAILURES[failure])
    interpreter = make(delegate, (1, 2))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for k in range(4):
            x = X * (k + 1)
            np.testing.assert_allclose(infer(interpreter, x), np.abs(np.tanh(np.abs(np.tanh(x)))), rtol=1e-6)
    assert [w.category for w in caught] == [DelegateFallbackWarning]
    assert "fake" in str(caught[0].message) and caught[0].filename == __file__
    placements = interpreter.placement
    assert [p.rule for p in placements] == ["test", "fallback", "fallback", "test"]
    assert {p.device for p in placements} == {"cpu"} and placements[1].reason in str(caught[0].message)
    assert all(c.closed for c in delegate.compiled) and interpreter.compiled_partitions == ()


@pytest.mark.parametrize("failure", FAILURES)
def test_failing_delegate_raises_where_it_is_required(failure: str) -> None:
    interpreter = make(MisbehavingDelegate(**FAILURES[failure]), (1, 2), policy=Policy.REQUIRE)
    with pytest.raises(DelegantError):
        for _ in range(4):
            infer(interpreter)


def test_error_says_what_failed() -> None:
    interpreter = make(MisbehavingDelegate(compile_error=KeyError("oops")), (1, 2), policy=Policy.REQUIRE)
    with pytest.raises(DelegantError, match=r"failed to compile a partition: KeyError.*delegate fake, nodes \[1, 2\]"):
        interpreter.allocate_tensors()


def test_only_the_failing_partition_falls_back() -> None:
    delegate = MisbehavingDelegate()
    interpreter = make(delegate, (0,), (2,))
    infer(interpreter)
    delegate.compiled[0].run = None  # type: ignore[method-assign,assignment]
    with pytest.warns(DelegateFallbackWarning):
        np.testing.assert_allclose(infer(interpreter), EXPECTED, rtol=1e-6)
    assert [p.rule for p in interpreter.placement] == ["fallback", "test", "test", "test"]
    assert delegate.compiled[1].runs == 2 and not delegate.compiled[1].closed


def test_the_warning_names_the_line_that_called_the_package() -> None:
    delegate = MisbehavingDelegate(compile_error=DelegantError("no driver"))
    interpreter = delegant.Interpreter(model_content=chain(2), delegates=[delegate])
    with pytest.warns(DelegateFallbackWarning) as caught:
        interpreter.allocate_tensors()
    assert caught[0].filename == __file__


def test_output_that_happens_to_look_unwritten_is_no_failure() -> None:
    class Constant(MisbehavingDelegate):
        def compile(self, partition: Partition) -> CompiledPartition:
            compiled = MisbehavingPartition(partition, self)
            compiled.run = lambda inputs, outputs: outputs[0].fill(-91)  # type: ignore[method-assign]
            return compiled

    m = ModelBuilder()
    y = m.input("y", (2, 3), "int8")
    m.output(m.op("RESHAPE", [y, m.constant("shape", np.int32([2, 3]))], shape=(2, 3)))
    interpreter = make(Constant(), (0,), model=m.to_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (infer(interpreter, np.zeros((2, 3), np.int8)) == -91).all()  # 0xA5


def slow(op: Any) -> Any:
    """The kernel of a custom operator that takes its time to copy its input."""
    op.output().resize(op.input(0).shape)

    def run() -> None:
        time.sleep(0.01)
        np.copyto(op.output().array, op.input(0).array)

    return lambda: run


@pytest.mark.parametrize("faster", ["cpu", "fake"])
def test_auto_keeps_the_faster_one(faster: str) -> None:
    m = ModelBuilder()
    x = m.op("TANH", [m.input("x", (2, 3))])
    x = m.op("Slow", [x], custom=True) if faster == "fake" else m.op("ABS", [x])
    m.output(m.op("ABS", [x]))
    delegate = MisbehavingDelegate(misbehave=None if faster == "fake" else lambda *_: time.sleep(0.01))
    interpreter = Interpreter(
        model_content=m.to_bytes(), planner=planner_of((1, 2)), op_resolver=OpResolver({"Slow": slow}),
        experimental_delegates=[Attachment(delegate, Policy.AUTO)],
    )  # fmt: skip
    for k in range(TRIALS + 3):
        np.testing.assert_allclose(infer(interpreter, X * k), np.abs(np.tanh(X * k)), rtol=1e-6)
    assert [p.device for p in interpreter.placement] == ["cpu", faster, faster]
    assert interpreter.placement[1].rule == ("measured" if faster == "cpu" else "test")


def test_resizing_compiles_for_the_new_shapes() -> None:
    delegate = MisbehavingDelegate()
    interpreter = make(delegate, (0, 1))
    infer(interpreter)
    interpreter.resize_tensor_input(0, [5, 3])
    x = np.ones((5, 3), f32)
    np.testing.assert_allclose(infer(interpreter, x), np.abs(np.tanh(np.abs(np.tanh(x)))), rtol=1e-6)
    assert [c.closed for c in delegate.compiled] == [0, 0]
    assert delegate.compiled[1].partition.graph.tensors[0].shape == (5, 3)
    interpreter.close()
    assert [c.closed for c in delegate.compiled] == [1, 1]


def test_constants_folded_on_the_way_are_constants_to_the_delegate() -> None:
    m = ModelBuilder()
    x = m.input("x", (2, 3))
    weights = m.op("DEQUANTIZE", [m.constant("half", np.full((2, 3), 0.5, np.float16))], dtype="float32")
    m.output(m.op("MUL", [x, weights]), weights)
    delegate = MisbehavingDelegate()
    interpreter = make(delegate, (1,), model=m.to_bytes())
    np.testing.assert_allclose(infer(interpreter), X / 2)
    assert delegate.compiled[0].partition.inputs == (0,)
    assert (interpreter.get_tensor(interpreter.get_output_details()[1]["index"]) == 0.5).all()


def test_static_part_of_a_dynamic_model_is_delegated() -> None:
    m = ModelBuilder()
    x = m.input("x", (6,))
    y = m.op("ABS", [m.op("TANH", [x])])
    size = m.input("size", (2,), "int32")
    m.output(m.op("ABS", [m.op("RESHAPE", [y, size], shape=(2, 3))]))
    seen: list[Graph] = []

    def plan(graph: Graph, attachments: Sequence[Attachment]) -> Assignment:
        seen.append(graph)
        return planner_of((0, 1))(graph, attachments)

    delegate = MisbehavingDelegate()
    interpreter = Interpreter(model_content=m.to_bytes(), experimental_delegates=[delegate], planner=plan)
    interpreter.allocate_tensors()
    output = interpreter.get_output_details()[0]["index"]
    for shape in ((2, 3), (3, 2), (3, 2), (6, 1)):
        interpreter.set_tensor(0, X.reshape(-1))
        interpreter.set_tensor(size.index, np.int32(shape))
        interpreter.invoke()
        np.testing.assert_allclose(interpreter.get_tensor(output), np.abs(np.tanh(X)).reshape(shape), rtol=1e-6)
    assert [t.shape for t in seen[0].tensors][-2:] == [None, None] and delegate.compiled[0].runs == 4


def test_nodes_of_unknown_shape_cannot_be_delegated() -> None:
    m = ModelBuilder()
    x, size = m.input("x", (6,)), m.input("size", (2,), "int32")
    m.output(m.op("ABS", [m.op("RESHAPE", [x, size], shape=(2, 3))]))
    interpreter = make(MisbehavingDelegate(), (1,), model=m.to_bytes())
    with pytest.raises(DelegantError, match="known only at run time"):
        interpreter.allocate_tensors()


def test_delegates_need_a_planner() -> None:
    with pytest.raises(ValueError, match="planner"):
        Interpreter(model_content=chain(2), experimental_delegates=[MisbehavingDelegate()])
    with pytest.raises(TypeError, match="not str"):
        Interpreter(model_content=chain(2), experimental_delegates=["gpu"])  # type: ignore[list-item]
