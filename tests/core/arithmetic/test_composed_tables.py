"""x * logistic(x) of 8-bit codes, which is one table: the same codes as from the two operators apart."""
from __future__ import annotations

import numpy as np
import pytest

from delegant import Interpreter
from delegant.core.build.builder import BuilderTensor, ModelBuilder

Quantized = tuple[float, int]


def _run(model: ModelBuilder, *inputs: np.ndarray) -> list[np.ndarray]:
    interpreter = Interpreter(model_content=model.to_bytes())
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_swish(dtype: type, swapped: bool) -> None:
    low = int(np.iinfo(dtype).min)
    scales: tuple[Quantized, Quantized, Quantized] = (0.043, low + 117), (1 / 256, low), (0.037, low + 20)
    codes = np.arange(256, dtype=np.uint8).view(dtype).reshape(2, 128)

    def product(m: ModelBuilder, x: BuilderTensor, gate: BuilderTensor) -> None:
        factors = (gate, x) if swapped else (x, gate)
        m.output(m.mul(*factors, dtype=np.dtype(dtype).name, quantization=scales[2]))

    m = ModelBuilder()
    x = m.input("x", codes.shape, dtype, quantization=scales[0])
    gate = m.op("LOGISTIC", [x], quantization=scales[1])
    m.output(gate)
    product(m, x, gate)
    gates, swish = _run(m, codes)

    m = ModelBuilder()
    x, gate = (m.input(n, codes.shape, dtype, quantization=q) for n, q in zip("xy", scales, strict=False))
    product(m, x, gate)
    np.testing.assert_array_equal(swish, _run(m, codes, gates)[0])
    assert len(np.unique(swish)) > 100
