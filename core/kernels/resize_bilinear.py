"""RESIZE_BILINEAR of an NHWC image; floats, uint8 (in floats), int8 and int16 (in fixed point)."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..graph import Shape
from ..op import Bind, Op, Run
from ..preparation import dynamic, known_ints, options_of, unsupported
from ..schema import ResizeBilinearOptions
from .registry import kernel

_ONE = 1 << 10
"""1 in the fixed point of the integer kernel."""


@dataclass(frozen=True)
class Taps:
    """The two source positions of each target position along a dimension, and their weights."""

    first: np.ndarray
    second: np.ndarray
    first_weight: np.ndarray
    second_weight: np.ndarray


def resized_shape(op: Op) -> Shape | None:
    """The output's shape, given by (height, width) in the second input; None while unknown."""
    x, size = op.input(0), known_ints(op.input(1))
    if len(x.shape) != 4 or op.input(1).shape != (2,):
        raise op.error(f"an image of shape {list(x.shape)} cannot be resized to {op.input(1)}")
    if size is None:
        return None
    if min(size) <= 0:
        raise op.error(f"an image cannot be resized to {list(size)}")
    return x.shape[0], size[0], size[1], x.shape[3]


@kernel("RESIZE_BILINEAR")
def prepare(op: Op) -> Bind:
    x, out, shape = op.input(0), op.output(), resized_shape(op)
    if shape is None:
        return dynamic(op)
    options = options_of(op, ResizeBilinearOptions)
    if options.half_pixel_centers and options.align_corners:
        raise op.error("If half_pixel_centers is True, align_corners must be False.")
    out.resize(shape)
    if x.dtype.kind == "f" or x.dtype == np.uint8:
        taps, bind = _float_taps, _bind_float
    elif x.dtype in (np.int8, np.int16):
        taps, bind = _integer_taps, _bind_integer
    else:
        raise unsupported(op, x)
    rows, columns = (taps(x.shape[d], shape[d], options) for d in (1, 2))
    return lambda: bind(x.array, out.array, rows, columns)


def _float_taps(source: int, target: int, options: ResizeBilinearOptions) -> Taps:
    f = np.float32
    scale = f(source) / f(target)
    if options.align_corners and target > 1:
        scale = f(source - 1) / f(target - 1)
    index = np.arange(target).astype(f)
    position = (index + f(0.5)) * scale - f(0.5) if options.half_pixel_centers else index * scale
    first = np.maximum(np.floor(position), 0).astype(np.intp)
    second = np.minimum(np.ceil(position), source - 1).astype(np.intp)
    weight = position - first.astype(f)
    return Taps(np.minimum(first, source - 1), np.maximum(second, 0), f(1) - weight, weight)


def _integer_taps(source: int, target: int, options: ResizeBilinearOptions) -> Taps:
    scale = ((source << 10) + target // 2) // target
    if options.align_corners and target > 1:
        scale = (((source - 1) << 10) + (target - 1) // 2) // (target - 1)
    position = np.arange(target, dtype=np.int64) * scale
    if options.half_pixel_centers:
        position += scale // 2 - _ONE // 2
    first = np.maximum(np.where(position < 0, 0, position // _ONE), 0)
    second = np.minimum((position + _ONE - 1) // _ONE, source - 1)
    weight = position - _ONE * first
    return Taps(np.minimum(first, source - 1), np.maximum(second, 0), _ONE - weight, weight)


def _bind_float(source: np.ndarray, target: np.ndarray, rows: Taps, columns: Taps) -> Run:
    """The four taps are added in LiteRT's order (top left, bottom left, top right, bottom right), and each is
    multiplied by the weight of its row first: integer results depend on the last bit."""
    dtype = np.dtype(np.float32) if target.dtype.kind != "f" else target.dtype
    weights = [
        (wy[:, None, None].astype(dtype), wx[:, None].astype(dtype)) for wx, wy in _weight_pairs(rows, columns)
    ]
    chosen = [(y[:, None], x[None, :]) for x, y in _index_pairs(rows, columns)]
    total, term = np.empty(target.shape, dtype), np.empty(target.shape, dtype)

    def run() -> None:
        total.fill(0)
        for at, (row_weight, column_weight) in zip(chosen, weights, strict=True):
            np.multiply(source[:, at[0], at[1]], row_weight, out=term)
            np.multiply(term, column_weight, out=term)
            np.add(total, term, out=total)
        if target.dtype.kind != "f":
            np.add(total, dtype.type(0.5), out=total)
        np.copyto(target, total, casting="unsafe")

    return run


def _bind_integer(source: np.ndarray, target: np.ndarray, rows: Taps, columns: Taps) -> Run:
    weights = [wy[:, None, None] * wx[:, None] for wx, wy in _weight_pairs(rows, columns)]
    chosen = [(y[:, None], x[None, :]) for x, y in _index_pairs(rows, columns)]
    half = 1 << 19

    def run() -> None:
        total = sum(source[:, y, x].astype(np.int64) * weight for (y, x), weight in zip(chosen, weights, strict=True))
        rounded = np.sign(total) * ((np.abs(total) + half) >> 20)
        np.copyto(target, rounded, casting="unsafe")

    return run


def _weight_pairs(rows: Taps, columns: Taps) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(wx, wy) for wx in (columns.first_weight, columns.second_weight)
            for wy in (rows.first_weight, rows.second_weight)]


def _index_pairs(rows: Taps, columns: Taps) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(x, y) for x in (columns.first, columns.second) for y in (rows.first, rows.second)]
