"""Graphs whose weights and biases are inputs, as those of a model that can be trained, for the GPU delegates."""

from __future__ import annotations

from typing import Any

import numpy as np
from gpu_integer_cases import IntegerCase, floats

from delegant.core.build.builder import GraphBuilder
from delegant.core.build.builder_base import BuilderTensor

RELU6 = 3


def _conv(
    name: str,
    x: tuple[int, ...],
    w: tuple[int, ...],
    shape: tuple[int, ...],
    op: str = "CONV_2D",
    stride: tuple[int, int] = (1, 1),
    dilation: int = 1,
    **more: Any,
) -> IntegerCase:
    options = {
        "stride_h": stride[0], "stride_w": stride[1], "dilation_h_factor": dilation, "dilation_w_factor": dilation,
        **more,
    }  # fmt: skip
    inputs = floats(*x), floats(*w), floats(shape[-1])
    return IntegerCase(f"{op}_{name}", inputs, lambda g, *tensors: g.op(op, tensors, options, shape=shape))


CONVOLUTIONS = (
    _conv("computed", (2, 7, 6, 5), (6, 3, 3, 5), (2, 7, 6, 6), fused_activation_function=RELU6),
    _conv("computed_strided", (1, 9, 8, 4), (3, 3, 2, 4), (1, 4, 4, 3), stride=(2, 2), padding=1),
    _conv("computed_dilated", (1, 9, 8, 3), (8, 2, 3, 3), (1, 9, 8, 8), dilation=2),
    _conv("computed_pointwise", (1, 5, 5, 8), (4, 1, 1, 8), (1, 5, 5, 4)),
    _conv("computed", (2, 7, 6, 5), (1, 3, 3, 5), (2, 7, 6, 5), op="DEPTHWISE_CONV_2D", depth_multiplier=1),
    _conv("computed_strided", (1, 9, 8, 4), (1, 3, 2, 4), (1, 5, 4, 4), op="DEPTHWISE_CONV_2D", stride=(2, 2)),
)
def _with_bias(op: str, x: tuple[int, ...], w: tuple[int, ...], shape: tuple[int, ...]) -> IntegerCase:
    """Constant weights, and a bias that is not."""
    values = np.random.default_rng(3).standard_normal(w).astype(np.float32)
    options = {} if op == "FULLY_CONNECTED" else {"stride_h": 1, "stride_w": 1, "fused_activation_function": RELU6}
    options |= {"depth_multiplier": 1} if op == "DEPTHWISE_CONV_2D" else {}

    def build(g: GraphBuilder, tensor: BuilderTensor, bias: BuilderTensor) -> BuilderTensor:
        return g.op(op, [tensor, g.constant("weights", values), bias], options, shape=shape)

    return IntegerCase(f"{op}_computed_bias_{shape[-1]}", (floats(*x), floats(shape[-1])), build)


BIASES = (
    _with_bias("CONV_2D", (1, 8, 8, 5), (6, 3, 3, 5), (1, 8, 8, 6)),
    _with_bias("CONV_2D", (1, 9, 9, 7), (32, 1, 1, 7), (1, 9, 9, 32)),
    _with_bias("DEPTHWISE_CONV_2D", (1, 8, 8, 5), (1, 3, 3, 5), (1, 8, 8, 5)),
    _with_bias("FULLY_CONNECTED", (3, 7), (5, 7), (3, 5)),
)
LAYERS = (
    IntegerCase(
        "FULLY_CONNECTED_computed",
        (floats(3, 7), floats(5, 7), floats(5)),
        lambda g, *tensors: g.op("FULLY_CONNECTED", tensors, {"fused_activation_function": RELU6}, shape=(3, 5)),
    ),
    IntegerCase(
        "BATCH_MATMUL_broadcast_in_part",
        (floats(2, 1, 3, 5), floats(4, 5, 6)),
        lambda g, *tensors: g.op("BATCH_MATMUL", tensors, shape=(2, 4, 3, 6)),
    ),
    IntegerCase(
        "BATCH_MATMUL_broadcast_both",
        (floats(2, 1, 5, 3), floats(1, 4, 6, 5)),
        lambda g, *tensors: g.op("BATCH_MATMUL", tensors, {"adj_x": True, "adj_y": True}, shape=(2, 4, 3, 6)),
    ),
)

CASES = (*CONVOLUTIONS, *BIASES, *LAYERS)
