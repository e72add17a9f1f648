"""One-operator graphs of 8-bit codes for the GPU delegates, with random scales, zero points and odd channel counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from delegant.core.build.builder import ModelBuilder
from delegant.core.build.builder_base import BuilderTensor, quantized
from delegant.core.schema import QuantizationParameters


@dataclass
class Draft:
    """A model in the making.

    `dtype` is that of all activations, `inputs` has the values of the model's inputs, in order.
    """

    dtype: str
    rng: np.random.Generator
    g: ModelBuilder = field(default_factory=ModelBuilder)
    inputs: list[np.ndarray] = field(default_factory=list)

    @property
    def limits(self) -> tuple[int, int]:
        info = np.iinfo(self.dtype)
        return int(info.min), int(info.max)

    def scale(self, low: float = 0.01, high: float = 0.2) -> float:
        return float(np.float32(np.exp(self.rng.uniform(np.log(low), np.log(high)))))

    def zero_point(self) -> int:
        """Any code, at the ends and in the middle more often; 16-bit tensors have none but 0."""
        if self.dtype == "int16":
            return 0
        low, high = self.limits
        return int(self.rng.choice([low, high, self.rng.integers(low, high + 1), (low + high + 1) // 2]))

    def share(self) -> Any:
        """Of codes that stand for numbers from 0 to 1."""
        return quantized(2.0**-15, 0) if self.dtype == "int16" else quantized(1 / 256, self.limits[0])

    def quantization(self, low: float = 0.01, high: float = 0.2) -> Any:
        return quantized(self.scale(low, high), self.zero_point())

    def codes(self, *shape: int) -> np.ndarray:
        low, high = self.limits
        return self.rng.integers(low, high + 1, shape).astype(self.dtype)

    def x(self, *shape: int, quantization: Any = None) -> BuilderTensor:
        """An input of codes."""
        self.inputs.append(self.codes(*shape))
        made = self.quantization() if quantization is None else quantization
        return self.g.input(f"x{len(self.inputs)}", shape, self.dtype, quantization=made)

    def weights(self, *shape: int, axis: int = 0) -> BuilderTensor:
        """Constant codes: INT8 with a scale per channel, UINT8 with one scale and a zero point."""
        if self.dtype == "uint8":
            return self.g.constant("weights", self.codes(*shape), quantization=self.quantization(0.002, 0.05))
        values = self.rng.integers(-127, 128, shape).astype(np.int8)
        scales = np.exp(self.rng.uniform(np.log(0.002), np.log(0.05), shape[axis])).astype(np.float32)
        return self.g.constant("weights", values, quantization=quantized(scales, 0, axis))

    def bias(self, channels: int) -> BuilderTensor:
        kind = np.int64 if self.dtype == "int16" else np.int32
        values = self.rng.integers(-3000, 3000, channels).astype(kind)
        return self.g.constant("bias", values, quantization=quantized(0.01))


Made = BuilderTensor | Sequence[BuilderTensor]
CASES: dict[str, Callable[[Draft], Made]] = {}


def case(function: Callable[[Draft], Made]) -> Callable[[Draft], Made]:
    """Registers a graph under its function's name."""
    CASES[function.__name__] = function
    return function


def _sums(d: Draft, reach: float) -> Any:
    return quantized(d.scale(reach / 3, reach), d.zero_point())


# --- products


@case
def conv_2d(d: Draft) -> Made:
    x = d.x(1, 9, 7, 5)
    return d.g.conv_2d(x, d.weights(6, 3, 3, 5), d.bias(6), stride=2, activation="RELU6", quantization=_sums(d, 0.3))


@case
def conv_2d_of_a_quantized_picture(d: Draft) -> Made:
    d.inputs.append(d.rng.standard_normal((1, 12, 11, 3)).astype(np.float32))
    x = d.g.quantize(d.g.input("x", (1, 12, 11, 3), "float32"), d.dtype, d.quantization())
    return d.g.conv_2d(x, d.weights(16, 3, 3, 3), d.bias(16), stride=2, quantization=_sums(d, 0.3))


