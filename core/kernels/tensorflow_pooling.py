"""TensorFlow's pools as custom operators: MaxPool3D, AveragePool3D, MaxPoolWithArgmax.

LiteRT has kernels for them that an application must register. Source of the definitions: TensorFlow's API, and
pooling3d.cc of LiteRT for the rounding of averages.
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from ..custom_options import flexbuffer_map
from ..op import Bind, Op, Run
from ..preparation import unsupported
from ..schema import Padding
from ..window.geometry import Axis, window_axis
from .registry import kernel

_TYPES = (np.float32, np.int8, np.int16)


def _axes(op: Op, rank: int) -> list[Axis]:
    """The windows along the spatial dimensions of an input [batch, ..., channels]."""
    x, options = op.input(0), flexbuffer_map(op)
    if len(x.shape) != rank or x.dtype not in _TYPES:
        raise unsupported(op, x)
    if options.get("data_format", "NDHWC") not in ("NDHWC", "NHWC"):
        raise op.error(f"{op.node.op} of the data format {options['data_format']}")
    sizes, steps = (_integers(op, options.get(name), rank) for name in ("ksize", "strides"))
    padding = str(options.get("padding"))
    if padding not in Padding.__members__ or {sizes[0], sizes[-1], steps[0], steps[-1]} != {1}:
        raise op.error(f"{op.node.op} with windows {sizes}, strides {steps} and padding {padding}")
    spatial = zip(x.shape[1:-1], sizes[1:-1], steps[1:-1], strict=True)
    return [window_axis(n, size, step, 1, Padding[padding]) for n, size, step in spatial]


def _integers(op: Op, values: Any, count: int) -> list[int]:
    if not isinstance(values, Sequence) or len(values) != count or any(int(v) < 1 for v in values):
        raise op.error(f"{op.node.op} needs {count} positive sizes and strides")
    return [int(v) for v in values]


def _taps(axes: list[Axis], filler: Any, x: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """A buffer for the padded input (its inside is `buffer[inside]`), and one view of it per element of the window."""
    edges = [axis.padded + axis.stride for axis in axes]
    buffer = np.full((x.shape[0], *edges, x.shape[-1]), filler, x.dtype)
    views = [
        buffer[(slice(None), *(slice(at, at + axis.out * axis.stride, axis.stride)
                               for at, axis in zip(place, axes, strict=True)))]
        for place in product(*(range(axis.kernel) for axis in axes))
    ]  # fmt: skip
    return buffer[(slice(None), *(slice(axis.before, axis.before + axis.size) for axis in axes))], views


def _lowest(dtype: np.dtype[Any]) -> Any:
    return np.finfo(dtype).min if dtype.kind == "f" else np.iinfo(dtype).min


@kernel("MaxPool3D", custom=True)
def prepare_max(op: Op) -> Bind:
    axes, x, out = _axes(op, 5), op.input(0), op.output()
    out.resize((x.shape[0], *(axis.out for axis in axes), x.shape[-1]))

    def bind() -> Run:
        inside, taps = _taps(axes, _lowest(x.dtype), x.array)

        def run() -> None:
            np.copyto(inside, x.array)
            out.array.fill(_lowest(x.dtype))
            for tap in taps:
                np.maximum(out.array, tap, out=out.array)

        return run

    return bind


@kernel("AveragePool3D", custom=True)
def prepare_average(op: Op) -> Bind:
    """Of the elements inside the input; integers are rounded, halves away from zero."""
    axes, x, out = _axes(op, 5), op.input(0), op.output()
    out.resize((x.shape[0], *(axis.out for axis in axes), x.shape[-1]))

    def bind() -> Run:
        inside, taps = _taps(axes, 0, x.array)
        depth, height, width = (axis.taps_inside() for axis in axes)
        counts = (depth[:, None, None] * height[:, None] * width)[..., None]
        total = np.zeros(out.shape, np.float32 if x.dtype.kind == "f" else np.int64)

        def run() -> None:
            np.copyto(inside, x.array)
            total.fill(0)
            for tap in taps:
                np.add(total, tap, out=total)
            if x.dtype.kind == "f":
                np.divide(total, counts, out=out.array)
            else:
                magnitude = (np.abs(total) + counts // 2) // counts
                np.copyto(out.array, np.sign(total) * magnitude, casting="unsafe")

        return run

    return bind


@kernel("MaxPoolWithArgmax", custom=True)
def prepare_max_with_place(op: Op) -> Bind:
    """The second output is where the first of the largest elements lies in [height, width, channels], or with
    `include_batch_in_index` in the whole input, as one number."""
    axes, x = _axes(op, 4), op.input(0)
    shape = (x.shape[0], *(axis.out for axis in axes), x.shape[-1])
    op.output(0).resize(shape)
    op.output(1).resize(shape)
    with_batch = bool(flexbuffer_map(op).get("include_batch_in_index"))

    def bind() -> Run:
        inside, taps = _taps(axes, _lowest(x.dtype), x.array)
        places = np.arange(x.array.size).reshape(x.shape) % (x.array.size if with_batch else x.array[:1].size)
        inside_places, place_taps = _taps(axes, -1, places)
        np.copyto(inside_places, places)
        maxima, where = op.output(0).array, op.output(1).array
        larger = np.empty(shape, bool)

        def run() -> None:
            np.copyto(inside, x.array)
            maxima.fill(_lowest(x.dtype))
            where.fill(-1)
            for tap, place in zip(taps, place_taps, strict=True):
                np.logical_and(place >= 0, (tap > maxima) | (where < 0), out=larger)
                np.copyto(maxima, tap, where=larger)
                np.copyto(where, place, where=larger, casting="unsafe")

        return run

    return bind
