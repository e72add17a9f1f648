"""The demo network as `.tflite`, from trained weights: once in float32, once as full-integer int8.

Shows the two things a quantizer has to do: fit a scale and zero point to each activation's range, and quantize weights
per output channel with int32 biases at the scale of the products.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from delegant.core.build.builder import BuilderTensor, ModelBuilder, quantized
from delegant.core.schema import QuantizationParameters

Ranges = dict[str, tuple[float, float]]
Operand = BuilderTensor | np.ndarray


@dataclass(frozen=True)
class Layer:
    """A trained layer.

    Attributes:
        name: of its output.
        kind: "conv_2d", "depthwise_conv_2d" or "fully_connected".
        weights: float32 in TFLite's layout; bias: float32, one per output channel.
    """

    name: str
    kind: str
    weights: np.ndarray
    bias: np.ndarray
    stride: int = 1
    relu6: bool = False


def float_model(layers: list[Layer]) -> bytes:
    m = ModelBuilder(description="Delegant's demo: handwritten digits, float32")
    image = m.input("image", (-1, 8, 8, 1))

    def apply(layer: Layer, x: BuilderTensor) -> BuilderTensor:
        return _call(m, layer, x, layer.weights, layer.bias)

    logits = _network(m, image, layers, apply, lambda name: None)
    return _finished(m, image, m.softmax(logits, output_name="probabilities"))


def int8_model(layers: list[Layer], ranges: Ranges) -> bytes:
    """`ranges`: smallest and largest value of each activation over representative data, by name."""
    m = ModelBuilder(description="Delegant's demo: handwritten digits, int8")
    image = m.input("image", (-1, 8, 8, 1), "int8", quantization=activation_quantization(*ranges["image"]))

    def apply(layer: Layer, x: BuilderTensor) -> BuilderTensor:
        axis = 3 if layer.kind == "depthwise_conv_2d" else 0
        scales, codes = per_channel_codes(layer.weights, axis)
        weights = m.constant(f"{layer.name}_weights", codes, quantization=quantized(scales, 0, axis))
        bias_scales = scales * np.float32(_parameters(x).scale[0])
        bias_codes = np.rint(layer.bias / bias_scales).astype(np.int32)
        bias = m.constant(f"{layer.name}_bias", bias_codes, quantization=quantized(bias_scales))
        return _call(m, layer, x, weights, bias, quantization=activation_quantization(*ranges[layer.name]))

    logits = _network(m, image, layers, apply, lambda name: activation_quantization(*ranges[name]))
    probabilities = m.softmax(logits, quantization=quantized(1 / 256, -128), output_name="probabilities")
    return _finished(m, image, probabilities)


def activation_quantization(low: float, high: float) -> QuantizationParameters:
    """int8 codes for [low, high], widened so that 0 has a code of its own."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = np.float32((high - low) / 255)
    return quantized(scale, int(np.clip(np.rint(-128 - low / scale), -128, 127)))


def per_channel_codes(weights: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Scales (one per index of `axis`) and int8 codes in -127..127."""
    others = tuple(i for i in range(weights.ndim) if i != axis)
    scales = (np.abs(weights).max(axis=others) / 127).astype(np.float32)
    shape = [-1 if i == axis else 1 for i in range(weights.ndim)]
    return scales, np.rint(weights / scales.reshape(shape)).astype(np.int8)


def _network(
    m: ModelBuilder,
    x: BuilderTensor,
    layers: list[Layer],
    apply: Callable[[Layer, BuilderTensor], BuilderTensor],
    quantization: Callable[[str], QuantizationParameters | None],
) -> BuilderTensor:
    """The graph: every layer in turn, the residual, the mean before the classifier."""
    made: dict[str, BuilderTensor] = {}
    for layer in layers:
        if layer.kind == "fully_connected":
            x = m.mean(x, (1, 2), quantization=quantization("mean"), output_name="mean")
        made[layer.name] = x = apply(layer, x)
        if layer.name == "residual_pointwise":
            skip = made["down_pointwise"]
            x = m.add(x, skip, quantization=quantization("residual_add"), output_name="residual_add")
    return x


def _call(
    m: ModelBuilder, layer: Layer, x: BuilderTensor, weights: Operand, bias: Operand, **more: Any
) -> BuilderTensor:
    if layer.kind != "fully_connected":
        more |= {"stride": layer.stride, "activation": "RELU6" if layer.relu6 else "NONE"}
    return getattr(m, layer.kind)(x, weights, bias, output_name=layer.name, **more)


def _parameters(x: BuilderTensor) -> QuantizationParameters:
    assert x.quantization is not None, f"{x.name} is not quantized"
    return x.quantization


def _finished(m: ModelBuilder, image: BuilderTensor, probabilities: BuilderTensor) -> bytes:
    m.output(probabilities)
    m.signature("serving_default", {"image": image}, {"probabilities": probabilities})
    return m.to_bytes()