@case
def conv_2d_pointwise(d: Draft) -> Made:
    return d.g.conv_2d(d.x(2, 5, 5, 8), d.weights(13, 1, 1, 8), d.bias(13), quantization=_sums(d, 0.3))


@case
def conv_2d_dilated(d: Draft) -> Made:
    x = d.x(1, 9, 9, 3)
    return d.g.conv_2d(x, d.weights(20, 3, 3, 3), d.bias(20), dilation=2, activation="RELU", quantization=_sums(d, 0.3))


@case
def conv_2d_grouped(d: Draft) -> Made:
    return d.g.conv_2d(d.x(1, 6, 6, 8), d.weights(8, 3, 3, 4), d.bias(8), quantization=_sums(d, 0.3))


@case
def conv_2d_with_scales_above_one(d: Draft) -> Made:
    return d.g.conv_2d(d.x(1, 5, 5, 3), d.weights(5, 1, 1, 3), d.bias(5), quantization=_sums(d, 0.0003))


@case
def conv_2d_after_pad(d: Draft) -> Made:
    q = d.quantization()
    padded = d.g.pad(d.x(1, 8, 7, 5, quantization=q), [(0, 0), (1, 2), (0, 1), (0, 0)], quantization=q)
    return d.g.conv_2d(padded, d.weights(4, 3, 3, 5), d.bias(4), padding="VALID", quantization=_sums(d, 0.3))


@case
def conv_2d_residual(d: Draft) -> Made:
    x = d.x(1, 6, 5, 6)
    made = d.g.conv_2d(x, d.weights(6, 3, 3, 6), d.bias(6), activation="RELU6", quantization=_sums(d, 0.2))
    made = d.g.conv_2d(made, d.weights(6, 1, 1, 6), d.bias(6), quantization=_sums(d, 0.2))
    return d.g.add(x, made, activation="RELU", quantization=d.quantization(0.05))


@case
def depthwise_conv_2d(d: Draft) -> Made:
    x, w = d.x(1, 9, 8, 6), d.weights(1, 3, 3, 6, axis=3)
    return d.g.depthwise_conv_2d(x, w, d.bias(6), activation="RELU6", quantization=_sums(d, 0.2))


@case
def depthwise_conv_2d_multiplied(d: Draft) -> Made:
    x, w = d.x(1, 9, 8, 3), d.weights(1, 3, 3, 6, axis=3)
    return d.g.depthwise_conv_2d(x, w, d.bias(6), stride=2, quantization=_sums(d, 0.2))


@case
def transpose_conv(d: Draft) -> Made:
    return d.g.transpose_conv(d.x(1, 4, 5, 3), d.weights(6, 3, 3, 3), d.bias(6), quantization=_sums(d, 0.2))


@case
def conv_2d_grouped_odd(d: Draft) -> Made:
    """Groups that begin and end within a word of four channels."""
    return d.g.conv_2d(d.x(1, 6, 6, 6), d.weights(9, 3, 3, 2), d.bias(9), quantization=_sums(d, 0.3))


@case
def transpose_conv_strided(d: Draft) -> Made:
    x, w = d.x(2, 4, 5, 8), d.weights(12, 3, 2, 8)
    return d.g.transpose_conv(x, w, d.bias(12), stride=(2, 3), activation="RELU", quantization=_sums(d, 0.2))


@case
def fully_connected(d: Draft) -> Made:
    return d.g.fully_connected(d.x(3, 37), d.weights(9, 37), d.bias(9), activation="RELU", quantization=_sums(d, 0.3))


@case
def fully_connected_one_row(d: Draft) -> Made:
    return d.g.fully_connected(d.x(1, 4, 4, 5), d.weights(130, 80), d.bias(130), quantization=_sums(d, 0.3))


@case
def batch_matmul_of_shorts(d: Draft) -> Made:
    """16-bit codes by 16-bit and by 8-bit ones."""
    a, b = (d.g.quantize(d.x(2, *shape), "int16", quantized(2e-4)) for shape in ((5, 33), (33, 6)))
    made = d.g.batch_matmul(a, b, quantization=quantized(1e-3))
    other = d.x(2, 6, 7, quantization=quantized(0.01))
    made = d.g.batch_matmul(made, other, quantization=quantized(0.002))
    return d.g.quantize(made, d.dtype, d.quantization(0.3, 1.0))


