"""The printed text of representative kernels, so that a change of it is visible in review.

`DELEGANT_UPDATE_GOLDEN=1 pytest tests/shaders/test_golden.py` writes the files anew.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from delegant.core.kernels.resize_bilinear import float_taps
from delegant.core.schema import ResizeBilinearOptions
from delegant.shaders.attention_shape import AttentionShape, Matrices
from delegant.shaders.call import KernelCall
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.kernels.attention import attention
from delegant.shaders.kernels.batch_matmul import BatchShape, batch_matmul
from delegant.shaders.kernels.byte_depthwise import byte_depthwise_conv_2d
from delegant.shaders.kernels.byte_matrices import (
    ByteBatch,
    byte_batch_matmul,
    pack_factor,
    row_terms,
    transposed_words,
)
from delegant.shaders.kernels.byte_products import byte_conv_2d, byte_matmul
from delegant.shaders.kernels.cells import cells
from delegant.shaders.kernels.codes import load_codes, store_codes
from delegant.shaders.kernels.conv_2d import conv_2d
from delegant.shaders.kernels.conv_2d_line import conv_2d_line
from delegant.shaders.kernels.counting import ArgExtreme
from delegant.shaders.kernels.cumsum import cumsum
from delegant.shaders.kernels.depthwise_conv_2d import depthwise_conv_2d
from delegant.shaders.kernels.dynamic_range import Rows, row_codes, row_ranges
from delegant.shaders.kernels.elementwise import Operand, binary, elementwise, unary
from delegant.shaders.kernels.gathers import Gather
from delegant.shaders.kernels.host_integers import load_words
from delegant.shaders.kernels.lstm import LstmCell, normalized_lstm
from delegant.shaders.kernels.maps import map_values
from delegant.shaders.kernels.matmul import matmul
from delegant.shaders.kernels.pool_2d import pool_2d
from delegant.shaders.kernels.quantized_softmax import quantized_softmax
from delegant.shaders.kernels.recurrent import Step, Trace
from delegant.shaders.kernels.recurrent_product import recurrent_product
from delegant.shaders.kernels.reduce import reduce
from delegant.shaders.kernels.region_copy import Axis, Region, region_copy
from delegant.shaders.kernels.resize_bilinear import resize_bilinear
from delegant.shaders.kernels.scatters import StablehloScatter
from delegant.shaders.kernels.softmax import softmax
from delegant.shaders.kernels.transpose_conv import transpose_conv
from delegant.shaders.kernels.unsigned_resize import unsigned_resize_bilinear
from delegant.shaders.kernels.winograd import Squares, winograd_input, winograd_output, winograd_product
from delegant.shaders.parts.epilogue import Beside, Epilogue, activation, bias, combine, prelu
from delegant.shaders.parts.packed_codes import PackedBytes, RequantizeToBytes
from delegant.shaders.parts.requantize import Requantize
from delegant.shaders.parts.scaled_back import ScaledBack
from delegant.shaders.parts.wide_sums import RequantizeWide
from delegant.shaders.printing.opencl_c import OpenCLC
from delegant.shaders.printing.wgsl import WGSL
from delegant.shaders.schedules.attention import GroupAttention, LaneAttention, TileAttention
from delegant.shaders.schedules.select import GroupTile, LaneTile, LineTile, RegisterTile
from delegant.shaders.traced.opaque_loops import opaque_loops
from delegant.shaders.traced.storage import Codes, Half, stored

FOLDER = Path(__file__).parent / "golden"
CPU, SOFTWARE, LLVMPIPE, GPU = DeviceClass.CPU, DeviceClass.SOFTWARE_GPU, DeviceClass.LLVMPIPE, DeviceClass.GPU
PICTURE = (1, 8, 8, 12)
TRACE = Trace(5, 3, 9, 9)
LSTM = LstmCell(TRACE, False, False, "TANH")


def weights(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


def steps(channels: int) -> Epilogue:
    return Epilogue((bias(weights(channels)), activation("RELU6"), combine("add", Beside("residual"))))


def scaled(channels: int, wide: bool = False) -> Epilogue:
    whole = np.ones(channels, np.int64)
    return Epilogue((Requantize(whole << 30, -whole, whole, (-128, 127), 1000, wide=wide).step("table"),))


def packed(channels: int) -> Epilogue:
    whole = np.ones(channels, np.int64)
    scaling = RequantizeToBytes(Requantize(whole << 30, -whole, whole, (0, 255), 1000, wide=True))
    return Epilogue((scaling.step("table"),), PackedBytes(None, np.arange(256, dtype=np.uint8)))


def joined(channels: int) -> Epilogue:
    whole = np.ones(channels, np.int64)
    scaling = RequantizeWide(whole << 14, -9 * whole, whole, (-(1 << 15), (1 << 15) - 1))
    return Epilogue((scaling.step("table", Beside("high"), False),))


def scaled_back(channels: int) -> Epilogue:
    step = ScaledBack(weights(channels), weights(channels), True)
    return Epilogue((step.step("table", Beside("numbers"), False),))


HALVES = {"x": Half(), "weights": Half(), "y": Half(0, 24, 22)}
BYTES = {"x": Codes("i8", -7), "y": Codes("i8", 5)}
CHAIN = (unary("HARD_SWISH"), binary("SUB", Beside("side_a"), reverse=True), binary("MUL", 0.5))
TRANSPOSED = Region((Axis(5, 12, 1), Axis(9, 1, 8)))

WHOLE = Operand("x", (2, 8), "i32")
TAPS = float_taps(4, 8, ResizeBilinearOptions())
FILTERED = ConvWindow.of((1, 8, 8, 16), (3, 3))
SQUARES, PARTS = Squares.of(FILTERED, 2), (range(16),)

ADJOINT = BatchShape(2, 8, 24, 12, adj_y=True, x_batch=2, w_batch=2)
MATRICES = ByteBatch(CPU, replace(ADJOINT, depth=14, adj_y=False), 7, -3, RegisterTile(2, (16, 8)))
ROWS = tuple(Matrices(name, (0, 8, 16)) for name in "qkvy")
TWO_HEADS = AttentionShape(1, 2, 20, 11, 8, 8, *ROWS, scale=0.5)
MASKED = replace(TWO_HEADS, mask=Matrices("mask", (0, 0, 20)))

CALLS = {
    "attention.cl": attention(CPU, TWO_HEADS, TileAttention((8,), 3, 4, 6)),
    "attention_lanes.wgsl": attention(LLVMPIPE, TWO_HEADS, LaneAttention(2, 2, 8, True)),
    "attention_masked.wgsl": attention(SOFTWARE, MASKED, LaneAttention(1, 2, 8, False)),
    "attention_workgroup.wgsl": attention(GPU, MASKED, GroupAttention(4, 8, 2, 2)),
    "byte_matmul.cl": byte_matmul(
        CPU, 8, weights(24, 12).astype(np.int8), scaled(24, True), schedule=RegisterTile(2, (16, 8))
    ),
    "byte_matmul_lanes.wgsl": stored(
        byte_matmul(LLVMPIPE, 8, weights(24, 12).astype(np.int8), scaled(24), schedule=LaneTile(2, (4,), 2)), BYTES
    ),
    "byte_matmul_workgroup.wgsl": byte_matmul(
        GPU, 32, weights(32, 32).astype(np.int8), scaled(32), np.arange(32), GroupTile(16, 16, 8, 2)
    ),
    "byte_conv_2d.wgsl": byte_conv_2d(
        GPU,
        ConvWindow.of(PICTURE, (3, 3)),
        weights(16, 3, 3, 12).astype(np.int8),
        -3,
        scaled(16),
        schedule=RegisterTile(2, (4,), steps=1, group=64),
    ),
    "pack_factor.cl": pack_factor(MATRICES),
    "pack_factor_adjoint.wgsl": pack_factor(
        replace(MATRICES, device=GPU, shape=ADJOINT, tile=RegisterTile(2, (4,), 2))
    ),
    "row_terms.cl": row_terms(MATRICES),
    "transposed_words.wgsl": transposed_words(replace(MATRICES, device=GPU)),
    "byte_batch_matmul.cl": byte_batch_matmul(MATRICES, scaled(24, True)),
    "byte_batch_matmul_lanes.wgsl": byte_batch_matmul(
        replace(MATRICES, device=LLVMPIPE, tile=LaneTile(2, (4,), 2)), scaled(24)
    ),
    "byte_depthwise.cl": byte_depthwise_conv_2d(
        ConvWindow.of((1, 8, 8, 16), (3, 3)), weights(3, 3, 16).astype(np.int8), 7, scaled(16, True)
    ),
    "byte_depthwise_packed.cl": byte_depthwise_conv_2d(
        ConvWindow.of((1, 8, 8, 16), (3, 3)),
        weights(3, 3, 16).astype(np.int8),
        7,
        packed(16),
    ),
    "winograd_input.cl": winograd_input(FILTERED, SQUARES, PARTS)[0],
    "winograd_product.cl": winograd_product(weights(16, 16, 24), PARTS)[0],
    "winograd_output.cl": winograd_output(FILTERED, SQUARES, PARTS, 24, steps(24))[0],
    "matmul.cl": matmul(CPU, 8, weights(24, 12), steps(24), RegisterTile(2, (16, 8))),
    "matmul.wgsl": matmul(SOFTWARE, 8, weights(24, 10), steps(24), RegisterTile(2, (4, 4), steps=4, group=8)),
    "matmul_ahead.cl": matmul(CPU, 4, weights(16, 1024), schedule=RegisterTile(2, (16,))),
    "matmul_one_row.cl": matmul(CPU, 1, weights(16, 12), schedule=RegisterTile(1, (16,), split=2)),
    "matmul_workgroup.cl": matmul(GPU, 32, weights(32, 12), schedule=GroupTile(16, 16, 8, 2)),
    "matmul_workgroup.wgsl": matmul(GPU, 32, weights(32, 12), schedule=GroupTile(16, 16, 8, 2)),
    "matmul_lanes.wgsl": matmul(LLVMPIPE, 8, weights(24, 10), steps(24), LaneTile(3, (4, 4), 2)),
    "matmul_lanes_spread.wgsl": matmul(LLVMPIPE, 8, weights(24, 10), steps(24), LaneTile(4, (4, 4), 2, spread=True)),
    "conv_2d.cl": conv_2d(
        CPU,
        ConvWindow.of(PICTURE, (3, 3)),
        weights(16, 3, 3, 12),
        epilogue=Epilogue((prelu(weights(16)),)),
        schedule=RegisterTile(2, (16,)),
    ),
    "conv_2d.wgsl": conv_2d(
        SOFTWARE,
        ConvWindow.of(PICTURE, (3, 3), (2, 2)),
        weights(16, 3, 3, 12),
        schedule=RegisterTile(2, (4,), steps=4, group=8),
    ),
    "conv_2d_lanes.wgsl": conv_2d(
        LLVMPIPE, ConvWindow.of(PICTURE, (3, 3), (2, 2)), weights(16, 3, 3, 12), schedule=LaneTile(2, (4,), 4)
    ),
    "conv_2d_line.cl": conv_2d_line(
        RegisterTile(2, (16,)), ConvWindow.of((1, 8, 8, 3), (2, 2)), weights(16, 2, 2, 3), steps(16)
    ),
    "depthwise_conv_2d.cl": depthwise_conv_2d(
        CPU, ConvWindow.of((1, 8, 8, 16), (2, 2)), weights(2, 2, 16), schedule=LineTile(2, 16)
    ),
    "depthwise_conv_2d.wgsl": depthwise_conv_2d(
        SOFTWARE, ConvWindow.of(PICTURE, (3, 3)), weights(3, 3, 12), schedule=LineTile(2, 4, 8)
    ),
    "depthwise_conv_2d_lanes.wgsl": depthwise_conv_2d(
        LLVMPIPE, ConvWindow.of(PICTURE, (3, 3)), weights(3, 3, 12), schedule=LineTile(2, 1, 8)
    ),
    "depthwise_conv_2d_bytes.wgsl": stored(
        depthwise_conv_2d(LLVMPIPE, ConvWindow.of(PICTURE, (3, 3)), weights(3, 3, 12), schedule=LineTile(2, 4, 8)),
        BYTES,
    ),
    "transpose_conv.wgsl": transpose_conv(
        GPU,
        ConvWindow((1, 4, 4, 8), (8, 8), (2, 2), (2, 2)),
        weights(8, 2, 2, 8),
        Epilogue((activation("TANH"),)),
        RegisterTile(1, (4,), steps=4, group=64),
    ),
    "batch_matmul_adj_y.wgsl": batch_matmul(
        SOFTWARE, BatchShape(2, 4, 8, 6, adj_y=True), schedule=RegisterTile(1, (4,), steps=4, group=8)
    ),
    "batch_matmul_lanes_adj_y.wgsl": batch_matmul(
        LLVMPIPE, BatchShape(2, 4, 8, 6, adj_y=True), schedule=LaneTile(1, (4,), 2)
    ),
    "transpose_conv_lanes.wgsl": transpose_conv(
        LLVMPIPE, ConvWindow((1, 4, 4, 8), (8, 8), (2, 2), (2, 2)), weights(8, 2, 2, 8), schedule=LaneTile(2, (4,), 8)
    ),
    "softmax_lanes.wgsl": opaque_loops(softmax(LLVMPIPE, (4, 20))),
    "elementwise.cl": elementwise(CPU, (40, 24), [Operand("x", (40, 24)), Operand("side_a", (24,))], CHAIN),
    "elementwise.wgsl": elementwise(GPU, (40, 24), [Operand("x", (40, 24)), Operand("side_a", (24,))], CHAIN),
    "region_copy_transposed.cl": region_copy(CPU, TRANSPOSED),
    "region_copy_transposed.wgsl": region_copy(SOFTWARE, TRANSPOSED),
    "elementwise_cosine.wgsl": elementwise(GPU, (40, 24), [Operand("x", (40, 24))], [unary("COS")]),
    "region_copy_bounded.wgsl": region_copy(GPU, Region((Axis(6, 8, 8, (1, 5)), Axis(8, 1, 1)), 0, -8), -1.0),
    "region_copy_padded.wgsl": region_copy(GPU, Region((Axis(6, 4, 3), Axis(3, 1, 1))), storage="i8", pads=True),
    "region_copy_table.wgsl": region_copy(GPU, Region((Axis(3, 8, table=(16, 0, -1)), Axis(8, 1, 1)))),
    "pool_2d.wgsl": pool_2d(GPU, "average", ConvWindow.of(PICTURE, (2, 2), (2, 2))),
    "map_floor_div.wgsl": map_values(GPU, (2, 8), [WHOLE, WHOLE], "INTEGER_FLOOR_DIV", result="i32"),
    "map_select.cl": map_values(CPU, (2, 8), [WHOLE, Operand("side_a", (8,)), Operand("side_b", (1,))], "SELECT"),
    "cells_arg_max.wgsl": cells(GPU, (4, 3), [Operand("x", (4, 9, 3))], ArgExtreme(1, 9, True), "i32"),
    "cells_gather.cl": cells(CPU, (4, 3), [Operand("x", (9, 3)), Operand("side_a", (4,), "i32")], Gather(0, 0, 1, 9)),
    "cells_scatter.wgsl": cells(
        GPU,
        (4, 3),
        [Operand("x", (4, 3)), Operand("side_a", (5, 1), "i32"), Operand("side_b", (5, 2, 3))],
        StablehloScatter(5, (4, 3), (2, 3), (0, None), "max"),
    ),
    "map_inverse_root.wgsl": map_values(GPU, (2, 8), [WHOLE], "INVERSE_ROOT", result="i32"),
    "map_product_leaves.wgsl": map_values(GPU, (2, 8), [WHOLE, WHOLE], "INTEGER_MUL_LEAVES", result="i32"),
    "resize_unsigned.wgsl": unsigned_resize_bilinear(GPU, (1, 4, 4, 8), (1, 8, 8, 8), TAPS, TAPS, 128),
    "cumsum.cl": cumsum(CPU, (2, 9, 3), 1, True, False, "i32"),
    "load_words.wgsl": load_words(GPU, 64),
    "reduce_row.cl": reduce(CPU, "mean", (3, 4, 20), (0, 2)),
    "softmax.cl": softmax(CPU, (4, 20), keeps=True),
    "softmax_codes.wgsl": quantized_softmax(GPU, (4, 10), np.zeros(256, np.int64), -128, (BYTES["x"], BYTES["y"])),
    "softmax_workgroup.wgsl": softmax(GPU, (4, 1001)),
    "softmax_codes_workgroup.wgsl": quantized_softmax(GPU, (4, 200), np.zeros(256, np.int64), -128),
    "reduce_team.wgsl": reduce(GPU, "mean", (1, 20, 20, 40), (1, 2)),
    "reduce_team_row.cl": reduce(GPU, "max", (3, 401), (1,)),
    "row_numbers_workgroup.wgsl": row_ranges(GPU, Rows(2, 1, 131), True),
    "conv_2d_workgroup.wgsl": conv_2d(
        GPU, ConvWindow.of((1, 8, 8, 18), (3, 3)), weights(16, 3, 3, 18), schedule=GroupTile(16, 16, 8, 2, 2)
    ),
    "resize_bilinear.wgsl": resize_bilinear(SOFTWARE, PICTURE, (1, 16, 16, 12), half_pixel_centers=True),
    "store_codes.wgsl": store_codes(GPU, 64, "i8", 3),
    "load_codes.cl": load_codes(CPU, 64, "u8", 128),
    "recurrent_lstm.cl": recurrent_product(CPU, TRACE, weights(4, 16, 16), None, LSTM, Step(0, 96, 0, (0, 64))),
    "recurrent_lstm.wgsl": recurrent_product(GPU, TRACE, weights(4, 16, 16), None, LSTM, Step(0, 96, 0, (0, 64))),
    "recurrent_normalized.wgsl": normalized_lstm(GPU, LSTM, weights(8, 16), Step(0, 96), "state"),
    "store_shorts.wgsl": store_codes(GPU, 64, "i16", 0),
    "load_shorts.wgsl": load_codes(GPU, 64, "i16", 0),
    "row_numbers.wgsl": row_ranges(SOFTWARE, Rows(1, 4, 24), True),
    "row_codes.cl": row_codes(CPU, Rows(1, 4, 24), True),
    "scaled_back.wgsl": matmul(SOFTWARE, 1, weights(24, 10), scaled_back(24), RegisterTile(1, (4,), steps=4, group=8)),
    "wide_sums.wgsl": matmul(SOFTWARE, 8, weights(24, 10), joined(24), RegisterTile(2, (4, 4), steps=4, group=8)),
    "half.cl": stored(matmul(CPU, 8, weights(24, 12), schedule=RegisterTile(2, (16, 8))), HALVES),
    "half.wgsl": stored(matmul(LLVMPIPE, 8, weights(24, 12), schedule=LaneTile(2, (4,), 2)), HALVES),
    "requantize.cl": matmul(CPU, 8, weights(24, 12), scaled(24), RegisterTile(2, (16, 8))),
    "requantize.wgsl": matmul(SOFTWARE, 8, weights(24, 10), scaled(24), RegisterTile(2, (4, 4), steps=4, group=8)),
}


@pytest.mark.parametrize("file", CALLS)
def test_printed_text(file: str) -> None:
    call: KernelCall = CALLS[file]
    text = (WGSL() if file.endswith(".wgsl") else OpenCLC()).source(call.kernel)
    path = FOLDER / file
    if os.environ.get("DELEGANT_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
