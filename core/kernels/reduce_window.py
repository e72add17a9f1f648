"""REDUCE_WINDOW and STABLEHLO_REDUCE_WINDOW: reduce what a window sees, at each of its places."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..graph import Shape
from ..op import Bind, Op, Run
from ..preparation import dynamic, known_ints, options_of, same_type
from ..region import Region
from ..schema import ReduceWindowFunction, ReduceWindowOptions
from ..window.padding import Spread
from .registry import kernel

Combine = Callable[[np.ndarray, np.ndarray], np.ndarray]
_WINNERS: dict[ReduceWindowFunction, np.ufunc] = {
    ReduceWindowFunction.MINIMUM: np.less_equal,
    ReduceWindowFunction.MAXIMUM: np.greater_equal,
}
_FUNCTIONS: dict[ReduceWindowFunction, np.ufunc] = {
    ReduceWindowFunction.ADD: np.add,
    ReduceWindowFunction.MUL: np.multiply,
    ReduceWindowFunction.ALL: np.logical_and,
    ReduceWindowFunction.ANY: np.logical_or,
}
_OF_UFUNC: dict[Callable[..., Any], ReduceWindowFunction] = {
    np.add: ReduceWindowFunction.ADD, np.multiply: ReduceWindowFunction.MUL,
    np.minimum: ReduceWindowFunction.MINIMUM, np.maximum: ReduceWindowFunction.MAXIMUM,
    np.bitwise_and: ReduceWindowFunction.ALL, np.bitwise_or: ReduceWindowFunction.ANY,
}  # fmt: skip


@kernel("REDUCE_WINDOW")
def prepare(op: Op) -> Bind:
    """Inputs: x, the initial value, and the windows' dimensions, strides and dilations as tensors. No padding."""
    x, initial = op.input(0), op.input(1)
    same_type(op, x, initial)
    window, strides, dilations = (known_ints(op.input(i)) for i in (2, 3, 4))
    if window is None or strides is None or dilations is None:
        return dynamic(op)
    function = options_of(op, ReduceWindowOptions).reduce_function
    if function == ReduceWindowFunction.UNSUPPORTED:
        raise op.error("unsupported reduction body")
    rank = len(x.shape)
    spread = Spread.of(x.shape, (1,) * rank, (0,) * rank, (0,) * rank)
    return _prepare(op, spread, _Window(op, spread.shape, window, strides, dilations), _combine(function))


@kernel("STABLEHLO_REDUCE_WINDOW")
def prepare_stablehlo(op: Op) -> Bind:
    """Inputs: x and the initial value, with which x is dilated and padded first."""
    x, options = op.input(0), op.options
    if len(op.inputs) != 2:
        raise op.error("windows over several inputs at once are not supported")
    same_type(op, x, op.input(1))
    ones = (1,) * len(x.shape)
    padding = options.padding or (0, 0) * len(x.shape)
    dilations = options.base_dilations or ones
    if len(padding) != 2 * len(ones) or len(dilations) != len(ones) or min(dilations, default=1) < 1:
        raise op.error(f"padding {list(padding)} and base dilations {list(dilations)} do not fit {x}")
    spread = Spread.of(x.shape, dilations, padding[0::2], padding[1::2])
    window = _Window(
        op, spread.shape, options.window_dimensions, options.window_strides or ones, options.window_dilations or ones
    )
    region = Region(op, options.body_subgraph_index)
    if region.ufunc is not None:
        return _prepare(op, spread, window, _combine(_OF_UFUNC[region.ufunc]))
    return _prepare(op, spread, window, lambda a, b: region.combine([a], [b])[0])


class _Window:
    """Where a window of `dims` goes in a tensor of `shape`.

    Attributes:
        places: how often it fits in each dimension.
    """

    def __init__(
        self, op: Op, shape: Shape, dims: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
    ) -> None:
        if not len(dims) == len(strides) == len(dilations) == len(shape) or min(*dims, *strides, *dilations, 1) < 1:
            raise op.error(f"a window {list(dims)} with strides {list(strides)} and dilations {list(dilations)} "
                           f"does not fit a tensor of {list(shape)}")
        self.dims, self._strides, self._dilations = tuple(dims), strides, dilations
        reach = [(n - 1) * d + 1 for n, d in zip(dims, dilations, strict=True)]
        self.places = tuple((n - r) // s + 1 if n >= r else 0 for n, r, s in zip(shape, reach, strides, strict=True))

    def views(self, x: np.ndarray) -> list[np.ndarray]:
        """For each element of the window, in row-major order, what it sees at all places."""
        step = tuple(s * n for s, n in zip(self._strides, x.strides, strict=True))
        views = []
        for at in np.ndindex(self.dims):
            corner = tuple(slice(i * d, None) for i, d in zip(at, self._dilations, strict=True))
            views.append(as_strided(x[corner], self.places, step, writeable=False))
        return views


def _combine(function: ReduceWindowFunction) -> Combine:
    """LiteRT's `a >= b ? a : b` lets a NaN in the accumulator lose."""
    if function in _WINNERS:
        wins = _WINNERS[function]
        return lambda a, b: np.where(wins(a, b), a, b)
    return partial(_apply, _FUNCTIONS[function])


def _apply(ufunc: np.ufunc, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return ufunc(a, b).astype(a.dtype, copy=False)


def _prepare(op: Op, spread: Spread, window: _Window, combine: Combine) -> Bind:
    x, initial, out = op.input(0), op.input(1), op.output()
    out.resize(window.places)
    is_spread = spread.shape != x.shape or any(s != slice(0, n, 1) for s, n in zip(spread.target, x.shape, strict=True))
    slot = op.request_scratch(spread.shape, x.dtype) if is_spread else -1

    def bind() -> Run:
        if 0 in out.shape:
            return lambda: None
        source = op.scratch[slot] if is_spread else x.array
        views, start, target = window.views(source), initial.array.reshape(()), out.array

        def run() -> None:
            if is_spread:
                spread.fill(x.array, start, source)
            np.copyto(target, start)
            for view in views:
                np.copyto(target, combine(target, view))

        return run

    return bind
