"""Sparse constants: DENSIFY and FULLY_CONNECTED against LiteRT; damaged ones are refused."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, run_delegant
from oracle import call_litert

from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter
from delegant.core.schema import DimensionMetadata, DimensionType, Int32Vector, SparsityParameters, Uint8Vector

CSR = DimensionType.SPARSE_CSR


def _csr(matrix: np.ndarray) -> tuple[np.ndarray, SparsityParameters]:
    """Rows dense, columns compressed."""
    kept = matrix != 0
    segments = tuple(np.cumsum([0, *kept.sum(1)]).tolist())
    columns = DimensionMetadata(CSR, 0, Int32Vector(segments), Uint8Vector(tuple(np.nonzero(kept)[1].tolist())))
    return matrix[kept], SparsityParameters((0, 1), (), (DimensionMetadata(dense_size=len(matrix)), columns))


def _blocks(matrix: np.ndarray, height: int, width: int) -> tuple[np.ndarray, SparsityParameters]:
    """Blocks of rows dense, blocks of columns compressed, blocks of `height` x `width` elements."""
    rows, columns = matrix.shape[0] // height, matrix.shape[1] // width
    blocks = matrix.reshape(rows, height, columns, width).transpose(0, 2, 1, 3)
    kept = blocks.any((2, 3))
    segments = tuple(np.cumsum([0, *kept.sum(1)]).tolist())
    metadata = [
        DimensionMetadata(dense_size=rows),
        DimensionMetadata(CSR, 0, Uint8Vector(segments), Int32Vector(tuple(np.nonzero(kept)[1].tolist()))),
    ]
    order, block_map = [0, 1], []
    for dimension, size in ((0, height), (1, width)):
        if size > 1:
            order.append(len(order))
            block_map.append(dimension)
            metadata.append(DimensionMetadata(dense_size=size))
    return blocks[kept].reshape(-1), SparsityParameters(tuple(order), tuple(block_map), tuple(metadata))


def _matrix(rng: np.random.Generator, shape: tuple[int, int], dtype: str, width: int = 1) -> np.ndarray:
    values = rng.integers(1, 100, shape)
    holes = np.repeat(rng.random((shape[0], shape[1] // width)) < 0.6, width, axis=1)
    return np.where(holes, 0, values).astype(dtype)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "float16", "int8"])
@pytest.mark.parametrize("block", [None, (1, 4), (2, 2), (2, 1)])
def test_densify(block: tuple[int, int] | None, dtype: str, seed: int) -> None:
    matrix = _matrix(np.random.default_rng(seed), (6, 8), dtype)
    values, sparsity = _csr(matrix) if block is None else _blocks(matrix, *block)
    model = ModelBuilder()
    dense = model.op("DENSIFY", [model.constant("w", values, shape=matrix.shape, sparsity=sparsity)])
    model.output(dense)
    # LiteRT wants an input to feed.
    model.output(model.op("NEG", [model.input("x", (1,))]))
    result = check_model(model, [np.ones(1, np.float32)])
    np.testing.assert_array_equal(result[0], matrix)


def test_densify_with_columns_outermost() -> None:
    matrix = _matrix(np.random.default_rng(1), (5, 7), "float32")
    values, sparsity = _csr(np.ascontiguousarray(matrix.T))
    turned = replace(sparsity, traversal_order=(1, 0))
    model = ModelBuilder()
    model.output(model.op("DENSIFY", [model.constant("w", values, shape=matrix.shape, sparsity=turned)]))
    model.output(model.op("NEG", [model.input("x", (1,))]))
    np.testing.assert_array_equal(check_model(model, [np.ones(1, np.float32)])[0], matrix)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("width", [1, 4])
@pytest.mark.parametrize("has_bias", [False, True])
def test_fully_connected(has_bias: bool, width: int, seed: int) -> None:
    """With sparse weights as they are; only LiteRT's optimised kernels take them."""
    rng = np.random.default_rng(seed)
    matrix = _matrix(rng, (8, 16), "float32", width) / 50
    values, sparsity = _csr(matrix) if width == 1 else _blocks(matrix, 1, width)
    model = ModelBuilder()
    operands: list[Any] = [model.input("x", (3, 16))]
    operands.append(model.constant("w", values, shape=matrix.shape, sparsity=sparsity))
    operands.append(model.constant("b", rng.standard_normal(8).astype(np.float32)) if has_bias else None)
    model.output(model.op("FULLY_CONNECTED", operands, shape=(3, 8), version=8))
    x = rng.standard_normal((3, 16)).astype(np.float32)
    check_model(model, [x], resolver="BUILTIN_WITHOUT_DEFAULT_DELEGATES")