@case
def batch_matmul(d: Draft) -> Made:
    return d.g.batch_matmul(d.x(2, 5, 17), d.x(2, 17, 6), quantization=_sums(d, 0.3))


@case
def batch_matmul_adjoint(d: Draft) -> Made:
    x, w = d.x(2, 3, 14, 9), d.x(2, 3, 10, 14)
    return d.g.batch_matmul(x, w, adj_x=True, adj_y=True, quantization=_sums(d, 0.3))


@case
def batch_matmul_of_one_right_matrix(d: Draft) -> Made:
    return d.g.batch_matmul(d.x(3, 7, 16), d.x(1, 16, 21), quantization=_sums(d, 0.3))


@case
def batch_matmul_of_one_left_matrix(d: Draft) -> Made:
    return d.g.batch_matmul(d.x(1, 16, 6), d.x(3, 16, 21), adj_x=True, quantization=_sums(d, 0.3))


@case
def batch_matmul_by_a_constant(d: Draft) -> Made:
    """A single matrix with codes at one end of their range, then as many as on the left."""
    one = d.g.constant("one", d.codes(14, 12), quantization=quantized(0.02, d.limits[0]))
    made = d.g.batch_matmul(d.x(2, 5, 14), one, quantization=_sums(d, 0.3))
    many = d.g.constant("many", d.codes(2, 12, 6), quantization=quantized(0.02, d.limits[1]))
    return d.g.batch_matmul(made, many, quantization=_sums(d, 0.3))


@case
def conv_2d_of_shorts(d: Draft) -> Made:
    """16-bit activations with a bias of 32 bits, which scales the sums in another way, then a network's other ends."""
    q = quantized(0.004)
    x = d.g.quantize(d.x(1, 9, 7, 5), "int16", q)
    weights = d.g.constant("w8", d.rng.integers(-127, 128, (6, 3, 3, 5)).astype(np.int8), quantization=quantized(0.02))
    bias = d.g.constant("b32", d.rng.integers(-3000, 3000, 6).astype(np.int32), quantization=quantized(0.01))
    options = {"padding": 0, "stride_h": 1, "stride_w": 2, "quantized_bias_type": 2}
    made = d.g.op("CONV_2D", [x, weights, bias], options, shape=(1, 9, 4, 6), quantization=quantized(0.05))
    return d.g.quantize(made, d.dtype, d.quantization())


@case
def add_of_shorts_by_powers_of_two(d: Draft) -> Made:
    """16-bit operands whose scales are powers of two, which LiteRT only shifts."""
    first = d.g.quantize(d.x(2, 3, 5), "int16", quantized(2.0**-8))
    second = d.g.quantize(d.x(2, 3, 5), "int16", quantized(2.0**-5))
    made = d.g.add(first, second, activation="RELU6", quantization=quantized(2.0**-5))
    return d.g.quantize(d.g.sub(made, first, quantization=quantized(2.0**-5)), d.dtype, d.quantization())


# --- two operands


@case
def add(d: Draft) -> Made:
    return d.g.add(d.x(2, 3, 5), d.x(2, 3, 5), activation="RELU6", quantization=d.quantization())


@case
def add_itself(d: Draft) -> Made:
    x = d.x(2, 3, 5)
    return d.g.add(x, x, quantization=d.quantization())


@case
def add_constant(d: Draft) -> Made:
    other = d.g.constant("other", d.codes(5), quantization=d.quantization())
    return d.g.add(d.x(2, 3, 5), other, quantization=d.quantization())


@case
def sub_broadcast(d: Draft) -> Made:
    return d.g.sub(d.x(2, 1, 5), d.x(3, 1), activation="RELU", quantization=d.quantization())


@case
def mul(d: Draft) -> Made:
    return d.g.mul(d.x(1, 4, 4, 6), d.x(1, 1, 1, 6), quantization=d.quantization(0.001))


