"""DEPTHWISE_CONV_2D of bytes: the taps of a column of the window are the 4 pairs of one sum of products of bytes.

Four input pixels below each other are interleaved, so that a word holds them for one channel. A word serves every
output whose window's column lies in it, each with the taps moved to their places: of 3 taps in a word, two outputs one
below the other; and its neighbours to the left and right. Activations are unsigned bytes with a zero point, weights
signed bytes, sums int32 and exact, as in `byte_products`.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..call import KernelCall
from ..conv_window import ConvWindow
from ..language.builder import KernelBuilder
from ..language.expression import Expr, Operand, constant, i32, select, vector
from ..language.functions import add_byte_products, clamp, interleave_bytes, minimum, placed
from ..language.kernel import Buffer, Kernel
from ..layout import ceil_div, pad_channels, padded
from ..parts.epilogue import NO_STEPS, Bound, Epilogue, Piece
from ..schedules.byte_schedules import byte_depthwise_schedule
from ..schedules.select import LineTile
from .byte_products import WORD
from .depthwise_conv_2d import channel_vectors

MOST_ROWS = 2
"""Outputs below each other that share words; more of them want more registers than there are."""


@dataclass(frozen=True)
class Group:
    """The outputs below each other that share words of input pixels.

    Attributes:
        pixels: how many outputs.
        words: how many words of 4 input pixels.
        span: how many input pixels they see.
        taps: the pairs (output, word) that have a tap in common.
    """

    pixels: int
    words: int
    span: int
    taps: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, taps: int, stride: int, most: int = MOST_ROWS) -> Group:
        """Of a window's column of `taps`, at most so many outputs."""
        words = ceil_div(taps, WORD)
        pixels = min((words * WORD - taps) // stride + 1, most)
        pairs = ((p, w) for p in range(pixels) for w in range(words))
        shared = tuple((p, w) for p, w in pairs if p * stride < (w + 1) * WORD and p * stride + taps > w * WORD)
        return cls(pixels, words, (pixels - 1) * stride + taps, shared)

    def ones(self, taps: int, stride: int) -> tuple[int, ...]:
        """For each of `taps` the word with a one in place of every tap."""
        return tuple(
            sum(1 << 8 * place for place in range(WORD) if 0 <= word * WORD + place - pixel * stride < taps)
            for pixel, word in self.taps
        )


def takes(window: ConvWindow, channels: int) -> bool:
    """Whether the kernel computes a window over a picture, for that many output channels."""
    return window.dilation[0] == 1 and channels == window.x_shape[3]


def byte_depthwise_conv_2d(
    window: ConvWindow,
    weights: np.ndarray,
    zero: int,
    epilogue: Epilogue = NO_STEPS,
    offsets: np.ndarray | None = None,
    schedule: LineTile | None = None,
) -> KernelCall:
    """The sums of a depthwise convolution of x [n, h, w, padded(c)] uint8, on a CPU.

    Args:
        window: the geometry; see `takes`.
        weights: int8 [kh, kw, c].
        zero: the zero point of x, which padding reads as.
        epilogue: applied to the sums, int32.
        offsets: int [c], to be added to the weights of each channel; see `byte_products`.
        schedule: instead of the default one (for tuners).
    """
    channels, lines = weights.shape[2], window.y_size[0]
    group = Group.of(window.kernel[0], window.stride[0], min(MOST_ROWS, lines))
    columns = padded(channels)
    tile = schedule or byte_depthwise_schedule(window, columns, group.pixels)
    constants = {"weights": pack_taps(weights, window.stride[0], group), **epilogue.constants(channels)}
    if offsets is not None:
        constants["offsets"] = pad_channels(offsets.astype(np.int32), columns)
    nothing = int(np.full(WORD, zero, np.uint8).view(np.int32)[0])
    blocks = ceil_div(lines, group.pixels)
    sizes = (
        *(nothing, blocks, *window.y_size, *window.x_shape[1:3], columns // WORD, columns, window.padding[0]),
        tile.across,
    )
    groups = (ceil_div(columns, tile.across), window.x_shape[0] * blocks, 1)
    return KernelCall(walk_kernel(tile, window, group, epilogue, offsets is not None), sizes, groups, constants)


def pack_taps(weights: np.ndarray, stride: int, group: Group) -> np.ndarray:
    """Weights int8 [kh, kw, c] as words int32 [kw, taps of the group, padded(c)]."""
    height, width, channels = weights.shape
    packed = np.zeros((width, len(group.taps), padded(channels), WORD), np.int8)
    for i, (pixel, word) in enumerate(group.taps):
        for place in range(WORD):
            tap = word * WORD + place - pixel * stride
            if 0 <= tap < height:
                packed[:, i, :, place] = pad_channels(weights[tap], padded(channels))
    return packed.view(np.int32)[..., 0]


@dataclass(frozen=True, eq=False)
class _Sum:
    """Of an output: of its products, and (for weights with offsets) of what it sees."""

    products: Expr
    plain: Expr | None


@dataclass(frozen=True, eq=False)
class _Frame:
    """Bindings and sizes.

    Attributes:
        line: the first output line of the group, among those of all pictures.
        starts: where the input lines that the group sees begin in x, those outside the picture anywhere inside.
        keep, fill: per word, the bytes of lines inside the picture, and what the others read as.
    """

    tile: LineTile
    window: ConvWindow
    group: Group
    x: Buffer
    weights: Buffer
    offsets: Buffer | None
    y: Buffer
    bound: Bound
    nothing: Expr
    out_width: Expr
    width: Expr
    channels: Expr
    columns: Expr
    line: Expr
    starts: Sequence[Expr]
    keep: Sequence[Expr]
    fill: Sequence[Expr]

    def words(self, k: KernelBuilder, column: Expr, word: Expr) -> list[Expr]:
        """The words of one column of input pixels, for the channels from 4 * `word` on."""
        at = k.let(column * self.channels + word, "at")
        pixels = [k.load(self.x, placed(start, at)) for start in self.starts]
        pixels += [pixels[-1]] * (self.group.words * WORD - len(pixels))
        parts = (vector(*pixels[w * WORD : (w + 1) * WORD]) for w in range(self.group.words))
        masks = zip(parts, self.keep, self.fill, strict=True)
        return [k.let((interleave_bytes(part) & keep) | fill, "word") for part, keep, fill in masks]

    def taps(self, k: KernelBuilder, kx: Operand, channel: Expr) -> list[Expr]:
        """Column `kx` of the window, as the group has it, for the channels from `channel` on."""
        count = len(self.group.taps)
        starts = [(kx * count + i) * self.columns + channel for i in range(count)]
        return [k.load(self.weights, at, self.tile.lanes, "w") for at in starts]

    def add(self, k: KernelBuilder, totals: Sequence[_Sum], words: Sequence[Expr], taps: Sequence[Expr]) -> None:
        """Adds a column of the window to the sums of a group."""
        ones = self.group.ones(self.window.kernel[0], self.window.stride[0])
        for (pixel, word), tap, one in zip(self.group.taps, taps, ones, strict=True):
            total = totals[pixel]
            k.set(total.products, add_byte_products(total.products, words[word], tap))
            if total.plain is not None:
                k.set(total.plain, add_byte_products(total.plain, words[word], total.plain.lift(one)))

    def sums(self, k: KernelBuilder) -> list[_Sum]:
        """Of the outputs of a group."""
        kind = i32.of(self.tile.lanes)
        count = range(self.group.pixels)
        return [_Sum(k.var(kind, 0, "sum"), k.var(kind, 0, "plain") if self.offsets else None) for _ in count]


def walk_kernel(tile: LineTile, window: ConvWindow, group: Group, epilogue: Epilogue, offset: bool = False) -> Kernel:
    """One invocation, the lines of outputs of a group, `across` channels: tile by tile, and in each all channels.

    `blocks`: groups of lines of a picture. How many columns a window may leave the picture by is part of the text.
    """
    k = KernelBuilder(_name(tile, window, group, offset) + epilogue.name)
    lanes = tile.lanes
    x, weights = k.read("x", i32, lanes // WORD), k.constant("weights", i32, lanes)
    offsets = k.constant("offsets", i32, lanes) if offset else None
    bound, y = epilogue.declare(k, lanes), epilogue.output(k, lanes)
    nothing, blocks, out_height, out_width = k.sizes("nothing", "blocks", "out_height", "out_width")
    height, width, channels, columns, above, across = k.sizes(
        "height", "width", "channels", "columns", "above", "across"
    )
    left, block = k.let(k.global_id(0) * across, "left"), k.global_id(1)
    right, image = k.let(minimum(left + across, columns), "right"), k.let(block // blocks, "image")
    line = k.let(minimum((block - image * blocks) * group.pixels, out_height - group.pixels), "line")
    top = k.let(line * window.stride[0] - above, "top")
    lines = [k.let(top + i, "y") for i in range(group.span)]
    inside = [(y >= 0) & (y < height) for y in lines]
    starts = [k.let((image * height + clamp(y, 0, height - 1)) * (width * channels), "start") for y in lines]
    keep = [k.let(_bytes(inside[w * WORD : (w + 1) * WORD]), "keep") for w in range(group.words)]
    fill = [k.let(~kept & nothing, "fill") for kept in keep]
    first_line = k.let(image * out_height + line, "first_line")
    f = _Frame(
        *(tile, window, group, x, weights, offsets, y, bound, nothing, out_width, width, channels, columns),
        *(first_line, starts, keep, fill),
    )
    with k.loop(0, out_width, tile.pixels) as i:
        pixel = k.let(minimum(i, out_width - tile.pixels), "pixel")
        with channel_vectors(k, bound, lanes, columns, left, right) as (channel, loaded):
            _store(k, f, _tile(k, f, pixel, channel), pixel, channel, loaded)
    return k.finish()


def _name(tile: LineTile, window: ConvWindow, group: Group, offset: bool) -> str:
    kind, edges = "u8u8" if offset else "u8i8", "_".join(map(str, (window.padding[1], window.after(1))))
    return f"{kind}_dwconv2d_{window.name}_nhwc_walk{group.pixels}x{tile.pixels}x{tile.lanes}_edges{edges}"


def _bytes(inside: Sequence[Expr]) -> Expr:
    """A word with all bits set in the bytes of what is inside."""
    parts = (select(ok, constant(i32, _BYTE_MASKS[place]), 0) for place, ok in enumerate(inside))
    return functools.reduce(operator.or_, parts)


_BYTE_MASKS = (0xFF, 0xFF00, 0xFF0000, -(1 << 24))


def _store(
    k: KernelBuilder,
    f: _Frame,
    totals: Sequence[Sequence[_Sum]],
    pixel: Expr,
    channel: Expr,
    loaded: dict[str, Any],
) -> None:
    """Writes neighbouring outputs of the group's lines through the epilogue."""
    offset = None if f.offsets is None else k.load(f.offsets, channel, f.tile.lanes, "offset")
    pieces = []
    for row in range(f.group.pixels):
        start = k.let(((f.line + row) * f.out_width + pixel) * f.columns + channel, "row")
        for p, column in enumerate(totals):
            total = column[row]
            value = total.products if offset is None or total.plain is None else total.products + total.plain * offset
            pieces.append(Piece(value, k.let(start + p * f.columns, "out"), channel, loaded))
    f.bound.store(k, f.y, pieces)


def _tile(k: KernelBuilder, f: _Frame, pixel: Expr, channel: Expr) -> list[list[_Sum]]:
    """Sums of groups side by side, `tile.pixels` from `pixel` on."""
    stride, gap, before = f.window.stride[1], f.window.dilation[1], f.window.padding[1]
    totals = [f.sums(k) for _ in range(f.tile.pixels)]
    left, word = k.let(pixel * stride - before, "left"), k.let(channel // WORD, "first_word")
    taps = [f.taps(k, kx, channel) for kx in range(f.window.kernel[1])]
    seen: dict[int, list[tuple[int, int]]] = {}
    for p, kx in itertools.product(range(f.tile.pixels), range(f.window.kernel[1])):
        seen.setdefault(p * stride + kx * gap, []).append((p, kx))
    last = max(seen) - max(f.window.after(1), 0)
    for step in sorted(seen):
        column = k.let(left + step, "column")
        inside = ([column >= 0] if step < before else []) + ([column < f.width] if step > last else [])
        words = f.words(k, column, word) if not inside else _checked(k, f, column, inside, word)
        for p, kx in seen[step]:
            f.add(k, totals[p], words, taps[kx])
    return totals


def _checked(k: KernelBuilder, f: _Frame, column: Expr, inside: Sequence[Expr], word: Expr) -> list[Expr]:
    """The words of a column that may lie beyond the sides of the picture."""
    ok = k.let(functools.reduce(operator.and_, inside), "ok")
    return [k.let(select(ok, w, f.nothing), "word") for w in f.words(k, k.let(select(ok, column, 0), "inner"), word)]
