"""Models of one operator that works element by element."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
from fuzz.draft import QUANTIZED, Draft
from ops.harness import random_values

from delegant.core.schema import ActivationFunctionType, TensorType

FLOATS_AND_CODES = ("float32", *QUANTIZED)
BINARY = {
    "ADD": (*FLOATS_AND_CODES, "int32", "int64"), "SUB": (*FLOATS_AND_CODES, "int32", "int64"),
    "MUL": (*FLOATS_AND_CODES, "int32", "int64"), "DIV": ("float32", "int32", "uint8"),
    "MAXIMUM": (*FLOATS_AND_CODES, "int32", "int64"), "MINIMUM": (*FLOATS_AND_CODES, "int32", "int64"),
    "SQUARED_DIFFERENCE": ("float32", "int32", "int8"), "POW": ("float32", "int32"),
    "FLOOR_DIV": ("float32", "int32"), "FLOOR_MOD": ("float32", "int32", "int64"), "ATAN2": ("float32",),
    "BITWISE_XOR": ("int8", "int16", "int32"), "RIGHT_SHIFT": ("int8", "int16", "int32"),
}  # fmt: skip
UNARY = {
    "ABS": ("float32", "int8", "int16", "int32"), "NEG": ("float32", "int32", "int64"), "SIN": ("float32",),
    "COS": ("float32",), "EXP": ("float32", "int8", "int16"), "LOG": ("float32", "int8", "int16"),
    "SQRT": ("float32", "int8", "int16"), "RSQRT": ("float32", "int8", "int16"), "SQUARE": ("float32",),
    "FLOOR": ("float32",), "CEIL": ("float32",), "ROUND": ("float32",), "SIGN": ("float32", "int32"),
    "ZEROS_LIKE": ("float32", "int32", "int64"),
}  # fmt: skip
ACTIVATIONS = {
    "RELU": FLOATS_AND_CODES, "RELU6": FLOATS_AND_CODES, "RELU_N1_TO_1": ("float32", "int8", "uint8"),
    "RELU_0_TO_1": ("float32", "int8", "uint8"), "LEAKY_RELU": FLOATS_AND_CODES,
    "HARD_SWISH": ("float32", "int8", "uint8"), "TANH": FLOATS_AND_CODES, "LOGISTIC": FLOATS_AND_CODES,
    "ELU": ("float32", "int8"), "GELU": ("float32", "int8", "uint8"), "PRELU": ("float32", "int8", "uint8"),
}  # fmt: skip
COMPARISONS = ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL")
FUSED = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
NUMBERS = ("float32", "int8", "uint8", "int16", "int32", "int64", "float64", "bool", "float16")


def _pick(d: Draft, table: dict[str, tuple[str, ...]]) -> tuple[str, str]:
    return d.pick([(op, dtype) for op, dtypes in table.items() for dtype in dtypes])


def _broadcast(d: Draft, most: int = 4) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shapes that broadcast."""
    full = d.shape(0, most, 6)
    shapes = [tuple(1 if d.integer(0, 3) == 0 else n for n in full) for _ in range(2)]
    cut = d.integer(0, len(full)) if d.flag() else 0
    shapes[1] = shapes[1][cut:]
    return (shapes[0], shapes[1]) if d.flag() else (shapes[1], shapes[0])


def binary(d: Draft) -> None:
    op, dtype = _pick(d, BINARY)
    plain = op in ("BITWISE_XOR", "RIGHT_SHIFT")
    left, right = _broadcast(d)
    right = left if op == "ATAN2" else right  # LiteRT does not broadcast it, and reads past the shorter one
    a = d.input("a", left, dtype) if plain else d.operand("a", left, dtype)
    b = _second(d, op, right, dtype)
    options = None
    if op in ("ADD", "SUB", "MUL", "DIV") and dtype != "int64":
        options = {"fused_activation_function": ActivationFunctionType[d.pick(FUSED)]}
    quantization = a.quantization if op in ("MAXIMUM", "MINIMUM") else d.quantization(dtype)
    d.output(op, [a, b], options, quantization=None if plain else quantization, dtype=dtype)


def _second(d: Draft, op: str, shape: tuple[int, ...], dtype: str):
    """The second operand: no zero divisors, small exponents and shifts, equal quantization for MAXIMUM."""
    if op in ("DIV", "FLOOR_DIV", "FLOOR_MOD") and dtype != "float32":
        quantization = (d.scale(), 0) if dtype == "uint8" else None
        return d.input("b", shape, dtype, quantization=quantization, values=_above(d, shape, dtype, 1, 100))
    if op == "POW":
        return d.input("b", shape, dtype, values=_above(d, shape, dtype, 0, 3))  # what int32 holds of 1000**3
    if op == "RIGHT_SHIFT":
        return d.input("b", shape, dtype, values=_above(d, shape, dtype, 0, 7))
    if op in ("MAXIMUM", "MINIMUM") and dtype in QUANTIZED:
        return d.input("b", shape, dtype, quantization=d.model._tensors[0].quantization)
    if op == "BITWISE_XOR":
        return d.input("b", shape, dtype)
    return d.operand("b", shape, dtype)


