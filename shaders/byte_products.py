"""CONV_2D and FULLY_CONNECTED of bytes: 4 products of unsigned by signed bytes are one instruction of some processors.

The kernels are those of `conv_2d` and `matmul`, their unit of depth a word of 4 bytes. Activations are unsigned bytes
with a zero point, weights signed bytes with none, sums int32 and exact. The zero point is taken off with the sums'
bias: sum((x - zero) w) = sum(x w) - zero sum(w); so padding reads as the zero point. Weights of which some channels fit
signed bytes only after a number was taken off all of them, as those of UINT8 models, bring these numbers as `offsets`:
sum(x (w + offset)) = sum(x w) + offset sum(x).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .call import KernelCall
from .conv_2d import conv_2d_kernel
from .conv_2d_line import conv_2d_line_kernel, line_call
from .conv_window import ConvWindow
from .epilogue import NO_STEPS, Epilogue
from .expression import Expr, Type, i32, select
from .functions import add_byte_products
from .kernel import Buffer
from .language import KernelBuilder
from .layout import ceil_div, pad_channels, padded
from .matmul import register_tile_kernel
from .packing import panel_starts
from .select import RegisterTile, byte_line_schedule, cpu_tile
from .tile import Operands, Product, Sums, tile_groups

WORD = 4
"""Bytes of a word."""
ONES = 0x01010101
"""A word of four ones."""


@dataclass(frozen=True, eq=False)
class ByteProduct(Product):
    """Words of 4 unsigned bytes times words of 4 signed bytes.

    Args:
        nothing: the word that padding reads as.
        offsets: of the channels, and the sums of each row that they are multiplied by.
    """

    nothing: Expr | None = None
    offsets: tuple[Buffer, tuple[Expr, ...]] | None = None

    @property
    def type(self) -> Type:
        return i32

    @property
    def skips(self) -> bool:
        return False

    def multiplied(self, total: Expr, left: Expr, right: Expr) -> Expr:
        return add_byte_products(total, total.lift(left), right)

    def masked(self, value: Expr, valid: Expr) -> Expr:
        assert self.nothing is not None
        return select(valid, value, self.nothing)

    def also(self, k: KernelBuilder, left: Sequence[Expr]) -> None:
        for total, words in zip(self.offsets[1] if self.offsets else (), left, strict=bool(self.offsets)):
            for u in range(words.type.lanes):
                k.set(total, self.multiplied(total, words[u], total.lift(ONES)))

    def finished(self, k: KernelBuilder, sums: Sums, column: Expr) -> Sums:
        if self.offsets is None:
            return sums
        buffer, rows = self.offsets
        places = list(zip(self.tile.starts, self.tile.vectors, strict=True))
        loaded = [k.load(buffer, column + start, lanes, "offset") for start, lanes in places]
        return [
            [
                k.let(value + of_row.part(0, value.type.lanes) * offset)
                for value, offset in zip(row, loaded, strict=True)
            ]
            for row, of_row in zip(sums, rows, strict=True)
        ]

    def miss(self, k: KernelBuilder, sums: Sums, first: Expr) -> None:
        assert self.nothing is not None
        for place, lanes in enumerate(self.tile.vectors):
            right = k.load(self.weights, first + self.tile.starts[place], lanes, "r")
            for row in sums:
                k.set(row[place], self.multiplied(row[place], self.nothing, right))


def _operands(in_picture: bool, offset: bool) -> Operands:
    """The operands of a kernel whose rows may leave a picture, or whose weights have offsets."""

    def declare(k: KernelBuilder, s: RegisterTile) -> Product:
        x, weights = k.read("x", i32, s.steps), k.constant("weights", i32, s.lanes)
        offsets = k.constant("offsets", i32, s.lanes) if offset else None
        nothing = k.scalar("nothing", i32) if in_picture else None
        rows = tuple(k.var(i32.of(s.lanes), 0, "rest") for _ in range(s.rows)) if offset else ()
        return ByteProduct(s, x, weights, None, nothing, (offsets, rows) if offsets else None)

    return Operands("u8u8" if offset else "u8i8", declare)


def _constants(
    packed: np.ndarray, offsets: np.ndarray | None, epilogue: Epilogue, channels: int
) -> dict[str, np.ndarray]:
    made = {"weights": packed, **epilogue.constants(channels)}
    if offsets is not None:
        made["offsets"] = pad_channels(offsets.astype(np.int32), padded(channels))
    return made


def byte_matmul(
    rows: int,
    weights: np.ndarray,
    epilogue: Epilogue = NO_STEPS,
    offsets: np.ndarray | None = None,
    schedule: RegisterTile | None = None,
) -> KernelCall:
    """The sums of x [rows, padded(k)] uint8 by constant weights.

    Args:
        rows: m.
        weights: int8 [n, k].
        epilogue: applied to the sums, int32.
        offsets: int [n], to be added to the weights of each column; k must then be a multiple of 4.
        schedule: instead of the default one (for tuners).
    """
    n, depth = weights.shape
    tile = schedule or cpu_tile(rows, padded(n))
    words, columns = ceil_div(depth, WORD), padded(n)
    constants = _constants(pack_words(weights[:, None, :], columns, tile.width), offsets, epilogue, n)
    panels = ceil_div(columns, tile.width)
    kernel = register_tile_kernel(tile, 0, epilogue, _operands(False, offsets is not None))
    groups, span = tile_groups(tile, ceil_div(rows, tile.rows), panels)
    return KernelCall(kernel, (rows, columns, words, words, panels, span), groups, constants)


def byte_conv_2d(
    window: ConvWindow,
    weights: np.ndarray,
    zero: int,
    epilogue: Epilogue = NO_STEPS,
    offsets: np.ndarray | None = None,
    schedule: RegisterTile | None = None,
) -> KernelCall:
    """The sums of a convolution of x [n, h, w, padded(c)] uint8.

    Args:
        window: the geometry.
        weights: int8 [o, kh, kw, c] (OHWI).
        zero: the zero point of x, which padding reads as.
        epilogue: applied to the sums, int32.
        offsets: int [o], to be added to the weights of each channel; c must then be a multiple of 4.
        schedule: instead of the default one (for tuners).
    """
    out, height, width, depth = weights.shape
    if window.is_pointwise:
        return byte_matmul(window.pixels, weights[:, 0, 0, :], epilogue, offsets, schedule)
    words, columns = ceil_div(depth, WORD), padded(out)
    line = None if schedule or offsets is not None else byte_line_schedule(window, columns, words)
    tile = line or schedule or replace(cpu_tile(window.pixels, columns), split=1)
    packed = pack_words(weights.reshape(out, height * width, depth), columns, tile.width)
    constants = _constants(packed, offsets, epilogue, out)
    nothing = int(np.full(WORD, zero, np.uint8).view(np.int32)[0])
    operands = _operands(True, offsets is not None)
    if line is not None:
        kernel = conv_2d_line_kernel(tile, window, words, epilogue, operands, words)
        return line_call(kernel, tile, window, out, constants, (nothing,))
    panels = ceil_div(columns, tile.width)
    kernel = conv_2d_kernel(tile, window, words, 1, epilogue, operands)
    launch, span = tile_groups(tile, ceil_div(window.pixels, tile.rows), panels)
    sizes = (
        *(nothing, window.pixels, *window.y_size, *window.x_shape[1:3], padded(window.x_shape[3]) // WORD),
        *(*window.padding, columns, columns, words, panels, span),
    )
    return KernelCall(kernel, sizes, launch, constants)


def pack_words(weights: np.ndarray, columns: int, width: int) -> np.ndarray:
    """Weights int8 [n, taps, k] as panels int32 [panels, taps, words, width], each 4 weights of one column."""
    n, taps, depth = weights.shape
    words = np.ascontiguousarray(pad_channels(weights, padded(depth)), np.int8).view(np.int32)
    wide = np.zeros((taps, ceil_div(depth, WORD), columns), np.int32)
    wide[..., :n] = words.transpose(1, 2, 0)
    return np.stack([wide[..., start : start + width] for start in panel_starts(columns, width)])
