"""A network of 16-bit activations and 8-bit weights: LiteRT's reference kernels, our CPU and the delegates agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from oracle import run_litert
from running import run

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.build.builder_base import BuilderTensor, quantized
from delegant.core.delegate import Delegate


def q(reach: float) -> Any:
    """Of codes for numbers up to `reach` in magnitude."""
    return quantized(reach / 32767)


class Network:
    """Layers with random weights, scales per channel and 64-bit biases; each result's scale suits its range."""

    def __init__(self) -> None:
        self.g, self.rng = ModelBuilder(), np.random.default_rng(16)

    def constants(self, name: str, shape: tuple[int, ...], axis: int, reach: float) -> list[BuilderTensor]:
        """Weights and bias of a layer whose input goes up to `reach`."""
        channels = shape[axis]
        scales = (0.01 * np.exp(self.rng.uniform(-1, 0, channels))).astype(np.float32)
        weights = self.rng.normal(0, 40, shape).clip(-127, 127).astype(np.int8)
        bias = self.rng.integers(-(10**6), 10**6, channels).astype(np.int64)
        biases = quantized(scales * np.float32(reach / 32767), 0, 0)
        return [
            self.g.constant(f"{name}_w", weights, quantization=quantized(scales, 0, axis)),
            self.g.constant(f"{name}_b", bias, quantization=biases),
        ]

    def build(self) -> bytes:
        g, layer = self.g, self.constants
        x = g.quantize(g.input("x", (1, 17, 15, 3), "float32"), "int16", q(3.0))
        x = g.conv_2d(x, *layer("a", (8, 3, 3, 3), 0, 3.0), stride=2, activation="RELU", quantization=q(6.0))
        y = g.depthwise_conv_2d(x, *layer("b", (1, 3, 3, 8), 3, 6.0), activation="RELU6", quantization=q(6.0))
        y = g.conv_2d(y, *layer("c", (8, 1, 1, 8), 0, 6.0), quantization=q(9.0))
        x = g.add(x, y, quantization=q(11.0))
        x = g.op("LEAKY_RELU", [x], {"alpha": 0.1}, quantization=q(11.0))
        x = g.pad(x, [(0, 0), (1, 0), (0, 1), (0, 0)], quantization=q(11.0))
        x = g.conv_2d(x, *layer("d", (12, 4, 2, 8), 0, 11.0), padding="VALID", quantization=q(40.0))
        gate = g.logistic(x, quantization=quantized(2.0**-15))
        x = g.mul(x, gate, quantization=q(40.0))
        x = g.concatenation([x, g.max_pool_2d(x, (1, 1))], -1, quantization=q(40.0))
        x = g.mean(x, [1, 2], quantization=q(20.0))
        x = g.fully_connected(x, *layer("e", (10, 24), 0, 20.0), quantization=q(30.0))
        g.output(g.dequantize(g.softmax(x, quantization=q(1.0))), g.tanh(x, quantization=quantized(2.0**-15)))
        return g.to_bytes()


@pytest.fixture(scope="module")
def network() -> tuple[bytes, list[np.ndarray], list[np.ndarray]]:
    """The model, its inputs and what LiteRT's reference kernels make of them."""
    made = Network()
    model, inputs = made.build(), [made.rng.normal(0, 1, (1, 17, 15, 3)).astype(np.float32)]
    return model, inputs, run_litert(model, inputs)


def check(interpreter: delegant.Interpreter, network: Any) -> None:
    _, inputs, expected = network
    interpreter.allocate_tensors()
    for ours, theirs in zip(run(interpreter, *inputs), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
        assert np.unique(theirs).size > 5


def test_the_cpu(network: Any) -> None:
    check(delegant.Interpreter(model_content=network[0]), network)


@pytest.mark.parametrize("op", ["CONV_2D", "FULLY_CONNECTED"])
def test_sums_beyond_31_bits(op: str, delegate: Delegate) -> None:
    g, rng, depth = ModelBuilder(), np.random.default_rng(5), 1200
    weights = rng.choice([-100, 100], (9, depth)).astype(np.int8)
    codes = (np.sign(weights[:5]) * rng.integers(30000, 32768, (5, 1)) * [[1], [-1], [1], [0.5], [0]]).astype(np.int16)
    scales = (np.arange(1, 10) * 0.002).astype(np.float32)
    bias = g.constant("b", rng.integers(-(10**7), 10**7, 9), quantization=quantized(scales, 0, 0))
    if op == "CONV_2D":
        x = g.input("x", (1, 5, 1, depth), "int16", quantization=quantized(1e-3))
        w = g.constant("w", weights.reshape(9, 1, 1, depth), quantization=quantized(scales, 0, 0))
        g.output(g.conv_2d(x, w, bias, quantization=quantized(3.0)))
    else:
        x = g.input("x", (5, depth), "int16", quantization=quantized(1e-3))
        w = g.constant("w", weights, quantization=quantized(scales, 0, 0))
        g.output(g.fully_connected(x, w, bias, quantization=quantized(3.0)))
    answers = []
    for delegates in ([], [delegate]):
        with delegant.Interpreter(model_content=g.to_bytes(), delegates=delegates, policy="require") as interpreter:
            interpreter.allocate_tensors()
            answers += run(interpreter, codes.reshape(x.shape))
    np.testing.assert_array_equal(answers[1], answers[0])
    assert np.abs(answers[0]).max() > 2**31 * 0.002e-3 / 3 and np.abs(answers[0]).max() < 32767


def test_half_floats_touch_no_codes(delegate: Delegate) -> None:
    made = Network()
    x = made.g.input("x", (1, 33, 32, 8), "int16", quantization=q(3.0))
    y = made.g.conv_2d(x, *made.constants("a", (8, 3, 3, 8), 0, 3.0), quantization=q(30.0))
    made.g.output(made.g.conv_2d(y, *made.constants("b", (8, 1, 1, 8), 0, 30.0), quantization=q(200.0)))
    model, codes = made.g.to_bytes(), made.rng.integers(-(2**15), 2**15, (1, 33, 32, 8)).astype(np.int16)
    half = delegant.load_delegate(delegate.name, {"precision": "fp16"})
    answers = []
    for delegates in ([], [half]):
        with delegant.Interpreter(model_content=model, delegates=delegates, policy="require") as interpreter:
            interpreter.allocate_tensors()
            answers += run(interpreter, codes)
    np.testing.assert_array_equal(answers[1], answers[0])


def test_a_delegate(network: Any, delegate: Delegate) -> None:
    with delegant.Interpreter(model_content=network[0], delegates=[delegate], policy="require") as interpreter:
        check(interpreter, network)
