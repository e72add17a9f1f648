"""What follows the sums of a matrix-like operator: bias, scaling, activation, conversion to the output's type.

An epilogue works on blocks of rows small enough to stay in cache. Vectors over channels are repeated to the length of
a block, so that every NumPy call is one long contiguous loop.
"""
from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Protocol

import numpy as np

from ..op import Op
from ..steps import Step, assign, chunks
from .clamp import clamp, scalar
from .magnitude import Limits
from .requantization import Requantization, Rounding
from .split_scaling import SplitScaling

_BLOCK_ELEMENTS = 1 << 15


class Epilogue(Protocol):
    """Turns sums `[rows, channels]` into outputs `[rows, channels]`."""

    @property
    def accumulator(self) -> np.dtype[Any]:
        """The type in which the sums have to arrive."""

    @property
    def in_place(self) -> bool:
        """Whether the sums arrive in the output's own memory."""

    def request_scratch(self, op: Op, rows: int) -> None:
        """Ask for memory, while the node is prepared. Pieces will have at most so many rows."""

    def bind(self, op: Op) -> None:
        """Make the vectors over channels; once memory is there."""

    def steps(self, sums: np.ndarray, out: np.ndarray) -> list[Step]:
        """The calls that finish one contiguous piece."""


def _block_rows(channels: int, rows: int) -> int:
    return max(1, min(rows, _BLOCK_ELEMENTS // max(1, channels)))


def _repeated(values: np.ndarray, dtype: Any, rows: int) -> np.ndarray:
    """One value per channel, repeated for all rows of a block."""
    return np.tile(np.asarray(values).astype(dtype).reshape(-1), rows)


def _blocks(sums: np.ndarray, out: np.ndarray, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Matching flat pieces, of `size` rows, of two contiguous arrays `[rows, channels]`."""
    for rows in chunks(sums.shape[0], size):
        yield sums[rows].reshape(-1), out[rows].reshape(-1)


class FloatEpilogue:
    """`clamp(sum + bias)` in float32, in the output's memory.

    Args:
        bias: `[channels]` or None.
        limits: the activation's range, or None where it changes nothing.
    """

    accumulator: np.dtype[Any] = np.dtype(np.float32)
    in_place = True

    def __init__(self, bias: np.ndarray | None, limits: Limits | None) -> None:
        self._bias, self._limits = bias, limits
        self._vector: np.ndarray | None = None
        self._rows = 1

    def request_scratch(self, op: Op, rows: int) -> None:
        self._rows = _block_rows(op.output().shape[-1], rows)

    def bind(self, op: Op) -> None:
        self._vector = None if self._bias is None else _repeated(self._bias, np.float32, self._rows)

    def steps(self, sums: np.ndarray, out: np.ndarray) -> list[Step]:
        steps: list[Step] = []
        for flat, _ in _blocks(sums, out, self._rows):
            if self._vector is not None:
                steps.append(partial(np.add, flat, self._vector[: flat.size], flat))
            if self._limits is not None:
                steps.append(clamp(flat, *self._limits))
        return steps


class QuantizedEpilogue:
    """Integer sums to codes: `clamp(requantize(sum + offset) + zero_point)`, exact.

    Args:
        offset: int64 `[channels]`: the bias, less what zero points contribute to the sums.
        scaling: of the same number of channels.
        bound: no sum, with or without its offset, has a larger magnitude.
        split: another form of the same; the sums then arrive multiplied with its gain.
    """

    in_place = False

    def __init__(
        self, offset: np.ndarray, scaling: Requantization, bound: float, accumulator: np.dtype[Any],
        split: SplitScaling | None = None,
    ) -> None:
        self.accumulator = accumulator
        self._offset, self._scaling = offset, scaling
        self._fast = scaling.float64_is_exact(bound)
        self._absorbs = scaling.absorbs_offsets(bound)
        self._away = scaling.rounds_away(bound)
        self._signed = self._away or not scaling.ignores_sign
        self._single = scaling.float32_form(bound) if self._fast and accumulator == np.float32 else None
        self._split = split
        self._integer = np.dtype(np.int16 if scaling.fits_int16(bound) else np.int32)
        self._rows = 1
        self._slots: list[int] = []
        self._vectors: tuple[np.ndarray, ...] = ()

    @property
    def half_away(self) -> tuple[np.ndarray, Requantization] | None:
        """Offset and scaling, if codes are float64 products of sums with a factor, rounded half away from zero."""
        is_plain = self._fast and self._split is None and self._scaling.rounding is Rounding.DOUBLE
        return (self._offset, self._scaling) if is_plain else None

    def request_scratch(self, op: Op, rows: int) -> None:
        self._rows = _block_rows(self._offset.size, rows)
        reals: list[np.dtype[Any]]
        if self._split is not None:
            reals = [np.dtype(np.float32)] * (1 if self._split.constant is None else 2)
        else:
            reals = [np.dtype(np.float64)] * ((self._single is None) + self._signed)
        kinds = [self._integer, *reals]
        self._slots = [op.request_scratch((self._rows * self._offset.size,), kind) for kind in kinds]

    def bind(self, op: Op) -> None:
        scaling, split = self._scaling, self._split
        self._scratch = [op.scratch[slot] for slot in self._slots]
        constant = scaling.constant + self._offset * scaling.slope if self._absorbs else scaling.constant
        vectors: list[tuple[np.ndarray, Any]] = [
            (self._offset, self.accumulator), (scaling.slope, np.float64), (constant, np.float64),
            (scaling.away if self._away else scaling.half_step, np.float64),
        ]
        if split is not None:
            vectors = [(values, np.float32) for values in split.vectors]
        self._vectors = tuple(_repeated(values, dtype, self._rows) for values, dtype in vectors)

    def steps(self, sums: np.ndarray, out: np.ndarray) -> list[Step]:
        steps: list[Step] = []
        for flat, codes in _blocks(sums, out, self._rows):
            if self._split is not None:
                steps += self._split.steps(flat, [spare[: flat.size] for spare in self._scratch[1:]], self._vectors)
                steps += self._store(flat, codes, self._split.lift)
                continue
            if self._single is not None or not self._absorbs:
                steps.append(partial(np.add, flat, self._vectors[0][: flat.size], flat))
            if self._single is not None:
                slope, constant = (scalar(value, flat.dtype) for value in self._single)
                steps += [partial(np.multiply, flat, slope, flat), partial(np.add, flat, constant, flat)]
                steps += self._store(flat, codes, -self._scaling.zero_point)
            elif self._fast:
                lift = -self._scaling.zero_point if self._away else self._scaling.lift
                steps += self._scale(flat) + self._store(self._scratch[1][: flat.size], codes, lift)
            else:
                steps.append(partial(self._scale_in_int64, flat, codes, sums.shape[1]))
        return steps

    def _scale(self, flat: np.ndarray) -> list[Step]:
        size = flat.size
        scaled = self._scratch[1][:size]
        _, slope, constant, step = (vector[:size] for vector in self._vectors)
        steps: list[Step] = [assign(scaled, flat), partial(np.multiply, scaled, slope, scaled)]
        if self._signed:
            steps += copy_sign(step, scaled, self._scratch[2][:size])
        if not self._away:
            steps.append(partial(np.add, scaled, constant, scaled))
        if self._signed:
            steps.append(partial(np.add, scaled, self._scratch[2][:size], scaled))
        return steps

    def _store(self, scaled: np.ndarray, codes: np.ndarray, lift: int) -> list[Step]:
        """Truncate codes that are larger by `lift`, clamp, and take the lift off again."""
        scaling, integer = self._scaling, self._scratch[0][: codes.size]
        steps: list[Step] = [
            assign(integer, scaled),
            clamp(integer, scaling.low + lift, scaling.high + lift),
            assign(codes, integer),
        ]
        if lift % scaling.lift:
            steps.append(partial(np.subtract, codes, np.array(lift).astype(codes.dtype), codes))
        return steps

    def _scale_in_int64(self, flat: np.ndarray, codes: np.ndarray, channels: int) -> None:
        codes.reshape(-1, channels)[...] = self._scaling.codes(flat.reshape(-1, channels).astype(np.int64))


def copy_sign(magnitudes: np.ndarray, signs: np.ndarray, out: np.ndarray) -> list[Step]:
    """`np.copysign` of positive float64 magnitudes, as two operations on bits, which NumPy runs on whole vectors."""
    bits = out.view(np.int64)
    return [
        partial(np.bitwise_and, signs.view(np.int64), np.int64(-(2**63)), bits),
        partial(np.bitwise_or, bits, magnitudes.view(np.int64), bits),
    ]


class HybridEpilogue:
    """Integer sums of quantized float activations to floats: `clamp(sum * (s * s_w) + bias)`, in float32.

    Args:
        bias: float32 `[channels]` or None.
        scales: float32 `[channels]`, of the weights.
        limits: the activation's range.
        accumulator: in which the sums are exact.
        chained: multiply the sum by `s_w` and then by `s`, instead of by the product of both (the last bit differs).

    Attributes:
        scale: 0-d array, the scale `s` of the activations at hand; set it before the steps run.
    """

    in_place = False

    def __init__(
        self, bias: np.ndarray | None, scales: np.ndarray, limits: tuple[np.float32, np.float32],
        accumulator: np.dtype[Any], *, chained: bool,
    ) -> None:
        self.accumulator = accumulator
        self.scale = np.ones((), np.float32)
        self.chained = chained
        self._scales, self._finish = scales, FloatEpilogue(bias, limits)
        self._vector = self._product = scales
        self._rows = 1

    def request_scratch(self, op: Op, rows: int) -> None:
        self._rows = _block_rows(self._scales.size, rows)
        self._finish.request_scratch(op, rows)

    def bind(self, op: Op) -> None:
        self._finish.bind(op)
        self._vector = _repeated(self._scales, np.float32, self._rows)
        self._product = np.empty_like(self._vector)

    def steps(self, sums: np.ndarray, out: np.ndarray) -> list[Step]:
        steps: list[Step] = [] if self.chained else [partial(np.multiply, self._vector, self.scale, self._product)]
        for flat, real in _blocks(sums, out, self._rows):
            steps.append(assign(real, flat))
            if self.chained:
                steps.append(partial(np.multiply, real, self._vector[: real.size], real))
                steps.append(partial(np.multiply, real, self.scale, real))
            else:
                steps.append(partial(np.multiply, real, self._product[: real.size], real))
        return steps + self._finish.steps(out, out)
