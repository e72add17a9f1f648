"""Segment reductions, sparse and diagonal matrices, random numbers and other less common operators against LiteRT."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values, run_delegant
from oracle import run_litert

from delegant.core.build.builder import ModelBuilder

OPTIMIZED = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "int32"])
@pytest.mark.parametrize("kind", ["SUM", "PROD", "MAX", "MIN"])
def test_unsorted_segments(kind: str, dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = ModelBuilder()
    x, ids = model.input("x", (9, 4), dtype), model.input("ids", (9,), "int32")
    count = model.constant("n", np.array(5, np.int32))
    model.output(model.op(f"UNSORTED_SEGMENT_{kind}", [x, ids, count], shape=(5, 4)))
    check_model(model, [random_values(rng, (9, 4), dtype) % 7, rng.integers(-1, 5, 9).astype(np.int32)])


def test_sorted_segments() -> None:
    rng = np.random.default_rng(1)
    model = ModelBuilder()
    ids = model.constant("ids", np.array([0, 0, 1, 2, 2], np.int32))
    model.output(model.op("SEGMENT_SUM", [model.input("x", (5, 3)), ids], shape=(3, 3)))
    check_model(model, [rng.standard_normal((5, 3)).astype(np.float32)], resolver=OPTIMIZED)


def test_segment_ids_out_of_range_are_an_error() -> None:
    model = ModelBuilder()
    x, ids = model.input("x", (2,)), model.input("ids", (2,), "int32")
    count = model.constant("n", np.array(2, np.int32))
    model.output(model.op("UNSORTED_SEGMENT_SUM", [x, ids, count], shape=(2,)))
    with pytest.raises(RuntimeError, match="segment id 2"):
        run_delegant(model.to_bytes(), [np.ones(2, np.float32), np.array([0, 2], np.int32)])


def test_sparse_to_dense() -> None:
    model = ModelBuilder()
    indices = model.constant("i", np.array([[0, 1], [2, 3]], np.int32))
    shape = model.constant("s", np.array([3, 4], np.int32))
    inputs = [indices, shape, model.input("v", (2,)), model.constant("d", np.float32(-1))]
    model.output(model.op("SPARSE_TO_DENSE", inputs, {"validate_indices": False}, shape=(3, 4), dtype="float32"))
    check_model(model, [np.array([5, 7], np.float32)])


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_diagonals(dtype: str) -> None:
    rng = np.random.default_rng(2)
    model = ModelBuilder()
    x, diagonal = model.input("x", (2, 3, 4), dtype), model.input("d", (2, 3), dtype)
    made = model.op("MATRIX_DIAG", [diagonal], shape=(2, 3, 3))
    model.output(made, model.op("MATRIX_SET_DIAG", [x, diagonal], shape=(2, 3, 4)))
    check_model(model, [random_values(rng, (2, 3, 4), dtype), random_values(rng, (2, 3), dtype)])


def test_unique() -> None:
    model = ModelBuilder()
    x = model.input("x", (8,), "int32")
    outputs = [model.tensor("values", (-1,), "int32"), model.tensor("index", (8,), "int32")]
    model.op_with_outputs("UNIQUE", [x], outputs, {"idx_out_type": 2})
    model.output(*outputs)
    check_model(model, [np.array([4, 1, 4, 9, 1, 0, 9, 4], np.int32)])


@pytest.mark.parametrize(("seed", "seed2"), [(1, 2), (123456, -7), (2**35 + 3, 9)])
@pytest.mark.parametrize("op", ["RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL"])
def test_random_streams(op: str, seed: int, seed2: int) -> None:
    model = ModelBuilder()
    shape = model.input("shape", (2,), "int32")
    model.output(model.op(op, [shape], {"seed": seed, "seed2": seed2}, shape=(-1, -1), dtype="float32"))
    check_model(model, [np.array([5, 7], np.int32)], tolerance=1e-6)


@pytest.mark.parametrize("seeds", [(0, 0), (1 << 32, 1 << 40)])
def test_seeds_without_low_words_are_drawn_anew(seeds: tuple[int, int]) -> None:
    model = ModelBuilder()
    options = dict(zip(("seed", "seed2"), seeds, strict=True))
    size = model.input("shape", (1,), "int32")
    model.output(model.op("RANDOM_UNIFORM", [size], options, shape=(-1,), dtype="float32"))
    data, shape = model.to_bytes(), np.array([8], np.int32)
    for draw in (lambda: run_litert(data, [shape])[0], lambda: run_delegant(data, [shape])[0]):
        assert not np.array_equal(draw(), draw())


def test_multinomial() -> None:
    rng = np.random.default_rng(3)
    model = ModelBuilder()
    inputs = [model.input("logits", (3, 6)), model.constant("n", np.array(11, np.int32))]
    model.output(model.op("MULTINOMIAL", inputs, {"seed": 5, "seed2": 6}, shape=(3, 11), dtype="int64"))
    check_model(model, [rng.standard_normal((3, 6)).astype(np.float32)])


@pytest.mark.parametrize("dtype", ["float32", "int32", "int8"])
def test_dynamic_update_slice(dtype: str) -> None:
    rng = np.random.default_rng(4)
    for start in ([1, 0], [3, 9], [-2, 1]):
        model = ModelBuilder()
        inputs = [model.input("x", (4, 5), dtype), model.input("u", (2, 3), dtype), model.input("s", (2,), "int32")]
        model.output(model.op("DYNAMIC_UPDATE_SLICE", inputs))
        values = [random_values(rng, (4, 5), dtype), random_values(rng, (2, 3), dtype), np.array(start, np.int32)]
        check_model(model, values)


def test_bucketize() -> None:
    model = ModelBuilder()
    options = {"boundaries": (-1.0, 0.5, 2.0)}
    model.output(model.op("BUCKETIZE", [model.input("x", (7,))], options, dtype="int32"))
    check_model(model, [np.array([-3, -1, 0, 0.5, 1, 2, 8], np.float32)])


def test_fake_quant() -> None:
    rng = np.random.default_rng(5)
    model = ModelBuilder()
    for i, bits in enumerate((8, 4)):
        options = {"min": -1.3, "max": 2.1, "num_bits": bits}
        model.output(model.op("FAKE_QUANT", [model.input(f"x{i}", (50,))], options))
    check_model(model, [(rng.standard_normal(50) * 2).astype(np.float32) for _ in range(2)])


def test_real_transform_in_two_dimensions() -> None:
    rng = np.random.default_rng(6)
    model = ModelBuilder()
    lengths = model.constant("n", np.array([4, 8], np.int32))
    spectrum = model.op("RFFT2D", [model.input("x", (2, 5, 6)), lengths], shape=(2, 4, 5), dtype="complex64")
    model.output(*(model.op(op, [spectrum], dtype="float32") for op in ("REAL", "IMAG", "COMPLEX_ABS")))
    check_model(model, [rng.standard_normal((2, 5, 6)).astype(np.float32)])


def test_local_response_normalization() -> None:
    rng = np.random.default_rng(7)
    model = ModelBuilder()
    options = {"radius": 2, "bias": 1.5, "alpha": 0.3, "beta": 0.75}
    model.output(model.op("LOCAL_RESPONSE_NORMALIZATION", [model.input("x", (1, 3, 4, 9))], options))
    check_model(model, [rng.standard_normal((1, 3, 4, 9)).astype(np.float32)], resolver=OPTIMIZED)


@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_embedding_lookup(dtype: str) -> None:
    rng = np.random.default_rng(8)
    model = ModelBuilder()
    params = (0.25, 0) if dtype == "int8" else None
    table = model.constant("table", random_values(rng, (6, 4), dtype), quantization=params)
    inputs = [model.input("rows", (3,), "int32"), table]
    model.output(model.op("EMBEDDING_LOOKUP", inputs, shape=(3, 4), dtype="float32"))
    check_model(model, [np.array([5, 0, 5], np.int32)])


def test_dilate() -> None:
    model = ModelBuilder()
    inputs = [model.input("x", (2, 3)), model.constant("d", np.array([2, 3], np.int32))]
    inputs.append(model.constant("p", np.array([-1], np.float32)))
    model.output(model.op("DILATE", inputs, shape=(3, 7)))
    check_model(model, [np.arange(6, dtype=np.float32).reshape(2, 3)])


@pytest.mark.parametrize(("op", "dtype"), [("STABLEHLO_ADD", "float32"), ("STABLEHLO_MULTIPLY", "int32")])
def test_stablehlo(op: str, dtype: str) -> None:
    rng = np.random.default_rng(9)
    model = ModelBuilder()
    model.output(model.op(op, [model.input("a", (3, 4), dtype), model.input("b", (3, 4), dtype)]))
    check_model(model, [random_values(rng, (3, 4), dtype) for _ in range(2)])
