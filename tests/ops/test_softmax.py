"""SOFTMAX and LOG_SOFTMAX against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_scale, run_delegant
from ops.unary_cases import operand

from delegant.core.build.builder import ModelBuilder

SHAPES = [(7,), (3, 40), (2, 3, 4, 11), (3000, 6)]
OUTPUTS = {"int8": (1 / 256, -128), "uint8": (1 / 256, 0), "int16": (1 / 32768, 0), "float32": None}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "int8", "uint8", "int16"])
def test_softmax(dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for shape in SHAPES:
        model = ModelBuilder()
        x, values = operand(model, rng, "x", shape, dtype)
        beta = float(np.float32(rng.choice([1.0, 0.3, 2.5])))
        model.output(model.op("SOFTMAX", [x], {"beta": beta}, quantization=OUTPUTS[dtype]))
        check_model(model, [values])


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_softmax_of_8_bits_to_16(dtype: str) -> None:
    rng = np.random.default_rng(4)
    model = ModelBuilder()
    x, values = operand(model, rng, "x", (5, 30), dtype)
    model.output(model.op("SOFTMAX", [x], {"beta": 1.0}, dtype="int16", quantization=(1 / 65536, -32768)))
    check_model(model, [values])


def test_shares_next_to_the_middle_of_two_codes() -> None:
    """Among half a million elements are some that floats cannot be trusted with; short rows lie side by side."""
    for shape in ((1000, 500), (100_000, 5)):
        model = ModelBuilder()
        x, values = operand(model, np.random.default_rng(5), "x", shape, "int8", quantization=(0.01, 0))
        model.output(model.op("SOFTMAX", [x], {"beta": 1.0}, quantization=OUTPUTS["int8"]))
        check_model(model, [values])


def test_softmax_of_many_equal_logits_does_not_abort() -> None:
    """LiteRT's reference kernel ends the process here; its optimized kernel gives the smallest code, as we do."""
    model = ModelBuilder()
    x = model.input("x", (1, 600), "int8", quantization=(0.1, 0))
    model.output(model.op("SOFTMAX", [x], {"beta": 1.0}, quantization=OUTPUTS["int8"]))
    (result,) = run_delegant(model.to_bytes(), [np.zeros((1, 600), np.int8)])
    assert (result == -128).all()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "int8", "uint8"])
def test_log_softmax(dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for shape in SHAPES[1:]:
        model = ModelBuilder()
        scale = random_scale(rng, 0.01, 0.2)
        x, values = operand(model, rng, "x", shape, dtype, quantization=None if dtype == "float32" else (scale, 0))
        output = {"float32": None, "int8": (16 / 256, 127), "uint8": (16 / 256, 255)}[dtype]
        model.output(model.op("LOG_SOFTMAX", [x], quantization=output))
        check_model(model, [values])
