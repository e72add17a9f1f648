"""Graphs where 8-bit codes meet integers and booleans."""

from __future__ import annotations

from typing import Any

import numpy as np
from quantized_cases import CASES, Draft, Made

from delegant.core.build.builder_base import BuilderTensor

COMPARED = ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")


def _other(d: Draft, name: str, values: np.ndarray) -> BuilderTensor:
    """An input that is not of codes."""
    d.inputs.append(values)
    return d.g.input(name, values.shape, values.dtype)


def _comparison(op: str) -> Any:
    def draft(d: Draft) -> Made:
        return d.g.op(op.upper(), [d.x(2, 3, 5), d.x(3, 5)], dtype="bool")

    return draft


def _extreme(op: str, axis: int, shape: tuple[int, ...]) -> Any:
    def draft(d: Draft) -> Made:
        return d.g.op(op, [d.x(3, 5, 7), d.g.constant("axis", np.int32(axis))], shape=shape, dtype="int32")

    return draft


def _topk(d: Draft) -> Made:
    q = d.quantization()
    outputs = [d.g.tensor("values", (3, 4), d.dtype, quantization=q), d.g.tensor("places", (3, 4), "int32")]
    d.g.op_with_outputs("TOPK_V2", [d.x(3, 11, quantization=q), d.g.constant("k", np.int32(4))], outputs)
    return outputs


def _select(op: str, condition: tuple[int, ...]) -> Any:
    def draft(d: Draft) -> Made:
        q = d.quantization()
        chosen = _other(d, "condition", d.rng.integers(0, 2, condition).astype(np.bool_))
        inputs = [chosen, d.x(2, 3, 5, quantization=q), d.x(2, 3, 5, quantization=q)]
        return d.g.op(op, inputs, shape=(2, 3, 5), dtype=d.dtype, quantization=q)

    return draft


def _gather_nd(d: Draft) -> Made:
    q = d.quantization()
    x, at = d.x(4, 5, 6, quantization=q), _other(d, "at", d.rng.integers(0, 4, (3, 2)).astype(np.int32))
    return d.g.op("GATHER_ND", [x, at], shape=(3, 6), quantization=q)


def _embedding(d: Draft) -> Made:
    q = d.quantization()
    rows = d.g.constant("rows", d.codes(7, 3, 5), quantization=q)
    at = _other(d, "at", d.rng.integers(0, 7, 4).astype(np.int32))
    return d.g.op("EMBEDDING_LOOKUP", [at, rows], shape=(4, 3, 5), dtype=d.dtype, quantization=q)


def _update(d: Draft) -> Made:
    q = d.quantization()
    x, update = d.x(4, 5, 6, quantization=q), d.x(2, 1, 6, quantization=q)
    start = _other(d, "start", d.rng.integers(-2, 5, 3).astype(np.int32))
    return d.g.op("DYNAMIC_UPDATE_SLICE", [x, update, start], quantization=q)


def _reverse(d: Draft) -> Made:
    q = d.quantization()
    x, lengths = d.x(3, 5, 4, quantization=q), _other(d, "n", d.rng.integers(0, 6, 3).astype(np.int32))
    return d.g.op("REVERSE_SEQUENCE", [x, lengths], {"seq_dim": 1, "batch_dim": 0}, quantization=q)


def _cast_floats(d: Draft) -> Made:
    numbers = np.float32([0.7, -0.7, 1.99, -300.5, 300.5, 4e9, -4e9, np.nan, 40000, -40000])
    return d.g.cast(d.g.op("NEG", [_other(d, "numbers", numbers)]), d.dtype)


def _cast_integers(d: Draft) -> Made:
    numbers = np.int32([0, 1, -1, 127, 128, -129, 255, 256, 40000, -(2**31), 2**31 - 1])
    five = d.g.constant("five", np.int32([5]))
    return d.g.cast(d.g.op("BITWISE_XOR", [_other(d, "numbers", numbers), five]), d.dtype)


def _cast_booleans(d: Draft) -> Made:
    return d.g.cast(d.g.op("LOGICAL_NOT", [_other(d, "flags", d.rng.integers(0, 2, (3, 5)).astype(np.bool_))]), d.dtype)


def _cast_codes(d: Draft) -> Made:
    q = d.quantization()
    turned = d.g.transpose(d.x(2, 3, quantization=q), [1, 0], quantization=q)
    return d.g.cast(turned, "int8" if d.dtype == "uint8" else "uint8")


def _convert(d: Draft) -> Made:
    numbers = d.g.op("NEG", [_other(d, "x", np.float32([[1.5, -200, 99]] * 4))])
    codes = d.g.op("STABLEHLO_CONVERT", [numbers], dtype=d.dtype)
    return d.g.op("NEG", [d.g.op("STABLEHLO_CONVERT", [codes], dtype="int32")])


def _cast_to_integers(d: Draft) -> Made:
    return d.g.op("NEG", [d.g.cast(d.x(2, 3, 5), "int32")])


CASES.update(
    {
        **{name: _comparison(name) for name in COMPARED},
        "arg_max": _extreme("ARG_MAX", 2, (3, 5)),
        "arg_min": _extreme("ARG_MIN", 1, (3, 7)),
        "topk_v2": _topk,
        "select": _select("SELECT", (2, 3, 5)),
        "select_v2": _select("SELECT_V2", (3, 1)),
        "gather_nd": _gather_nd,
        "embedding_lookup": _embedding,
        "dynamic_update_slice": _update,
        "reverse_sequence": _reverse,
        "cast_to_integers": _cast_to_integers,
        "cast_floats": _cast_floats,
        "stablehlo_convert": _convert,
        "cast_integers": _cast_integers,
        "cast_booleans": _cast_booleans,
        "cast_codes": _cast_codes,
    }
)
