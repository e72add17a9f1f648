"""Operands for tests of operators that work element by element."""
from __future__ import annotations

from typing import Any

import numpy as np
from ops.harness import random_scale, random_values, random_zero_point

from delegant.core.build.builder import BuilderTensor, ModelBuilder

QUANTIZED = ("int8", "uint8", "int16")


def quantization(rng: np.random.Generator, dtype: str) -> tuple[float, int] | None:
    """A random scale and zero point for 8- and 16-bit types, None for others."""
    if dtype not in QUANTIZED:
        return None
    limits = (0.002, 0.2) if dtype != "int16" else (2e-5, 2e-3)
    return random_scale(rng, *limits), random_zero_point(rng, dtype)


def operand(
    model: ModelBuilder, rng: np.random.Generator, name: str, shape: tuple[int, ...], dtype: str, **more: Any
) -> tuple[BuilderTensor, np.ndarray]:
    """An input of the model and random values for it."""
    more.setdefault("quantization", quantization(rng, dtype))
    return model.input(name, shape, dtype, **more), random_values(rng, shape, dtype)
