"""Matrix products with weights that have a scale per block of a row.

LiteRT's reference kernels ignore such scales; this follows its optimized kernels, and applies the activation, which
those leave out. Source: `BlockwiseQuantization` in the schema, `optimized_ops` of FULLY_CONNECTED for int4.
"""
from __future__ import annotations

import numpy as np

from ..op import Op, Run
from .activation import float_activation_range
from .hybrid import quantize_asymmetric


def blockwise_product(op: Op, source: np.ndarray, out: np.ndarray) -> Run:
    """FULLY_CONNECTED of float rows `[rows, depth]` with blockwise weights `[units, depth]`.

    The rows are quantized with zero points. In float32, block by block: `sum += c * s_b` with c the integer product of
    the block; then `(sum - z * k) * s_x + bias`, where k is the sum over blocks of `s_b` times the block's weights.
    """
    weights, bias = op.input(1), op.optional_input(2)
    quantization = weights.quantization
    assert weights.value is not None and quantization is not None
    units, depth = weights.shape
    blocks = depth // quantization.block_size
    scales = quantization.scales.reshape(units, blocks).T.copy()
    packed = weights.value.astype(np.float32).reshape(units, blocks, -1).transpose(1, 2, 0).copy()
    correction = np.zeros(units, np.float32)
    for block in range(blocks):
        correction += scales[block] * packed[block].sum(axis=0)
    addend = np.float32(0) if bias is None or bias.value is None else bias.value.astype(np.float32)
    low, high = float_activation_range(op.options.fused_activation_function)
    product = np.empty_like(out)

    def run() -> None:
        codes, row_scales, zero_points = quantize_asymmetric(source)
        pieces = codes.reshape(codes.shape[0], blocks, -1)
        out.fill(0)
        for block in range(blocks):
            np.matmul(pieces[:, block], packed[block], product)
            np.multiply(product, scales[block], product)
            np.add(out, product, out)
        out[...] -= zero_points[:, None].astype(np.float32) * correction
        out[...] *= row_scales[:, None]
        out[...] += addend
        out.clip(low, high, out)

    return run


def check_blocks(op: Op) -> None:
    """Raises RuntimeError unless the scales of the weights cover their rows."""
    weights = op.input(1)
    quantization = weights.quantization
    assert quantization is not None
    units, depth = weights.shape
    size = quantization.block_size
    if depth % size or quantization.scales.size != units * (depth // size):
        raise op.error(f"{quantization.scales.size} scales of blocks of {size} do not fit {weights}.")
