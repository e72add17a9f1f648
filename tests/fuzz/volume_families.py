"""Models of one convolution in three dimensions."""
from __future__ import annotations

from fuzz.draft import Draft
from ops.harness import random_values

from delegant.core.schema import ActivationFunctionType, Padding
from delegant.core.window.geometry import window_axis


def _options(d: Draft, strides: list[int], padding: Padding) -> dict:
    names = ("stride_d", "stride_h", "stride_w")
    activation = ActivationFunctionType[d.pick(("NONE", "RELU", "RELU6", "RELU_N1_TO_1"))]
    return {**dict(zip(names, strides, strict=True)), "padding": padding, "fused_activation_function": activation}


def conv_3d(d: Draft) -> None:
    d.magnitude = 1.0
    sizes, kernel, strides = ([d.integer(1, n) for _ in range(3)] for n in (7, 3, 3))
    dilation = [d.integer(1, 2) for _ in range(3)]
    fits = all((k - 1) * n + 1 <= size for k, n, size in zip(kernel, dilation, sizes, strict=True))
    padding = d.pick((Padding.SAME, Padding.VALID)) if fits else Padding.SAME
    depth, channels = d.integer(1, 6), d.integer(1, 6)
    inputs = [d.input("x", (d.integer(1, 2), *sizes, depth)),
              d.constant("w", random_values(d.rng, (*kernel, depth, channels), "float32"), "float32")]  # fmt: skip
    inputs.append(d.constant("b", random_values(d.rng, (channels,), "float32"), "float32") if d.flag() else None)
    options = _options(d, strides, padding)
    options.update(zip(("dilation_d_factor", "dilation_h_factor", "dilation_w_factor"), dilation, strict=True))
    d.output("CONV_3D", inputs, options)


def conv_3d_transpose(d: Draft) -> None:
    d.magnitude = 1.0
    kernel, strides = ([d.integer(1, 3) for _ in range(3)] for _ in range(2))
    padding = d.pick((Padding.SAME, Padding.VALID))
    out = [d.integer(k, 7) for k in kernel]
    sizes = [window_axis(n, k, s, 1, padding).out for n, k, s in zip(out, kernel, strides, strict=True)]
    batch, depth, channels = d.integer(1, 2), d.integer(1, 5), d.integer(1, 5)
    inputs = [d.constant("shape", [batch, *out, channels]),
              d.constant("w", random_values(d.rng, (*kernel, channels, depth), "float32"), "float32"),
              d.input("x", (batch, *sizes, depth))]  # fmt: skip
    inputs.append(d.constant("b", random_values(d.rng, (channels,), "float32"), "float32") if d.flag() else None)
    d.output("CONV_3D_TRANSPOSE", inputs, _options(d, strides, padding), shape=(batch, *out, channels), dtype="float32")


FAMILIES = {"conv_3d": conv_3d, "conv_3d_transpose": conv_3d_transpose}
