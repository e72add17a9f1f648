"""CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED of bytes: 4 products of bytes are one instruction of some processors.

The kernels are those of `conv_2d`, `transpose_conv` and `matmul`, their unit of depth a word of 4 bytes. Activations
are bytes with a zero point, unsigned on a CPU (where the instruction wants one factor so) and signed on shader devices;
weights are signed bytes with none, sums int32 and exact. The zero point is taken off with the sums' bias:
sum((x - zero) w) = sum(x w) - zero sum(w); so padding reads as the zero point. Weights of which some channels fit
signed bytes only after a number was taken off all of them, as those of UINT8 models, bring these numbers as `offsets`:
sum(x (w + offset)) = sum(x w) + offset sum(x).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..call import KernelCall
from ..conv_window import ConvWindow
from ..device_class import DeviceClass
from ..language.builder import KernelBuilder
from ..language.expression import Expr, Operand, Type, i32, select
from ..language.functions import add_byte_products, add_signed_byte_products, mask_lanes
from ..language.kernel import Buffer
from ..layout import ceil_div, pad_channels, padded
from ..parts.arithmetic import Arithmetic, Operands, Sums
from ..parts.epilogue import NO_STEPS, Epilogue
from ..parts.lane_tile import within_groups
from ..parts.packing import dense_groups, panel_starts
from ..schedules.byte_schedules import (
    byte_conv_2d_schedule,
    byte_line_schedule,
    byte_matmul_schedule,
    byte_transpose_conv_schedule,
    word_steps,
)
from ..schedules.select import ConvSchedule, LaneTile, MatmulSchedule, RegisterTile
from .conv_2d import tile_call
from .conv_2d_line import conv_2d_line_kernel, line_call
from .matmul import Factor, product_call
from .transpose_conv import transpose_call

WORD = 4
"""Bytes of a word."""
ONES = 0x01010101
"""A word of four ones."""


@dataclass(frozen=True, eq=False)
class ByteArithmetic(Arithmetic):
    """Words of 4 bytes times words of 4 signed bytes.

    Args:
        nothing: the word that padding reads as.
        signed: the bytes on the left are signed.
        offsets: of the channels, and the sums of each row that they are multiplied by.
    """

    signed: bool = False
    offsets: tuple[Buffer, tuple[Expr, ...]] | None = None

    @property
    def type(self) -> Type:
        return i32

    def multiplied(self, total: Expr, left: Expr, right: Expr) -> Expr:
        add = add_signed_byte_products if self.signed else add_byte_products
        return add(total, total.lift(left), right)

    def masked(self, value: Expr, valid: Expr) -> Expr:
        assert self.nothing is not None
        return select(valid, value, self.nothing)

    def cut(self, value: Expr, count: Operand) -> Expr:
        return value if self.offsets is None else mask_lanes(value, count)

    def also(self, k: KernelBuilder, row: int, left: Expr) -> None:
        if self.offsets is not None:
            total = self.offsets[1][row]
            for u in range(left.type.lanes):
                k.set(total, self.multiplied(total, left[u], total.lift(ONES)))

    def finished(
        self, k: KernelBuilder, sums: Sums, column: Expr, starts: Sequence[int], vectors: Sequence[int]
    ) -> Sums:
        if self.offsets is None:
            return sums
        buffer, rows = self.offsets
        loaded = [k.load(buffer, column + s, lanes, "offset") for s, lanes in zip(starts, vectors, strict=True)]
        return [
            [
                k.let(value + of_row.part(0, min(of_row.type.lanes, value.type.lanes)) * offset)
                for value, offset in zip(row, loaded, strict=True)
            ]
            for row, of_row in zip(sums, rows, strict=True)
        ]


def _operands(device: DeviceClass, in_picture: bool, offset: bool) -> Operands:
    """The operands of a kernel whose rows may leave a picture, or whose weights have offsets."""
    signed = device is not DeviceClass.CPU

    def declare(k: KernelBuilder, steps: int, lanes: int, rows: int) -> tuple[Buffer, Buffer, Arithmetic]:
        x, weights = k.read("x", i32, steps), k.constant("weights", i32, lanes)
        offsets = k.constant("offsets", i32, lanes) if offset else None
        nothing = k.scalar("nothing", i32) if in_picture else None
        # A vector of equal sums on a CPU, whose instruction knows no single ones.
        plain = tuple(k.var(i32.of(1 if signed else lanes), 0, "rest") for _ in range(rows)) if offset else ()
        return x, weights, ByteArithmetic(nothing, signed, (offsets, plain) if offsets else None)

    left = "i8" if signed else "u8"
    return Operands(f"{left}{'u8' if offset else 'i8'}", declare)


def _factor(
    weights: np.ndarray, offsets: np.ndarray | None, stride: int, operands: Operands, groups: int = 1
) -> Factor:
    """Weights int8 [n, taps, k] of rows or pixels that are `stride` words apart."""
    n, _, depth = weights.shape
    words, columns = ceil_div(depth, WORD), padded(n)

    def pack(width: int, long: int) -> np.ndarray:
        each = columns if groups == 1 else n // groups
        return np.concatenate([pack_words(part, each, width, long) for part in np.split(weights, groups)])

    constants = {} if offsets is None else {"offsets": pad_channels(offsets.astype(np.int32), columns)}
    return Factor(n, words, stride, pack, operands, word_steps(words), constants)


def byte_matmul(
    device: DeviceClass,
    rows: int,
    weights: np.ndarray,
    epilogue: Epilogue = NO_STEPS,
    offsets: np.ndarray | None = None,
    schedule: MatmulSchedule | None = None,
) -> KernelCall:
    """The sums of x [rows, padded(k)], bytes, by constant weights.

    Args:
        device: which schedules suit the device, and whether x is signed (all but `CPU`).
        rows: m.
        weights: int8 [n, k].
        epilogue: applied to the sums, int32.
        offsets: int [n], to be added to the weights of each column; k must then be a multiple of 4.
        schedule: instead of the default one (for tuners).
    """
    operands = _operands(device, False, offsets is not None)
    factor = _factor(weights[:, None, :], offsets, ceil_div(weights.shape[1], WORD), operands)
    tile = schedule or byte_matmul_schedule(device, rows, padded(factor.columns), factor.depth)
    return product_call(tile, rows, factor, epilogue)


def byte_conv_2d(
    device: DeviceClass,
    window: ConvWindow,
    weights: np.ndarray,
    zero: int,
    epilogue: Epilogue = NO_STEPS,
    offsets: np.ndarray | None = None,
    schedule: MatmulSchedule | None = None,
    groups: int = 1,
) -> KernelCall:
    """The sums of a convolution of x [n, h, w, padded(c)], bytes.

    Args:
        device: as `byte_matmul`.
        window: the geometry.
        weights: int8 [o, kh, kw, c / groups] (OHWI).
        zero: the zero point of x, which padding reads as.
        epilogue: applied to the sums, int32.
        offsets: int [o], to be added to the weights of each channel; c must then be a multiple of 4.
        schedule: instead of the default one; a `SliceTile` only for a pointwise window, a `GroupTile` for one group.
        groups: of channels, each seeing only its own part of x; weights of more than one have no offsets.
    """
    if is_odd(weights.shape, groups):
        weights, groups = dense_groups(weights, groups).astype(np.int8), 1
    if window.is_pointwise and groups == 1:
        return byte_matmul(device, window.pixels, weights[:, 0, 0, :], epilogue, offsets, schedule)
    out, height, width, depth = weights.shape
    operands, stride = _operands(device, True, offsets is not None), ceil_div(window.x_shape[3], WORD)
    factor = _factor(weights.reshape(out, height * width, depth), offsets, stride, operands, groups)
    columns, words, scalars = padded(out) if groups == 1 else out // groups, factor.depth, (word_of(zero),)
    plain = schedule is None and offsets is None and groups == 1
    if plain and (line := byte_line_schedule(device, window, columns, words)):
        kernel = conv_2d_line_kernel(line, window, words, epilogue, operands, pitch=words)
        return line_call(kernel, line, window, out, factor.filled(line.width, epilogue), scalars)
    tile = schedule or byte_conv_2d_schedule(device, window.pixels, columns, words, groups)
    assert isinstance(tile, ConvSchedule)
    if groups > 1 and isinstance(tile, LaneTile):
        tile = within_groups(tile, ceil_div(columns, tile.width))
    return tile_call(tile, window, factor, epilogue, groups, scalars)


def is_odd(weights: tuple[int, ...], groups: int) -> bool:
    """Whether groups of weights of a shape (OHWI) are computed as one: they begin or end within a vector or word."""
    return groups > 1 and bool(weights[0] // groups % 4 or weights[3] % WORD)


def word_of(zero: int) -> int:
    """A word of four equal bytes, signed."""
    return int(np.full(WORD, zero & 0xFF, np.uint8).view(np.int32)[0])


def byte_transpose_conv(
    device: DeviceClass,
    window: ConvWindow,
    weights: np.ndarray,
    zero: int,
    epilogue: Epilogue = NO_STEPS,
    offsets: np.ndarray | None = None,
    schedule: RegisterTile | LaneTile | None = None,
) -> KernelCall:
    """The sums of a transposed convolution of x [n, h, w, padded(c)], bytes, less its zero point.

    An output receives some of the taps, those of its phase; so the zero point is taken off here, phase by phase.

    Args:
        device: as `byte_matmul`.
        window: as `transpose_conv`.
        weights, zero, epilogue, offsets: as `byte_conv_2d`.
        schedule: instead of the default one (for tuners).
    """
    out, height, width, depth = weights.shape
    operands, stride = _operands(device, True, offsets is not None), ceil_div(depth, WORD)
    factor = _factor(weights.reshape(out, height * width, depth), offsets, stride, operands)
    tile = schedule or byte_transpose_conv_schedule(device, window, padded(out), factor.depth)
    whole = weights.astype(np.int64) + (0 if offsets is None else offsets.reshape(-1, 1, 1, 1))
    phases = (whole[:, y :: window.stride[0], x :: window.stride[1]] for y, x in np.ndindex(window.stride))
    begun = np.stack([-zero * phase.sum(axis=(1, 2, 3)) for phase in phases]).astype(np.int32)
    return transpose_call(tile, window, factor, epilogue, (word_of(zero),), pad_channels(begun, padded(out)))


def pack_words(weights: np.ndarray, columns: int, width: int, long: int = 0) -> np.ndarray:
    """Weights int8 [n, taps, k] as panels int32 [panels, taps, words, width], each 4 weights of one column.

    `long`: least words, of which those without weights are zero.
    """
    n, taps, depth = weights.shape
    words = np.ascontiguousarray(pad_channels(weights, padded(depth)), np.int8).view(np.int32)
    wide = np.zeros((taps, max(ceil_div(depth, WORD), long), columns), np.int32)
    wide[:, : words.shape[2], :n] = words.transpose(1, 2, 0)
    return np.stack([wide[..., start : start + width] for start in panel_starts(columns, width)])
