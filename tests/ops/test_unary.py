"""The operators of one operand, element by element, against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, random_values, run_delegant
from ops.unary_cases import QUANTIZED, operand, quantization

from delegant.core.build.builder import ModelBuilder

OPTIMIZED = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"
WITHOUT_REFERENCE = {"ELU", "CEIL", "ROUND"}
ACTIVATIONS = {
    "RELU": ("float32", *QUANTIZED),
    "RELU6": ("float32", *QUANTIZED),
    "RELU_N1_TO_1": ("float32", "int8", "uint8"),
    "RELU_0_TO_1": ("float32", "int8", "uint8"),
    "LEAKY_RELU": ("float32", *QUANTIZED),
    "HARD_SWISH": ("float32", "int8", "uint8"),
    "TANH": ("float32", "int8", "uint8"),
    "ELU": ("float32", "int8"),
    "GELU": ("float32", "int8"),
    "ABS": ("float32", "int32", "int8", "int16"),
    "EXP": ("float32", "int8", "int16"),
    "NEG": ("float32", "int32", "int64"),
    "SIN": ("float32",),
    "COS": ("float32",),
    "FLOOR": ("float32",),
    "CEIL": ("float32",),
    "ROUND": ("float32",),
    "SIGN": ("float32", "int32"),
    "SQUARE": ("float32",),
    "LOGICAL_NOT": ("bool",),
    "ZEROS_LIKE": ("float32", "int32", "int64"),
    "L2_NORMALIZATION": ("float32",),
}
POSITIVE = {
    "LOG": ("float32", "int8", "int16"),
    "SQRT": ("float32", "int8", "int16"),
    "RSQRT": ("float32", "int8", "int16"),
}


def _options(op: str, rng: np.random.Generator) -> dict[str, object] | None:
    if op == "LEAKY_RELU":
        return {"alpha": float(np.float32(rng.uniform(-0.5, 0.9)))}
    return {"approximate": bool(rng.integers(2))} if op == "GELU" else None


def _pairs(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(op, dtype) for op, dtypes in table.items() for dtype in dtypes]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("op", "dtype"), _pairs(ACTIVATIONS))
def test_any_values(op: str, dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for shape in ((7,), (3, 5, 61)):
        model = ModelBuilder()
        x, values = operand(model, rng, "x", shape, dtype)
        values = values * values.dtype.type(4) if values.dtype.kind == "f" else values
        model.output(model.op(op, [x], _options(op, rng), quantization=_output_quantization(op, rng, dtype)))
        check_model(model, [values], resolver=OPTIMIZED if op in WITHOUT_REFERENCE else "BUILTIN_REF")


def _output_quantization(op: str, rng: np.random.Generator, dtype: str) -> tuple[float, int] | None:
    if op == "TANH" and dtype in QUANTIZED:
        return (1 / 128, 128 if dtype == "uint8" else 0)
    if op == "HARD_SWISH" and dtype in QUANTIZED:
        return float(np.float32(rng.uniform(0.02, 0.2))), quantization(rng, dtype)[1]  # type: ignore[index]
    return quantization(rng, dtype)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("op", "dtype"), _pairs(POSITIVE))
def test_values_above_zero(op: str, dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = ModelBuilder()
    lowest = -128 if dtype == "int8" else 0
    params = None if dtype == "float32" else (quantization(rng, dtype)[0], lowest)  # type: ignore[index]
    x = model.input("x", (3, 97), dtype, quantization=params)
    values = random_values(rng, (3, 97), dtype)
    values = np.abs(values) + np.float32(0.1) if dtype == "float32" else np.maximum(values, lowest + 1)
    model.output(model.op(op, [x], quantization=quantization(rng, dtype)))
    check_model(model, [values])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "int8", "uint8"])
def test_logistic(dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = ModelBuilder()
    x, values = operand(model, rng, "x", (5, 90), dtype)
    params = {"float32": None, "int8": (1 / 256, -128), "uint8": (1 / 256, 0)}[dtype]
    model.output(model.op("LOGISTIC", [x], quantization=params))
    check_model(model, [values * 9 if dtype == "float32" else values])


@pytest.mark.parametrize("op", ["LOGISTIC", "TANH"])
@pytest.mark.parametrize("scale", [2.0**-12, 2.0**-11, 1e-4, 3.3e-5, 2.7e-4, 1.1e-3])
def test_int16_sigmoid_of_every_code(op: str, scale: float) -> None:
    model = ModelBuilder()
    x = model.input("x", (65536,), "int16", quantization=(scale, 0))
    model.output(model.op(op, [x], quantization=(2.0**-15, 0)))
    check_model(model, [np.arange(-32768, 32768).astype(np.int16)])


@pytest.mark.parametrize("op", ["RELU", "RELU6", "LOGISTIC", "TANH", "HARD_SWISH"])
def test_extreme_floats(op: str) -> None:
    values = np.array([0, 1e-30, 88, -88, 104, -104, 3e38, -3e38, np.inf, -np.inf, 16.7, -9.1], np.float32)
    model = ModelBuilder()
    model.output(model.op(op, [model.input("x", (12,))]))
    keep = values[:-4] if op == "HARD_SWISH" else values
    model_values = np.resize(keep, 12)
    check_model(model, [model_values])


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_l2_normalization_of_codes(dtype: str) -> None:
    rng = np.random.default_rng(3)
    model = ModelBuilder()
    x, values = operand(model, rng, "x", (1, 4, 5, 9), dtype)
    model.output(model.op("L2_NORMALIZATION", [x], quantization=(1 / 128, 128 if dtype == "uint8" else 0)))
    check_model(model, [values])


@pytest.mark.parametrize("op", ["SQRT", "RSQRT"])
def test_roots_of_negative_codes_are_errors(op: str) -> None:
    model = ModelBuilder()
    x = model.input("x", (2,), "int8", quantization=(0.1, 0))
    model.output(model.op(op, [x], quantization=(0.1, 0)))
    with pytest.raises(RuntimeError, match=f"{op} of a negative number"):
        run_delegant(model.to_bytes(), [np.array([4, -1], np.int8)])
