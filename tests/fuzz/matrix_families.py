"""Models of one convolution or matrix product."""
from __future__ import annotations

import numpy as np
from fuzz.draft import Draft
from ops import linear_cases as cases

ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
CONVOLVED = (cases.FLOAT32, cases.HYBRID, cases.HYBRID_CHANNELS, cases.INT8, cases.INT8_CHANNELS, cases.INT8_INT4,
             cases.UINT8, cases.INT16, cases.INT16_TENSOR)  # fmt: skip
DEPTHWISE = tuple(kind for kind in CONVOLVED if kind not in (cases.HYBRID, cases.INT16_TENSOR))
TRANSPOSED = (cases.FLOAT32, cases.HYBRID_CHANNELS, cases.INT8, cases.INT8_CHANNELS, cases.UINT8, cases.INT16)
CONNECTED = (*CONVOLVED, cases.HYBRID_INT4)


def _image(d: Draft, channels: int) -> tuple[int, int, int, int]:
    return d.integer(1, 3), d.integer(1, 15), d.integer(1, 15), channels


def _window(d: Draft, image: tuple[int, ...], dilated: bool = True) -> tuple[tuple[int, int], dict]:
    """Kernel size, and options of the layer; a window that does not fit goes with SAME padding."""
    kernel = d.integer(1, 5), d.integer(1, 5)
    options = {"stride": (d.integer(1, 4), d.integer(1, 4)), "activation": d.pick(ACTIVATIONS)}
    reach = kernel
    if dilated:
        options["dilation"] = d.integer(1, 3), d.integer(1, 3)
        reach = tuple((k - 1) * n + 1 for k, n in zip(kernel, options["dilation"], strict=True))
    fits = reach[0] <= image[1] and reach[1] <= image[2]
    options["padding"] = d.pick(("SAME", "VALID")) if fits else "SAME"
    return kernel, options


def convolution(d: Draft) -> None:
    kind = d.pick(CONVOLVED)
    groups = d.integer(1, 3) if kind in (cases.FLOAT32, cases.INT8, cases.INT8_CHANNELS) else 1
    depth = d.integer(1, 12)
    image = _image(d, depth * groups)
    kernel, options = _window(d, image)
    weights = (d.integer(1, 8) * groups, *kernel, depth)
    x = cases.make_operands(d.model, d.rng, kind, image, weights, 0)
    _finish(d, x, d.model.conv_2d(x.source, x.weights, x.bias, **options, **x.output))


def depthwise(d: Draft) -> None:
    image = _image(d, d.integer(1, 20))
    kernel, options = _window(d, image)
    weights = (1, *kernel, image[3] * d.integer(1, 3))
    x = cases.make_operands(d.model, d.rng, d.pick(DEPTHWISE), image, weights, 3)
    _finish(d, x, d.model.depthwise_conv_2d(x.source, x.weights, x.bias, **options, **x.output))


def transpose_conv(d: Draft) -> None:
    image = _image(d, d.integer(1, 12))
    kernel, options = _window(d, (0, 99, 99, 0), dilated=False)
    options["activation"] = d.pick(("NONE", "RELU", "RELU6"))
    weights = (d.integer(1, 12), *kernel, image[3])
    x = cases.make_operands(d.model, d.rng, d.pick(TRANSPOSED), image, weights, 0, d.flag())
    _finish(d, x, d.model.transpose_conv(x.source, x.weights, x.bias, version=4, **options, **x.output))


def fully_connected(d: Draft) -> None:
    depth, keep = d.integer(1, 150), d.flag()
    source = (*d.shape(1, 3, 5), depth)
    x = cases.make_operands(d.model, d.rng, d.pick(CONNECTED), source, (d.integer(1, 40), depth), 0, d.flag())
    options = {"activation": d.pick(ACTIVATIONS), "keep_num_dims": keep}
    _finish(d, x, d.model.fully_connected(x.source, x.weights, x.bias, **options, **x.output))


def _finish(d: Draft, operands: cases.Operands, output) -> None:
    d.magnitude = 1.0
    d._feeds.append(lambda: operands.value)
    d.model.output(output)


def given_weights(d: Draft) -> None:
    """Weights and biases that may come at run time, as those of a model that is trained do."""
    d.magnitude = 4.0
    op = d.pick(("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"))
    if op == "FULLY_CONNECTED":
        rows, depth, units = d.integer(1, 9), d.integer(1, 40), d.integer(1, 9)
        options, shapes = {"fused_activation_function": d.integer(0, 3)}, [(rows, depth), (units, depth)]
    else:
        image = _image(d, d.integer(1, 9))
        units = d.integer(1, 9) if op == "CONV_2D" else image[3]
        kernel, window = _window(d, image)
        options = {"fused_activation_function": d.integer(0, 3), "padding": int(window["padding"] == "VALID")}
        for name, values in (("stride", window["stride"]), ("dilation", window["dilation"])):
            suffix = "_factor" if name == "dilation" else ""
            options |= {f"{name}_{side}{suffix}": n for side, n in zip("hw", values, strict=True)}
        options |= {} if op == "CONV_2D" else {"depth_multiplier": 1}
        shapes = [image, (units if op == "CONV_2D" else 1, *kernel, image[3])]
    x, weights = d.input("x", shapes[0]), d.operand("weights", shapes[1], "float32")
    bias = d.operand("bias", (units,), "float32") if d.flag() else None
    d.output(op, [x, weights, bias], options, version=4)


def batch_matmul(d: Draft) -> None:
    dtype = d.pick(("float32", "int8", "int16", "hybrid"))
    rows, depth, columns, lead = d.integer(1, 20), d.integer(1, 40), d.integer(1, 9), d.shape(0, 2, 3)
    lead = lead[:1] if dtype == "hybrid" else lead  # with two, LiteRT takes the scales of other rows
    left, right = _lead(d, lead), _lead(d, lead)
    d.magnitude = 1.0
    swap = {"adj_x": d.flag(), "adj_y": d.flag()}
    shapes = [(*left, depth, rows) if swap["adj_x"] else (*left, rows, depth),
              (*right, columns, depth) if swap["adj_y"] else (*right, depth, columns)]  # fmt: skip
    if dtype == "hybrid":
        codes = d.rng.integers(-127, 128, shapes[1]).astype(np.int8)
        inputs = [d.input("x", shapes[0]), d.constant("y", codes, np.int8, quantization=(d.scale(), 0))]
        d.output("BATCH_MATMUL", inputs, {**swap, "asymmetric_quantize_inputs": d.flag()}, version=4)
        return
    inputs = [d.operand("x", shapes[0], dtype), d.operand("y", shapes[1], dtype)]
    scale = d.quantization(dtype, 0.1, 10.0)
    d.output("BATCH_MATMUL", inputs, swap, dtype=dtype, quantization=scale, version=4)


def _lead(d: Draft, lead: tuple[int, ...]) -> tuple[int, ...]:
    """Leading dimensions that broadcast with `lead`."""
    return tuple(1 if d.integer(0, 3) == 0 else n for n in lead)


FAMILIES = {
    "convolution": convolution, "depthwise": depthwise, "transpose_conv": transpose_conv,
    "fully_connected": fully_connected, "given_weights": given_weights, "batch_matmul": batch_matmul,
}  # fmt: skip
