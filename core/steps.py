"""A bound kernel as a flat list of NumPy calls whose operands are fixed: nothing is looked up or allocated per run."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from .op import Run

Step = Callable[[], Any]


def assign(target: np.ndarray, source: np.ndarray) -> Step:
    """The step that copies `source`, cast as C casts, to `target`: on small arrays in half the time of `np.copyto`."""
    return partial(target.__setitem__, ..., source)


def sequence(steps: Sequence[Step]) -> Run:
    """The callable that runs all steps in order."""
    fixed = tuple(steps)
    if len(fixed) == 1:
        return fixed[0]

    def run() -> None:
        for step in fixed:
            step()

    return run


def chunks(total: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover `range(total)`."""
    for start in range(0, total, max(1, size)):
        yield slice(start, min(total, start + max(1, size)))
