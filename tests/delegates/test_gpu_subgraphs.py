"""Bodies of loops, branches and composites on the GPU delegates, beside LiteRT."""
from __future__ import annotations

import numpy as np
import pytest
from control_models import WIDTH, choice, composite, composites, loop, recurrence
from oracle import run_litert
from running import run

import delegant
from delegant.core.delegate import Delegate
from delegant.core.errors import DelegateFallbackWarning

X = np.random.default_rng(7).standard_normal((4, WIDTH)).astype(np.float32)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_the_body_of_a_loop_runs_on_the_device(delegate: Delegate, count: int) -> None:
    model, inputs = loop(dense=True), [np.array([count], np.int32), X]
    with delegant.Interpreter(model_content=model, delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        where = {(p.subgraph, p.op): p.device for p in interpreter.placement}
        assert where[2, "FULLY_CONNECTED"] == where[2, "TANH"] == delegate.name
        for _ in range(2):
            for got, expected in zip(run(interpreter, *inputs), run_litert(model, inputs), strict=True):
                np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


def on_cpu(model: bytes, *inputs: np.ndarray) -> list[np.ndarray]:
    """What the CPU interpreter makes of a loop that LiteRT runs only as its own converter writes it."""
    with delegant.Interpreter(model_content=model) as interpreter:
        interpreter.allocate_tensors()
        return run(interpreter, *inputs)


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("form", ["update", "parts"])
def test_a_loop_whose_rounds_are_known_is_part_of_the_partition_around_it(
    delegate: Delegate, form: str, read: bool
) -> None:
    model, x = recurrence(form=form, read=read), np.random.default_rng(8).standard_normal((5, 1, WIDTH))
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        interpreter.allocate_tensors()
        (partition,) = interpreter.compiled_partitions
        assert partition.partition.nodes == (0, 1, 2)
        assert {p.rule for p in interpreter.placement if p.subgraph} == {"inlined"}
        for _ in range(2):
            got = run(interpreter, x.astype(np.float32))
            for ours, expected in zip(got, on_cpu(model, x.astype(np.float32)), strict=True):
                np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("form", ["update", "parts"])
def test_a_loop_in_a_partition_that_fails_runs_on_the_cpu(delegate: Delegate, form: str) -> None:
    model, x = recurrence(form=form), np.random.default_rng(9).standard_normal((5, 1, WIDTH)).astype(np.float32)
    with delegant.Interpreter(model_content=model, delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        (partition,) = interpreter.compiled_partitions
        assert partition.compiled is not None
        partition.compiled.close()
        with pytest.warns(DelegateFallbackWarning):
            results = run(interpreter, x)
        for ours, expected in zip(results, on_cpu(model, x), strict=True):
            np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-6)
        assert {p.device for p in interpreter.placement} == {"cpu"}


def test_branches_run_on_the_device(delegate: Delegate) -> None:
    model = choice(dense=True)
    with delegant.Interpreter(model_content=model, delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        assert {p.subgraph for p in interpreter.placement if p.device == delegate.name} == {0, 1, 2}
        for holds in (True, False, True):
            inputs = [np.array([holds]), X]
            np.testing.assert_allclose(run(interpreter, *inputs)[0], run_litert(model, inputs)[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", ["layer", "nested", "dead"])
def test_composites_are_part_of_the_partition_around_them(delegate: Delegate, kind: str) -> None:
    model = composites(kind)
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        interpreter.allocate_tensors()
        (partition,) = interpreter.compiled_partitions
        assert partition.partition.nodes == (0, 1, 2)
        assert {p.rule for p in interpreter.placement if p.subgraph} == {"inlined"}
        np.testing.assert_allclose(run(interpreter, X)[0], run_litert(model, [X])[0], rtol=1e-5, atol=1e-6)
    if kind == "layer":
        profile = delegant.profile(model, delegate, [X], runs=1)
        assert ("STABLEHLO_COMPOSITE", "NEG") in {tuple(dict.fromkeys(k.ops)) for k in profile.kernels}


@pytest.mark.parametrize("kind", ["passes on", "random", "complex"])
def test_composites_that_are_no_part_of_it_run_by_themselves(delegate: Delegate, kind: str) -> None:
    model = composites(kind)
    with delegant.Interpreter(model_content=model, delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        places = {(p.subgraph, p.op): (p.device, p.rule) for p in interpreter.placement}
        assert places[0, "STABLEHLO_COMPOSITE"] == ("cpu", "control_flow")
        assert places[1, "TANH"] == (delegate.name, "supported")
        for got, expected in zip(run(interpreter, X), run_litert(model, [X]), strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


def test_a_composite_called_with_two_shapes_is_part_of_both(delegate: Delegate) -> None:
    model = composite((4, WIDTH), (2, WIDTH), dense=True)
    inputs = [X, X[:2] + 1]
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        interpreter.allocate_tensors()
        assert len(interpreter.compiled_partitions) == 1
        for got, expected in zip(run(interpreter, *inputs), run_litert(model, inputs), strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


def test_layers_are_compared_where_a_composite_is_one_of_them(delegate: Delegate) -> None:
    result = delegant.compare(composites("layer"), delegate, [X], per_layer=True)
    assert [(layer.subgraph, layer.op) for layer in result.layers] == [
        (0, "FULLY_CONNECTED"), (0, "STABLEHLO_COMPOSITE"), (0, "NEG")
    ]  # fmt: skip
    assert all(layer.local is not None and layer.local.relative < 1e-5 for layer in result.layers)


def test_a_composite_in_a_partition_that_fails_runs_on_the_cpu(delegate: Delegate) -> None:
    model = composites("nested")
    with delegant.Interpreter(model_content=model, delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        (partition,) = interpreter.compiled_partitions
        assert partition.compiled is not None
        partition.compiled.close()
        with pytest.warns(DelegateFallbackWarning):
            result = run(interpreter, X)[0]
        np.testing.assert_allclose(result, run_litert(model, [X])[0], rtol=1e-5, atol=1e-6)
        assert {(p.device, p.rule) for p in interpreter.placement} == {("cpu", "fallback")}


def test_kernels_of_a_body_are_profiled(delegate: Delegate) -> None:
    profile = delegant.profile(loop(dense=True), delegate, [np.array([3], np.int32), X], runs=2)
    kernels = [k for k in profile.kernels if k.subgraph == 2 and k.device == delegate.name]
    assert kernels and all(k.calls == 3 and len(k.times_us) == 6 for k in kernels)
    assert {op for k in kernels for op in k.ops} >= {"FULLY_CONNECTED", "TANH"}
