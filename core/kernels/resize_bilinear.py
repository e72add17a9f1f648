"""RESIZE_BILINEAR of an NHWC image; floats, uint8 (in floats), int8 and int16 (in fixed point)."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ..graph import Shape
from ..op import Bind, Op, Run
from ..preparation import dynamic, known_ints, options_of, unsupported
from ..schema import ResizeBilinearOptions
from ..steps import Step, chunks, sequence
from .registry import kernel

_BLOCK = 1 << 15
"""Elements of the target that are computed together."""
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
    out.largest = 1.01 * x.largest
    if x.dtype.kind == "f" or x.dtype == np.uint8:
        taps = float_taps
    elif x.dtype in (np.int8, np.int16):
        taps = _int8_taps if x.dtype == np.int8 else _integer_taps
    else:
        raise unsupported(op, x)
    rows, columns = (taps(x.shape[d], shape[d], options) for d in (1, 2))
    return lambda: _bind(x.array, out.array, rows, columns)


def float_taps(source: int, target: int, options: ResizeBilinearOptions) -> Taps:
    """Weights in float32, as LiteRT rounds them."""
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


def _int8_taps(source: int, target: int, options: ResizeBilinearOptions) -> Taps:
    """Weights of int32, in which sums of 8-bit products stay."""
    taps = _integer_taps(source, target, options)
    return replace(
        taps, first_weight=taps.first_weight.astype(np.int32), second_weight=taps.second_weight.astype(np.int32)
    )


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


def _bind(source: np.ndarray, target: np.ndarray, rows: Taps, columns: Taps) -> Run:
    """Blocks of target rows that fit a cache, each from its two source rows per target row.

    Every value is multiplied by the weight of its row, then of its column. For uint8, which depends on the last bit of
    a float, the four taps are added in LiteRT's order: top left, bottom left, top right, bottom right. Elsewhere both
    rows are added first, and each column's weight is multiplied once.
    """
    in_order = target.dtype == np.uint8
    work = rows.first_weight.dtype if target.dtype.kind != "f" else target.dtype
    steps: list[Step] = []
    height, width, depth = target.shape[1:]
    size = max(1, _BLOCK // max(width * depth, 1))
    upper, lower = (np.empty((size, source.shape[2], depth), work) for _ in range(2))
    total, term = (np.empty((size, width, depth), work) for _ in range(2))
    column_weights = [w[:, None].astype(work) for w in (columns.first_weight, columns.second_weight)]
    for batch in range(len(target)):
        for part in chunks(height, size):
            n = part.stop - part.start
            pair = ((rows.first, rows.first_weight, upper[:n]), (rows.second, rows.second_weight, lower[:n]))
            for index, weight, scaled in pair:
                steps.append(partial(_scale_rows, source[batch], index[part], weight[part, None, None], scaled))
            if not in_order:
                steps.append(partial(np.add, upper[:n], lower[:n], upper[:n]))
            rest = (upper[:n], lower[:n]) if in_order else (upper[:n],)
            steps.append(partial(_add_taps, rest, columns, column_weights, total[:n], term[:n]))
            steps.append(partial(_finish, total[:n], target[batch, part]))
    return sequence(steps)


def _scale_rows(image: np.ndarray, rows: np.ndarray, weights: np.ndarray, out: np.ndarray) -> None:
    np.multiply(image[rows], weights, out=out, casting="unsafe")


def _add_taps(
    rows: Sequence[np.ndarray], columns: Taps, weights: list[np.ndarray], total: np.ndarray, term: np.ndarray
) -> None:
    """Add up the rows' first columns, then their second ones, into `total`."""
    sides = ((columns.first, weights[0]), (columns.second, weights[1]))
    for k, (part, (index, weight)) in enumerate((part, side) for side in sides for part in rows):
        target = term if k else total
        np.take(part, index, axis=1, out=target, mode="wrap")
        np.multiply(target, weight, out=target)
        if k:
            np.add(total, term, out=total)


def _finish(total: np.ndarray, target: np.ndarray) -> None:
    """Round to the target's type: uint8 from floats half up, integers from 20 fraction bits half away from zero."""
    if total.dtype.kind == "i":
        np.add(total, total >> (8 * total.itemsize - 1), out=total)
        np.add(total, 1 << 19, out=total)
        np.right_shift(total, 20, out=total)
    elif target.dtype.kind != "f":
        np.add(total, total.dtype.type(0.5), out=total)
    np.copyto(target, total, casting="unsafe")
