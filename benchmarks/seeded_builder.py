"""A model builder that makes up its weights: seeded, scaled so that activations keep their size through the layers."""

from __future__ import annotations

import math

import numpy as np

from delegant.core.build.builder import BuilderTensor, ModelBuilder

SWISH_SCALE = 1.5
"""Scale of weights before a swish or hard swish, which halves small values."""

GATE_SCALE = 1.9
"""Scale of weights after a squeeze-and-excite gate, which is a half on average."""


class SeededBuilder(ModelBuilder):
    """Convolutions and dense layers with random weights, biases included, as after folding batch normalisation.

    Weights are normal with variance gain / fan-in (He et al. 2015: gain 2 before a rectifier, 1 otherwise).
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self._random = np.random.default_rng(seed)

    def weights(self, shape: tuple[int, ...], fan_in: int, activation: str = "NONE") -> np.ndarray:
        gain = 2.0 if activation.startswith("RELU") else 1.0
        return self._random.standard_normal(shape, np.float32) * np.float32(math.sqrt(gain / fan_in))

    def bias(self, channels: int) -> np.ndarray:
        return self._random.uniform(-0.1, 0.1, channels).astype(np.float32)

    def conv(
        self,
        x: BuilderTensor,
        filters: int,
        kernel: int | tuple[int, int] = 1,
        stride: int = 1,
        activation: str = "NONE",
        padding: str = "SAME",
        bias_offset: float = 0.0,
        scale: float = 1.0,
    ) -> BuilderTensor:
        """CONV_2D, its weights multiplied by `scale`.

        `bias_offset` is added to every bias, as a converter folds the 3 of a hard sigmoid.
        """
        kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
        channels = x.shape[3]
        w = self.weights((filters, kh, kw, channels), kh * kw * channels, activation) * np.float32(scale)
        b = self.bias(filters) + np.float32(bias_offset)
        return self.conv_2d(x, w, b, stride=stride, padding=padding, activation=activation)

    def depthwise(
        self, x: BuilderTensor, kernel: int, stride: int = 1, activation: str = "NONE", scale: float = 1.0
    ) -> BuilderTensor:
        channels = x.shape[3]
        w = self.weights((1, kernel, kernel, channels), kernel * kernel, activation) * np.float32(scale)
        return self.depthwise_conv_2d(x, w, self.bias(channels), stride=stride, activation=activation)

    def dense(
        self, x: BuilderTensor, units: int, activation: str = "NONE", *, keep_num_dims: bool = False
    ) -> BuilderTensor:
        depth = x.shape[-1]
        w = self.weights((units, depth), depth, activation)
        return self.fully_connected(x, w, self.bias(units), activation=activation, keep_num_dims=keep_num_dims)

    def swish(self, x: BuilderTensor) -> BuilderTensor:
        return self.mul(x, self.logistic(x))

    def scalar(self, name: str, value: float) -> BuilderTensor:
        return self.constant(name, np.float32(value))

    def finish(self, x: BuilderTensor, y: BuilderTensor, *, softmax: bool) -> bytes:
        """The file of the model from `x` to `y`, with a softmax on top if asked for."""
        y = self.softmax(y) if softmax else y
        self.output(y)
        self.signature("serving_default", {"input": x}, {"output": y})
        return self.to_bytes()


def make_divisible(value: float, divisor: int = 8) -> int:
    """`value` rounded to a multiple of `divisor`, never down by more than a tenth (MobileNet's channel rule)."""
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded
