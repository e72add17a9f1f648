"""Where the operands of attention lie: views of matrices that agree on two axes, batches and heads."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....core.graph import Shape
from ....shaders.attention_shape import AttentionShape, Matrices
from ....shaders.layout import LANES
from ..program.regions import offset, split
from .views import View

NAMES = ("q", "k", "v", "mask")


@dataclass(frozen=True, eq=False)
class Places:
    """Views [batch, head, row, column]; the rows of the mask are keys, its columns queries, or one for all of them."""

    q: View
    k: View
    v: View
    y: View
    mask: View | None

    @property
    def sources(self) -> tuple[View, ...]:
        """What is read, in the order of `NAMES`."""
        return (self.q, self.k, self.v, *(() if self.mask is None else (self.mask,)))

    @property
    def factor(self) -> float:
        """Of the scores."""
        return self.q.factor * self.k.factor

    def shape(self, factor: float, mask_factor: float) -> AttentionShape:
        """For a kernel; operands in the same memory have one binding."""
        names: dict[int, str] = {}
        for name, view in zip(NAMES, self.sources, strict=False):
            names.setdefault(view.value, name)
        q, k, v, *mask = (_matrices(view.array, names[view.value]) for view in self.sources)
        batches, heads, queries, depth = self.q.array.shape
        *_, keys, width = self.v.array.shape
        return AttentionShape(
            *(batches, heads, queries, keys, depth, width),
            *(q, k, v, _matrices(self.y.array, "y")),
            scale=factor * self.factor,
            mask=mask[0] if mask else None,
            mask_scale=mask_factor,
            for_all=self.mask is not None and self.mask.array.shape[-1] == 1 < queries,
        )


def placed(operands: Sequence[Sequence[View]], mask: View | None, matrices: int) -> Places | None:
    """The views, one of each operand (q, k, v, y), that spare most operations; None if nothing fits together.

    Args:
        operands: [..., row, column], for each the one that spares most first.
        mask: [..., key, query].
        matrices: how many there are of each, or one.
    """
    best: tuple[int, Places] | None = None
    for heads in (n for n in range(1, matrices + 1) if matrices % n == 0):
        chosen = [next(_headed(options, matrices // heads, heads), None) for options in operands]
        over = None if mask is None else next(_headed([mask], matrices // heads, heads), None)
        if None in chosen or (mask is not None and over is None):
            continue
        q, k, v, y = (view for view in chosen if view is not None)
        spared = sum(len(view.passed) for view in (q, k, v, y))
        if best is None or spared > best[0]:
            best = spared, Places(q, k, v, y, over)
    return None if best is None else best[1]


def _headed(options: Sequence[View], batches: int, heads: int) -> Iterator[View]:
    """Those views whose matrices can be counted by two axes."""
    for view in options:
        *lead, rows, columns = view.array.shape
        try:
            if math.prod(lead) == 1:
                array = np.broadcast_to(split(view.array, (1, 1, rows, columns)), (batches, heads, rows, columns))
            else:
                array = split(view.array, (batches, heads, rows, columns))
        except ValueError:
            continue
        yield replace(view, array=array)


def in_vectors(view: View) -> bool:
    """Whether columns lie side by side, and rows begin at multiples of 4 elements."""
    array, start = view.array, offset(view.array)
    beside = array.shape[-1] == 1 or array.strides[-1] == 1
    steps = (step for extent, step in zip(array.shape[:-1], array.strides[:-1], strict=True) if extent > 1)
    return beside and start % LANES == 0 and all(step % LANES == 0 for step in steps)


def _matrices(array: np.ndarray, binding: str) -> Matrices:
    batch, head, row = (s if n > 1 else 0 for n, s in zip(array.shape[:3], array.strides[:3], strict=True))
    return Matrices(binding, (batch, head, row), offset(array))


def mask_view(value: int, array: np.ndarray, over: Shape) -> View:
    """The mask [..., key, query], its leading axes broadcast to those of the scores."""
    *lead, _, _ = over
    return View(value, np.broadcast_to(array, (*lead, *array.shape[-2:])))
