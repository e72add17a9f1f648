"""Elementwise StableHLO operators: against LiteRT where it has them, otherwise against the specification's formulas."""
from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from ops.harness import SEEDS, assert_close, check_model, random_values, run_delegant

from delegant.core.build.builder import ModelBuilder

WITHOUT_REF = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"
DIRECTIONS = [operator.eq, operator.ne, operator.ge, operator.gt, operator.le, operator.lt]
TOTAL_ORDER = 2


def _model(op: str, inputs: list[np.ndarray], options: Any = None, dtype: Any = None) -> ModelBuilder:
    model = ModelBuilder()
    operands = [model.input(f"x{i}", x.shape, x.dtype) for i, x in enumerate(inputs)]
    shape = max((x.shape for x in inputs), key=len)
    model.output(model.op(op, operands, options, shape=shape, dtype=dtype or inputs[0].dtype))
    return model


def _run(op: str, inputs: list[np.ndarray], options: Any = None, dtype: Any = None) -> np.ndarray:
    return run_delegant(_model(op, inputs, options, dtype).to_bytes(), inputs)[0]


def _check_formula(op: str, formula: Callable[..., Any], inputs: list[np.ndarray], tolerance: float = 2e-6) -> None:
    """Compare with a formula of Python numbers."""
    result = _run(op, inputs)
    expected = [formula(*values) for values in zip(*(x.reshape(-1).tolist() for x in inputs), strict=True)]
    assert_close(result, np.array(expected).astype(result.dtype).reshape(result.shape), tolerance)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "int32", "int8", "int16", "int64"])
