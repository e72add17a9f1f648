"""Layers that compute, for the model builder: their output shapes follow from their inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..schema import ActivationFunctionType, Padding
from .builder_base import BuilderTensor, Operand, OperatorBuilder

Pair = int | tuple[int, int]
"""Height and width, or one number for both."""


def _pair(value: Pair) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else value


def window_size(size: int, kernel: int, stride: int, padding: str, dilation: int = 1) -> int:
    """Output size of a convolution or pool along one dimension."""
    if padding == "SAME":
        return -(-size // stride)
    return -(-(size - (kernel - 1) * dilation) // stride)


def _convolution(
    x: BuilderTensor, weights: BuilderTensor, stride: Pair, padding: str, activation: str, dilation: Pair
) -> tuple[tuple[int, int], dict[str, Any]]:
    """Output height and width, and the options, of a convolution with weights (.., height, width, ..)."""
    (sh, sw), (dh, dw) = _pair(stride), _pair(dilation)
    (_, height, width, _), (_, kh, kw, _) = x.shape, weights.shape
    options = {
        "padding": Padding[padding], "stride_h": sh, "stride_w": sw, "dilation_h_factor": dh, "dilation_w_factor": dw,
        "fused_activation_function": ActivationFunctionType[activation],
    }  # fmt: skip
    return (window_size(height, kh, sh, padding, dh), window_size(width, kw, sw, padding, dw)), options


class Layers(OperatorBuilder):
    """Layers in terms of `op`. Arrays given for weights, biases or second operands become constants.

    Keyword arguments that a layer does not name (`quantization`, `dtype`, `output_name`, `version`) go to `op`.
    """

    def conv_2d(
        self,
        x: BuilderTensor,
        weights: Operand,
        bias: Operand | None = None,
        *,
        stride: Pair = 1,
        padding: str = "SAME",
        activation: str = "NONE",
        dilation: Pair = 1,
        **more: Any,
    ) -> BuilderTensor:
        """CONV_2D with weights (output channels, height, width, input channels). Without a bias LiteRT refuses it."""
        w = self._operand(weights, "weights")
        size, options = _convolution(x, w, stride, padding, activation, dilation)
        shape = (x.shape[0], *size, w.shape[0])
        return self.op("CONV_2D", self._with_bias(x, w, bias), options, shape=shape, **more)

    def depthwise_conv_2d(
        self,
        x: BuilderTensor,
        weights: Operand,
        bias: Operand | None = None,
        *,
        stride: Pair = 1,
        padding: str = "SAME",
        activation: str = "NONE",
        dilation: Pair = 1,
        **more: Any,
    ) -> BuilderTensor:
        """DEPTHWISE_CONV_2D with weights (1, height, width, input channels * multiplier)."""
        w = self._operand(weights, "weights")
        size, options = _convolution(x, w, stride, padding, activation, dilation)
        options["depth_multiplier"] = w.shape[3] // x.shape[3]
        shape = (x.shape[0], *size, w.shape[3])
        return self.op("DEPTHWISE_CONV_2D", self._with_bias(x, w, bias), options, shape=shape, **more)

    def transpose_conv(
        self,
        x: BuilderTensor,
        weights: Operand,
        bias: Operand | None = None,
        *,
        stride: Pair = 2,
        padding: str = "SAME",
        activation: str = "NONE",
        **more: Any,
    ) -> BuilderTensor:
        """TRANSPOSE_CONV with weights (output channels, height, width, input channels); SAME gives stride * size."""
        w = self._operand(weights, "weights")
        (sh, sw), (n, h, width, _) = _pair(stride), x.shape
        channels, kh, kw, _ = w.shape
        grow = (max(kh - sh, 0), max(kw - sw, 0)) if padding == "VALID" else (0, 0)
        shape = (n, h * sh + grow[0], width * sw + grow[1], channels)
        options = {
            "padding": Padding[padding], "stride_h": sh, "stride_w": sw,
            "fused_activation_function": ActivationFunctionType[activation],
        }  # fmt: skip
        inputs = [self._integers(shape, "output_shape"), w, x]
        if bias is not None:
            inputs.append(self._operand(bias, "bias"))
        return self.op("TRANSPOSE_CONV", inputs, options, shape=shape, **{"dtype": x.type, **more})

    def fully_connected(
        self,
        x: BuilderTensor,
        weights: Operand,
        bias: Operand | None = None,
        *,
        activation: str = "NONE",
        keep_num_dims: bool = False,
        **more: Any,
    ) -> BuilderTensor:
        """FULLY_CONNECTED with weights (output channels, input channels)."""
        w = self._operand(weights, "weights")
        units, depth = w.shape
        rows = int(np.prod(x.shape)) // depth
        shape = (*x.shape[:-1], units) if keep_num_dims else (rows, units)
        options = {
            "keep_num_dims": keep_num_dims,
            "fused_activation_function": ActivationFunctionType[activation],
        }
        return self.op("FULLY_CONNECTED", self._with_bias(x, w, bias), options, shape=shape, **more)

    def _with_bias(self, x: BuilderTensor, w: BuilderTensor, bias: Operand | None) -> list[BuilderTensor]:
        return [x, w] if bias is None else [x, w, self._operand(bias, "bias")]

    def batch_matmul(
        self, x: BuilderTensor, y: Operand, *, adj_x: bool = False, adj_y: bool = False, **more: Any
    ) -> BuilderTensor:
        """BATCH_MATMUL of (..., m, k) and (..., k, n); `adj_x` and `adj_y` swap an operand's last two dimensions."""
        b = self._operand(y, "y")
        rows, columns = x.shape[-1 if adj_x else -2], b.shape[-2 if adj_y else -1]
        shape = (*np.broadcast_shapes(x.shape[:-2], b.shape[:-2]), rows, columns)
        return self.op("BATCH_MATMUL", [x, b], {"adj_x": adj_x, "adj_y": adj_y}, shape=shape, **more)

    def binary(self, name: str, x: Operand, y: Operand, options: Any = None, **more: Any) -> BuilderTensor:
        """An elementwise operator of two operands with broadcasting, such as "MAXIMUM"."""
        a, b = self._operand(x, "x"), self._operand(y, "y")
        return self.op(name, [a, b], options, shape=np.broadcast_shapes(a.shape, b.shape), **more)

    def add(self, x: Operand, y: Operand, *, activation: str = "NONE", **more: Any) -> BuilderTensor:
        return self.binary("ADD", x, y, {"fused_activation_function": ActivationFunctionType[activation]}, **more)

    def sub(self, x: Operand, y: Operand, *, activation: str = "NONE", **more: Any) -> BuilderTensor:
        return self.binary("SUB", x, y, {"fused_activation_function": ActivationFunctionType[activation]}, **more)

    def mul(self, x: Operand, y: Operand, *, activation: str = "NONE", **more: Any) -> BuilderTensor:
        return self.binary("MUL", x, y, {"fused_activation_function": ActivationFunctionType[activation]}, **more)

    def div(self, x: Operand, y: Operand, *, activation: str = "NONE", **more: Any) -> BuilderTensor:
        return self.binary("DIV", x, y, {"fused_activation_function": ActivationFunctionType[activation]}, **more)

    def _pool(
        self, name: str, x: BuilderTensor, size: Pair, stride: Pair | None, padding: str, activation: str, more: Any
    ) -> BuilderTensor:
        (kh, kw), (sh, sw) = _pair(size), _pair(size if stride is None else stride)
        n, h, w, channels = x.shape
        shape = (n, window_size(h, kh, sh, padding), window_size(w, kw, sw, padding), channels)
        options = {
            "padding": Padding[padding], "stride_h": sh, "stride_w": sw, "filter_height": kh, "filter_width": kw,
            "fused_activation_function": ActivationFunctionType[activation],
        }  # fmt: skip
        return self.op(name, [x], options, **{"shape": shape, "quantization": x.quantization, **more})

    def max_pool_2d(
        self, x: BuilderTensor, size: Pair, *, stride: Pair | None = None, padding: str = "VALID",
        activation: str = "NONE", **more: Any,
    ) -> BuilderTensor:  # fmt: skip
        """MAX_POOL_2D; the stride is the window's size unless given. Keeps the quantization."""
        return self._pool("MAX_POOL_2D", x, size, stride, padding, activation, more)

    def average_pool_2d(
        self, x: BuilderTensor, size: Pair, *, stride: Pair | None = None, padding: str = "VALID",
        activation: str = "NONE", **more: Any,
    ) -> BuilderTensor:  # fmt: skip
        """AVERAGE_POOL_2D; the stride is the window's size unless given. Keeps the quantization."""
        return self._pool("AVERAGE_POOL_2D", x, size, stride, padding, activation, more)

    def softmax(self, x: BuilderTensor, *, beta: float = 1.0, **more: Any) -> BuilderTensor:
        return self.op("SOFTMAX", [x], {"beta": beta}, **more)

    def mean(self, x: BuilderTensor, axes: Sequence[int], *, keep_dims: bool = False, **more: Any) -> BuilderTensor:
        return self.reduce("MEAN", x, axes, keep_dims=keep_dims, **more)

    def reduce(
        self, name: str, x: BuilderTensor, axes: Sequence[int], *, keep_dims: bool = False, **more: Any
    ) -> BuilderTensor:
        """A reduction such as "MEAN", "SUM" or "REDUCE_MAX" over `axes`, which may count from the end."""
        reduced = {axis % len(x.shape) for axis in axes}
        kept = [1 if i in reduced else n for i, n in enumerate(x.shape) if keep_dims or i not in reduced]
        return self.op(name, [x, self._integers(list(axes), "axes")], {"keep_dims": keep_dims}, shape=kept, **more)
