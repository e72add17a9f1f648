"""Results that become bytes four vectors at a time: what a vector of 16 sums would do alone is shared by 64 codes.

Of a processor that multiplies bytes (see `opencl_bytes`). Packing saturates, which is the clamp of a tensor whose codes
reach from 0 to 255; a function of one code is looked up after it, for 64 codes at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..language.builder import KernelBuilder
from ..language.expression import Expr, cast, f32, i32, vector
from ..language.functions import lookup_packed, pack_codes, scale_rising
from ..language.kernel import Buffer
from .epilogue import Beside, Step, Table
from .requantize import Requantize, read_rows, scaled_wide, table

CODES = 255
"""The highest code; the lowest is 0."""
WORD, LANES = 4, 16
"""Bytes of a word, and words of the vectors that are packed."""
_OPERAND = "packing"
LEAST_RIGHT = 1
"""Shifts of `scale_rising` are 31 more, and 32 at least."""


@dataclass(frozen=True, eq=False)
class RequantizeToBytes:
    """Sums of products to unsigned codes that packing saturates.

    Args:
        base: multipliers, bias and limits; all shifts are to the right.
    """

    base: Requantize

    @classmethod
    def of(cls, base: Requantize) -> RequantizeToBytes | None:
        """None where the limits or shifts are others."""
        low, high = base.limits
        return cls(base) if base.wide and high - low == CODES and bool(np.all(base.s <= 0)) else None

    @property
    def zero(self) -> int:
        """The code that stands for 0."""
        return -self.base.limits[0]

    @property
    def rises(self) -> bool:
        """Whether both roundings are one: negative sums become code 0 either way, and no shift is too small.

        The second rounding takes halves away from zero. Of sums that are not negative that is up, as the first does, so
        floor(floor(x m / 2^31 + 1/2) / 2^right + 1/2) = floor((x m + 2^30 + 2^(30 + right)) / 2^(31 + right)).
        """
        beside = (int(np.abs(np.asarray(part)).max(initial=0)) for part in (self.base.bias, self.base.excess))
        fits = self.base.bound + sum(beside) < 1 << 31  # sums may not have wrapped where 64 bits go on from them
        return self.zero == 0 and bool(np.all(-self.base.s >= LEAST_RIGHT)) and fits

    def step(self, name: str) -> Step:
        """As a step; `name` names its table."""
        return self._rising(name) if self.rises else self._signed(name)

    def _rising(self, name: str) -> Step:
        base = self.base
        right, m = (-base.s).astype(np.int64), base.m.astype(np.int64)
        addends = (base.bias - base.excess) * m + (1 << 30) + (np.int64(1) << (30 + right))
        even_shift, odd_shift = _words(right + 31)[0], _words(right - 1)[1]
        rows = [*_words(m), *_words(addends), even_shift, odd_shift]

        def function(k: KernelBuilder, x: Expr, rows: tuple[Expr, ...]) -> Expr:
            return cast(k.let(scale_rising(cast(x, i32), rows[:2], rows[2:4], rows[4:]), "scaled"), f32)

        return Step("rise", function, (_beside(name, (), rows),))

    def _signed(self, name: str) -> Step:
        base = self.base
        rows = [base.bias - base.excess, base.m, -base.s]

        def function(k: KernelBuilder, x: Expr, numbers: tuple[Expr, ...]) -> Expr:
            zero, bias, m, right = numbers
            return cast(scaled_wide(k, k.let(cast(x, i32) + bias, "total"), m, right) + zero, f32)

        return Step("code", function, (_beside(name, (self.zero,), rows),))


@dataclass(frozen=True, eq=False)
class PackedBytes:
    """The packing of vectors of 4, 8 or 16 codes as unsigned bytes.

    Args:
        zero: added to what the steps made; None: they made codes from 0 to 255.
        entries: uint8 [256], the results of a function of these codes; None: no function.
    """

    zero: int | None = None
    entries: np.ndarray | None = None

    @property
    def name(self) -> str:
        """Part of kernel names."""
        return f"packed{'' if self.zero is None else '_zero'}{'' if self.entries is None else '_bytes'}"

    @property
    def operands(self) -> tuple[Beside, ...]:
        """A table of the function and of the number."""
        if self.zero is None and self.entries is None:
            return ()
        entries = np.zeros(CODES + 1, np.uint8) if self.entries is None else self.entries
        numbers = np.asarray([self.zero or 0, 0, 0, 0], np.int32)
        table = Table(np.concatenate([entries.view(np.int32), numbers]), self._read)
        return (Beside(_OPERAND, table=table),)

    def _read(self, k: KernelBuilder, buffer: Buffer, channel: Expr, lanes: int) -> tuple[Expr, ...]:
        words = (CODES + 1) // WORD
        zero = () if self.zero is None else (k.load(buffer, words, 1, "zero"),)
        quarters = () if self.entries is None else range(0, words, LANES)
        return (*zero, *(k.load(buffer, start, LANES, "entries") for start in quarters))

    def store(self, k: KernelBuilder, y: Buffer, codes: Sequence[tuple[Expr, Expr]], loaded: Mapping[str, Any]) -> None:
        """Writes vectors of codes, each with its offset in bytes, to words."""
        for lanes in sorted({code.type.lanes for code, _ in codes}):
            alike = [(code, at) for code, at in codes if code.type.lanes == lanes]
            count = 4 * LANES // lanes
            for start in range(0, len(alike), count):
                self._store(k, y, alike[start : start + count], count, loaded.get(_OPERAND, ()))

    def _store(
        self, k: KernelBuilder, y: Buffer, codes: list[tuple[Expr, Expr]], count: int, numbers: Sequence[Expr]
    ) -> None:
        """Writes at most `count` vectors, which fill 64 bytes."""
        zero, quarters = (None, numbers) if self.zero is None else (numbers[0], numbers[1:])
        values = [code if zero is None else k.let(code + zero, "code") for code, _ in codes]
        values += [values[-1]] * (count - len(values))
        words = values[0].type.lanes // WORD
        whole = [
            values[i] if count == 4 else k.let(vector(*values[i : i + count // 4]), "codes")
            for i in range(0, count, count // 4)
        ]
        packed = k.let(pack_codes(*whole), "packed")
        if self.entries is not None:
            packed = k.let(lookup_packed(packed, *quarters), "packed")
        for i, (_, at) in enumerate(codes):
            k.store(y, at >> 2, packed.part(i * words, words) if words > 1 else packed[i])


def _beside(name: str, header: Sequence[int], rows: Sequence[np.ndarray]) -> Beside:
    return Beside(name, table=Table(table(header, rows), read_rows(len(header), len(rows)), wide=True))


def _words(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The low and high words of numbers with even places, and of those with odd ones, each pair where it was."""
    pairs = np.zeros((-(-numbers.size // 2), 2), np.int64)
    pairs.reshape(-1)[: numbers.size] = numbers
    even, odd = (np.stack([half & 0xFFFFFFFF, half >> 32], 1).reshape(-1) for half in pairs.T)
    return even, odd
