"""Every operator of the GPU delegates, on every API, against the CPU interpreter."""

from __future__ import annotations

import numpy as np
import pytest
from gpu_cases import CASES, Case
from gpu_general_cases import CASES as OTHER_CASES
from recurrent_models import FLOAT_CASES

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.build.builder_base import quantized
from delegant.core.delegate import Delegate, Partition
from delegant.core.interpreter import Interpreter
from delegant.core.kernels import builtin_kernels
from delegant.core.model.reader import read_model
from delegant.core.run.loading import load_graphs
from delegant.delegates.gpu.lower import lowered_operators

TOLERANCE = 2e-6
"""Error allowed, as a share of the largest output: rounding, and the last bits of a driver's functions."""


def outputs(interpreter: Interpreter, value: np.ndarray) -> list[np.ndarray]:
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_agrees_with_the_cpu(case: Case, delegate: Delegate) -> None:
    model, value = case.model(), case.value()
    expected = outputs(Interpreter(model_content=model), value)
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        actual = outputs(interpreter, value)
    for ours, theirs in zip(actual, expected, strict=True):
        assert ours.shape == theirs.shape
        scale = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=1e-6))
        np.testing.assert_allclose(
            ours, theirs, rtol=TOLERANCE if scale > 1e30 else 0, atol=TOLERANCE * min(scale, 1e30)
        )


def test_every_lowering_has_a_case() -> None:
    names = [case.name for case in (*CASES, *OTHER_CASES)] + list(FLOAT_CASES)
    covered = {op for op in lowered_operators() if any(name.startswith(op) for name in names)}
    assert set(lowered_operators()) - covered == {"SPLIT_V"}  # the lowering of SPLIT


@pytest.mark.parametrize("op", ["DEQUANTIZE", "CAST"])
def test_pictures_of_bytes_are_converted_on_the_device(op: str, delegate: Delegate) -> None:
    builder = ModelBuilder()
    picture = builder.input("picture", (1, 5, 7, 3), "uint8", quantization=quantized(0.5, 7))
    builder.output(builder.relu(builder.op(op, [picture], dtype="float32")))
    model = builder.to_bytes()
    value = np.random.default_rng(0).integers(0, 256, (1, 5, 7, 3), np.uint8)
    with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
        (actual,) = outputs(interpreter, value)
    np.testing.assert_array_equal(actual, outputs(Interpreter(model_content=model), value)[0])


def test_a_conversion_alone_stays_where_the_data_is(delegate: Delegate) -> None:
    builder = ModelBuilder()
    picture = builder.input("picture", (1, 5, 7, 3), "uint8", quantization=quantized(0.5, 7))
    builder.output(builder.dequantize(picture))
    with delegant.Interpreter(model_content=builder.to_bytes(), delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        (place,) = interpreter.placement
    assert (place.device, place.rule) == ("cpu", "boundary")


def test_the_profile_names_every_node(delegate: Delegate) -> None:
    case = next(case for case in CASES if case.name == "CONV_2D_residual")
    (graph,) = load_graphs(read_model(case.model()), builtin_kernels())
    nodes = tuple(node.index for node in graph.nodes)
    compiled = delegate.compile(Partition(graph, nodes, graph.inputs, graph.outputs))
    try:
        compiled.run([case.value()], [np.empty(graph.tensors[t].shape, np.float32) for t in graph.outputs])
        times = compiled.profile()
    finally:
        compiled.close()
    assert {node for time in times for node in time.nodes} == set(nodes)
    assert all(time.seconds >= 0 and time.kernel for time in times)
