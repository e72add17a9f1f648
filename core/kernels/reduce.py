"""SUM, REDUCE_PROD, REDUCE_MAX, REDUCE_MIN, REDUCE_ANY, REDUCE_ALL over any dimensions."""
from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ..arithmetic.lookup import type_range
from ..arithmetic.numerics import quantize_multiplier, requantize, requantize64, round_half_away, wrap32
from ..graph import Quantization
from ..op import Bind, Op, Run
from ..preparation import axes_in, dynamic, is_quantized, known_ints, options_of, quantization_of, unsupported
from ..schema import ReducerOptions
from .registry import kernel

_FUNCTIONS: dict[str, np.ufunc] = {
    "REDUCE_MAX": np.maximum,
    "REDUCE_MIN": np.minimum,
    "REDUCE_ANY": np.logical_or,
    "REDUCE_ALL": np.logical_and,
    "SUM": np.add,
    "REDUCE_PROD": np.multiply,
}


def reduced_axes(op: Op) -> tuple[int, ...] | None:
    """The dimensions to reduce, after giving the output its shape; None while unknown."""
    x, requested = op.input(0), known_ints(op.input(1))
    if requested is None:
        return None
    axes = axes_in(op, requested, len(x.shape))
    keep = options_of(op, ReducerOptions).keep_dims
    shape = tuple(1 if d in axes else n for d, n in enumerate(x.shape))
    op.output().resize(shape if keep else tuple(n for d, n in enumerate(x.shape) if d not in axes))
    return axes


@kernel("SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_ANY", "REDUCE_ALL")
def prepare(op: Op) -> Bind:
    axes = reduced_axes(op)
    if axes is None:
        return dynamic(op)
    x, out = op.input(0), op.output()
    if is_quantized(x) and op.node.op == "SUM":
        return _quantized_sum(op, axes)
    if is_quantized(x) and op.node.op == "REDUCE_PROD":
        return _quantized_product(op, axes)
    reduce = _FUNCTIONS[op.node.op].reduce
    initial = _initial(op)

    def bind() -> Run:
        source, target = x.array, out.array.reshape(_kept(x.shape, axes))
        return lambda: reduce(source, axis=axes, out=target, keepdims=True, dtype=target.dtype, **initial)

    return bind


def _initial(op: Op) -> dict[str, Any]:
    """What a maximum or minimum starts from, which is the result for no elements at all."""
    dtype, name = op.input(0).dtype, op.node.op
    if name not in ("REDUCE_MAX", "REDUCE_MIN"):
        return {}
    if dtype.kind == "b":
        return {"initial": name == "REDUCE_MIN"}
    if dtype.kind not in "iuf":
        raise unsupported(op, op.input(0))
    limits: Any = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    return {"initial": limits.min if name == "REDUCE_MAX" else limits.max}


def _kept(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(1 if d in axes else n for d, n in enumerate(shape))


def _quantized_sum(op: Op, axes: tuple[int, ...]) -> Bind:
    """Codes summed and scaled: by integer arithmetic for uint8, as LiteRT's reference kernel does. That reads int8 and
    int16 as uint8, so for those by float32, as the optimised kernel does. Source: QuantizedMeanOrSum in reduce.h.
    """
    x, out = op.input(0), op.output()
    source, target = quantization_of(op, x), quantization_of(op, out)
    low, high = type_range(out.dtype)
    count = prod(x.shape[d] for d in axes)
    scaled = (_scaled_by_integers if x.dtype == np.uint8 else _scaled_by_floats)(source, target, count)

    def run() -> None:
        codes = np.clip(scaled(x.array.sum(axis=axes, dtype=np.int64)) + target.zero_point, low, high)
        np.copyto(out.array, codes.reshape(out.shape), casting="unsafe")

    return lambda: run


def _scaled_by_integers(source: Quantization, target: Quantization, count: int) -> Callable[[np.ndarray], np.ndarray]:
    m, s = quantize_multiplier(float(np.float64(source.scale) / np.float64(target.scale)))
    return lambda total: requantize(wrap32(total - source.zero_point * count), m, s)


def _scaled_by_floats(source: Quantization, target: Quantization, count: int) -> Callable[[np.ndarray], np.ndarray]:
    scale = np.float32(source.scale) / np.float32(target.scale)
    bias = np.float32(-source.zero_point) * scale * np.float32(count)
    return lambda total: round_half_away(total.astype(np.float32) * scale + bias).astype(np.int64)


def _quantized_product(op: Op, axes: tuple[int, ...]) -> Bind:
    """Factors are requantized one by one, each by s_in / s_out^(1/n). Source: reduce.cc of LiteRT."""
    x, out = op.input(0), op.output()
    source, target = quantization_of(op, x), quantization_of(op, out)
    count = prod(x.shape[d] for d in axes)
    m, s = quantize_multiplier(float(source.scale) / float(target.scale) ** (1 / max(count, 1)))
    low, high = type_range(out.dtype)
    others = [d for d in range(len(x.shape)) if d not in axes]

    def run() -> None:
        factors = x.array.transpose([*others, *axes]).reshape(-1, count).astype(np.int64) - source.zero_point
        product = factors[:, 0]
        for i in range(1, count):
            product = requantize64(product * factors[:, i], m, s)
        codes = np.clip(requantize64(product, m, s) + target.zero_point, low, high)
        np.copyto(out.array, codes.reshape(out.shape), casting="unsafe")

    return lambda: run