@case
def mul_by_a_scalar(d: Draft) -> Made:
    """Factors and summands as a normalization has them, but for its roots."""
    x = d.x(2, 3, 5)
    scalar = d.g.constant("scalar", np.array(d.limits[1], d.dtype), quantization=d.quantization())
    gain = d.g.mul(d.x(2, 3, 5), scalar, quantization=_sums(d, 0.3))
    return d.g.add(d.g.mul(x, gain, quantization=_sums(d, 0.3)), d.x(2, 3, 5), quantization=_sums(d, 0.3))


@case
def maximum(d: Draft) -> Made:
    q = d.quantization()
    return d.g.binary("MAXIMUM", d.x(2, 3, 5, quantization=q), d.x(3, 5, quantization=q), quantization=q)


@case
def minimum(d: Draft) -> Made:
    q = d.quantization()
    return d.g.binary("MINIMUM", d.x(2, 3, 5, quantization=q), d.x(2, 3, 5, quantization=q), quantization=q)


# --- functions of one code


def _function(op: str, options: Any = None) -> None:
    def build(d: Draft) -> Made:
        out = d.share() if op == "LOGISTIC" else d.quantization()
        return d.g.op(op, [d.x(1, 5, 7, 9)], options, quantization=out)

    CASES[op.lower()] = build


for _op in ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "TANH", "LOGISTIC", "HARD_SWISH"):
    _function(_op)
_function("LEAKY_RELU", {"alpha": 0.17})
for _op in ("ELU", "EXP", "LOG", "ABS", "NEG"):
    _function(_op)
_function("GELU", {"approximate": False})


@case
def quantize(d: Draft) -> Made:
    return d.g.relu(d.g.quantize(d.x(2, 3, 5), d.dtype, d.quantization()), quantization=d.quantization())


@case
def quantize_floats(d: Draft) -> Made:
    scale = d.scale()
    edges = ((d.rng.integers(-300, 300, (3, 70)) + 0.5) * scale).astype(np.float32)
    d.inputs.append(np.nextafter(edges, edges + d.rng.integers(-1, 2, edges.shape).astype(np.float32)))
    d.inputs[-1][0, :2] = 1e30, -1e30
    x = d.g.input("x", (3, 70), "float32")
    return d.g.relu(d.g.quantize(x, d.dtype, quantized(scale, d.zero_point())), quantization=d.quantization())


@case
def dequantize(d: Draft) -> Made:
    return d.g.dequantize(d.g.relu(d.x(2, 3, 5), quantization=d.quantization()))


@case
def cast(d: Draft) -> Made:
    return d.g.relu(d.g.cast(d.x(2, 3, 5), "float32"))


# --- rows and windows


@case
def softmax(d: Draft) -> Made:
    return d.g.softmax(d.x(3, 11), beta=0.9, quantization=d.share())


@case
def softmax_wide(d: Draft) -> Made:
    return d.g.softmax(d.x(1, 1001), quantization=d.share())


@case
def softmax_of_many_rows(d: Draft) -> Made:
    x = d.x(3, 17, 21, quantization=quantized(d.scale(0.03, 0.3), d.zero_point()))
    return d.g.softmax(x, quantization=d.share())


@case
def mean(d: Draft) -> Made:
    return d.g.mean(d.x(2, 5, 4, 6), [1, 2], quantization=d.quantization())


@case
def mean_of_channels(d: Draft) -> Made:
    return d.g.mean(d.x(2, 5, 4, 6), [3], keep_dims=True, quantization=d.quantization())


@case
def mean_of_many(d: Draft) -> Made:
    return d.g.mean(d.x(1, 25, 31, 6), [1, 2], quantization=d.quantization(0.001, 0.01))


@case
def mean_beyond_float32(d: Draft) -> Made:
    """Sums of 16-bit codes are taken by halves; of 8-bit ones where they are so many."""
    return d.g.mean(d.x(1, 300, 230, 2), [1, 2], quantization=d.quantization(0.0001, 0.001))


@case
def sum(d: Draft) -> Made:
    return d.g.reduce("SUM", d.x(2, 5, 4, 6), [1, 3], quantization=d.quantization(0.1, 1.0))


@case
def sum_of_rows(d: Draft) -> Made:
    return d.g.reduce("SUM", d.x(3, 70), [1], keep_dims=True, quantization=d.quantization(0.5, 2.0))


