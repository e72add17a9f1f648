"""Custom operators of MediaPipe's segmentation models: MaxPoolingWithArgmax2D, MaxUnpooling2D,
Convolution2DTransposeBias. Their options are C structs of int32; positions inside a window are floats."""
from __future__ import annotations

import struct

import numpy as np

from ..arithmetic.packing import packs
from ..op import Bind, Op, Run
from .registry import kernel

_SAME = 1


def _integers(op: Op, count: int) -> tuple[int, ...]:
    """The first `count` int32 of the options."""
    raw = bytes(op.node.custom_options)
    if len(raw) < 4 * count:
        raise op.error(f"the custom options have {len(raw)} bytes, not {4 * count}")
    return struct.unpack_from(f"<{count}i", raw)


def _window(op: Op) -> tuple[int, int]:
    """(height, width) of a pooling window, which has to be its stride as well."""
    _, stride_w, stride_h, width, height = _integers(op, 5)
    if (stride_w, stride_h) != (width, height) or min(width, height) < 1:
        raise op.error(f"{op.node.op} with a window of {height} x {width} and strides {stride_h} x {stride_w}")
    return height, width


@kernel("MaxPoolingWithArgmax2D", custom=True)
def prepare_max_pool(op: Op) -> Bind:
    """Input [n, h, w, c]; outputs the maxima and, as floats, their places y * width + x in the windows."""
    x = op.input(0)
    n, h, w, c = x.shape
    height, width = _window(op)
    rows, columns = -(-h // height), -(-w // width)
    for output in op.outputs:
        output.resize((n, rows, columns, c))

    def bind() -> Run:
        padded = np.full((n, rows * height, columns * width, c), -np.inf, np.float32)
        inside = padded[:, :h, :w]
        windows = padded.reshape(n, rows, height, columns, width, c)
        taps = [windows[:, :, i, :, j] for i in range(height) for j in range(width)]
        maxima, places = op.output(0).array, op.output(1).array
        larger = np.empty(maxima.shape, bool)

        def run() -> None:
            np.copyto(inside, x.array)
            np.copyto(maxima, taps[0])
            places.fill(0)
            for place, tap in enumerate(taps[1:], 1):
                np.greater(tap, maxima, out=larger)
                np.copyto(maxima, tap, where=larger)
                np.copyto(places, place, where=larger)

        return run

    return bind


@kernel("MaxUnpooling2D", custom=True)
def prepare_max_unpool(op: Op) -> Bind:
    """Put each value at its place in a window of zeros."""
    x, places = op.input(0), op.input(1)
    n, h, w, c = x.shape
    height, width = _window(op)
    if places.shape != x.shape:
        raise op.error(f"places {places} do not fit {x}")
    op.output().resize((n, h * height, w * width, c))

    def bind() -> Run:
        target = op.output().array.reshape(n, h, height, w, width, c)

        def run() -> None:
            index = (places.array + np.float32(0.5)).astype(np.int32)
            for y in range(height):
                for column in range(width):
                    np.multiply(x.array, index == y * width + column, out=target[:, :, y, :, column])

        return run

    return bind


@kernel("Convolution2DTransposeBias", custom=True)
@packs(1, 2)
def prepare_transpose_conv(op: Op) -> Bind:
    """Input [n, h, w, in], weights [out, kh, kw, in], bias [out]; SAME gives [n, h * stride, w * stride, out]."""
    x, weights, bias = op.input(0), op.input(1), op.input(2)
    padding, stride_w, stride_h = _integers(op, 3)
    n, h, w, depth = x.shape
    channels, kh, kw, weights_depth = weights.shape
    if weights_depth != depth or bias.shape != (channels,) or min(stride_h, stride_w) < 1:
        raise op.error(f"weights {weights} and bias {bias} do not fit {x}")
    full_h, full_w = (h - 1) * stride_h + kh, (w - 1) * stride_w + kw
    out_h, out_w = (h * stride_h, w * stride_w) if padding == _SAME else (full_h, full_w)
    top, left = max(full_h - out_h, 0) // 2, max(full_w - out_w, 0) // 2
    op.output().resize((n, out_h, out_w, channels))

    def bind() -> Run:
        packed = np.ascontiguousarray(weights.array.transpose(3, 1, 2, 0).reshape(depth, -1))
        full = np.empty((n, max(full_h, top + out_h), max(full_w, left + out_w), channels), np.float32)
        result = full[:, top : top + out_h, left : left + out_w]

        def run() -> None:
            products = (x.array.reshape(-1, depth) @ packed).reshape(n, h, w, kh, kw, channels)
            np.copyto(full, bias.array)
            for i in range(kh):
                for j in range(kw):
                    taps = full[:, i : i + (h - 1) * stride_h + 1 : stride_h, j : j + (w - 1) * stride_w + 1 : stride_w]
                    np.add(taps, products[:, :, :, i, j], out=taps)
            np.copyto(op.output().array, result)

        return run

    return bind
