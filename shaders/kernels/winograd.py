"""CONV_2D of 3x3 windows by Winograd's minimal filtering (Lavin & Gray 2015, "Fast Algorithms for Convolutional Neural
Networks"): a square of m x m outputs takes (m + 2)^2 products for each pair of channels instead of 9 m^2.

Three kernels. The first takes apart: of each square of (m + 2) x (m + 2) inputs it makes as many values. The second
multiplies: for each of these positions the values of all squares [squares, c] by a matrix of weights [c, o]. The third
puts together: m x m outputs of the (m + 2)^2 sums of a square.

It is the multiplication of polynomials by their values at points 0, +-p, ... and infinity (Toom and Cook): with B, G, A
for the values of inputs, weights and sums, y = A' (G w G' * B' x B) A. The points 3/4 and 3/2 for m = 4 round least of
those whose squares are short numbers: their sums are off by 4 times what plain sums of float32 are off by (with 1 and
2, 10 to 20 times); those for m = 2 no more than plain ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..call import KernelCall
from ..conv_window import ConvWindow
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, cast, f32, u32
from ..language.functions import clamp, fma, masked, minimum
from ..language.kernel import Kernel
from ..layout import ceil_div, padded
from ..parts.arithmetic import FLOAT_OPERANDS
from ..parts.epilogue import Epilogue
from ..parts.packing import pack_panels
from ..parts.tile import Product, zero_sums
from ..schedules.select import RegisterTile, plain_tile

POINTS = {2: (1.0,), 4: (0.75, 1.5)}
"""The positive finite points, by m."""
SKEW = 80
"""Elements, five lines of the cache."""
Line = Sequence[Expr]


@dataclass(frozen=True)
class Squares:
    """How squares of `size` x `size` outputs cover pictures [n, oh, ow].

    Attributes:
        size: m.
        pictures: n; down, across: squares of one picture along each side.
    """

    size: int
    pictures: int
    down: int
    across: int

    @classmethod
    def of(cls, window: ConvWindow, size: int) -> Squares:
        height, width = window.y_size
        return cls(size, window.x_shape[0], ceil_div(height, size), ceil_div(width, size))

    @property
    def reach(self) -> int:
        """Inputs that a square of outputs sees, along a side."""
        return self.size + 2

    @property
    def positions(self) -> int:
        """Products for each pair of channels."""
        return self.reach**2

    @property
    def count(self) -> int:
        """Squares of all pictures."""
        return self.pictures * self.down * self.across


def transformed_weights(weights: np.ndarray, size: int) -> np.ndarray:
    """G w G' of weights [o, 3, 3, c] as float32 [positions, c, o]."""
    points = [0.0, *(sign * p for p in POINTS[size] for sign in (1.0, -1.0))]
    scales = [np.prod([a - b for b in points if b != a]) for a in points]
    g = np.array([*([1 / s, a / s, a * a / s] for a, s in zip(points, scales, strict=True)), [0, 0, 1]])
    taps = weights.astype(np.float64).transpose(1, 2, 3, 0)
    made = np.kron(g, g) @ taps.reshape(9, -1)
    return made.astype(np.float32).reshape(-1, *taps.shape[2:])


def pitch(squares: int, channels: int) -> int:
    """Elements from the values of so many squares at one position to those at the next: not a power of two, or they
    would all compete for the same places in the cache."""
    return squares * padded(channels) + SKEW


# --- taking squares of inputs apart


def winograd_input(window: ConvWindow, squares: Squares, parts: Sequence[range]) -> list[KernelCall]:
    """For each of the `parts` of all squares x [n, h, w, padded(c)] to y [positions, pitch], which holds the values
    [len(part), padded(c)] of each position."""
    channels = padded(window.x_shape[3])
    kernel = _input_kernel(squares.size, _lanes(channels))
    sizes = (squares.down, squares.across, *window.x_shape[1:3], channels, *window.padding)
    return [
        KernelCall(kernel, (part.start, pitch(len(part), channels), *sizes), (len(part), 1, 1)) for part in parts
    ]


def _lanes(channels: int) -> int:
    return next(lanes for lanes in (16, 8, 4) if lanes <= channels)


