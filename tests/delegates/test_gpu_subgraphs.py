"""Bodies of loops, branches and composites on the GPU delegates, beside LiteRT."""
from __future__ import annotations

import numpy as np
import pytest
from control_models import WIDTH, choice, composite, loop
from oracle import run_litert
from running import run

import delegant
from delegant.core.delegate import Delegate

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


def test_branches_run_on_the_device(delegate: Delegate) -> None:
    model = choice(dense=True)
    with delegant.Interpreter(model_content=model, delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        assert {p.subgraph for p in interpreter.placement if p.device == delegate.name} == {0, 1, 2}
        for holds in (True, False, True):
            inputs = [np.array([holds]), X]
            np.testing.assert_allclose(run(interpreter, *inputs)[0], run_litert(model, inputs)[0], rtol=1e-5, atol=1e-6)


def test_composites_run_on_the_device(delegate: Delegate) -> None:
    model = composite((4, WIDTH), dense=True)
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        interpreter.allocate_tensors()
        np.testing.assert_allclose(run(interpreter, X)[0], run_litert(model, [X])[0], rtol=1e-5, atol=1e-6)


def test_kernels_of_a_body_are_profiled(delegate: Delegate) -> None:
    profile = delegant.profile(loop(dense=True), delegate, [np.array([3], np.int32), X], runs=2)
    kernels = [k for k in profile.kernels if k.subgraph == 2 and k.device == delegate.name]
    assert kernels and all(k.calls == 3 and len(k.times_us) == 6 for k in kernels)
    assert {op for k in kernels for op in k.ops} >= {"FULLY_CONNECTED", "TANH"}