@pytest.mark.parametrize("op", ["STABLEHLO_ADD", "STABLEHLO_MULTIPLY", "STABLEHLO_MAXIMUM", "STABLEHLO_MINIMUM"])
def test_like_litert(op: str, dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = [random_values(rng, (3, 5), dtype) for _ in range(2)]
    check_model(_model(op, inputs), inputs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["bool", "int8", "int16", "int32"])
def test_and_like_litert(dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = [random_values(rng, (3, 5), dtype) for _ in range(2)]
    check_model(_model("STABLEHLO_AND", inputs), inputs, resolver=WITHOUT_REF)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["int8", "int16", "int32"])
def test_shift_left_like_litert(dtype: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = [random_values(rng, (4, 5), dtype), rng.integers(0, 8 * np.dtype(dtype).itemsize, (4, 5)).astype(dtype)]
    check_model(_model("STABLEHLO_SHIFT_LEFT", inputs), inputs, resolver=WITHOUT_REF)


def test_bits_shifted_out_are_lost() -> None:
    result = _run("STABLEHLO_SHIFT_LEFT", [np.array([1, -1, 3], np.int32), np.array([32, 40, 31], np.int32)])
    assert result.tolist() == [0, 0, -(2**31)]


UNARY: dict[str, Callable[[Any], Any]] = {
    "STABLEHLO_ABS": abs, "STABLEHLO_COSINE": math.cos, "STABLEHLO_EXPONENTIAL": math.exp,
    "STABLEHLO_FLOOR": math.floor, "STABLEHLO_NEGATE": operator.neg, "STABLEHLO_TANH": math.tanh,
    "STABLEHLO_LOGISTIC": lambda x: 1 / (1 + math.exp(-x)),
    "STABLEHLO_CBRT": lambda x: math.copysign(abs(x) ** (1 / 3), x),
    "STABLEHLO_LOG": lambda x: math.log(x) if x > 0 else math.nan,
    "STABLEHLO_RSQRT": lambda x: x**-0.5 if x > 0 else math.nan,
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64"])
@pytest.mark.parametrize("op", UNARY)
def test_unary(op: str, dtype: str) -> None:
    x = (np.random.default_rng(1).standard_normal((4, 6)) * 3).astype(dtype)
    tolerance = {"float16": 2e-3, "float32": 2e-6, "float64": 1e-14}[dtype]
    _check_formula(op, UNARY[op], [x], tolerance)


@pytest.mark.parametrize("op", ["STABLEHLO_ABS", "STABLEHLO_NEGATE"])
def test_unary_of_integers(op: str) -> None:
    _check_formula(op, UNARY[op], [np.array([-7, 0, 9, 2**31 - 1], np.int32)])


@pytest.mark.parametrize(("op", "formula"), [("STABLEHLO_EXPONENTIAL", cmath.exp), ("STABLEHLO_LOG", cmath.log)])
def test_unary_of_complex_numbers(op: str, formula: Callable[..., Any]) -> None:
    rng = np.random.default_rng(2)
    _check_formula(op, formula, [(rng.standard_normal(5) + 1j * rng.standard_normal(5)).astype(np.complex64)])


def test_unary_of_codes_is_refused() -> None:
    model = ModelBuilder()
    x = model.input("x", (2,), "int8", quantization=(0.1, 0))
    model.output(model.op("STABLEHLO_TANH", [x], quantization=(0.1, 0)))
    with pytest.raises(RuntimeError, match="not supported"):
        run_delegant(model.to_bytes(), [np.zeros(2, np.int8)])


@pytest.mark.parametrize(
    ("op", "formula"),
    [("STABLEHLO_SUBTRACT", operator.sub), ("STABLEHLO_DIVIDE", operator.truediv), ("STABLEHLO_REMAINDER", math.fmod),
     ("STABLEHLO_POWER", operator.pow)],
)  # fmt: skip
def test_binary(op: str, formula: Callable[..., Any]) -> None:
    rng = np.random.default_rng(3)
    a, b = rng.uniform(0.2, 5, (4, 6)).astype(np.float32), rng.uniform(0.5, 3, (4, 6)).astype(np.float32)
    _check_formula(op, formula, [a, b])


SEVENS = np.array([7, -7, 7, -7, 6, -6, 5, -8], np.int32)
THREES = np.array([3, 3, -3, -3, 3, -3, 0, 0], np.int32)


@pytest.mark.parametrize(
    ("op", "expected"),
    [("STABLEHLO_DIVIDE", [2, -2, -2, 2, 2, 2, -1, -1]), ("STABLEHLO_REMAINDER", [1, -1, 1, -1, 0, 0, 5, -8]),
     ("STABLEHLO_OR", [7, -5, -1, -3, 7, -1, 5, -8]), ("STABLEHLO_SUBTRACT", [4, -10, 10, -4, 3, -3, 5, -8])],
)  # fmt: skip
def test_integers(op: str, expected: list[int]) -> None:
    """Quotients are truncated; by zero they are -1, and the remainder is the dividend."""
    assert _run(op, [SEVENS, THREES]).tolist() == expected


def test_integers_at_the_end_of_their_range() -> None:
    lowest = np.array([-128, -128], np.int8)
    assert _run("STABLEHLO_DIVIDE", [lowest, np.array([-1, 1], np.int8)]).tolist() == [-128, -128]
    assert _run("STABLEHLO_DIVIDE", [np.array([200, 7], np.uint8), np.array([3, 0], np.uint8)]).tolist() == [66, 255]


def test_powers_of_integers() -> None:
    bases, exponents = np.array([2, -3, 5, 1, -1, -1, 7], np.int32), np.array([10, 3, 0, -4, -3, -2, -1], np.int32)
    assert _run("STABLEHLO_POWER", [bases, exponents]).tolist() == [1024, -27, 1, 1, -1, 1, 0]


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
@pytest.mark.parametrize("direction", range(6))
def test_compare(direction: int, dtype: str) -> None:
    a, b = np.array([1, 2, 3, 0, 0]).astype(dtype), np.array([2, 2, 1, 0, 1]).astype(dtype)
    result = _run("STABLEHLO_COMPARE", [a, b], {"comparison_direction": direction}, "bool")
    assert result.tolist() == [DIRECTIONS[direction](x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_compare_in_total_order(dtype: str) -> None:
    ordered = np.array([-np.nan, -np.inf, -2, -0.0, 0.0, 1, np.inf, np.nan], dtype)
    ordered[[0, -1]] = np.copysign(ordered[[0, -1]], [-1, 1])
    a, b = np.repeat(ordered, 8), np.tile(ordered, 8)
    places = np.arange(64) // 8, np.arange(64) % 8
    for direction, relation in enumerate(DIRECTIONS):
        options = {"comparison_direction": direction, "compare_type": TOTAL_ORDER}
        np.testing.assert_array_equal(_run("STABLEHLO_COMPARE", [a, b], options, "bool"), relation(*places))


def test_select_and_clamp() -> None:
    a, b = np.array([1, 2, 3], np.float32), np.array([4, 5, 6], np.float32)
    assert _run("STABLEHLO_SELECT", [np.array([True, False, True]), a, b], dtype="float32").tolist() == [1, 5, 3]
    assert _run("STABLEHLO_SELECT", [np.array(False), a, b], dtype="float32").tolist() == [4, 5, 6]
    low, high = np.array(2, np.float32), np.array(2.5, np.float32)
    assert _run("STABLEHLO_CLAMP", [low, a, high]).tolist() == [2, 2, 2.5]
    assert _run("STABLEHLO_CLAMP", [np.array([0, 3, 0], np.float32), a, b]).tolist() == [1, 3, 3]


@pytest.mark.parametrize(
    ("value", "dtype", "expected"),
    [([1.7, -1.7, 0.0], "int32", [1, -1, 0]), ([0.5, 0.0, -3.0], "bool", [True, False, True]),
     ([1.0, 2.0, 1e-9], "float16", [1, 2, 0])],
)  # fmt: skip
def test_convert(value: list[float], dtype: str, expected: list[Any]) -> None:
    assert _run("STABLEHLO_CONVERT", [np.array(value, np.float32)], dtype=dtype).tolist() == expected
