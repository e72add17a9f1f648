"""SOFTMAX over the last dimension; floats, 8- and 16-bit quantized."""
from __future__ import annotations

from functools import partial

import numpy as np

from ..arithmetic.clamp import scalar
from ..arithmetic.fixed_point import count_leading_zeros
from ..arithmetic.lookup import interpolate, table_16bit
from ..arithmetic.numerics import quantize_multiplier, requantize
from ..op import Bind, Op, Run
from ..preparation import is_quantized, options_of, quantization_of, unsupported
from ..schema import SoftmaxOptions, TensorType
from ..steps import Step, assign, chunks, nothing, sequence
from .registry import kernel
from .softmax_8bit import prepare_8bit

_PIECE = 1 << 14
"""Elements that are computed at once."""
_SHORT_ROW = 32


@kernel("SOFTMAX", inplace=(0,))
def prepare(op: Op) -> Bind:
    x, out = op.input(0), op.output()
    out.resize(x.shape)
    beta = np.float32(options_of(op, SoftmaxOptions).beta)
    if is_quantized(x):
        return _prepare_int16(op, beta) if x.type == TensorType.INT16 else prepare_8bit(op, beta)
    if x.dtype.kind != "f":
        raise unsupported(op, x)
    out.largest = 1.0
    return lambda: _bind_float(x.array, out.array, x.dtype.type(beta))


def _bind_float(x: np.ndarray, out: np.ndarray, beta: np.floating) -> Run:
    """In pieces that stay in cache; of short rows, so that NumPy's loops are long, with rows side by side."""
    if not x.size:
        return nothing
    depth = x.shape[-1] if x.shape else 1
    source, target = x.reshape(-1, depth), out.reshape(-1, depth)
    pieces = [(source[rows], target[rows]) for rows in chunks(source.shape[0], _PIECE // depth)]
    if depth >= min(_SHORT_ROW, source.shape[0]):
        return sequence([step for piece in pieces for step in _piece(*piece, 1, beta)])
    steps: list[Step] = []
    scratch = np.empty((depth, pieces[0][0].shape[0]), x.dtype)
    for rows, result in pieces:
        columns = scratch[:, : rows.shape[0]]
        steps += [assign(columns, rows.T), *_piece(columns, columns, 0, beta), assign(result.T, columns)]
    return sequence(steps)


def _piece(source: np.ndarray, target: np.ndarray, axis: int, beta: np.floating) -> list[Step]:
    """exp(x - maximum) over the sum of these, along `axis`."""
    shape = (source.shape[0], 1) if axis else (1, source.shape[1])
    row = np.empty(shape, source.dtype)
    scaled: list[Step] = [partial(np.multiply, target, scalar(beta, target.dtype), target)] if beta != 1 else []
    return [
        partial(np.maximum.reduce, source, axis, None, row, True),
        partial(np.subtract, source, row, target),
        *scaled,
        partial(np.exp, target, target),
        _sum(target, axis, row),
        partial(np.divide, target, row, target),
    ]


def _sum(x: np.ndarray, axis: int, out: np.ndarray) -> Step:
    """Along rows by BLAS, which takes a quarter of the time of `np.sum`."""
    if axis and x.dtype == np.float32:
        return partial(np.matmul, x, np.ones((x.shape[1], 1), np.float32), out)
    return partial(np.add.reduce, x, axis, None, out, True)


class WideExpTable:
    """What 16-bit codes need, int64 [65536] each.

    Attributes:
        exp: exponentials by how far a code lies below its row's largest.
        inverse: reciprocals by codes from -32768 on, of 1 + the number in [0, 1] that a code stands for.

    Source: SoftmaxInt16 of LiteRT's reference kernels, which interpolates tables of 513 entries.
    """

    def __init__(self, beta: np.float32, scale: np.float32) -> None:
        step, codes = 10.0 / 65535.0, np.arange(1 << 16)
        m, s = quantize_multiplier(float(np.float64(scale * beta) / step))
        exp = table_16bit(np.exp, (step, 32767), (2.0 / 65535.0, 0), np.float64)
        inverse = table_16bit(lambda v: 1 / (1 + v), (1.0 / 65535.0, -32768), (2.0 / 65535.0, 0), np.float64)
        self.exp = interpolate(exp, np.clip(requantize(-codes, m, s) + 32767, -32768, 32767))
        self.inverse = interpolate(inverse, codes - 32768)


def _prepare_int16(op: Op, beta: np.float32) -> Bind:
    x, out = op.input(0), op.output()
    table = WideExpTable(beta, quantization_of(op, x).scale)

    def bind() -> Run:
        source, target = x.array, out.array

        def run() -> None:
            codes = source.astype(np.int64)
            exp = table.exp.take(codes.max(axis=-1, keepdims=True) - codes)
            total = exp.sum(axis=-1, keepdims=True)
            headroom = count_leading_zeros(total)
            shifted = ((total << (headroom - 1)) + (1 << 13)) >> 14
            inverse = table.inverse.take(np.clip(shifted - 65536, 0, 65535))
            scaled = (exp * inverse + (1 << (30 - headroom))) >> (31 - headroom)
            np.copyto(target, np.clip(scaled, 0, 32767), casting="unsafe")

        return run

    return bind
