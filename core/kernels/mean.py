"""MEAN over any dimensions; floats, int32, int64, 8- and 16-bit quantized."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod

import numpy as np

from ..arithmetic.clamp import scalar
from ..arithmetic.lookup import type_range
from ..arithmetic.numerics import quantize_multiplier, requantize, wrap32
from ..op import Bind, Op, Run
from ..preparation import dynamic, is_quantized, quantization_of
from ..steps import Step, sequence
from .reduce import reduced_axes
from .registry import kernel


@kernel("MEAN")
def prepare(op: Op) -> Bind:
    axes = reduced_axes(op)
    if axes is None:
        return dynamic(op)
    x, out = op.input(0), op.output()
    count = prod(x.shape[d] for d in axes)
    if is_quantized(x):
        return _prepare_quantized(op, axes, count)
    if x.dtype.kind in "iu":
        return lambda: lambda: _integer_mean(x.array, out.array, axes, count)

    out.largest = x.largest

    def bind() -> Run:
        source, target = x.array, out.array.reshape(tuple(1 if d in axes else n for d, n in enumerate(x.shape)))
        if x.dtype == np.float32 and count:
            return sequence([*_sums(source, axes, target), partial(np.divide, target, scalar(count, x.dtype), target)])
        return sequence([partial(np.mean, source, axis=axes, out=target, keepdims=True, dtype=target.dtype)])

    return bind


def _sums(x: np.ndarray, axes: tuple[int, ...], out: np.ndarray) -> list[Step]:
    """Float32 sums over dimensions, by BLAS where these are neighbours: it needs no loop for every other element."""
    first, last = (axes[0], axes[-1] + 1) if axes else (0, 0)
    if not axes or last - first != len(axes) or not x.flags.c_contiguous or not x.size:
        return [partial(np.sum, x, axis=axes, out=out, keepdims=True)]
    before, count, after = (prod(x.shape[part]) for part in (slice(first), slice(first, last), slice(last, None)))
    ones = np.ones(count, np.float32)
    if after == 1:
        return [partial(np.matmul, x.reshape(before, count), ones, out.reshape(before))]
    return [partial(np.matmul, ones, x.reshape(before, count, after), out.reshape(before, after))]


def _integer_mean(source: np.ndarray, target: np.ndarray, axes: tuple[int, ...], count: int) -> None:
    """Integers are divided with truncation."""
    total = source.sum(axis=axes, dtype=np.int64)
    target[...] = (np.sign(total) * (np.abs(total) // max(count, 1))).reshape(target.shape)


def _prepare_quantized(op: Op, axes: tuple[int, ...], count: int) -> Bind:
    """Source: QuantizedMeanOrSum of LiteRT's reference kernels: 1/n is folded into the multiplier."""
    x, out = op.input(0), op.output()
    source, target = quantization_of(op, x), quantization_of(op, out)
    low, high = type_range(out.dtype)
    m, s = quantize_multiplier(float(np.float64(source.scale) / np.float64(target.scale)))
    shift = min(max(count, 1).bit_length() - 1, 32, 31 + s)
    m, s = (m << shift) // max(count, 1), s - shift

    sum_codes = _codes_summed(op, axes, count)

    def run() -> None:
        total = wrap32(sum_codes() - source.zero_point * count)
        codes = np.clip(requantize(total, m, s) + target.zero_point, low, high)
        np.copyto(out.array, codes.reshape(out.shape), casting="unsafe")

    return lambda: run


def _codes_summed(op: Op, axes: tuple[int, ...], count: int) -> Callable[[], np.ndarray]:
    """Sums of codes in int64. Up to 2**24 float32 holds every partial sum, and adds many times faster."""
    x = op.input(0)
    if count << (8 * x.dtype.itemsize) > 1 << 24:
        return lambda: np.asarray(x.array.sum(axis=axes, dtype=np.int64))
    k = op.request_scratch(x.shape, np.float32)
    sums = np.empty(tuple(1 if d in axes else n for d, n in enumerate(x.shape)), np.float32)

    def total() -> np.ndarray:
        np.copyto(op.scratch[k], x.array)
        sequence(_sums(op.scratch[k], axes, sums))()
        return sums.astype(np.int64)

    return total
