"""Operands that NumPy would compute with, and wrongly: refused, by what they are."""
from __future__ import annotations

import numpy as np
import pytest

import delegant
from delegant.core.build.builder import ModelBuilder, quantized

CHANNELS = quantized(np.float32([0.5, 0.25, 0.125]), 0, 1)
ONE = quantized(0.5, 0)


def sum_of(x_scales: object, y_scales: object, result: object, op: str = "ADD") -> bytes:
    m = ModelBuilder()
    x = m.input("x", (2, 3), "int8", quantization=x_scales)
    y = m.constant("y", np.int8([[1, 2, 3], [4, 5, 6]]), quantization=y_scales)
    m.output(m.op(op, [x, y], shape=(2, 3), dtype="int8", quantization=result))
    return m.to_bytes()


@pytest.mark.parametrize("op", ["ADD", "SUB", "MUL"])
@pytest.mark.parametrize(
    ("scales", "named"), [((CHANNELS, ONE, ONE), "x"), ((ONE, CHANNELS, ONE), "y"), ((ONE, ONE, CHANNELS), r"\w+")]
)
def test_elementwise_operators_take_one_scale(op: str, scales: tuple[object, ...], named: str) -> None:
    interpreter = delegant.Interpreter(model_content=sum_of(*scales, op=op))
    with pytest.raises(RuntimeError, match=rf"{named} .*has 3 scales; {op} takes one"):
        interpreter.allocate_tensors()


def test_one_scale_is_taken() -> None:
    with delegant.Interpreter(model_content=sum_of(ONE, ONE, ONE)) as interpreter:
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], np.ones((2, 3), np.int8))
        interpreter.invoke()
        result = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    assert result.tolist() == [[2, 3, 4], [5, 6, 7]]
