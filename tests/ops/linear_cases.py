"""Random operands for convolutions and matrix products, for every combination of types that the kernels know."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from ops.harness import random_scale, random_values, random_zero_point

from delegant.core.build.builder import BuilderTensor, ModelBuilder, quantized


@dataclass(frozen=True)
class Kind:
    """A combination of types.

    Attributes:
        source, weights: NumPy types; `weights_type` is the name in the file where NumPy has no such type.
        bias: None for no bias at all.
        per_channel: one weight scale per output channel.
    """

    name: str
    source: Any
    weights: Any
    bias: Any
    per_channel: bool = False
    weights_type: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def is_float(self) -> bool:
        return np.dtype(self.weights).kind == "f"

    @property
    def is_hybrid(self) -> bool:
        return np.dtype(self.source).kind == "f" and not self.is_float

    @property
    def weight_range(self) -> tuple[int, int]:
        """Codes that weights take."""
        bits = {"int4": 4, "int2": 2}.get(self.weights_type, 8)
        return (0, 255) if self.weights == np.uint8 else (1 - (1 << (bits - 1)), (1 << (bits - 1)) - 1)


FLOAT32 = Kind("float32", np.float32, np.float32, np.float32)
HYBRID = Kind("hybrid", np.float32, np.int8, np.float32)
HYBRID_CHANNELS = Kind("hybrid per channel", np.float32, np.int8, np.float32, per_channel=True)
HYBRID_INT4 = Kind("hybrid int4", np.float32, np.int8, np.float32, weights_type="int4")
INT8 = Kind("int8", np.int8, np.int8, np.int32)
INT8_CHANNELS = Kind("int8 per channel", np.int8, np.int8, np.int32, per_channel=True)
INT8_INT4 = Kind("int8 with int4 weights", np.int8, np.int8, np.int32, per_channel=True, weights_type="int4")
UINT8 = Kind("uint8", np.uint8, np.uint8, np.int32)
INT16 = Kind("int16", np.int16, np.int8, np.int64, per_channel=True)
INT16_TENSOR = Kind("int16 per tensor", np.int16, np.int8, np.int64)


@dataclass(frozen=True, eq=False)
class Operands:
    """The operands of one operator, and what its output needs."""

    source: BuilderTensor
    weights: BuilderTensor
    bias: BuilderTensor | None
    value: np.ndarray
    output: dict[str, Any]


def make_operands(
    model: ModelBuilder, rng: np.random.Generator, kind: Kind, source: Sequence[int], weights: Sequence[int],
    channel_axis: int, with_bias: bool = True,
) -> Operands:
    """Random operands whose output fills its range without saturating much."""
    channels = weights[channel_axis]
    taps = prod(weights) // max(1, channels)
    if kind.is_float:
        x = model.input("x", source)
        w = model.constant("w", random_values(rng, weights, np.float32))
        b = model.constant("b", random_values(rng, (channels,), np.float32)) if with_bias else None
        return Operands(x, w, b, random_values(rng, source, np.float32), {})
    return _integer_operands(model, rng, kind, source, weights, channel_axis, taps, with_bias)


def _integer_operands(
    model: ModelBuilder, rng: np.random.Generator, kind: Kind, source: Sequence[int], weights: Sequence[int],
    channel_axis: int, taps: int, with_bias: bool,
) -> Operands:
    channels = weights[channel_axis]
    low, high = kind.weight_range
    codes = rng.integers(low, high, weights, endpoint=True).astype(kind.weights)
    scales = np.float32([random_scale(rng, 0.01, 0.03) for _ in range(channels if kind.per_channel else 1)])
    zero_point = random_zero_point(rng, np.uint8) if kind.weights == np.uint8 else 0
    w = model.constant(
        "w", codes, kind.weights_type or None, quantization=quantized(scales, zero_point, channel_axis)
    )
    x_scale = 1.0 if kind.is_hybrid else random_scale(rng)
    bias_scales = scales * np.float32(x_scale)
    if kind.is_hybrid:
        x = model.input("x", source)
        b = model.constant("b", random_values(rng, (channels,), np.float32)) if with_bias else None
        return Operands(x, w, b, random_values(rng, source, np.float32), {})
    x = model.input("x", source, kind.source, quantization=(x_scale, random_zero_point(rng, kind.source)))
    spread = float(np.sqrt(taps)) * (high - low) / 4 * (16000 if kind.source == np.int16 else 80)
    b = None
    if with_bias:
        values = rng.integers(-spread, spread, channels, endpoint=True).astype(kind.bias)
        b = model.constant("b", values, quantization=quantized(bias_scales))
    fill = 20000 if kind.source == np.int16 else 60
    out_scale = float(np.float32(x_scale * float(scales.mean()) * spread / fill * rng.uniform(0.5, 2)))
    output = {"dtype": kind.source, "quantization": (out_scale, random_zero_point(rng, kind.source))}
    return Operands(x, w, b, random_values(rng, source, kind.source), output)
