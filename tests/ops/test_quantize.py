"""QUANTIZE, DEQUANTIZE and CAST against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values, run_delegant
from ops.unary_cases import operand, quantization

from delegant.core.build.builder import ModelBuilder, quantized

REQUANTIZED = [(a, b) for a in ("int8", "uint8", "int16") for b in ("int8", "uint8", "int16")]
REQUANTIZED = [pair for pair in REQUANTIZED if pair != ("int16", "uint8")] + [("int16", "int32")]
NUMBERS = ("float32", "int8", "uint8", "int16", "int32", "int64", "bool")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
def test_quantize_floats(dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = ModelBuilder()
    scale, zero_point = quantization(rng, dtype)  # type: ignore[misc]
    x = model.input("x", (50, 41))
    model.output(model.op("QUANTIZE", [x], dtype=dtype, quantization=(scale, zero_point)))
    values = (rng.standard_normal((50, 41)) * 100 * scale).astype(np.float32)
    values[::3] = (rng.integers(-200, 200, values[::3].shape) + 0.5) * np.float32(scale)
    check_model(model, [values])


@pytest.mark.parametrize("zero_point", [3, 0, -3, -128])
def test_quantize_what_does_not_fit(zero_point: int) -> None:
    model = ModelBuilder()
    model.output(model.op("QUANTIZE", [model.input("x", (8,))], dtype="int8", quantization=(0.5, zero_point)))
    check_model(model, [np.array([1e9, 3e9, -3e9, np.inf, -np.inf, np.nan, 0.24999999, -0.25], np.float32)])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("source", "target"), REQUANTIZED)
def test_requantize(source: str, target: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = ModelBuilder()
    x, values = operand(model, rng, "x", (13, 57), source)
    params = (quantization(rng, source)[0], 0) if target == "int32" else quantization(rng, target)  # type: ignore[index]
    model.output(model.op("QUANTIZE", [x], dtype=target, quantization=params))
    check_model(model, [values])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
def test_dequantize(dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for shape in ((3, 5), (80, 90)):
        model = ModelBuilder()
        x, values = operand(model, rng, "x", shape, dtype)
        model.output(model.op("DEQUANTIZE", [x], dtype="float32"))
        (result,) = check_model(model, [values], tolerance=0)
        assert result.dtype == np.float32


def test_dequantize_float16_and_channels() -> None:
    rng = np.random.default_rng(1)
    model = ModelBuilder()
    half = model.constant("half", rng.standard_normal((4, 6)).astype(np.float16))
    params = quantized(np.array([0.1, 0.02, 0.3, 0.004], np.float32), np.zeros(4, np.int64), 0)
    codes = model.constant("codes", random_values(rng, (4, 6), np.int8), quantization=params)
    a = model.op("DEQUANTIZE", [half], dtype="float32", version=3)
    b = model.op("DEQUANTIZE", [codes], dtype="float32", version=5)
    total = model.op("ADD", [a, b])
    model.output(model.op("ADD", [total, model.input("x", (4, 6))]))
    check_model(model, [rng.standard_normal((4, 6)).astype(np.float32)])


@pytest.mark.parametrize("target", NUMBERS)
@pytest.mark.parametrize("source", NUMBERS)
def test_cast(source: str, target: str) -> None:
    if source == target:
        return
    rng = np.random.default_rng(2)
    model = ModelBuilder()
    x = model.input("x", (6, 9), source)
    model.output(model.op("CAST", [x], dtype=target))
    values = random_values(rng, (6, 9), source)
    check_model(model, [values * 50 if source == "float32" else values])


def test_cast_saturates_floats() -> None:
    model = ModelBuilder()
    model.output(model.op("CAST", [model.input("x", (6,))], dtype="int32"))
    check_model(model, [np.array([3e9, -3e9, np.inf, -np.inf, np.nan, -1.9], np.float32)])


def test_codes_without_quantization_are_refused() -> None:
    model = ModelBuilder()
    model.output(model.op("DEQUANTIZE", [model.input("x", (2,), "int8")], dtype="float32"))
    with pytest.raises(RuntimeError, match="without quantization parameters"):
        run_delegant(model.to_bytes(), [np.zeros(2, np.int8)])
