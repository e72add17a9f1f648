"""Every operator of 8- and 16-bit codes on the GPU delegates, on every API: equal to the CPU, to the bit."""

from __future__ import annotations

import random
import zlib

import numpy as np
import pytest
import quantized_integer_cases  # noqa: F401 - fills the table
from quantized_cases import CASES, Draft
from quantized_movement_cases import INT8_ONLY, INT16
from recurrent_models import CODE_CASES

import delegant
from delegant.core.build.builder_base import BuilderTensor, quantized
from delegant.core.delegate import Delegate
from delegant.core.interpreter import Interpreter
from delegant.delegates.gpu.lower import lowered_code_operators

FRESH = random.SystemRandom().randrange(1 << 31)
SEEDS = {"int8": (1, FRESH), "uint8": (FRESH,), "int16": (FRESH,)}
DRAFTS = [
    *((name, dtype) for name in CASES for dtype in ("int8", "uint8") if dtype == "int8" or name not in INT8_ONLY),
    *((name, "int16") for name in INT16),
]


def outputs(interpreter: Interpreter, values: list[np.ndarray]) -> list[np.ndarray]:
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), values, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def drafted(name: str, dtype: str, seed: int) -> Draft:
    """The case's model, with the values of its inputs."""
    draft = Draft(dtype, np.random.default_rng([seed, zlib.crc32(name.encode())]))
    made = CASES[name](draft)
    draft.g.output(*([made] if isinstance(made, BuilderTensor) else made))
    return draft


@pytest.mark.parametrize(("name", "dtype"), DRAFTS)
def test_equals_the_cpu(name: str, dtype: str, delegate: Delegate) -> None:
    for seed in SEEDS[dtype]:
        draft = drafted(name, dtype, seed)
        model = draft.g.to_bytes()
        expected = outputs(Interpreter(model_content=model), draft.inputs)
        with delegant.Interpreter(model_content=model, delegates=[delegate], policy="require") as interpreter:
            actual = outputs(interpreter, draft.inputs)
        for ours, theirs in zip(actual, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs, err_msg=f"seed {seed}")


def test_every_lowering_has_a_case() -> None:
    names = [*(name.upper() for name in CASES), *CODE_CASES]
    covered = {op for op in lowered_code_operators() if any(name.startswith(op) for name in names)}
    assert set(lowered_code_operators()) - covered == {"SPLIT_V"}  # the lowering of SPLIT


@pytest.mark.parametrize("cause", ["zero points differ", "float32 adds up exactly"])
def test_reasons(cause: str, delegate: Delegate) -> None:
    draft = Draft("int8", np.random.default_rng(1))
    x = draft.x(1, 4, 4, 600, quantization=quantized(0.5, 4))
    if "zero" in cause:
        options = {"axis": 0, "values_count": 2}
        made = draft.g.op("PACK", [x, x], options, shape=(2, 1, 4, 4, 600), quantization=quantized(0.5, 3))
    else:
        weights = draft.g.constant("w", np.full((4, 3, 3, 600), 127, np.int8), quantization=quantized(1.0))
        made = draft.g.conv_2d(x, weights, draft.bias(4), quantization=quantized(0.5, 3))
    draft.g.output(made)
    with delegant.Interpreter(model_content=draft.g.to_bytes(), delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        (place,) = interpreter.placement
    assert place.device == "cpu"
    assert cause in place.reason
