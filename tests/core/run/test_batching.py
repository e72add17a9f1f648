"""Nodes that compute the same of parts of one tensor run as one step, and nobody can tell but by the time it takes."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from oracle import run_litert

from delegant import Interpreter, OpResolver
from delegant.core.build.builder import ModelBuilder
from delegant.core.op import Bind, Op
from delegant.core.run.batching import Batch

f32 = np.float32
STEPS, WIDTH, UNITS = 5, 6, 8


def unrolled(model: ModelBuilder) -> None:
    """A recurrent cell of three gates over the steps of one input; the first step's product is an output too."""
    rng = np.random.default_rng(0)
    weights = model.constant("w", rng.standard_normal((3 * UNITS, WIDTH)).astype(f32))
    recurrent = model.constant("r", rng.standard_normal((3 * UNITS, UNITS)).astype(f32) / 3)
    rows = model.unpack(model.input("x", (STEPS, 1, WIDTH)), 0)
    state = None
    for row in rows:
        gates = model.fully_connected(row, weights)
        if state is None:
            model.output(gates)
        else:
            gates = model.add(gates, model.fully_connected(state, recurrent))
        update, fresh, output = model.split(gates, 3, 1)
        kept = model.mul(model.op("LOGISTIC", [update]), model.op("TANH", [fresh]))
        state = model.mul(model.op("LOGISTIC", [output]), kept if state is None else model.add(kept, state))
    model.output(state)


def batches(interpreter: Interpreter) -> list[tuple[str, int]]:
    """The operator of each step for several nodes, and how many these are."""
    steps = interpreter._executions[0]._steps
    return [(step.op.node.op, len(step.nodes)) for step in steps if isinstance(step, Batch)]


def ready(build: Callable[[ModelBuilder], None], **arguments: object) -> Interpreter:
    model = ModelBuilder()
    build(model)
    interpreter = Interpreter(model_content=model.to_bytes(), **arguments)  # type: ignore[arg-type]
    interpreter.allocate_tensors()
    return interpreter


def outputs(interpreter: Interpreter, x: np.ndarray) -> list[np.ndarray]:
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def test_an_unrolled_network() -> None:
    """An output of the graph keeps a place of its own, so the product of that step stays a node."""
    interpreter, x = ready(unrolled), np.random.default_rng(1).standard_normal((STEPS, 1, WIDTH)).astype(f32)
    assert sorted(batches(interpreter)) == [("FULLY_CONNECTED", STEPS - 1)] + [("LOGISTIC", 2)] * STEPS
    model = ModelBuilder()
    unrolled(model)
    for ours, theirs in zip(outputs(interpreter, x), run_litert(model.to_bytes(), [x]), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_results_stay_right_over_runs_bindings_and_resizes() -> None:
    whole, plain = ready(unrolled), ready(unrolled, experimental_preserve_all_tensors=True)
    assert batches(plain) == []
    rng = np.random.default_rng(2)
    bound = whole.bind_input("x")
    result = whole.bind_output(whole.get_output_details()[1]["index"])
    for _ in range(3):
        bound[...] = rng.standard_normal(bound.shape)
        whole.invoke()
        np.testing.assert_allclose(result, outputs(plain, bound)[1], rtol=0, atol=1e-6)
    whole.unbind()
    for rows in (2, 1):
        for interpreter in (whole, plain):
            interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], [STEPS, rows, WIDTH])
            interpreter.allocate_tensors()
        x = rng.standard_normal((STEPS, rows, WIDTH)).astype(f32)
        for ours, theirs in zip(outputs(whole, x), outputs(plain, x), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def gates(model: ModelBuilder, dtype: str) -> None:
    """Sigmoids of all quarters of a tensor but the second."""
    quantized = dtype != "float32"
    x = model.input("x", (1, 4 * 8), dtype, quantization=(0.05, 3) if quantized else None)
    for k, part in enumerate(model.split(x, 4, 1)):
        if k != 1:
            y = model.op("LOGISTIC", [part], quantization=(1 / 256, -128) if quantized else None)
            model.output(model.op("MAXIMUM", [y, y]))


@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_parts_with_a_gap(dtype: str) -> None:
    model = ModelBuilder()
    gates(model, dtype)
    interpreter = Interpreter(model_content=model.to_bytes())
    interpreter.allocate_tensors()
    assert batches(interpreter) == [("LOGISTIC", 3)]
    rng = np.random.default_rng(3)
    x = rng.standard_normal((1, 32)).astype(f32) if dtype == "float32" else rng.integers(-128, 128, (1, 32), np.int8)
    for ours, theirs in zip(outputs(interpreter, x), run_litert(model.to_bytes(), [x]), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize("scales", [(0.3, 0.2, 0.25, 0.4), (0.3,) * 4])
def test_products_with_scales_of_their_own(scales: tuple[float, ...]) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(4)
    weights = model.constant("w", rng.integers(-127, 128, (600, 6), np.int8), quantization=(0.02, 0))
    bias = model.constant("b", rng.integers(-500, 500, 600, np.int32), quantization=(0.001, 0))
    rows = model.unpack(model.input("x", (4, 1, 6), "int8", quantization=(0.05, -3)), 0)
    for k, (row, scale) in enumerate(zip(rows, scales, strict=True)):
        y = model.op("FULLY_CONNECTED", [row, weights, bias], {}, quantization=(scale / 200, 7 * k - 10))
        model.output(model.op("MAXIMUM", [y, y]))
    interpreter = Interpreter(model_content=model.to_bytes())
    interpreter.allocate_tensors()
    assert batches(interpreter) == [("FULLY_CONNECTED", 4)]
    for _ in range(5):
        x = rng.integers(-128, 128, (4, 1, 6), np.int8)
        for ours, theirs in zip(outputs(interpreter, x), run_litert(model.to_bytes(), [x]), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_a_replaced_kernel_sees_each_node() -> None:
    seen = []

    def logistic(op: Op) -> Bind:
        op.output().resize(op.input(0).shape)
        return lambda: lambda: seen.append(op.node.index)

    resolver = OpResolver()
    resolver.replace("LOGISTIC", logistic)
    model = ModelBuilder()
    gates(model, "float32")
    interpreter = Interpreter(model_content=model.to_bytes(), op_resolver=resolver)
    interpreter.allocate_tensors()
    interpreter.invoke()
    assert len(seen) == 3 and batches(interpreter) == []


def test_large_parts_stay_nodes() -> None:
    model = ModelBuilder()
    halves = model.split(model.input("x", (1, 1 << 16)), 2, 1)
    for half in halves:
        model.output(model.op("NEG", [model.op("TANH", [half])]))
    interpreter = Interpreter(model_content=model.to_bytes())
    interpreter.allocate_tensors()
    assert batches(interpreter) == []


def test_the_profile_names_all_nodes() -> None:
    interpreter = ready(unrolled)
    interpreter.invoke()
    steps = interpreter.invoke_profiled()
    nodes = sorted(node for step in steps for node in step.nodes)
    assert nodes == list(range(len(interpreter.graph.nodes)))
    assert max(len(step.nodes) for step in steps) == STEPS - 1
