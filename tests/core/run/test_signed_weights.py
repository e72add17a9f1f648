"""Weights of old converters, signed bytes that the file calls UINT8, against LiteRT's reference kernels."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from oracle import run_litert
from recurrent_models import HYBRID_CASES

from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter
from delegant.core.model.reader import read_model
from delegant.core.model.writer import write_model
from delegant.core.schema import Tensor, TensorType

Made = tuple[ModelBuilder, np.ndarray]


def _floats(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(3).standard_normal(shape).astype(np.float32)


def _codes(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(4).integers(-128, 128, shape).astype(np.int8)


def _fully_connected() -> Made:
    model = ModelBuilder()
    x = model.input("x", (3, 20))
    model.output(model.fully_connected(x, model.constant("w", _codes((5, 20)), quantization=(0.01, 0))))
    return model, _floats((3, 20))


def _convolution() -> Made:
    model = ModelBuilder()
    weights = model.constant("w", _codes((5, 3, 3, 4)), quantization=(0.01, 0))
    model.output(model.conv_2d(model.input("x", (1, 6, 7, 4)), weights, np.zeros(5, np.float32)))
    return model, _floats((1, 6, 7, 4))


def _embedding() -> Made:
    model = ModelBuilder()
    table = model.constant("w", _codes((6, 3)), quantization=(0.01, 0))
    model.output(model.op("EMBEDDING_LOOKUP", [model.input("x", (2,), "int32"), table], shape=(2, 3), dtype="float32"))
    return model, np.array([4, 1], np.int32)


def _recurrent(name: str) -> Made:
    model, shape = HYBRID_CASES[name]()
    return model, _floats(shape)


CASES: dict[str, Callable[[], Made]] = {
    "FULLY_CONNECTED": _fully_connected,
    "CONV_2D": _convolution,
    "EMBEDDING_LOOKUP": _embedding,
    "SVDF": lambda: _recurrent("SVDF_of_rank_1"),
    "RNN": lambda: _recurrent("RNN"),
    "UNIDIRECTIONAL_SEQUENCE_RNN": lambda: _recurrent("UNIDIRECTIONAL_SEQUENCE_RNN_time_major"),
    "LSTM": lambda: _recurrent("LSTM"),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": lambda: _recurrent("UNIDIRECTIONAL_SEQUENCE_LSTM_plain_0.0"),
}


def _called_unsigned(model: ModelBuilder) -> bytes:
    """The same bytes in a file that says UINT8 wherever it said INT8."""
    record = read_model(model.to_bytes())
    (graph,) = record.subgraphs
    tensors = tuple(replace(t, type=TensorType.UINT8) if _is_int8(t) else t for t in graph.tensors)
    return write_model(replace(record, subgraphs=(replace(graph, tensors=tensors),)))


def _is_int8(tensor: Tensor) -> bool:
    return tensor.type == TensorType.INT8


def _run(content: bytes, value: np.ndarray) -> np.ndarray:
    interpreter = Interpreter(model_content=content)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], value)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


@pytest.mark.parametrize("name", CASES)
def test_they_are_read_as_signed(name: str) -> None:
    model, value = CASES[name]()
    old = _called_unsigned(model)
    result = _run(old, value)
    np.testing.assert_array_equal(result, _run(model.to_bytes(), value))
    np.testing.assert_allclose(result, run_litert(old, [value])[0], rtol=0, atol=1e-5 * np.abs(result).max())


def test_the_file_s_tensor_is_shown_as_it_is() -> None:
    interpreter = Interpreter(model_content=_called_unsigned(_fully_connected()[0]))
    interpreter.allocate_tensors()
    (weights,) = (detail for detail in interpreter.get_tensor_details() if detail["dtype"] == np.uint8)
    np.testing.assert_array_equal(interpreter.get_tensor(weights["index"]).view(np.int8), _codes((5, 20)))


def test_codes_of_unsigned_models_stay_unsigned() -> None:
    model = ModelBuilder()
    x = model.input("x", (3, 20), "uint8", quantization=(0.02, 117))
    weights = model.constant("w", _codes((5, 20)).view(np.uint8), quantization=(0.01, 131))
    inputs = [x, weights, model.constant("b", np.zeros(5, np.int32), quantization=(0.0002, 0))]
    model.output(model.op("FULLY_CONNECTED", inputs, shape=(3, 5), quantization=(0.1, 128)))
    value = _codes((3, 20)).view(np.uint8)
    np.testing.assert_array_equal(_run(model.to_bytes(), value), run_litert(model.to_bytes(), [value])[0])
