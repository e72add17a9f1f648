"""The operators of two broadcasting operands against LiteRT's reference kernels."""
from __future__ import annotations

import numpy as np
import pytest
from ops.harness import SEEDS, check_model, run_delegant
from ops.unary_cases import QUANTIZED, operand, quantization

from delegant.core.build.builder import ModelBuilder

ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
SHAPES = [
    ((3, 4, 5), (3, 4, 5)), ((2, 3, 4, 5), (4, 1)), ((5,), (2, 3, 5)), ((1, 1), (7, 3)), ((2, 40, 60), (2, 40, 60)),
    ((4, 50, 60), ()), ((4, 50, 60), (60,)),
]
ARITHMETIC = {
    "ADD": ("float32", "int32", "int64", *QUANTIZED),
    "SUB": ("float32", "int32", "int64", *QUANTIZED),
    "MUL": ("float32", "int32", "int64", *QUANTIZED),
    "DIV": ("float32", "int32", "int8", "uint8"),
}
PLAIN = {
    "SQUARED_DIFFERENCE": ("float32", "int32", "int8"),
    "MAXIMUM": ("float32", "int32", "int64", *QUANTIZED),
    "MINIMUM": ("float32", "int32", "int64", *QUANTIZED),
    "FLOOR_DIV": ("float32", "int32"),
    "FLOOR_MOD": ("float32", "int32", "int64"),
    "BITWISE_XOR": ("int8", "int32", "uint32"),
    "LOGICAL_AND": ("bool",),
    "LOGICAL_OR": ("bool",),
    "ATAN2": ("float32",),
    "PRELU": ("float32", "int8", "uint8"),
}
COMPARISONS = dict.fromkeys(
    ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"), ("float32", "int32", "int64", *QUANTIZED)
)


def _pairs(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(op, dtype) for op, dtypes in table.items() for dtype in dtypes]


def _options(op: str, dtype: str, rng: np.random.Generator) -> dict[str, object]:
    options: dict[str, object] = {"fused_activation_function": int(rng.integers(0, 4))}
    if op in ("ADD", "SUB") and dtype == "int16":
        options["pot_scale_int16"] = False
    return options


def _check(op: str, dtype: str, rng: np.random.Generator, shapes: tuple, options: dict[str, object] | None) -> None:
    model = ModelBuilder()
    a, x = operand(model, rng, "a", shapes[0], dtype)
    b, y = operand(model, rng, "b", shapes[1], dtype)
    if op in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
        zero = 0 if b.quantization is None else b.quantization.zero_point[0]
        y = np.where(y == zero, zero + 1 if zero < 100 else zero - 1, y).astype(y.dtype)
    shape = np.broadcast_shapes(*shapes)
    compared = op in COMPARISONS
    params = None if compared else quantization(rng, dtype)
    model.output(model.op(op, [a, b], options, shape=shape, dtype="bool" if compared else dtype, quantization=params))
    check_model(model, [x, y])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("op", "dtype"), _pairs(ARITHMETIC))
def test_arithmetic(op: str, dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for shapes in SHAPES:
        _check(op, dtype, rng, shapes, _options(op, dtype, rng))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("op", "dtype"), _pairs(PLAIN) + _pairs(COMPARISONS))
def test_no_activation(op: str, dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for shapes in SHAPES:
        # LiteRT's ATAN2 takes operands of one shape only; the alpha of PRELU must not enlarge the input.
        if shapes[0] == shapes[1] or (op != "ATAN2" and (op != "PRELU" or np.broadcast_shapes(*shapes) == shapes[0])):
            _check(op, dtype, rng, shapes, None)


@pytest.mark.parametrize("op", ["ADD", "SUB"])
@pytest.mark.parametrize("exponents", [(-12, -10, -10), (-9, -9, -9), (-8, -11, -8)])
def test_int16_with_scales_that_are_powers_of_two(op: str, exponents: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(4)
    model = ModelBuilder()
    scales = [(2.0**e, 0) for e in exponents]
    a, x = operand(model, rng, "a", (9, 70), "int16", quantization=scales[0])
    b, y = operand(model, rng, "b", (9, 70), "int16", quantization=scales[1])
    model.output(model.op(op, [a, b], {"pot_scale_int16": True}, quantization=scales[2]))
    check_model(model, [x, y])


@pytest.mark.parametrize("op", ["ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM"])
def test_infinities_and_nans(op: str) -> None:
    values = np.array([0.0, -0.0, 1.0, -2.0, np.inf, -np.inf, np.nan, 3e38], np.float32)
    model = ModelBuilder()
    a, b = model.input("a", (8, 1)), model.input("b", (1, 8))
    model.output(model.op(op, [a, b], shape=(8, 8)))
    check_model(model, [values[:, None], values[None, :]])


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
def test_dividing_by_the_code_of_zero_is_an_error(dtype: str) -> None:
    rng = np.random.default_rng(5)
    model = ModelBuilder()
    a, x = operand(model, rng, "a", (4,), dtype, quantization=(0.1, 0))
    b, _ = operand(model, rng, "b", (4,), dtype, quantization=(0.1, 0))
    model.output(model.op("DIV", [a, b], quantization=(0.1, 0)))
    with pytest.raises(RuntimeError, match="Division by 0"):
        run_delegant(model.to_bytes(), [x, np.zeros(4, dtype)])


def test_shapes_that_do_not_broadcast_are_named() -> None:
    model = ModelBuilder()
    a, b = model.input("a", (10, 10)), model.input("b", (3, 7))
    model.output(model.op("ADD", [a, b]))
    with pytest.raises(RuntimeError, match=r"Given shapes, \[10,10\] and \[3,7\], are not broadcastable"):
        run_delegant(model.to_bytes(), [np.zeros((10, 10), np.float32), np.zeros((3, 7), np.float32)])


def test_types_that_differ_are_named() -> None:
    model = ModelBuilder()
    a, b = model.input("a", (2,)), model.input("b", (2,), "int32")
    model.output(model.op("ADD", [a, b]))
    with pytest.raises(RuntimeError, match="FLOAT32 != INT32"):
        run_delegant(model.to_bytes(), [np.zeros(2, np.float32), np.zeros(2, np.int32)])
