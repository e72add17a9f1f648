"""The packaged digit models on the real delegates: the whole path a newcomer takes first."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import delegant
from delegant.measure.demo import DATA, demo

FLOAT, INT8 = DATA / "digits_float32.tflite", DATA / "digits_int8.tflite"


@pytest.fixture
def name(device: Any) -> Any:
    """The delegate of each API that has a device."""
    return device.info.api


def test_digits_are_classified_as_on_the_cpu(name: Any) -> None:
    report = demo((name,), runs=1)
    assert report.missing == {}
    assert [row.timing.target.name for row in report.rows] == ["cpu", name, "cpu", name]
    assert all(row.accuracy > 0.95 and row.agreement == 1 for row in report.rows)
    assert report.rows[1].placement.share == 1 and report.rows[1].timing.relative_error < 1e-5


def test_the_float_model_runs_under_require_in_one_partition(name: Any) -> None:
    explanation = delegant.explain(FLOAT, name, policy="require")
    assert explanation.placement.share == 1 and len(explanation.placement.partitions) == 1


@pytest.mark.webgpu
def test_every_layer_agrees_with_the_cpu(webgpu_device: Any) -> None:
    """On WebGPU only: PoCL takes a second for each of the kernels, which nothing fuses here."""
    result = delegant.compare(FLOAT, "webgpu", per_layer=True)
    assert len(result.layers) >= 10 and {layer.device for layer in result.layers} == {"webgpu"}
    assert max(layer.error.relative for layer in result.layers) < 1e-5
    assert all(layer.local is not None and layer.local.relative < 1e-5 for layer in result.layers)


def test_integer_models_are_bit_exact_wherever_they_run(name: Any) -> None:
    result = delegant.compare(INT8, name)
    assert all(output.error.equal for output in result.outputs)


def test_auto_computes_the_same_while_it_measures_and_after(name: Any) -> None:
    x = np.random.default_rng(0).random((1, 8, 8, 1), np.float32)
    with delegant.Interpreter(FLOAT, delegates=name, policy="auto") as interpreter:
        index = interpreter.get_input_details()[0]["index"]
        interpreter.allocate_tensors()
        results = []
        for _ in range(8):
            interpreter.set_tensor(index, x)
            interpreter.invoke()
            results.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
        assert {p.device for p in interpreter.placement} in ({name}, {"cpu"})
    for result in results:
        np.testing.assert_allclose(result, results[0], rtol=1e-5, atol=1e-6)