def _damaged(**changes: Any) -> bytes:
    values, sparsity = _csr(np.eye(4, dtype=np.float32))
    columns = sparsity.dim_metadata[1]
    if "shape" not in changes and "traversal_order" not in changes:
        sparsity = replace(sparsity, dim_metadata=(sparsity.dim_metadata[0], replace(columns, **changes)))
    if "traversal_order" in changes:
        sparsity = replace(sparsity, **changes)
    model = ModelBuilder()
    shape = changes.get("shape", (4, 4))
    model.output(model.op("DENSIFY", [model.constant("w", values, shape=shape, sparsity=sparsity)], shape=shape))
    return model.to_bytes()


@pytest.mark.parametrize(
    "changes",
    [{"shape": (4, 3)}, {"shape": (1 << 20, 1 << 10)}, {"traversal_order": (0, 2)}, {"traversal_order": (0,)},
     {"array_segments": Int32Vector((0, 1, 2, 3))}, {"array_segments": Int32Vector((0, 3, 2, 3, 4))},
     {"array_segments": None}, {"array_indices": Int32Vector((0, 1, 2, 4))},
     {"array_indices": Int32Vector((0, 1, -1, 3))},
     {"array_indices": Int32Vector((0, 1))}, {"format": DimensionType.DENSE, "dense_size": 1 << 30}],
    ids=str,
)  # fmt: skip
def test_damaged_constants_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"sparse|stored"):
        run_delegant(_damaged(**changes), [])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("activations", ["float32", "int8"])
def test_fully_connected_with_integer_weights(activations: str, seed: int) -> None:
    """Blocks of 16 weights, under float and under int8 activations."""
    rng = np.random.default_rng(seed)
    matrix = _matrix(rng, (8, 32), "int8", 16)
    values, sparsity = _blocks(matrix, 1, 16)
    model = ModelBuilder()
    is_hybrid = activations == "float32"
    x = model.input("x", (3, 32), activations, quantization=None if is_hybrid else (0.05, 3))
    weights = model.constant("w", values, shape=matrix.shape, sparsity=sparsity, quantization=(0.01, 0))
    bias = rng.integers(-500, 500, 8)
    operands = [x, weights]
    operands.append(
        model.constant("b", (bias / 100).astype(np.float32)) if is_hybrid
        else model.constant("b", bias.astype(np.int32), quantization=(0.0005, 0))
    )
    y = model.op("FULLY_CONNECTED", operands, shape=(3, 8), version=8, quantization=None if is_hybrid else (0.2, -5))
    model.output(y)
    data = rng.standard_normal((3, 32)).astype(np.float32) if is_hybrid else rng.integers(-128, 128, (3, 32), np.int8)
    check_model(model, [data], resolver="BUILTIN_WITHOUT_DEFAULT_DELEGATES")


@pytest.mark.parametrize("block", [None, (1, 4), (2, 2)])
def test_description(block: tuple[int, int] | None) -> None:
    matrix = _matrix(np.random.default_rng(1), (6, 8), "float32")
    values, sparsity = _csr(matrix) if block is None else _blocks(matrix, *block)
    model = ModelBuilder()
    weights = model.constant("w", values, shape=matrix.shape, sparsity=sparsity)
    model.output(model.op("DENSIFY", [weights]))
    content = model.to_bytes()
    _, (_, theirs) = call_litert([("get_tensor_details", ())], model_content=content)
    ours = Interpreter(model_content=content).get_tensor_details()
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_equal(mine["sparsity_parameters"], other["sparsity_parameters"])