def _input_kernel(size: int, lanes: int) -> Kernel:
    """An invocation takes one square, vector by vector of its channels."""
    k, reach = KernelBuilder(f"f32_winograd_input{size}x{lanes}"), size + 2
    x, y = k.read("x", f32, lanes), k.write("y", f32, lanes)
    first, pitch, down, across = k.sizes("first", "pitch", "down", "across")
    height, width, channels, above, before = k.sizes("height", "width", "channels", "above", "before")
    here = k.global_id(0)
    square = k.let(first + here, "square")
    line = k.let(square // across, "line")
    picture = k.let(line // down, "picture")
    top = k.let((line - picture * down) * size - above, "top")
    left = k.let((square - line * across) * size - before, "left")
    rows, inside_rows = _places(k, top, height, reach)
    columns, inside_columns = _places(k, left, width, reach)
    starts = [k.let((picture * height + row) * width, "start") for row in rows]
    whole = (top >= 0) & (top + reach <= height) & (left >= 0) & (left + reach <= width)

    def apart(read: Callable[[int, int], Expr], at: Expr) -> None:
        down_first = [values_of_inputs(k, [read(i, j) for i in range(reach)], size) for j in range(reach)]
        for i in range(reach):
            for j, value in enumerate(values_of_inputs(k, [column[i] for column in down_first], size)):
                k.store(y, at + (i * reach + j) * pitch, value)

    with k.loop(0, channels, lanes) as i:
        channel = k.let(minimum(i, channels - lanes), "channel")

        def read(row: int, column: int) -> Expr:
            return k.load(x, (starts[row] + columns[column]) * channels + channel)

        at = k.let(here * channels + channel, "at")
        with k.when(whole):
            apart(read, at)
        with k.otherwise():
            apart(lambda r, c: k.let(masked(read(r, c), inside_rows[r] & inside_columns[c])), at)
    return k.finish()


def _places(k: KernelBuilder, first: Expr, length: Expr, reach: int) -> tuple[list[Expr], list[Expr]]:
    """`reach` places from `first` on, those outside moved inside, and whether each was inside."""
    places = [k.let(clamp(first + i, 0, length - 1), "place") for i in range(reach)]
    return places, [k.let(cast(first + i, u32) < cast(length, u32), "ok") for i in range(reach)]


def values_of_inputs(k: KernelBuilder, d: Line, size: int) -> list[Expr]:
    """B' d: the values for the products at 0, +p, -p, ... and infinity."""
    if size == 2:
        (pp,) = (p * p for p in POINTS[size])
        return [k.let(v) for v in (d[2] - d[0] * pp, d[2] + d[1], d[2] - d[1], d[3] - d[1] * pp)]
    p, q = POINTS[size]
    both, product = p * p + q * q, (p * q) ** 2

    def ends(a: Expr, b: Expr, c: Expr) -> Expr:
        return k.let(fma(b, -both, fma(a, product, c)))

    def pair(point: float, other: float) -> tuple[Expr, Expr]:
        even = k.let(fma(d[2], -other * other, d[4]))
        odd = k.let(fma(d[1], -other * other, d[3]) * point)
        return k.let(even + odd), k.let(even - odd)

    return [ends(d[0], d[2], d[4]), *pair(p, q), *pair(q, p), ends(d[1], d[3], d[5])]


# --- products


def winograd_product(weights: np.ndarray, parts: Sequence[range]) -> list[KernelCall]:
    """For each part x [positions, pitch] times `weights` [positions, c, o], giving y [positions, pitch]."""
    positions, depth, out = weights.shape
    tile = plain_tile(DeviceClass.CPU, len(parts[0]), padded(out))
    tile = replace(tile, rows=min(tile.rows, *map(len, parts)))
    panels = ceil_div(padded(out), tile.width)
    constants = {"weights": pack_panels(weights, padded(out), tile.width)}
    hints = panels >= HINTED_PANELS and constants["weights"].nbytes >= HINTED
    kernel, tiles = _product_kernel(tile, hints), ceil_div(max(map(len, parts)), tile.rows)
    sizes = (padded(out), depth, padded(depth), positions, *((ceil_div(tile.width, tiles),) if hints else ()))
    return [
        KernelCall(
            kernel,
            (len(part), *sizes, pitch(len(part), depth), pitch(len(part), out)),
            (ceil_div(len(part), tile.rows), panels, positions),
            constants,
        )
        for part in parts
    ]


HINTED, HINTED_PANELS = 1 << 20, 3
"""Bytes of weights and panels from which on those of the next panel are asked for while one is multiplied."""


def _product_kernel(s: RegisterTile, hints: bool = False) -> Kernel:
    """An invocation computes a tile of the product of one position; `hints`: as in `matmul`."""
    k = KernelBuilder(f"f32_winograd_gemm_{s.name}{'_ahead' if hints else ''}")
    product = Product.of(k, s, FLOAT_OPERANDS)
    y = k.write("y", f32, s.lanes)
    rows, columns, depth, stride, positions = k.sizes("rows", "columns", "depth", "stride", "positions")
    (share,) = k.sizes("ahead") if hints else (None,)
    x_pitch, y_pitch = k.sizes("x_pitch", "y_pitch")
    row_tile, panel, position = (k.global_id(axis) for axis in range(3))
    row = k.let(minimum(row_tile * s.rows, rows - s.rows), "row")
    column = k.let(minimum(panel * s.width, columns - s.width), "column")
    sums = zero_sums(k, s)
    starts = [k.let(position * x_pitch + (row + r) * stride, "a") for r in range(s.rows)]
    first = k.let((panel * positions + position) * depth * s.width, "first")
    ahead = None
    if share is not None:
        ahead = k.let(first + positions * depth * s.width + row_tile * depth * share, "next"), share
    product.add(k, sums, starts, first, depth, 0, ahead=ahead)
    for r, line in enumerate(sums):
        for start, value in zip(s.starts, line, strict=True):
            k.store(y, position * y_pitch + (row + r) * columns + column + start, value)
    return k.finish()


# --- putting squares of outputs together


def winograd_output(
    window: ConvWindow, squares: Squares, parts: Sequence[range], out: int, epilogue: Epilogue
) -> list[KernelCall]:
    """For each part x [positions, pitch] to its squares of y [n, oh, ow, padded(o)], through the epilogue."""
    channels = padded(out)
    kernel, constants = _output_kernel(squares.size, _lanes(channels), epilogue), epilogue.constants(out)
    sizes = (squares.down, squares.across, *window.y_size, channels)
    return [
        KernelCall(kernel, (part.start, pitch(len(part), out), *sizes), (len(part), 1, 1), constants) for part in parts
    ]


def _output_kernel(size: int, lanes: int, epilogue: Epilogue) -> Kernel:
    """An invocation makes one square, vector by vector of its channels."""
    k, reach = KernelBuilder(f"f32_winograd_output{size}x{lanes}{epilogue.name}"), size + 2
    x = k.read("x", f32, lanes)
    bound, y = epilogue.declare(k, lanes), k.write("y", f32, lanes)
    first, pitch, down, across = k.sizes("first", "pitch", "down", "across")
    height, width, channels = k.sizes("height", "width", "channels")
    here = k.global_id(0)
    square = k.let(first + here, "square")
    line = k.let(square // across, "line")
    picture = k.let(line // down, "picture")
    top = k.let((line - picture * down) * size, "top")
    left = k.let((square - line * across) * size, "left")
    with k.loop(0, channels, lanes) as step:
        channel = k.let(minimum(step, channels - lanes), "channel")
        loaded = bound.channel_values(k, channel, lanes)

        def read(i: int, j: int) -> Expr:
            return k.load(x, at + (i * reach + j) * pitch)

        at = k.let(here * channels + channel, "at")
        columns = [sums_to_outputs(k, [read(i, j) for i in range(reach)], size) for j in range(reach)]
        for i in range(size):
            values = sums_to_outputs(k, [column[i] for column in columns], size)
            start = k.let(((picture * height + top + i) * width + left) * channels + channel, "start")
            for j, value in enumerate(values):
                with k.when((top + i < height) & (left + j < width)):
                    to = k.let(start + j * channels, "out")
                    k.store(y, to, bound.apply(k, value, to, channel, loaded))
    return k.finish()


def sums_to_outputs(k: KernelBuilder, m: Line, size: int) -> list[Expr]:
    """A' m: outputs of the sums at 0, +p, -p, ... and infinity."""
    if size == 2:
        return [k.let(m[0] + m[1] + m[2]), k.let(m[1] - m[2] + m[3])]
    p, q = POINTS[size]
    even, odd = k.let(m[1] + m[2]), k.let(m[1] - m[2])
    wide_even, wide_odd = k.let(m[3] + m[4]), k.let(m[3] - m[4])
    return [
        k.let(m[0] + even + wide_even),
        k.let(fma(odd, p, wide_odd * q)),
        k.let(fma(even, p * p, wide_even * (q * q))),
        k.let(fma(odd, p**3, fma(wide_odd, q**3, m[5]))),
    ]


# --- where it pays

VALUE_COST = 12
"""Time of a value taken apart, or of a sum put together, in multiply-adds of a product of matrices."""
WEIGHT_COST = 20
"""Time to read a weight, the same."""
FEWEST_CHANNELS = 16
"""Channels on both sides; with fewer, vectors are not full."""
WORTH_IT = 0.8
"""A convolution stays as it is unless this part of its time is enough."""


def best_size(window: ConvWindow, out: int) -> int | None:
    """The m that takes the shortest time for `out` channels; None where plain products are as quick."""
    channels = padded(window.x_shape[3])
    if min(channels, padded(out)) < FEWEST_CHANNELS:
        return None

    def time(size: int) -> float:
        squares = Squares.of(window, size)
        each = squares.count * (channels * out + VALUE_COST * (channels + out))
        return squares.positions * (each + WEIGHT_COST * channels * out)

    plain = 9 * channels * out * (window.pixels + WEIGHT_COST)
    size = min(POINTS, key=time)
    return size if time(size) <= WORTH_IT * plain else None
