"""Operands that say what to do must have the right shape: it is checked while tensors are allocated, as LiteRT does."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ops.harness import run_delegant
from oracle import call_litert

from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter

Shape = tuple[int, ...]
ARGUMENTS: list[tuple[str, Shape, list[tuple[str, Shape]], dict[str, Any]]] = [
    ("PAD", (2, 3), [("int32", (1, 2))], {}),
    ("PAD", (2, 3), [("int32", (4,))], {}),
    ("MIRROR_PAD", (2, 3), [("int32", (2, 2, 1))], {}),
    ("SLICE", (2, 3), [("int32", (2,)), ("int32", (1,))], {}),
    ("SLICE", (2, 3), [("int32", (2, 1)), ("int32", (2,))], {}),
]


def _model(op: str, shape: Shape, arguments: list[tuple[str, Shape]], options: dict[str, Any]) -> bytes:
    model = ModelBuilder()
    inputs = [model.input("x", shape)]
    inputs += [model.input(f"argument{i}", size, dtype) for i, (dtype, size) in enumerate(arguments)]
    model.output(model.op(op, inputs, options or None))
    return model.to_bytes()


@pytest.mark.parametrize(("op", "shape", "arguments", "options"), ARGUMENTS, ids=str)
def test_arguments_are_refused(
    op: str, shape: Shape, arguments: list[tuple[str, Shape]], options: dict[str, Any]
) -> None:
    model = _model(op, shape, arguments, options)
    _, (theirs, _) = call_litert([("allocate_tensors", ())], model_content=model)
    assert theirs == "RuntimeError"
    with pytest.raises(RuntimeError, match=rf"has to have the shape .*Node number 0 \({op}\) failed to prepare"):
        Interpreter(model_content=model).allocate_tensors()


def test_values_that_do_not_fit_their_places_are_refused() -> None:
    model = ModelBuilder()
    inputs = [model.constant("places", np.array([[0], [1]], np.int32))]
    inputs.append(model.constant("shape", np.array([3], np.int32)))
    inputs += [model.input("values", (3,)), model.input("default", ())]
    model.output(model.op("SPARSE_TO_DENSE", inputs, shape=(3,), dtype="float32"))
    with pytest.raises(RuntimeError, match="2 places for values"):
        Interpreter(model_content=model.to_bytes()).allocate_tensors()


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_nothing_is_normalized(dtype: str) -> None:
    model = ModelBuilder()
    x = model.input("x", (3, 0, 4), dtype, quantization=(0.5, 0))
    middle = (1 / 128, 0 if dtype == "int8" else 128)
    model.output(model.op("L2_NORMALIZATION", [x], quantization=middle))
    assert run_delegant(model.to_bytes(), [np.zeros((3, 0, 4), dtype)])[0].shape == (3, 0, 4)


@pytest.mark.parametrize("op", ["RNN", "UNIDIRECTIONAL_SEQUENCE_RNN", "UNIDIRECTIONAL_SEQUENCE_LSTM"])
def test_a_state_of_another_batch_is_refused(op: str) -> None:
    model = ModelBuilder()
    sequence = op != "RNN"
    x = model.input("x", (2, 3, 5) if sequence else (2, 5))
    if op.endswith("LSTM"):
        weights = [np.zeros((4, 5), np.float32)] * 4 + [np.zeros((4, 4), np.float32)] * 4
        inputs = [x, *(model.constant(f"w{i}", w) for i, w in enumerate(weights)), None, None, None]
        inputs += [model.constant(f"b{i}", np.zeros(4, np.float32)) for i in range(4)]
        inputs += [None, None, model.variable("h", (1, 4)), model.variable("c", (1, 4)), None, None, None, None]
    else:
        weights = [np.zeros((4, 5), np.float32), np.zeros((4, 4), np.float32)]
        inputs = [x, *(model.constant(f"w{i}", w) for i, w in enumerate(weights))]
        inputs += [model.constant("b", np.zeros(4, np.float32)), model.variable("h", (1, 4))]
    model.output(model.op(op, inputs, {"fused_activation_function": 4}, shape=(2, 3, 4) if sequence else (2, 4)))
    _, (theirs, _) = call_litert([("allocate_tensors", ())], model_content=model.to_bytes())
    assert theirs == "RuntimeError"
    with pytest.raises(RuntimeError, match="state"):
        Interpreter(model_content=model.to_bytes()).allocate_tensors()


@pytest.mark.parametrize("dtype", ["float32", "int8", "int16"])
@pytest.mark.parametrize("op", ["SOFTMAX", "LOG_SOFTMAX", "L2_NORMALIZATION", "REDUCE_MAX", "ARG_MAX"])
def test_rows_of_no_elements(op: str, dtype: str) -> None:
    """They make no elements either, or are refused."""
    model = ModelBuilder()
    x = model.input("x", (2, 0, 0), dtype, quantization=None if dtype == "float32" else (0.5, 0))
    inputs = [x, model.constant("axis", np.array([1], np.int32))] if op in ("REDUCE_MAX", "ARG_MAX") else [x]
    options = {"SOFTMAX": {"beta": 1.0}, "ARG_MAX": {"output_type": 2}}.get(op)
    outputs = {"SOFTMAX": (1 / 32768 if dtype == "int16" else 1 / 256, 0 if dtype == "int16" else -128),
               "LOG_SOFTMAX": (16 / 256, 127), "L2_NORMALIZATION": (1 / 128, 0)}  # fmt: skip
    quantization = None if dtype == "float32" or op == "ARG_MAX" else outputs.get(op, (0.5, 0))
    model.output(model.op(op, inputs, options, quantization=quantization, dtype="int32" if op == "ARG_MAX" else dtype))
    try:
        (result,) = run_delegant(model.to_bytes(), [np.zeros((2, 0, 0), dtype)])
    except RuntimeError as error:
        assert "is not supported by" in str(error)
    else:
        assert result.size == 0


def test_a_convolution_without_channels_or_with_another_bias_is_refused() -> None:
    for depth, biases, message in ((0, 2, "0 channels"), (3, 1, "does not fit 2 filters")):
        model = ModelBuilder()
        inputs = [model.input("x", (1, 4, 4, depth)), model.constant("w", np.ones((2, 1, 1, 3), np.float32))]
        inputs.append(model.constant("b", np.zeros(biases, np.float32)))
        model.output(model.op("CONV_2D", inputs, {"stride_h": 1, "stride_w": 1}, shape=(1, 4, 4, 2)))
        with pytest.raises(RuntimeError, match=message):
            Interpreter(model_content=model.to_bytes()).allocate_tensors()


@pytest.mark.parametrize(("op", "arguments"), [("L2_NORMALIZATION", []), ("TOPK_V2", [1]), ("TOPK_V2", [[1, 1]])])
def test_a_number_has_no_rows(op: str, arguments: list[Any]) -> None:
    model = ModelBuilder()
    x = model.input("x", () if arguments != [[1, 1]] else (3,))
    inputs = [x, *(model.constant("k", np.array(value, np.int32)) for value in arguments)]
    outputs = [model.tensor("y", ()), *(model.tensor("places", (), "int32") for _ in arguments)]
    model.op_with_outputs(op, inputs, outputs)
    model.output(*outputs)
    with pytest.raises(RuntimeError, match=r"no dimension|largest of"):
        Interpreter(model_content=model.to_bytes()).allocate_tensors()
