"""Float activations with integer weights on the GPU delegates: equal to the CPU interpreter, to the bit."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from running import run

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.build.builder_base import BuilderTensor, quantized
from delegant.core.delegate import Delegate

SEED = random.SystemRandom().randrange(1 << 31)


class Draft:
    """A model in the making, with the values of its input."""

    def __init__(self, seed: int) -> None:
        self.g, self.rng = ModelBuilder(), np.random.default_rng(seed)
        self.value = np.zeros(0, np.float32)

    def x(self, *shape: int, rectified: bool = False) -> BuilderTensor:
        self.value = self.rng.normal(0, 3, shape).astype(np.float32)
        if rectified:
            self.value = np.maximum(self.value, 0)
        return self.g.input("x", shape, "float32")

    def weights(self, *shape: int, axis: int | None = 0, dtype: str = "int8") -> BuilderTensor:
        """Codes with a scale per channel of an axis, or one."""
        limits = (0, 256) if dtype == "uint8" else (-127, 128)
        codes = self.rng.integers(*limits, shape).astype(dtype)
        scales = np.exp(self.rng.uniform(-6, -3, 1 if axis is None else shape[axis])).astype(np.float32)
        zero = 117 if dtype == "uint8" else 0
        params = quantized(scales[0], zero) if axis is None else quantized(scales, zero, axis)
        return self.g.constant(f"weights{len(self.g._tensors)}", codes, quantization=params)

    def bias(self, channels: int) -> BuilderTensor:
        return self.g.constant(f"bias{len(self.g._tensors)}", self.rng.normal(0, 3, channels).astype(np.float32))


Build = Callable[[Draft], BuilderTensor]


def _fully_connected(d: Draft, x: BuilderTensor, w: BuilderTensor, **options: Any) -> BuilderTensor:
    units = w.shape[0]
    return d.g.op("FULLY_CONNECTED", [x, w, d.bias(units)], options, shape=(int(np.prod(x.shape)) // w.shape[1], units))


CASES: dict[str, Build] = {
    "one row": lambda d: _fully_connected(d, d.x(1, 70), d.weights(19, 70, axis=None)),
    "rows": lambda d: _fully_connected(d, d.x(5, 64), d.weights(19, 64), fused_activation_function=1),
    "asymmetric rows": lambda d: _fully_connected(d, d.x(5, 37), d.weights(8, 37), asymmetric_quantize_inputs=True),
    "asymmetric row": lambda d: _fully_connected(d, d.x(1, 70), d.weights(19, 70), asymmetric_quantize_inputs=True),
    "one pointwise picture": lambda d: d.g.conv_2d(d.x(1, 7, 5, 24), d.weights(33, 1, 1, 24), d.bias(33)),
    "rows of zeros": lambda d: _fully_connected(
        d, d.g.mul(d.x(4, 16), np.array([[0], [1], [0], [1]], np.float32)), d.weights(8, 16)
    ),
    "rows of another shape": lambda d: _fully_connected(d, d.x(2, 4, 3, 5), d.weights(6, 20)),
    "unsigned weights": lambda d: _fully_connected(d, d.x(3, 33), d.weights(6, 33, axis=None, dtype="uint8")),
    "no bias": lambda d: d.g.fully_connected(d.x(2, 33), d.weights(6, 33)),
    "matrices": lambda d: d.g.batch_matmul(d.x(2, 5, 33), d.weights(1, 33, 7, axis=None)),
    "matrices with scales of columns": lambda d: d.g.batch_matmul(d.x(2, 5, 33), d.weights(1, 33, 7, axis=2)),
    "transposed matrices": lambda d: d.g.op(
        "BATCH_MATMUL",
        [d.x(3, 4, 16), d.weights(3, 9, 16, axis=None)],
        {"adj_y": True, "asymmetric_quantize_inputs": True},
        shape=(3, 4, 9),
    ),
    "matrices that lie across": lambda d: d.g.batch_matmul(d.x(2, 33, 5), d.weights(1, 33, 7, axis=None), adj_x=True),
    "one matrix by several": lambda d: d.g.op(
        "BATCH_MATMUL",
        [d.x(1, 16, 4), d.weights(3, 9, 16, axis=None)],
        {"adj_x": True, "adj_y": True, "asymmetric_quantize_inputs": True},
        shape=(3, 4, 9),
    ),
    "a matrix by several": lambda d: d.g.batch_matmul(d.x(5, 33), d.weights(2, 33, 7, axis=None)),
    "transposed convolution": lambda d: d.g.transpose_conv(d.x(2, 4, 5, 3), d.weights(6, 3, 3, 3), d.bias(6)),
    "transposed convolution of a picture": lambda d: d.g.transpose_conv(
        d.x(1, 4, 5, 8), d.weights(6, 2, 3, 8), d.bias(6), stride=(2, 3), activation="RELU"
    ),
    "convolution": lambda d: d.g.conv_2d(d.x(2, 9, 7, 5), d.weights(6, 3, 3, 5), d.bias(6), stride=2),
    "one scale": lambda d: d.g.conv_2d(
        d.x(2, 9, 7, 8), d.weights(6, 3, 3, 8, axis=None), d.bias(6), activation="RELU6", dilation=2
    ),
    "groups": lambda d: d.g.conv_2d(d.x(1, 6, 6, 8), d.weights(8, 3, 3, 4, axis=None), d.bias(8)),
    "pointwise": lambda d: d.g.conv_2d(d.x(2, 5, 5, 24, rectified=True), d.weights(7, 1, 1, 24), d.bias(7)),
    "depthwise": lambda d: d.g.depthwise_conv_2d(d.x(2, 9, 8, 6), d.weights(1, 3, 3, 6, axis=3), d.bias(6), stride=2),
    "multiplied": lambda d: d.g.depthwise_conv_2d(
        d.x(1, 9, 8, 3), d.weights(1, 3, 3, 6, axis=3), d.bias(6), activation="RELU"
    ),
    "large": lambda d: d.g.conv_2d(d.x(1, 32, 33, 8), d.weights(8, 1, 1, 8), d.bias(8)),
    "wide": lambda d: d.g.conv_2d(d.x(1, 20, 20, 24), d.weights(24, 3, 3, 24), d.bias(24)),
    "two layers": lambda d: d.g.conv_2d(
        d.g.relu(d.g.conv_2d(d.x(1, 9, 8, 3), d.weights(8, 3, 3, 3), d.bias(8))), d.weights(5, 1, 1, 8), d.bias(5)
    ),
}


def model(name: str, seed: int) -> tuple[bytes, np.ndarray]:
    draft = Draft(seed)
    draft.g.output(CASES[name](draft))
    return draft.g.to_bytes(), draft.value


def outputs(content: bytes, value: np.ndarray, **more: Any) -> list[np.ndarray]:
    with delegant.Interpreter(model_content=content, **more) as interpreter:
        interpreter.allocate_tensors()
        return run(interpreter, value)


@pytest.mark.parametrize("name", CASES)
def test_equals_the_cpu(name: str, delegate: Delegate) -> None:
    content, value = model(name, SEED)
    expected = outputs(content, value)
    for ours, theirs in zip(outputs(content, value, delegates=[delegate], policy="require"), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=f"seed {SEED}")
        assert np.unique(theirs).size > 5


@pytest.mark.parametrize("name", ["one row", "pointwise", "one scale", "asymmetric row"])
def test_products_of_floats_equal_those_of_bytes(name: str, delegate: Delegate) -> None:
    content, value = model(name, SEED)
    floats = delegant.load_delegate(delegate.name, {"bytes": "off"})
    for ours, theirs in zip(outputs(content, value, delegates=[floats]), outputs(content, value), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=f"seed {SEED}")


@pytest.mark.parametrize("name", ["large", "asymmetric rows"])
def test_half_floats_touch_no_codes(name: str, delegate: Delegate) -> None:
    content, value = model(name, SEED)
    half = delegant.load_delegate(delegate.name, {"precision": "fp16"})
    for ours, theirs in zip(outputs(content, value, delegates=[half]), outputs(content, value), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_weights_are_widened_where_that_is_asked_for(delegate: Delegate) -> None:
    draft = Draft(3)
    draft.g.output(draft.g.fully_connected(draft.x(4, 3000), draft.weights(9, 3000)))
    content = draft.g.to_bytes()
    with delegant.Interpreter(model_content=content, delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        (place,) = interpreter.placement
    assert place.device == "cpu"
    assert '{"hybrid": "widened"}' in place.reason
    widened = delegant.load_delegate(delegate.name, {"hybrid": "widened"})
    (actual,) = outputs(content, draft.value, delegates=[widened], policy="require")
    (expected,) = outputs(content, draft.value)
    np.testing.assert_allclose(actual, expected, atol=0.02 * np.ptp(expected))
    assert not np.array_equal(actual, expected)


def test_an_unknown_form_is_refused(delegate: Delegate) -> None:
    with pytest.raises(ValueError, match="'exact' and 'widened'"):
        delegant.load_delegate(delegate.name, {"hybrid": "fast"})
