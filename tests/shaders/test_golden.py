"""The printed text of representative kernels, so that a change of it is visible in review.

`DELEGANT_UPDATE_GOLDEN=1 pytest tests/shaders/test_golden.py` writes the files anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from delegant.shaders.batch_matmul import BatchShape, batch_matmul
from delegant.shaders.call import KernelCall
from delegant.shaders.conv_2d import conv_2d
from delegant.shaders.conv_window import ConvWindow
from delegant.shaders.depthwise_conv_2d import depthwise_conv_2d
from delegant.shaders.device_class import DeviceClass
from delegant.shaders.epilogue import Beside, Epilogue, activation, bias, combine, prelu
from delegant.shaders.matmul import matmul
from delegant.shaders.opencl_c import OpenCLC
from delegant.shaders.select import GroupTile, LineTile, RegisterTile
from delegant.shaders.transpose_conv import transpose_conv
from delegant.shaders.wgsl import WGSL

FOLDER = Path(__file__).parent / "golden"
CPU, SOFTWARE, GPU = DeviceClass.CPU, DeviceClass.SOFTWARE_GPU, DeviceClass.GPU
PICTURE = (1, 8, 8, 12)


def weights(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


def steps(channels: int) -> Epilogue:
    return Epilogue((bias(weights(channels)), activation("RELU6"), combine("add", Beside("residual"))))


CALLS = {
    "matmul.cl": matmul(CPU, 8, weights(24, 12), steps(24), RegisterTile(2, (16, 8))),
    "matmul.wgsl": matmul(SOFTWARE, 8, weights(24, 10), steps(24), RegisterTile(2, (4, 4), steps=4, group=8)),
    "matmul_one_row.cl": matmul(CPU, 1, weights(16, 12), schedule=RegisterTile(1, (16,), split=2)),
    "matmul_workgroup.cl": matmul(GPU, 32, weights(32, 12), schedule=GroupTile(16, 16, 8, 2)),
    "matmul_workgroup.wgsl": matmul(GPU, 32, weights(32, 12), schedule=GroupTile(16, 16, 8, 2)),
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
    "conv_2d_few_channels.cl": conv_2d(
        CPU, ConvWindow.of((1, 8, 8, 3), (2, 2)), weights(16, 2, 2, 3), schedule=RegisterTile(1, (16,))
    ),
    "depthwise_conv_2d.cl": depthwise_conv_2d(
        CPU, ConvWindow.of((1, 8, 8, 16), (2, 2)), weights(2, 2, 16), schedule=LineTile(2, 16)
    ),
    "depthwise_conv_2d.wgsl": depthwise_conv_2d(
        SOFTWARE, ConvWindow.of(PICTURE, (3, 3)), weights(3, 3, 12), schedule=LineTile(2, 4, 8)
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
}


@pytest.mark.parametrize("file", CALLS)
def test_printed_text(file: str) -> None:
    call: KernelCall = CALLS[file]
    text = (WGSL() if file.endswith(".wgsl") else OpenCLC()).source(call.kernel)
    path = FOLDER / file
    if os.environ.get("DELEGANT_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
