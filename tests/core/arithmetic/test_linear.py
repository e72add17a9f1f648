"""How a layer of integers computes is found once, and again only where shapes or weights ask for another way."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from running import ready, run

from delegant.core.arithmetic import linear
from delegant.core.build.builder import ModelBuilder

CHANNELS = 6


def layers() -> bytes:
    """A convolution, a depthwise one and a fully connected layer, of int8."""
    rng = np.random.default_rng(0)
    m = ModelBuilder()

    def constant(name: str, shape: tuple[int, ...], axis: int, scales: int) -> Any:
        quantization = (rng.uniform(0.001, 0.01, scales).astype(np.float32), np.zeros(scales, np.int64), axis)
        return m.constant(name, rng.integers(-127, 128, shape).astype(np.int8), quantization=quantization)

    def bias(name: str) -> Any:
        return m.constant(name, rng.integers(-999, 999, CHANNELS).astype(np.int32))

    x = m.input("x", (-1, 8, 8, CHANNELS), "int8", quantization=(0.05, 3))
    shape, made = (1, 8, 8, CHANNELS), {"quantization": (0.1, -5)}
    x = m.op("CONV_2D", [x, constant("w", (CHANNELS, 3, 3, CHANNELS), 0, CHANNELS), bias("b")],
             {"stride_h": 1, "stride_w": 1}, shape=shape, **made)  # fmt: skip
    x = m.op("DEPTHWISE_CONV_2D", [x, constant("v", (1, 3, 3, CHANNELS), 3, CHANNELS), bias("c")],
             {"stride_h": 1, "stride_w": 1, "depth_multiplier": 1}, shape=shape, **made)  # fmt: skip
    x = m.op("FULLY_CONNECTED", [x, constant("u", (CHANNELS, CHANNELS), 0, 1), bias("d")],
             {"keep_num_dims": True}, shape=shape, **made)  # fmt: skip
    m.output(x)
    return m.to_bytes()


def resized(interpreter: Any, rows: int) -> list[np.ndarray]:
    interpreter.resize_tensor_input(0, (rows, 8, 8, CHANNELS))
    interpreter.allocate_tensors()
    codes = np.random.default_rng(rows).integers(-128, 128, (rows, 8, 8, CHANNELS))
    return run(interpreter, codes.astype(np.int8))


def test_resizing_finds_only_what_the_new_shape_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[bool] = []
    quantized = linear._quantized

    def noted(*arguments: Any) -> linear.Linear:
        found.append(arguments[-1])
        return quantized(*arguments)

    monkeypatch.setattr(linear, "_quantized", noted)
    interpreter = ready(layers())
    assert found == [False] * 3
    for rows, many in ((2, 0), (1, 0), (9, 3), (8, 0), (1, 3)):
        found.clear()
        np.testing.assert_array_equal(resized(interpreter, rows)[0], resized(ready(layers()), rows)[0])
        fresh = 3 + (3 if rows > 6 else 0)
        assert len(found) == many + fresh


def test_weights_that_are_computed_are_looked_at_in_every_run() -> None:
    m = ModelBuilder()
    x, w = m.input("x", (2, 4), "int8", quantization=(0.5, 1)), m.input("w", (3, 4), "int8", quantization=(0.25, 0))
    m.output(m.op("FULLY_CONNECTED", [x, w, None], shape=(2, 3), quantization=(1.0, 0)))
    interpreter = ready(m)
    codes = np.arange(8, dtype=np.int8).reshape(2, 4)
    for value in (1, 2, 1):
        weights = np.full((3, 4), value, np.int8)
        expected = np.floor((codes.astype(np.float64) - 1).sum(axis=1) * 0.125 * value + 0.5)
        np.testing.assert_array_equal(run(interpreter, codes, weights)[0], np.repeat(expected[:, None], 3, axis=1))
