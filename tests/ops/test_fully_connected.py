"""FULLY_CONNECTED against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops import linear_cases as cases
from ops.harness import SEEDS, check_model, random_scale, random_values

from delegant.core.build.builder import ModelBuilder
from delegant.core.schema import BlockwiseQuantization, QuantizationParameters

HYBRID_INT2 = cases.Kind("hybrid int2", np.float32, np.int8, np.float32, weights_type="int2")
KINDS = [
    cases.FLOAT32, cases.HYBRID, cases.HYBRID_CHANNELS, cases.HYBRID_INT4, HYBRID_INT2, cases.INT8,
    cases.INT8_CHANNELS, cases.INT8_INT4, cases.UINT8, cases.INT16, cases.INT16_TENSOR,
]
ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")


def _check(kind: cases.Kind, rng: np.random.Generator, source: tuple[int, ...], depth: int, units: int,
           **options: object) -> None:
    model = ModelBuilder()
    operands = cases.make_operands(model, rng, kind, source, (units, depth), 0, bool(rng.integers(4)))
    model.output(model.fully_connected(operands.source, operands.weights, operands.bias, **options, **operands.output))
    check_model(model, [operands.value])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_random(kind: cases.Kind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(4):
        depth = int(rng.integers(1, 130))
        _check(
            kind, rng, (int(rng.integers(1, 9)), depth), depth, int(rng.integers(1, 70)),
            activation=str(rng.choice(ACTIVATIONS)),
        )


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("kind", [cases.FLOAT32, cases.INT8], ids=str)
def test_leading_dimensions(kind: cases.Kind, keep: bool) -> None:
    _check(kind, np.random.default_rng(5), (2, 3, 4, 10), 10, 6, keep_num_dims=keep)


def test_rows_across_dimensions() -> None:
    _check(cases.FLOAT32, np.random.default_rng(6), (2, 3, 4), 12, 5)


def test_weights_computed_by_the_graph() -> None:
    model, rng = ModelBuilder(), np.random.default_rng(7)
    x, w = model.input("x", (3, 20)), model.input("w", (7, 20))
    model.output(model.fully_connected(x, w))
    check_model(model, [random_values(rng, (3, 20), np.float32), random_values(rng, (7, 20), np.float32)])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [cases.HYBRID, cases.HYBRID_CHANNELS], ids=str)
def test_asymmetric_inputs(kind: cases.Kind, seed: int) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(seed)
    operands = cases.make_operands(model, rng, kind, (4, 37), (9, 37), 0)
    inputs = [operands.source, operands.weights, operands.bias]
    model.output(model.op("FULLY_CONNECTED", inputs, {"asymmetric_quantize_inputs": True}, shape=(4, 9), version=9))
    value = operands.value + np.float32(2)
    value[1] = 0
    check_model(model, [value])


@pytest.mark.parametrize("seed", SEEDS)
def test_weights_of_16_bits(seed: int) -> None:
    """With a bias of 32 bits, which is how the reference kernel reads it whatever its type."""
    model, rng = ModelBuilder(), np.random.default_rng(seed)
    x = model.input("x", (40, 30), np.int16, quantization=(random_scale(rng), 0))
    w = model.constant("w", random_values(rng, (80, 30), np.int16), quantization=(random_scale(rng), 0))
    b = model.constant("b", random_values(rng, (80,), np.int32), quantization=(0.0002, 0))
    model.output(model.fully_connected(x, w, b, quantization=(30.0, 0)))
    check_model(model, [random_values(rng, (40, 30), np.int16)])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("with_bias", [False, True])
def test_a_scale_per_block_of_weights(seed: int, with_bias: bool) -> None:
    """Against the optimized kernels: the reference ones ignore the scales of blocks."""
    model, rng = ModelBuilder(), np.random.default_rng(seed)
    rows, units, depth, block = 3, 12, 128, 32
    scales = model.constant("scales", rng.uniform(0.01, 0.1, (units, depth // block)).astype(np.float16))
    details = BlockwiseQuantization(scales=scales.index, zero_points=-1, block_size=block)
    codes = rng.integers(-7, 7, (units, depth), endpoint=True).astype(np.int8)
    w = model.constant("w", codes, "int4", quantization=QuantizationParameters(details=details))
    bias = random_values(rng, (units,), np.float32) if with_bias else None
    model.output(model.fully_connected(model.input("x", (rows, depth)), w, bias, version=13))
    check_model(
        model, [random_values(rng, (rows, depth), np.float32)], resolver="BUILTIN_WITHOUT_DEFAULT_DELEGATES",
        tolerance=1e-6,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_uint8_to_16_bits(seed: int) -> None:
    model, rng = ModelBuilder(), np.random.default_rng(seed)
    x = model.input("x", (3, 30), np.uint8, quantization=(0.01, 100))
    w = model.constant("w", random_values(rng, (8, 30), np.uint8), quantization=(0.02, 120))
    b = model.constant("b", random_values(rng, (8,), np.int32), quantization=(0.0002, 0))
    model.output(model.fully_connected(x, w, b, dtype=np.int16, quantization=(0.001, 0)))
    check_model(model, [random_values(rng, (3, 30), np.uint8)])
