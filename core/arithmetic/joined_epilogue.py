"""Rows of integer sums with a scaling each, as one row of all their channels."""
from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from ..op import Op
from ..steps import Step, assign, chunks
from .clamp import clamp
from .epilogue import Epilogue, QuantizedEpilogue, copy_sign
from .requantization import Requantization

_BLOCK = 1 << 11


class JoinedEpilogue:
    """`clamp(half_away((sum + offset) * real) + zero_point)` with numbers of its own for each channel of each row.

    Args:
        offsets, scalings: of each row.
    """

    in_place = False
    accumulator = np.dtype(np.float32)

    def __init__(self, offsets: Sequence[np.ndarray], scalings: Sequence[Requantization]) -> None:
        self._offset = np.concatenate(offsets).astype(np.float32)
        self._real, self._away = (np.concatenate(v) for v in zip(*((s.real, s.away) for s in scalings), strict=True))
        zeros = [np.full(scaling.real.size, scaling.zero_point) for scaling in scalings]
        self._zero_point = np.concatenate(zeros).astype(np.int32)
        self._low, self._high = scalings[0].low, scalings[0].high
        self._slots: list[int] = []

    def request_scratch(self, op: Op, rows: int) -> None:
        kinds = (np.int32, np.float64, np.float64)
        self._slots = [op.request_scratch((min(self._offset.size, _BLOCK),), kind) for kind in kinds]

    def bind(self, op: Op) -> None:
        self._scratch = [op.scratch[slot] for slot in self._slots]

    def steps(self, sums: np.ndarray, out: np.ndarray) -> list[Step]:
        return [step for part in chunks(sums.size, _BLOCK) for step in self._block(part, sums.reshape(-1), out)]

    def _block(self, part: slice, sums: np.ndarray, out: np.ndarray) -> list[Step]:
        flat = sums[part]
        codes, scaled, half = (array[: flat.size] for array in self._scratch)
        return [
            partial(np.add, flat, self._offset[part], flat),
            assign(scaled, flat),
            partial(np.multiply, scaled, self._real[part], scaled),
            *copy_sign(self._away[part], scaled, half),
            partial(np.add, scaled, half, scaled),
            assign(codes, scaled),
            partial(np.add, codes, self._zero_point[part], codes),
            clamp(codes, self._low, self._high),
            assign(out.reshape(-1)[part], codes),
        ]


def joined(rows: Sequence[Epilogue]) -> JoinedEpilogue | None:
    """The epilogue of rows that have one each; None unless all of them scale in this way, to the same range."""
    found = [row.half_away for row in rows if isinstance(row, QuantizedEpilogue) and row.accumulator == np.float32]
    pairs = [pair for pair in found if pair is not None]
    if len(pairs) < len(rows) or len({(s.low, s.high, s.output) for _, s in pairs}) > 1:
        return None
    offsets, scalings = zip(*pairs, strict=True)
    return JoinedEpilogue(offsets, scalings)
