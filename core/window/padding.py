"""Padding as StableHLO has it: elements between the elements and at the edges; negative padding cuts off."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..graph import Shape


@dataclass(frozen=True)
class Spread:
    """How a tensor is spread out in a larger or smaller one.

    Attributes:
        shape: of the result.
        source: the box of the tensor that stays.
        target: where it goes in the result.
    """

    shape: Shape
    source: tuple[slice, ...]
    target: tuple[slice, ...]

    @classmethod
    def of(cls, shape: Shape, steps: Shape, low: Shape, high: Shape) -> Spread:
        """
        Args:
            shape: of the tensor.
            steps: distance of neighbouring elements in the result, per dimension, 1 for no gaps.
            low, high: elements put before and after, or cut off where negative.
        """
        dims, source, target = [], [], []
        for n, step, before, after in zip(shape, steps, low, high, strict=True):
            size = max((max(n - 1, 0) * step + 1 if n else 0) + before + after, 0)
            first = -(min(before, 0) // step)  # the first element that is not cut off
            stop = max(min(n, (size - before - 1) // step + 1), first)
            dims.append(size)
            source.append(slice(first, stop))
            at = before + first * step
            target.append(slice(at, at + (stop - first - 1) * step + 1 if stop > first else at, step))
        return cls(tuple(dims), tuple(source), tuple(target))

    def fill(self, x: np.ndarray, padding: np.ndarray, out: np.ndarray) -> None:
        """Write the spread tensor into `out`, the scalar `padding` elsewhere."""
        np.copyto(out, padding)
        out[self.target] = x[self.source]
