"""A partition with half floats in memory that makes float32 of those that a run shows to need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ...core.delegate import CompiledPartition, KernelTime
from .partition import GpuPartition
from .passes.keep_half import sources

GENTLE_ROUNDS = 3
"""Rounds in which only values change where it began; a NaN in the input would otherwise move on node by node."""

Load = Callable[[frozenset[int]], GpuPartition]
"""Makes the partition with these values kept as float32."""


class HalfPartition(CompiledPartition):
    """Runs, looks at the flags, and where a number left float16's range builds the partition anew and runs it again."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._beyond: frozenset[int] = frozenset()
        self._loaded = load(self._beyond)
        self._bound: tuple[Sequence[np.ndarray], Sequence[np.ndarray]] | None = None
        self._rounds = 0

    @property
    def compiled(self) -> GpuPartition:
        """What runs at present."""
        return self._loaded

    def bind(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self._bound = inputs, outputs
        self._loaded.bind(inputs, outputs)

    def unbind(self) -> None:
        self._bound = None
        self._loaded.unbind()

    @property
    def nbytes(self) -> int:
        return self._loaded.nbytes

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self._loaded.run(inputs, outputs)
        while flagged := self._loaded.flagged():
            self._widen(flagged)
            self._loaded.run(inputs, outputs)

    def _widen(self, flagged: Sequence[int]) -> None:
        program = self._loaded.program
        assert program.halves is not None
        self._rounds += 1
        gentle = self._rounds <= GENTLE_ROUNDS
        more = sources(program, flagged) if gentle else frozenset(program.halves.slots[slot] for slot in flagged)
        wider = self._load(self._beyond | more)
        self._loaded.close()
        self._loaded, self._beyond = wider, self._beyond | more
        if self._bound is not None:
            self._loaded.bind(*self._bound)

    def remarks(self) -> Mapping[int, tuple[str, str]]:
        return self._loaded.remarks()

    def profile(self) -> tuple[KernelTime, ...]:
        return self._loaded.profile()

    def close(self) -> None:
        self._loaded.close()
