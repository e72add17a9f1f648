"""Graphs that only move 8-bit codes: what the GPU delegates do with floats, done with codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from quantized_cases import CASES, INT8_KERNELS, Draft, Made

from delegant.core.build.builder import ModelBuilder
from delegant.core.build.builder_base import BuilderTensor

MOVED: list[str] = []


def _moved(name: str, shape: tuple[int, ...], build: Callable[[ModelBuilder, BuilderTensor, Any], Made]) -> None:
    def draft(d: Draft) -> Made:
        q = d.quantization()
        return build(d.g, d.x(*shape, quantization=q), q)

    CASES[name] = draft
    MOVED.append(name)


def _numbers(g: ModelBuilder, name: str, values: Any) -> BuilderTensor:
    return g.constant(name, np.asarray(values, np.int32))


_moved("transpose", (1, 3, 4, 5), lambda g, x, q: g.transpose(x, [0, 3, 1, 2], quantization=q))
_moved("reshape", (6, 5), lambda g, x, q: g.reshape(x, (10, 3), quantization=q))
_moved("squeeze", (1, 3, 1, 5), lambda g, x, q: g.squeeze(x, [0, 2], quantization=q))
_moved("pad", (1, 3, 4, 5), lambda g, x, q: g.pad(x, [(0, 0), (1, 2), (0, 1), (2, 1)], quantization=q))
_moved("slice", (2, 6, 7), lambda g, x, q: g.slice(x, [1, 2, 3], [1, 3, 4], quantization=q))
_moved("strided_slice", (6, 7, 9), lambda g, x, q: g.strided_slice(x, [1, 6, 0], [6, 0, 8], [2, -2, 3], quantization=q))
_moved("pack", (3, 5), lambda g, x, q: g.pack([x, x], 1, quantization=q))
_moved("gather", (4, 5), lambda g, x, q: g.gather(x, np.array([3, 0, 0], np.int32), axis=0, quantization=q))
_moved("space_to_depth", (1, 4, 6, 3), lambda g, x, q: g.space_to_depth(x, 2, quantization=q))
_moved("depth_to_space", (1, 3, 2, 12), lambda g, x, q: g.depth_to_space(x, 2, quantization=q))
_moved("unpack", (3, 2, 5), lambda g, x, q: g.unpack(x, 1))
_moved("split", (2, 9), lambda g, x, q: g.split(x, 3, 1))
_moved(
    "resize_nearest_neighbor",
    (1, 5, 7, 3),
    lambda g, x, q: g.resize_nearest_neighbor(x, (9, 13), quantization=q),
)
for _size, _align, _half in (((9, 4), False, False), ((9, 13), True, False), ((3, 11), False, True)):
    _moved(
        f"resize_bilinear_{_size}_{_align}_{_half}",
        (1, 5, 7, 3),
        lambda g, x, q, size=_size, align=_align, half=_half: g.resize_bilinear(  # type: ignore[misc]
            x, size, align_corners=align, half_pixel_centers=half, quantization=q
        ),
    )
_moved(
    "expand_dims",
    (3, 5),
    lambda g, x, q: g.op("EXPAND_DIMS", [x, _numbers(g, "axis", 2)], shape=(3, 5, 1), quantization=q),
)
_moved(
    "tile",
    (2, 1, 5),
    lambda g, x, q: g.op("TILE", [x, _numbers(g, "times", [2, 3, 2])], shape=(4, 3, 10), quantization=q),
)
_moved(
    "broadcast_to",
    (3, 1),
    lambda g, x, q: g.op("BROADCAST_TO", [x, _numbers(g, "shape", [2, 3, 5])], shape=(2, 3, 5), quantization=q),
)
_moved("reverse_v2", (2, 3, 5), lambda g, x, q: g.op("REVERSE_V2", [x, _numbers(g, "axis", [2])], quantization=q))
_moved(
    "mirror_pad",
    (1, 4, 3, 5),
    lambda g, x, q: g.op(
        "MIRROR_PAD",
        [x, _numbers(g, "paddings", [[0, 0], [2, 1], [1, 2], [0, 2]])],
        {"mode": 0},
        shape=(1, 7, 6, 7),
        quantization=q,
    ),
)
_moved(
    "padv2",
    (3, 5),
    lambda g, x, q: g.op(
        "PADV2",
        [
            x,
            _numbers(g, "paddings", [[1, 0], [2, 3]]),
            g.constant("value", np.asarray(17, x.type.name.lower()), quantization=q),
        ],
        shape=(4, 10),
        quantization=q,
    ),
)
_moved(
    "space_to_batch_nd",
    (1, 5, 6, 5),
    lambda g, x, q: g.op(
        "SPACE_TO_BATCH_ND",
        [x, _numbers(g, "block", [2, 3]), _numbers(g, "paddings", [[1, 0], [2, 1]])],
        shape=(6, 3, 3, 5),
        quantization=q,
    ),
)
_moved(
    "batch_to_space_nd",
    (6, 3, 3, 5),
    lambda g, x, q: g.op(
        "BATCH_TO_SPACE_ND",
        [x, _numbers(g, "block", [2, 3]), _numbers(g, "crops", [[1, 0], [2, 1]])],
        shape=(1, 5, 6, 5),
        quantization=q,
    ),
)

_moved("resize_bilinear_large", (1, 17, 13, 5), lambda g, x, q: g.resize_bilinear(x, (41, 38), quantization=q))



def _relabelled(name: str, build: Callable[[ModelBuilder, BuilderTensor, Any], Made]) -> None:
    """The same codes under another scale and zero point."""

    def draft(d: Draft) -> Made:
        return build(d.g, d.x(4, 6, quantization=d.quantization()), d.quantization())

    CASES[name] = draft
    MOVED.append(name)


_relabelled("reshape_relabelled", lambda g, x, q: g.reshape(x, (3, 8), quantization=q))
_relabelled("reverse_relabelled", lambda g, x, q: g.op("REVERSE_V2", [x, _numbers(g, "axis", [1])], quantization=q))
_relabelled("strided_slice_relabelled", lambda g, x, q: g.strided_slice(x, [1, 0], [4, 6], [1, 2], quantization=q))

INT8_ONLY = (INT8_KERNELS | set(MOVED)) - {name for name in MOVED if name.startswith("resize_bilinear")}
"""Cases drawn with INT8 alone: without a UINT8 kernel, or without a look at the codes."""
INT16 = (
    *("conv_2d", "conv_2d_dilated", "conv_2d_grouped", "conv_2d_with_scales_above_one", "conv_2d_residual"),
    *("depthwise_conv_2d", "depthwise_conv_2d_multiplied", "transpose_conv", "fully_connected", "batch_matmul"),
    *("fully_connected_one_row", "add", "add_constant", "sub_broadcast", "mul", "mul_swish", "maximum", "prelu"),
    *("relu", "relu6", "leaky_relu", "tanh", "logistic", "tanh_of_relu", "exp", "log", "abs", "rsqrt", "hard_swish"),
    *("quantize", "quantize_floats", "dequantize", "cast", "softmax", "softmax_wide", "mean", "sum", "mean_of_many"),
    *("average_pool_2d", "max_pool_2d", "reduce_max", "concatenation_with_own_scales", "equal", "less", "arg_max"),
    "pad", "strided_slice", "cast_floats", "cast_integers", "cast_codes",
    *(name for name in MOVED if name.startswith("resize_bilinear")),
)
"""Cases drawn with INT16 too: those that look at codes, and two that only move them."""
