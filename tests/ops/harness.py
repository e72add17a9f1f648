"""One-operator models, run through Delegant's CPU kernels and through LiteRT, and compared.

Integers have to be equal; floats have to agree within 1e-5 of the largest magnitude of LiteRT's output.
"""
from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from oracle import run_litert

from delegant.core.build.builder import ModelBuilder
from delegant.core.interpreter import Interpreter

FLOAT_TOLERANCE = 1e-5


def fresh_seed() -> int:
    """A seed that differs in every session; assertions print the seeds of failing cases."""
    return random.SystemRandom().randrange(1 << 31)


SEEDS = (1, 2, 3, fresh_seed())
"""Seeds for parametrised tests: three fixed, one fresh."""


def run_delegant(model: bytes, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Outputs of one `invoke` on the CPU kernels; inputs in the order of the model's, resized where they differ."""
    interpreter = Interpreter(model_content=model)
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        if tuple(detail["shape"]) != value.shape:
            interpreter.resize_tensor_input(detail["index"], value.shape)
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def assert_close(actual: np.ndarray, expected: np.ndarray, tolerance: float = FLOAT_TOLERANCE) -> None:
    """Equal shapes, types and values; floats within `tolerance` of the largest finite magnitude expected."""
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype
    if expected.dtype.kind not in "fc":
        np.testing.assert_array_equal(actual, expected)
        return
    finite = np.abs(expected[np.isfinite(expected)])
    atol = tolerance * max(float(finite.max(initial=0.0)), 1e-30)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def check_model(
    model: ModelBuilder, inputs: Sequence[np.ndarray], *, resolver: str = "BUILTIN_REF",
    tolerance: float = FLOAT_TOLERANCE,
) -> list[np.ndarray]:
    """Run a model in both, compare every output, and return Delegant's."""
    data = model.to_bytes()
    expected = run_litert(data, list(inputs), resolver=resolver)
    actual = run_delegant(data, inputs)
    assert len(actual) == len(expected)
    for ours, theirs in zip(actual, expected, strict=True):
        assert_close(ours, theirs, tolerance)
    return actual


def random_values(rng: np.random.Generator, shape: Sequence[int], dtype: Any) -> np.ndarray:
    """Normal floats, or integers over the whole range of the type (32 and 64 bits: -1000..1000)."""
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return rng.standard_normal(shape).astype(kind)
    if kind.kind == "b":
        return rng.random(shape) < 0.5
    limits = np.iinfo(kind)
    low, high = (limits.min, limits.max) if kind.itemsize <= 2 else (max(limits.min, -1000), 1000)
    return rng.integers(low, high, shape, dtype=kind, endpoint=True)


def random_scale(rng: np.random.Generator, low: float = 0.002, high: float = 0.2) -> float:
    """A scale between the limits, uniform in its logarithm, exact in float32."""
    return float(np.float32(np.exp(rng.uniform(np.log(low), np.log(high)))))


def random_zero_point(rng: np.random.Generator, dtype: Any) -> int:
    """Any code of an 8-bit type; 0 for 16 bits, where the format allows no other."""
    limits = np.iinfo(dtype)
    return 0 if limits.bits > 8 else int(rng.integers(limits.min, limits.max, endpoint=True))
