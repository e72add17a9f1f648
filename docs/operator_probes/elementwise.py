"""Operators that work element by element or row by row."""
from __future__ import annotations

from typing import Any

from delegant.core.dtypes import tensor_type
from delegant.core.model.op_versions import newest_version

from .probe import Probe, probe

NORMALIZED = {  # the scale and zero points (of int8, uint8) that the format prescribes for the output
    "TANH": (1 / 128, 0, 128), "LOGISTIC": (1 / 256, -128, 0), "SOFTMAX": (1 / 256, -128, 0),
    "LOG_SOFTMAX": (16 / 256, 127, 255), "L2_NORMALIZATION": (1 / 128, 0, 128),
}  # fmt: skip


@probe("ABS", "NEG", "SIN", "COS", "EXP", "LOG", "SQRT", "RSQRT", "SQUARE", "FLOOR", "CEIL", "ROUND", "SIGN",
       "ZEROS_LIKE", "RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "HARD_SWISH", "ELU", "GELU", "LOGICAL_NOT",
       "FAKE_QUANT", "LEAKY_RELU")  # fmt: skip
def unary(p: Probe, op: str) -> None:
    options = {"FAKE_QUANT": {"min": -1.0, "max": 1.0, "num_bits": 8}, "LEAKY_RELU": {"alpha": 0.5}}.get(op)
    p.out(op, [p.x(2, 3)], options, shape=(2, 3))


@probe(*NORMALIZED)
def normalized(p: Probe, op: str) -> None:
    scale, signed, unsigned = NORMALIZED[op]
    zero = {"int8": signed, "uint8": unsigned}.get(p.type, 0)
    options = {"beta": 1.0} if op == "SOFTMAX" else None
    p.out(op, [p.x(2, 3)], options, shape=(2, 3), scale=1 / 32768 if p.type == "int16" else scale, zero=zero)


@probe("ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "POW", "FLOOR_DIV", "FLOOR_MOD", "ATAN2",
       "BITWISE_XOR", "RIGHT_SHIFT", "LOGICAL_AND", "LOGICAL_OR", "ADD_N")  # fmt: skip
def binary(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x(2, 3)], shape=(2, 3))


@probe("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL")
def comparison(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.x(2, 3)], shape=(2, 3), type="bool")


@probe("PRELU")
def prelu(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.w(3) if p.type != "int16" else p.c([1, 1, 1], "int16")], shape=(2, 3))


@probe("SELECT", "SELECT_V2")
def select(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3, type="bool"), p.x(2, 3), p.x(2, 3)], shape=(2, 3))


@probe("CAST")
def cast(p: Probe, op: str) -> None:
    """The type is that of the input; float32 comes out."""
    options = {"in_data_type": tensor_type(p.type), "out_data_type": tensor_type("float32")}
    _between(p, op, p.type, "float32", options)


@probe("QUANTIZE")
def quantize(p: Probe, op: str) -> None:
    """The type is that of the output, of a float32 input."""
    _between(p, op, "float32", p.type)


@probe("DEQUANTIZE")
def dequantize(p: Probe, op: str) -> None:
    _between(p, op, p.type, "float32")


def _between(p: Probe, op: str, source: str, target: str, options: Any = None) -> None:
    """Between operators of either type: a delegate converts only what it has or needs."""
    shape, given = p.c([2, 3]), p.x(3, 2, type=source)
    x, y, last = p.result((2, 3), source), p.result((2, 3), target), p.result((2, 3), target)
    p.g.op_with_outputs("RESHAPE", [given, shape], [x])
    p.g.op_with_outputs(op, [x], [y], options, version=newest_version(op))
    p.g.op_with_outputs("RESHAPE", [y, shape], [last])
    p.g.output(last)


@probe("BITCAST")
def bitcast(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], shape=(2, 3))


@probe("BUCKETIZE")
def bucketize(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], {"boundaries": (0.0, 2.0)}, shape=(2, 3), type="int32")


@probe("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL")
def reduction(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c([1])], {"keep_dims": False}, shape=(2,))


@probe("CUMSUM")
def cumsum(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c(1)], shape=(2, 3))


@probe("ARG_MAX", "ARG_MIN")
def arg_reduction(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3), p.c(1)], {"output_type": tensor_type("int32")}, shape=(2,), type="int32")


@probe("TOPK_V2")
def topk(p: Probe, op: str) -> None:
    outputs = [p.result((2, 2)), p.result((2, 2), "int32")]
    p.g.op_with_outputs(op, [p.x(2, 3), p.c(2)], outputs, version=3)
    p.g.output(*outputs)


@probe("UNIQUE")
def unique(p: Probe, op: str) -> None:
    outputs = [p.result((3,)), p.result((3,), "int32")]
    p.g.op_with_outputs(op, [p.x(3)], outputs, {"idx_out_type": tensor_type("int32")})
    p.g.output(*outputs)


@probe("LOCAL_RESPONSE_NORMALIZATION")
def local_response(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 2, 2, 3)], {"radius": 1, "bias": 1.0, "alpha": 1.0, "beta": 0.5}, shape=(1, 2, 2, 3))


@probe("RFFT2D")
def rfft(p: Probe, op: str) -> None:
    p.out(op, [p.x(1, 4, 4), p.c([4, 4])], shape=(1, 4, 3), type="complex64")


@probe("REAL", "IMAG", "COMPLEX_ABS")
def complex_parts(p: Probe, op: str) -> None:
    p.out(op, [p.x(2, 3)], shape=(2, 3), type="float64" if p.type == "complex128" else "float32")


@probe("SEGMENT_SUM")
def segments(p: Probe, op: str) -> None:
    p.out(op, [p.x(3, 2), p.c([0, 0, 1])], shape=(2, 2))


@probe("UNSORTED_SEGMENT_SUM", "UNSORTED_SEGMENT_PROD", "UNSORTED_SEGMENT_MAX", "UNSORTED_SEGMENT_MIN")
def unsorted_segments(p: Probe, op: str) -> None:
    p.out(op, [p.x(3, 2), p.c([0, 0, 1]), p.c(2)], shape=(2, 2))


@probe("MULTINOMIAL")
def multinomial(p: Probe, op: str) -> None:
    """The type is that of the logits."""
    p.out(op, [p.x(2, 3), p.c(4)], {"seed": 1, "seed2": 2}, shape=(2, 4), type="int64")


@probe("RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL")
def random(p: Probe, op: str) -> None:
    """The type is that of the numbers that come out."""
    p.out(op, [p.c([2, 3])], {"seed": 1, "seed2": 2}, shape=(2, 3))


@probe("NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5")
def suppression(p: Probe, op: str) -> None:
    limits = [p.c(2), p.c(0.5, "float32"), p.c(0.5, "float32")]
    soft = [p.c(0.5, "float32")] if op.endswith("5") else []
    outputs = [p.result((2,), "int32"), *([p.result((2,))] if soft else []), p.result((), "int32")]
    p.g.op_with_outputs(op, [p.x(3, 4), p.x(3), *limits, *soft], outputs)
    p.g.output(*outputs)
