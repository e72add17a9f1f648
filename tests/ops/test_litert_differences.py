"""Smallest models of docs/litert-differences.md on which LiteRT is wrong: what it gives, and what is right."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import run_delegant
from oracle import run_litert

from delegant.core.build.builder import ModelBuilder, quantized

RESOLVERS = ("BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES")


@pytest.mark.parametrize("resolver", RESOLVERS)
def test_prelu_reads_int16_slopes_as_bytes(resolver: str) -> None:
    model, codes = ModelBuilder(), (0.5, 0)
    x = model.input("x", (1, 3), "int16", quantization=codes)
    slopes = model.constant("slopes", np.array([1, 2, 3], np.int16), quantization=codes)
    model.output(model.op("PRELU", [x, slopes], quantization=codes))
    value = np.full((1, 3), -100, np.int16)
    assert run_litert(model.to_bytes(), [value], resolver)[0].tolist() == [[-50, 0, -100]]
    assert run_delegant(model.to_bytes(), [value])[0].tolist() == [[-50, -100, -150]]


@pytest.mark.parametrize("resolver", RESOLVERS)
@pytest.mark.parametrize("dtype", ["int8", "int16"])
def test_a_product_of_codes_with_scales_of_columns_is_zero(dtype: str, resolver: str) -> None:
    model = ModelBuilder()
    x = model.input("x", (1, 2), dtype, quantization=(1.0, 0))
    params = quantized(np.array([1, 2], np.float32), np.zeros(2, np.int64), 1)
    y = model.constant("y", np.array([[3, 4], [5, 6]], np.int8), quantization=params)
    model.output(model.op("BATCH_MATMUL", [x, y], quantization=(1.0, 0), version=4))
    value = np.ones((1, 2), dtype)
    assert run_litert(model.to_bytes(), [value], resolver)[0].tolist() == [[0, 0]]
    assert run_delegant(model.to_bytes(), [value])[0].tolist() == [[8, 20]]


@pytest.mark.parametrize("resolver", RESOLVERS)
def test_broadcast_moves_bytes_of_two_codes(resolver: str) -> None:
    model = ModelBuilder()
    x, shape = model.input("x", (1, 3), "int4"), model.constant("shape", np.array([2, 3], np.int32))
    model.output(model.op("BROADCAST_TO", [x, shape], shape=(2, 3), version=4))
    value = np.array([[1, 2, 3]], np.int8)
    assert run_litert(model.to_bytes(), [value], resolver)[0].tolist() != [[1, 2, 3], [1, 2, 3]]
    assert run_delegant(model.to_bytes(), [value])[0].tolist() == [[1, 2, 3], [1, 2, 3]]


def test_fake_quant_of_other_types_is_refused() -> None:
    model = ModelBuilder()
    model.output(model.op("FAKE_QUANT", [model.input("x", (2,), "int8")], {"min": 0.0, "max": 1.0, "num_bits": 8}))
    with pytest.raises(RuntimeError, match="INT8 of x is not supported by FAKE_QUANT"):
        run_delegant(model.to_bytes(), [np.zeros(2, np.int8)])


def test_a_loop_that_swaps_two_tensors_loses_one() -> None:
    model = ModelBuilder()
    state = [model.input("n", (1,), "int32"), model.input("a", (1,)), model.input("b", (1,))]
    condition, body = model.subgraph("condition"), model.subgraph("body")
    (left, _, _), (n, a, b) = ([g.input(x.name, x.shape, x.type) for x in state] for g in (condition, body))
    condition.output(condition.op("GREATER", [left, condition.constant("0", np.zeros(1, np.int32))], dtype="bool"))
    body.output(body.op("SUB", [n, body.constant("1", np.ones(1, np.int32))]), b, a)
    outputs = [model.tensor(f"y{i}", x.shape, x.type) for i, x in enumerate(state)]
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    model.op_with_outputs("WHILE", state, outputs, options)
    model.output(*outputs)
    values = [np.array([1], np.int32), np.array([1], np.float32), np.array([2], np.float32)]
    assert [y.tolist() for y in run_litert(model.to_bytes(), values)] == [[0], [2], [2]]
    assert [y.tolist() for y in run_delegant(model.to_bytes(), values)] == [[0], [2], [1]]


def test_a_variable_of_another_shape_than_the_file_declares() -> None:
    model = ModelBuilder()
    x = model.input("x", (1, 2))
    variable = model.op("VAR_HANDLE", [], {"shared_name": "v"}, shape=(), dtype="resource")
    model.op_with_outputs("ASSIGN_VARIABLE", [variable, x], [])
    model.output(model.op("NEG", [model.op("READ_VARIABLE", [variable], shape=(1, 2), dtype="float32")]))
    value = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    assert run_litert(model.to_bytes(), [value])[0].tolist() == [[-1, -2]]
    np.testing.assert_array_equal(run_delegant(model.to_bytes(), [value])[0], -value)
