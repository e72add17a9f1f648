"""LSTM of kernel type BASIC against LiteRT, over several invocations."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, assert_close
from oracle import run_litert

from delegant.core.build.builder import BuilderTensor, ModelBuilder
from delegant.core.interpreter import Interpreter

BASIC = 1
STEPS = 3
BATCH, DEPTH, UNITS = 2, 5, 4
WITHOUT_REF = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"


def _float_inputs(model: ModelBuilder, rng: np.random.Generator) -> list[BuilderTensor]:
    return [
        model.input("x", (BATCH, DEPTH)), model.input("previous", (BATCH, UNITS)),
        model.constant("w", (rng.standard_normal((4 * UNITS, DEPTH + UNITS)) / 2).astype(np.float32)),
        model.constant("b", rng.standard_normal(4 * UNITS).astype(np.float32)), model.input("state", (BATCH, UNITS)),
    ]  # fmt: skip


def _integer_inputs(model: ModelBuilder, rng: np.random.Generator) -> list[BuilderTensor]:
    """Scales as the kernel wants them: activations 1/128 around 128, the state a power of two."""
    weight_scale = float(np.float32(rng.uniform(0.005, 0.03)))
    activations, state = (1 / 128, 128), (2.0**-11, 0)
    return [
        model.input("x", (BATCH, DEPTH), "uint8", quantization=activations),
        model.input("previous", (BATCH, UNITS), "uint8", quantization=activations),
        model.constant("w", rng.integers(0, 256, (4 * UNITS, DEPTH + UNITS), np.uint8),
                       quantization=(weight_scale, int(rng.integers(100, 156)))),
        model.constant("b", rng.integers(-3000, 3000, 4 * UNITS, np.int32), quantization=(weight_scale / 128, 0)),
        model.input("state", (BATCH, UNITS), "int16", quantization=state),
    ]  # fmt: skip


def _model(dtype: str, rng: np.random.Generator) -> ModelBuilder:
    model = ModelBuilder()
    is_float = dtype == "float32"
    inputs = (_float_inputs if is_float else _integer_inputs)(model, rng)
    wide, codes = (None, None) if is_float else ((2.0**-11, 0), (1 / 128, 128))
    kinds = ("float32", "float32") if is_float else ("uint8", "int16")
    outputs = [
        model.tensor("activation", (BATCH, UNITS), kinds[0], quantization=codes),
        model.tensor("next", (BATCH, UNITS), kinds[1], quantization=wide),
        model.tensor("joined", (BATCH, DEPTH + UNITS), kinds[0], quantization=codes),
        model.tensor("gates", (BATCH, 4 * UNITS), kinds[1], quantization=None if is_float else (2.0**-12, 0)),
    ]
    options = {"kernel_type": BASIC, "fused_activation_function": 4}
    model.op_with_outputs("LSTM", inputs, outputs, options, version=2)
    model.output(*outputs[:2])
    return model


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_basic(dtype: str, seed: int) -> None:
    """The caller hands activation and state on to the next step."""
    rng = np.random.default_rng(seed)
    data = _model(dtype, rng).to_bytes()
    interpreter = Interpreter(model_content=data)
    interpreter.allocate_tensors()
    places = [detail["index"] for detail in interpreter.get_input_details()]
    is_float = dtype == "float32"
    activation = np.zeros((BATCH, UNITS), np.float32) if is_float else np.full((BATCH, UNITS), 128, np.uint8)
    state = np.zeros((BATCH, UNITS), np.float32 if is_float else np.int16)
    for _ in range(STEPS):
        x = rng.standard_normal((BATCH, DEPTH)).astype(np.float32)
        values = [x if is_float else rng.integers(0, 256, x.shape, np.uint8), activation, state]
        expected = run_litert(data, values, resolver=WITHOUT_REF)
        for place, value in zip(places, values, strict=True):
            interpreter.set_tensor(place, value)
        interpreter.invoke()
        for detail, theirs in zip(interpreter.get_output_details(), expected, strict=True):
            assert_close(interpreter.get_tensor(detail["index"]), theirs)
        activation, state = expected