def _unit(d: Draft) -> QuantizationParameters:
    return quantized(1 / 128, 128 if d.dtype == "uint8" else 0)


@case
def l2_normalization(d: Draft) -> Made:
    return d.g.op("L2_NORMALIZATION", [d.x(3, 2, 7)], quantization=_unit(d))


@case
def l2_normalization_of_many(d: Draft) -> Made:
    return d.g.op("L2_NORMALIZATION", [d.x(2, 1280)], quantization=_unit(d))


@case
def l2_normalization_of_small_codes(d: Draft) -> Made:
    """Sums of squares from 0 on."""
    few = d.g.op("MUL", [d.x(9, 3), d.x(9, 3)], quantization=quantized(40.0, 128 if d.dtype == "uint8" else 0))
    return d.g.op("L2_NORMALIZATION", [few], quantization=_unit(d))


@case
def average_pool_2d(d: Draft) -> Made:
    return d.g.average_pool_2d(d.x(1, 9, 7, 5), (3, 2), stride=2, padding="SAME", activation="RELU6")


@case
def average_pool_2d_whole(d: Draft) -> Made:
    return d.g.average_pool_2d(d.x(1, 7, 7, 20), (7, 7))


@case
def max_pool_2d(d: Draft) -> Made:
    return d.g.max_pool_2d(d.x(1, 9, 7, 5), (3, 3), stride=2, padding="SAME", activation="RELU")


@case
def reduce_max(d: Draft) -> Made:
    q = d.quantization()
    return d.g.reduce("REDUCE_MAX", d.x(2, 5, 4, 6, quantization=q), [1, 3], quantization=q)


@case
def reduce_min(d: Draft) -> Made:
    q = d.quantization()
    return d.g.reduce("REDUCE_MIN", d.x(2, 5, 4, 6, quantization=q), [2], quantization=q)


@case
def concatenation_with_own_scales(d: Draft) -> Made:
    q = d.quantization()
    own = {"quantization": None} if d.dtype == "uint8" else {"quantization": q}
    parts = [d.x(2, 3, 5, **own), d.x(2, 3, 6, quantization=q), d.x(2, 3, 1, **own)]
    return d.g.concatenation(parts, -1, quantization=q)


INT8_KERNELS = {"elu", "gelu", "exp", "log", "abs", "neg", *(name for name in CASES if name.startswith("batch_matmul"))}
"""Operators without a UINT8 kernel."""


@case
def prelu(d: Draft) -> Made:
    kind = "uint8" if d.dtype == "uint8" else "int8"
    slopes = d.rng.integers(0, 128, (1, 1, 7)).astype(kind)
    alpha = d.g.constant("alpha", slopes, quantization=quantized(d.scale(), 0 if kind == "int8" else 100))
    return d.g.op("PRELU", [d.x(2, 5, 6, 7), alpha], quantization=d.quantization())


@case
def squared_difference(d: Draft) -> Made:
    return d.g.op("SQUARED_DIFFERENCE", [d.x(2, 5, 6, 7), d.x(6, 7)], quantization=_sums(d, 3.0))


def _of_positive(d: Draft, op: str, low: float, high: float) -> Made:
    """Of codes that stand for no number below 0 (of 16 bits: where that makes no difference)."""
    x = d.x(2, 5, 9, quantization=quantized(d.scale(), 0 if d.dtype == "int16" else d.limits[0]))
    return d.g.op(op, [x], quantization=d.quantization(low, high))


@case
def sqrt(d: Draft) -> Made:
    return _of_positive(d, "SQRT", 0.01, 0.1)


@case
def rsqrt(d: Draft) -> Made:
    return _of_positive(d, "RSQRT", 0.01, 0.1)


# --- functions of one code in several operators


@case
def mul_swish(d: Draft) -> Made:
    x = d.x(2, 5, 5, 20)
    return d.g.mul(x, d.g.logistic(x, quantization=d.share()), quantization=d.quantization())


@case
def tanh_of_relu(d: Draft) -> Made:
    x = d.g.relu(d.x(3, 7, 9), quantization=d.quantization())
    return d.g.tanh(x, quantization=quantized(1 / 128, (d.limits[0] + d.limits[1] + 1) // 2))