def _above(d: Draft, shape: tuple[int, ...], dtype: str, low: int, high: int) -> Callable[[], np.ndarray]:
    return lambda: np.asarray(d.rng.integers(low, high, shape, endpoint=True)).astype(dtype)


def unary(d: Draft) -> None:
    op, dtype = _pick(d, UNARY)
    shape, quantization = d.shape(0, 4, 9), d.quantization(dtype)
    values = None
    if op in ("LOG", "SQRT", "RSQRT"):
        lowest = min(quantization[1], np.iinfo(dtype).max - 1) if quantization else 0

        def values() -> np.ndarray:
            if quantization:
                return np.maximum(random_values(d.rng, shape, dtype), lowest + 1).astype(dtype)
            return np.asarray(d.rng.uniform(1e-3, 100, shape)).astype(dtype)

    x = d.input("x", shape, dtype, quantization=quantization, values=values)
    d.output(op, [x], quantization=d.quantization(dtype))


def activation(d: Draft) -> None:
    op, dtype = _pick(d, ACTIVATIONS)
    shape, quantization = d.shape(1, 4, 9), d.quantization(dtype, 1e-3, 0.3)
    x = d.input("x", shape, dtype, quantization=quantization)
    inputs, options = [x], None
    if op == "PRELU":
        inputs.append(d.operand("alpha", tuple(1 if d.flag() else n for n in shape[1:]), dtype))
    if op in ("LEAKY_RELU", "GELU"):
        slope = float(np.float32(d.integer(-50, 90) / 100))
        options = {"alpha": slope} if op == "LEAKY_RELU" else {"approximate": d.flag()}
    fixed = {"TANH": (1 / 128, 128), "LOGISTIC": (1 / 256, 0)}.get(op)
    out = d.quantization(dtype, 1e-3, 0.3)
    if fixed and out:
        offset = {"int8": -128, "uint8": 0, "int16": -fixed[1]}[dtype]
        out = (1 / 32768, 0) if dtype == "int16" else (fixed[0], fixed[1] + offset)
    d.output(op, inputs, options, quantization=out)


def comparison(d: Draft) -> None:
    op = d.pick(COMPARISONS)
    dtype = d.pick(("float32", "int32", "int64", "int8", "uint8", *(("bool",) if op in COMPARISONS[:2] else ())))
    left, right = _broadcast(d)
    d.output(op, [d.operand("a", left, dtype), d.operand("b", right, dtype)], dtype="bool")


def logical(d: Draft) -> None:
    left, right = _broadcast(d)
    a = d.input("a", left, "bool")
    if d.flag():
        d.output("LOGICAL_NOT", [a])
    else:
        d.output(d.pick(("LOGICAL_AND", "LOGICAL_OR")), [a, d.operand("b", right, "bool")])


def select(d: Draft) -> None:
    dtype = d.pick(("float32", "int8", "uint8", "int16", "int32", "int64", "bool"))
    op, quantization = d.pick(("SELECT", "SELECT_V2")), d.quantization(dtype)
    shape = d.shape(1, 4, 5)
    shapes = [shape] * 3
    if op == "SELECT_V2":
        shapes = [tuple(1 if d.integer(0, 3) == 0 else n for n in shape) for _ in range(3)]
    elif d.flag():
        shapes[0] = shape[:1]
    inputs = [d.input("condition", shapes[0], "bool")]
    inputs += [d.input(n, s, dtype, quantization=quantization) for n, s in zip("ab", shapes[1:], strict=True)]
    d.output(op, inputs, dtype=dtype, quantization=quantization, shape=shape)


def conversion(d: Draft) -> None:
    """QUANTIZE, DEQUANTIZE and CAST."""
    op, shape = d.pick(("QUANTIZE", "REQUANTIZE", "DEQUANTIZE", "CAST")), d.shape(0, 4, 9)
    source, target = d.pick(FLOATS_AND_CODES[1:]), d.pick(FLOATS_AND_CODES[1:])
    if op == "CAST":
        source, target = d.pick(NUMBERS), d.pick(NUMBERS)
        x = d.input("x", shape, source, values=lambda: _castable(d, shape, source, target))
        options = {"in_data_type": TensorType[source.upper()], "out_data_type": TensorType[target.upper()]}
        d.output("CAST", [x], options, dtype=target)
    elif op == "DEQUANTIZE":
        d.output(op, [d.input("x", shape, source, quantization=d.quantization(source))], dtype="float32")
    else:
        source = "float32" if op == "QUANTIZE" else source
        x = d.input("x", shape, source, quantization=d.quantization(source))
        d.output("QUANTIZE", [x], dtype=target, quantization=d.quantization(target))


def _castable(d: Draft, shape: tuple[int, ...], source: str, target: str) -> np.ndarray:
    """Floats that fit the target: C leaves the others undefined."""
    if not source.startswith("float"):
        return random_values(d.rng, shape, source)
    return np.asarray(d.rng.uniform(0 if target == "uint8" else -120, 120, shape)).astype(source)


FAMILIES = {
    "binary": binary, "unary": unary, "activation": activation, "comparison": comparison, "logical": logical,
    "select": select, "conversion": conversion,
}  # fmt: skip
