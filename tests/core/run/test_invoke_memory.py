"""A static graph allocates nothing of the size of its activations while it runs."""
from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from ops import linear_cases as cases

from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter

ACTIVATION_BYTES = 64 * 64 * 48


def _model(kind: cases.Kind) -> bytes:
    model, rng = ModelBuilder(), np.random.default_rng(0)
    first = cases.make_operands(model, rng, kind, (1, 64, 64, 16), (48, 3, 3, 16), 0)
    x = model.conv_2d(first.source, first.weights, first.bias, activation="RELU6", **first.output)
    second = cases.make_operands(model, rng, kind, (1, 64, 64, 48), (1, 3, 3, 48), 3)
    x = model.depthwise_conv_2d(x, second.weights, second.bias, **second.output)
    model.output(model.max_pool_2d(x, 2))
    return model.to_bytes()


@pytest.mark.parametrize("kind", [cases.FLOAT32, cases.INT8_CHANNELS], ids=str)
def test_no_temporary_of_the_size_of_an_activation(kind: cases.Kind) -> None:
    interpreter = Interpreter(model_content=_model(kind))
    interpreter.allocate_tensors()
    interpreter.invoke()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        interpreter.invoke()
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert peak < ACTIVATION_BYTES
