"""Models of one pool, softmax, reduction or resize."""
from __future__ import annotations

import numpy as np
from fuzz.draft import OPTIMISED, QUANTIZED, Draft

from delegant.core.schema import ActivationFunctionType, Padding, TensorType

FLOATS_AND_CODES = ("float32", *QUANTIZED)
REDUCTIONS = {
    "MEAN": (*FLOATS_AND_CODES, "int32", "int64"), "SUM": ("float32", "int32", "int64", "int8", "uint8", "int16"),
    "REDUCE_MAX": (*FLOATS_AND_CODES, "int32", "int64"), "REDUCE_MIN": (*FLOATS_AND_CODES, "int32", "int64"),
    "REDUCE_PROD": ("float32", "int32", "int64"), "REDUCE_ANY": ("bool",), "REDUCE_ALL": ("bool",),
}  # fmt: skip


def pool(d: Draft) -> None:
    op = d.pick(("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"))
    dtype = "float32" if op == "L2_POOL_2D" else d.pick(FLOATS_AND_CODES)
    image = (d.integer(1, 3), d.integer(1, 16), d.integer(1, 16), d.integer(1, 20))
    kernel = d.integer(1, 6), d.integer(1, 6)
    fits = kernel[0] <= image[1] and kernel[1] <= image[2]
    quantization = d.quantization(dtype)
    options = {
        "padding": Padding[d.pick(("SAME", "VALID"))] if fits else Padding.SAME,
        "stride_h": d.integer(1, 4), "stride_w": d.integer(1, 4), "filter_height": kernel[0], "filter_width": kernel[1],
        "fused_activation_function": ActivationFunctionType[d.pick(("NONE", "RELU", "RELU6", "RELU_N1_TO_1"))],
    }  # fmt: skip
    d.output(op, [d.input("x", image, dtype, quantization=quantization)], options, quantization=quantization)


def softmax(d: Draft) -> None:
    """At most 64 classes: LiteRT aborts where a sum of exponentials reaches 512."""
    op = d.pick(("SOFTMAX", "LOG_SOFTMAX", "L2_NORMALIZATION"))
    dtype = d.pick(FLOATS_AND_CODES if op == "SOFTMAX" else FLOATS_AND_CODES[:3])
    shape = (*d.shape(0 if op == "SOFTMAX" else 1, 3, 6), d.integer(1, 64))
    x = d.input("x", shape, dtype, quantization=d.quantization(dtype, 1e-2, 1.0))
    offset = -128 if dtype == "int8" else 0
    fixed = {"SOFTMAX": (1 / 256, 0), "LOG_SOFTMAX": (16 / 256, 255), "L2_NORMALIZATION": (1 / 128, 128)}[op]
    quantization = None
    if dtype != "float32":
        quantization = (1 / 32768, 0) if dtype == "int16" else (fixed[0], fixed[1] + offset)
    options = {"beta": float(np.float32(d.integer(1, 30) / 10))} if op == "SOFTMAX" else None
    d.output(op, [x], options, quantization=quantization)


def reduction(d: Draft) -> None:
    op, dtype = d.pick([(op, dtype) for op, dtypes in REDUCTIONS.items() for dtype in dtypes])
    shape = d.shape(1, 4, 9)
    d.magnitude = 1.0 if op in ("SUM", "MEAN") else 0.0
    if op == "SUM" and dtype in ("int8", "int16"):
        d.resolvers = (OPTIMISED,)  # the reference kernel reads these as uint8
    if op == "REDUCE_PROD":
        values = None if dtype == "float32" else lambda: d.rng.integers(-3, 4, shape).astype(dtype)
    else:
        values = None
    quantization = d.quantization(dtype)
    x = d.input("x", shape, dtype, quantization=quantization, values=values)
    same = op.startswith("REDUCE") or d.flag()
    out = quantization if same else d.quantization(dtype)
    d.output(op, [x, d.constant("axes", d.axes(len(shape)))], {"keep_dims": d.flag()}, quantization=out)


def arg_reduction(d: Draft) -> None:
    """ARG_MAX, ARG_MIN, CUMSUM and TOPK_V2."""
    op, shape = d.pick(("ARG_MAX", "ARG_MIN", "CUMSUM", "TOPK_V2")), d.shape(1, 4, 9)
    if op == "CUMSUM":
        d.magnitude = 1.0
        dtype = d.pick(("float32", "int32", "int64"))
        axis = d.constant("axis", d.axis(len(shape)))
        d.output(op, [d.input("x", shape, dtype), axis], {"exclusive": d.flag(), "reverse": d.flag()})
        return
    dtype = d.pick(("float32", "int8", "uint8", "int32"))
    x = d.input("x", shape, dtype, quantization=d.quantization(dtype))
    if op == "TOPK_V2":
        values = d.model.tensor("values", shape, dtype, quantization=x.quantization)
        indices = d.model.tensor("indices", shape, "int32")
        d.model.op_with_outputs(op, [x, d.constant("k", d.integer(1, shape[-1]))], [values, indices])
        d.model.output(values, indices)
        return
    kind = d.pick(("int32", "int64"))
    d.output(op, [x, d.constant("axis", d.axis(len(shape)))], {"output_type": TensorType[kind.upper()]}, dtype=kind)


def resize(d: Draft) -> None:
    op, dtype = d.pick(("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR")), d.pick(FLOATS_AND_CODES)
    image = (d.integer(1, 3), d.integer(1, 12), d.integer(1, 12), d.integer(1, 9))
    quantization = d.quantization(dtype)
    mode = d.pick(({}, {"align_corners": True}, {"half_pixel_centers": True}))
    size = d.constant("size", [d.integer(1, 20), d.integer(1, 20)])
    d.output(op, [d.input("x", image, dtype, quantization=quantization), size], mode, quantization=quantization)


FAMILIES = {"pool": pool, "softmax": softmax, "reduction": reduction, "arg_reduction": arg_reduction, "resize": resize}
