"""Where the elements of a value lie: the layout of `shaders.layout`, for shapes of any rank.

A one-dimensional value of n elements is dense, as is every value whose innermost dimension is a multiple of 4.
"""

from __future__ import annotations

import math

import numpy as np

from ....core.graph import Shape
from ....shaders.layout import LANES, padded


def row(shape: Shape) -> int:
    """The innermost dimension; a scalar is a row of one."""
    return shape[-1] if shape else 1


def strides(shape: Shape) -> tuple[int, ...]:
    """Distance between neighbours along each dimension, in elements of memory."""
    distances, distance = [1], padded(row(shape))
    for extent in reversed(shape[1:-1] if len(shape) > 1 else ()):
        distances.append(distance)
        distance *= extent
    if len(shape) > 1:
        distances.append(distance)
    return tuple(reversed(distances)) if shape else ()


def is_dense(shape: Shape) -> bool:
    """Whether no padding lies between elements."""
    return row(shape) % LANES == 0 or math.prod(shape) == row(shape)


def same_memory(a: Shape, b: Shape) -> bool:
    """Whether the elements of two shapes of one size lie at the same places."""
    return math.prod(a) == math.prod(b) and (row(a) == row(b) or (is_dense(a) and is_dense(b)))


def is_per_channel(operand: Shape, output: Shape) -> bool:
    """Whether an operand has one value per channel of the output and is not all of the output."""
    channels = output[-1] if output else 1
    return bool(operand) and operand[-1] == channels == math.prod(operand)


def to_memory(data: np.ndarray) -> np.ndarray:
    """A constant as it is stored, padded with zeros: float32 or int32, flat."""
    shape = data.shape or (1,)
    stored = np.zeros((*shape[:-1], padded(shape[-1])), np.int32 if data.dtype == np.int32 else np.float32)
    stored[..., : shape[-1]] = data.reshape(shape)
    return stored.reshape(-1)
