"""Shapes that come back find what was compiled for them; little is kept of those that do not."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from control_models import WIDTH, composite
from fake_delegate import FakeDelegate, chain
from running import run
from small_models import two_layers

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.delegate import CompiledPartition, Partition
from delegant.core.delegation import plans
from delegant.core.delegation.measured_partition import TRIALS
from delegant.core.delegation.plans import MOST_PLANS
from delegant.core.errors import DelegateFallbackWarning, DeviceMemoryError

f32 = np.float32
MODEL = chain("TANH", "EXP", "NEG", shape=(-1, 3))


def opened(delegate: FakeDelegate, model: bytes = MODEL, policy: str = "prefer") -> delegant.Interpreter:
    return delegant.Interpreter(model_content=model, delegates=[delegate], policy=policy)


def infer(interpreter: delegant.Interpreter, rows: int) -> None:
    """Resizes, runs, and checks the result."""
    interpreter.resize_tensor_input(0, (rows, 3))
    interpreter.allocate_tensors()
    x = np.random.default_rng(rows).standard_normal((rows, 3)).astype(f32)
    np.testing.assert_allclose(run(interpreter, x)[0], -np.exp(np.tanh(x)), rtol=1e-6)


def devices(interpreter: delegant.Interpreter) -> list[str]:
    return [p.device for p in interpreter.placement]


def test_shapes_that_come_back_are_not_compiled_again() -> None:
    delegate = FakeDelegate()
    interpreter = opened(delegate)
    for rows in (1, 4, 1, 4, 2, 1):
        infer(interpreter, rows)
        (partition,) = interpreter.compiled_partitions
        assert partition.partition.graph.tensors[0].shape == (rows, 3)
        assert interpreter.placement_report().partitions[0].boundaries[0].nbytes == 12 * rows
    assert [c.partition.graph.tensors[0].shape[0] for c in delegate.compiled] == [1, 4, 2]  # type: ignore[index]
    assert [c.is_bound for c in delegate.compiled] == [True, False, False]
    interpreter.close()
    assert all(c.is_closed for c in delegate.compiled)


def test_open_dimensions_are_delegated_once_the_user_has_given_them() -> None:
    delegate = FakeDelegate(("FULLY_CONNECTED", "ADD"))
    interpreter = opened(delegate, two_layers())
    assert interpreter.get_input_details()[0]["shape_signature"].tolist() == [-1, 4]
    interpreter.resize_tensor_input(0, (5, 4))
    interpreter.allocate_tensors()
    assert devices(interpreter) == ["fake", "fake"]


def test_only_the_last_few_shapes_are_kept() -> None:
    delegate = FakeDelegate()
    interpreter = opened(delegate)
    for rows in range(1, MOST_PLANS + 2):
        infer(interpreter, rows)
    assert [c.is_closed for c in delegate.compiled] == [True] + [False] * MOST_PLANS
    infer(interpreter, 2)
    infer(interpreter, 1)
    assert len(delegate.compiled) == MOST_PLANS + 2
    assert [c.is_closed for c in delegate.compiled[:3]] == [True, False, True]


def test_only_so_much_memory_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_BYTES", 12 * 8)
    delegate = FakeDelegate()
    interpreter = opened(delegate)
    for rows in (4, 3, 2, 9):
        infer(interpreter, rows)
    assert [c.is_closed for c in delegate.compiled] == [True, False, False, False]
    infer(interpreter, 3)
    assert [c.is_closed for c in delegate.compiled] == [True, False, True, True]


class FullDevice(FakeDelegate):
    """Has memory for one partition."""

    def compile(self, partition: Partition) -> CompiledPartition:
        if any(not known.is_closed for known in self.compiled):
            raise DeviceMemoryError("full")
        return super().compile(partition)


@pytest.mark.filterwarnings("error::delegant.core.errors.DelegateFallbackWarning")
def test_what_is_kept_makes_room_where_the_device_is_full() -> None:
    delegate = FullDevice()
    interpreter = opened(delegate)
    for rows in (1, 2, 1):
        infer(interpreter, rows)
        assert devices(interpreter) == ["fake", "fake", "cpu"]
    assert [c.is_closed for c in delegate.compiled] == [True, True, False]


def test_what_auto_has_found_out_for_a_shape_is_remembered() -> None:
    delegate = FakeDelegate(seconds=0.002)
    interpreter = opened(delegate, policy="auto")
    for _ in range(TRIALS + 1):
        infer(interpreter, 2)
    assert devices(interpreter) == ["cpu"] * 3 and delegate.compiled[0].is_closed
    infer(interpreter, 1)
    runs = delegate.runs
    infer(interpreter, 2)
    assert delegate.runs == runs and len(delegate.compiled) == 2
    assert [p.rule for p in interpreter.placement] == ["measured", "measured", "op"]


def test_a_delegate_that_auto_has_kept_is_not_measured_again() -> None:
    delegate = FakeDelegate(("TANH", "Slow"))
    m = ModelBuilder()
    m.output(m.op("Slow", [m.tanh(m.input("x", (-1, 3)))], custom=True))
    slow_runs = []

    def slow(op: Any) -> Any:
        op.output().resize(op.input(0).shape)

        def bind() -> Any:
            def run() -> None:
                import time

                time.sleep(0.005)
                slow_runs.append(1)
                np.copyto(op.output().array, op.input(0).array)

            return run

        return bind

    resolver = delegant.OpResolver({"Slow": slow})
    interpreter = delegant.Interpreter(
        model_content=m.to_bytes(), delegates=[delegate], policy="auto", op_resolver=resolver
    )
    x = np.ones((2, 3), f32)
    for rows in (2, 1, 2):
        interpreter.resize_tensor_input(0, (rows, 3))
        interpreter.allocate_tensors()
        for _ in range(TRIALS + 2):
            run(interpreter, x[:rows])
    assert len(slow_runs) == 2 * TRIALS and devices(interpreter) == ["fake", "fake"]


def test_what_failed_for_a_shape_is_tried_again() -> None:
    delegate = FakeDelegate(fails_at="run")
    interpreter = opened(delegate)
    with pytest.warns(DelegateFallbackWarning):
        infer(interpreter, 2)
    delegate.fails_at = ""
    infer(interpreter, 1)
    infer(interpreter, 2)
    assert devices(interpreter) == ["fake", "fake", "cpu"] and len(delegate.compiled) == 3


def test_a_subgraph_that_is_called_with_two_shapes_is_compiled_for_both() -> None:
    delegate = FakeDelegate(("TANH", "EXP"))
    interpreter = opened(delegate, composite((2, WIDTH), (3, WIDTH)))
    interpreter.allocate_tensors()
    inputs = [np.random.default_rng(n).standard_normal((n, WIDTH)).astype(f32) for n in (2, 3)]
    for _ in range(3):
        for x, y in zip(inputs, run(interpreter, *inputs), strict=True):
            np.testing.assert_allclose(y, -np.exp(np.tanh(-x)), rtol=1e-6)
    assert len(delegate.compiled) == 2 and delegate.runs == 6
    interpreter.close()
    assert all(c.is_closed for c in delegate.compiled)


def test_a_subgraph_of_more_shapes_than_are_kept_runs_on_the_cpu_for_the_others() -> None:
    delegate = FakeDelegate(("TANH", "EXP"))
    shapes = [(n, WIDTH) for n in range(1, MOST_PLANS + 2)]
    interpreter = opened(delegate, composite(*shapes))
    interpreter.allocate_tensors()
    inputs = [np.full(shape, 0.5, f32) for shape in shapes]
    for _ in range(2):
        for x, y in zip(inputs, run(interpreter, *inputs), strict=True):
            np.testing.assert_allclose(y, -np.exp(np.tanh(-x)), rtol=1e-6)
    assert delegate.compiled[0].is_closed and delegate.runs == 2 * MOST_PLANS
    run(interpreter, *inputs)
    assert {p.rule for p in interpreter.placement if p.subgraph} == {"supported"}


def test_a_failure_at_one_of_two_shapes_of_a_subgraph_stays_in_the_placement() -> None:
    delegate = FakeDelegate(("TANH", "EXP"), fails_at="run", good_runs=1)
    interpreter = opened(delegate, composite((2, WIDTH), (3, WIDTH)))
    interpreter.allocate_tensors()
    inputs = [np.full((n, WIDTH), 0.5, f32) for n in (2, 3)]
    with pytest.warns(DelegateFallbackWarning):
        run(interpreter, *inputs)
    delegate.good_runs = 10**6
    for _ in range(2):
        for x, y in zip(inputs, run(interpreter, *inputs), strict=True):
            np.testing.assert_allclose(y, -np.exp(np.tanh(-x)), rtol=1e-6)
    assert {p.rule for p in interpreter.placement if p.subgraph} == {"fallback"}
