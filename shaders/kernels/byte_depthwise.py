"""DEPTHWISE_CONV_2D of bytes: the taps of a line of the window are the 4 pairs of one sum of products of bytes.

Four neighbouring input pixels are interleaved, so that a word holds them for one channel. A word serves every output
whose window's line lies in it, each with the taps moved to their places: of 3 taps in a word, two outputs. Activations
are unsigned bytes with a zero point, weights signed bytes, sums int32 and exact, as in `byte_products`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..call import KernelCall
from ..conv_window import ConvWindow
from ..language.builder import KernelBuilder
from ..language.expression import Expr, f32, i32, select, vector
from ..language.functions import add_byte_products, interleave_bytes, minimum
from ..language.kernel import Buffer, Kernel
from ..layout import ceil_div, pad_channels, padded
from ..parts.epilogue import NO_STEPS, Bound, Epilogue
from ..schedules.byte_schedules import byte_depthwise_schedule
from ..schedules.select import LineTile
from .byte_products import WORD
from .depthwise_conv_2d import channel_vectors


@dataclass(frozen=True)
class Group:
    """The outputs that share words of input pixels, along a line.

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
    def of(cls, taps: int, stride: int) -> Group:
        """Of a window's line of `taps`."""
        words = ceil_div(taps, WORD)
        pixels = (words * WORD - taps) // stride + 1
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
    group = Group.of(window.kernel[1], window.stride[1])
    return window.dilation[1] == 1 and window.y_size[1] >= group.pixels and channels == window.x_shape[3]


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
    channels, group = weights.shape[2], Group.of(window.kernel[1], window.stride[1])
    columns = padded(channels)
    tile = schedule or byte_depthwise_schedule(window, columns, group.pixels)
    constants = {"weights": pack_taps(weights, window.stride[1], group), **epilogue.constants(channels)}
    if offsets is not None:
        constants["offsets"] = pad_channels(offsets.astype(np.int32), columns)
    nothing = int(np.full(WORD, zero, np.uint8).view(np.int32)[0])
    first, end = window.interior(1) if tile.pixels else (0, 0)
    sizes = (
        *(nothing, *window.y_size, *window.x_shape[1:3], columns // WORD, columns, *window.padding),
        *(first, end, ceil_div(first, group.pixels), tile.across),
    )
    groups = (ceil_div(columns, tile.across), window.x_shape[0] * window.y_size[0], 1)
    return KernelCall(line_kernel(tile, window, group, epilogue, offsets is not None), sizes, groups, constants)


def pack_taps(weights: np.ndarray, stride: int, group: Group) -> np.ndarray:
    """Weights int8 [kh, kw, c] as words int32 [kh, taps of the group, padded(c)]."""
    height, width, channels = weights.shape
    packed = np.zeros((height, len(group.taps), padded(channels), WORD), np.int8)
    for i, (pixel, word) in enumerate(group.taps):
        for place in range(WORD):
            tap = word * WORD + place - pixel * stride
            if 0 <= tap < width:
                packed[:, i, :, place] = pad_channels(weights[:, tap], padded(channels))
    return packed.view(np.int32)[..., 0]


@dataclass(frozen=True, eq=False)
class _Sum:
    """Of an output: of its products, and (for weights with offsets) of what it sees."""

    products: Expr
    plain: Expr | None


@dataclass(frozen=True, eq=False)
class _Frame:
    """Bindings and sizes."""

    tile: LineTile
    window: ConvWindow
    group: Group
    x: Buffer
    weights: Buffer
    offsets: Buffer | None
    y: Buffer
    bound: Bound
    nothing: Expr
    out_height: Expr
    out_width: Expr
    height: Expr
    width: Expr
    channels: Expr
    columns: Expr
    above: Expr
    before: Expr

    def taps(self, k: KernelBuilder, ky: Expr, channel: Expr) -> list[Expr]:
        """Line `ky` of the window, as the group has it, for the channels from `channel` on."""
        count = len(self.group.taps)
        starts = [(ky * count + i) * self.columns + channel for i in range(count)]
        return [k.load(self.weights, at, self.tile.lanes, "w") for at in starts]

    def words(self, k: KernelBuilder, pixels: Sequence[Expr]) -> list[Expr]:
        """The words of a group, of its input pixels (vectors of words of 4 channels)."""
        padded_pixels = [*pixels, *[pixels[-1]] * (self.group.words * WORD - len(pixels))]
        parts = (vector(*padded_pixels[w * WORD : (w + 1) * WORD]) for w in range(self.group.words))
        return [k.let(interleave_bytes(part), "word") for part in parts]

    def add(self, k: KernelBuilder, totals: Sequence[_Sum], words: Sequence[Expr], taps: Sequence[Expr]) -> None:
        """Adds a line of the window to the sums of a group."""
        ones = self.group.ones(self.window.kernel[1], self.window.stride[1])
        for (pixel, word), tap, one in zip(self.group.taps, taps, ones, strict=True):
            total = totals[pixel]
            k.set(total.products, add_byte_products(total.products, words[word], tap))
            if total.plain is not None:
                k.set(total.plain, add_byte_products(total.plain, words[word], total.plain.lift(one)))


def line_kernel(tile: LineTile, window: ConvWindow, group: Group, epilogue: Epilogue, offset: bool = False) -> Kernel:
    """One invocation, one line of outputs, `across` channels: tile by tile, and in each all channels.

    Outputs from `first` to `end` have windows that stay inside sideways; `before_first`: groups left of them.
    """
    kind = "u8u8" if offset else "u8i8"
    k = KernelBuilder(f"{kind}_dwconv2d_{window.name}_nhwc_line{tile.pixels}x{tile.lanes}{epilogue.name}")
    lanes = tile.lanes
    x, weights = k.read("x", i32, lanes // WORD), k.constant("weights", i32, lanes)
    offsets = k.constant("offsets", i32, lanes) if offset else None
    bound, y = epilogue.declare(k, lanes), k.write("y", f32, lanes)
    names = ("nothing", "out_height", "out_width", "height", "width", "channels", "columns", "above", "before")
    f = _Frame(tile, window, group, x, weights, offsets, y, bound, *k.sizes(*names))
    first, end, before_first, across = k.sizes("first", "end", "before_first", "across")
    left, line = k.let(k.global_id(0) * across, "left"), k.global_id(1)
    right = k.let(minimum(left + across, f.columns), "right")
    image = k.let(line // f.out_height, "image")
    top = k.let((line - image * f.out_height) * window.stride[0] - f.above, "top")
    picture, size = k.let(image * f.height, "picture"), group.pixels
    after_end = (f.out_width - end + (size - 1)) // size
    with k.loop(0, before_first + after_end) as i:
        start = select(i < before_first, i * size, end + (i - before_first) * size)
        pixel = k.let(minimum(start, f.out_width - size), "pixel")
        with channel_vectors(k, f.bound, lanes, f.columns, left, right) as (channel, loaded):
            _store(k, f, _end_group(k, f, top, picture, pixel, channel), line, pixel, channel, loaded)
    if tile.pixels:
        with k.loop(first, end, tile.pixels) as i:
            pixel = k.let(minimum(i, end - tile.pixels), "pixel")
            with channel_vectors(k, f.bound, lanes, f.columns, left, right) as (channel, loaded):
                _store(k, f, _interior(k, f, top, picture, pixel, channel), line, pixel, channel, loaded)
    return k.finish()


def _store(
    k: KernelBuilder,
    f: _Frame,
    totals: Sequence[_Sum],
    line: Expr,
    pixel: Expr,
    channel: Expr,
    loaded: dict[str, Any],
) -> None:
    """Writes neighbouring outputs through the epilogue."""
    offset = None if f.offsets is None else k.load(f.offsets, channel, f.tile.lanes, "offset")
    for p, total in enumerate(totals):
        at = k.let((line * f.out_width + pixel + p) * f.columns + channel, "out")
        value = total.products if offset is None or total.plain is None else total.products + total.plain * offset
        k.store(f.y, at, f.bound.apply(k, value, at, channel, loaded))


def _sums(k: KernelBuilder, f: _Frame, count: int) -> list[_Sum]:
    kind = i32.of(f.tile.lanes)
    return [_Sum(k.var(kind, 0, "sum"), k.var(kind, 0, "plain") if f.offsets else None) for _ in range(count)]


def _end_group(k: KernelBuilder, f: _Frame, top: Expr, picture: Expr, pixel: Expr, channel: Expr) -> list[_Sum]:
    """Sums of a group whose windows may leave the picture."""
    totals, word = _sums(k, f, f.group.pixels), k.let(channel // WORD, "first_word")
    left = k.let(pixel * f.window.stride[1] - f.before, "left")
    with k.loop(0, f.window.kernel[0]) as ky:
        y = k.let(top + ky * f.window.dilation[0], "y")
        seen = []
        for j in range(f.group.span):
            column = k.let(left + j, "column")
            ok = k.let((y >= 0) & (y < f.height) & (column >= 0) & (column < f.width), "ok")
            at = k.let(select(ok, ((picture + y) * f.width + column) * f.channels + word, 0), "at")
            seen.append(k.let(select(ok, k.load(f.x, at), f.nothing), "x"))
        f.add(k, totals, f.words(k, seen), f.taps(k, ky, channel))
    return totals


def _interior(k: KernelBuilder, f: _Frame, top: Expr, picture: Expr, pixel: Expr, channel: Expr) -> list[_Sum]:
    """Sums of `tile.pixels` outputs from `pixel` on, none of which looks beyond the sides of the picture."""
    stride, size = f.window.stride[1], f.group.pixels
    totals = _sums(k, f, f.tile.pixels)
    parts = [totals[p : p + size] for p in range(0, f.tile.pixels, size)]
    left = k.let((pixel * stride - f.before) * f.channels + channel // WORD, "left")
    with k.loop(0, f.window.kernel[0]) as ky:
        y = k.let(top + ky * f.window.dilation[0], "y")
        taps = f.taps(k, ky, channel)
        with k.when((y >= 0) & (y < f.height)):
            start = k.let((picture + y) * (f.width * f.channels) + left, "start")
            for i, part in enumerate(parts):
                pixels = [k.load(f.x, start + f.channels * (i * size * stride + j)) for j in range(f.group.span)]
                f.add(k, part, f.words(k, pixels), taps)
        with k.otherwise():
            for part in parts:
                f.add(k, part, [_outside(f)] * f.group.words, taps)
    return totals


def _outside(f: _Frame) -> Expr:
    """Words of input pixels that are all outside the picture."""
    return Expr("splat", i32.of(f.tile.lanes), (f.nothing,))
