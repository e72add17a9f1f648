"""Regions from NumPy views: a view of a value's memory says by its strides where each element lies."""

from __future__ import annotations

import math

import numpy as np

from ....core.graph import Shape
from ....shaders.kernels.region_copy import Axis, Region
from ....shaders.layout import padded
from .layout import row


def whole(shape: Shape) -> np.ndarray:
    """All elements of a value, as a view of an array of one byte per element of memory.

    Slice, transpose, split or broadcast it at will: its strides are distances in elements, and nothing is ever read.
    """
    if not shape:
        return np.zeros(4, np.int8)[0:1].reshape(())
    return np.zeros((*shape[:-1], padded(shape[-1])), np.int8)[..., : shape[-1]]


def split(view: np.ndarray, shape: Shape) -> np.ndarray:
    """The view under another shape.

    Raises:
        ValueError: the elements do not lie so that this is possible without moving them.
    """
    made = view.reshape(shape)
    if not np.may_share_memory(made, view):
        raise ValueError(f"a view of {view.shape} with strides {view.strides} cannot become {shape}")
    return made


def offset(view: np.ndarray) -> int:
    """Elements before the view's first one."""
    address: int = view.__array_interface__["data"][0]
    return address - int(memory_of(view).__array_interface__["data"][0])


def memory_of(view: np.ndarray) -> np.ndarray:
    """The array of all elements of memory that a view is of."""
    while isinstance(view.base, np.ndarray):
        view = view.base
    return view


def between(to: np.ndarray, source: np.ndarray) -> Region:
    """The region that writes each element of `to` with the element of `source` at the same index.

    Raises:
        TypeError: a single element was picked without `...`, so NumPy gave a number that has no place in memory.
        ValueError: the shapes differ.
    """
    if not isinstance(source, np.ndarray):
        raise TypeError("a NumPy scalar is no view: index with `...`")
    if to.shape != source.shape:
        raise ValueError(f"{source.shape} cannot fill {to.shape}")
    pairs = zip(to.shape, to.strides, source.strides, strict=True)
    axes = tuple(Axis(n, t if n > 1 else 0, s if n > 1 else 0) for n, t, s in pairs) or (Axis(1, 1, 1),)
    return Region(axes, offset(to), offset(source))


def reshaping(old: Shape, new: Shape) -> Region:
    """The region that gives a value another shape. The rows of one consist of whole rows of the other."""
    long, short = max(row(old), row(new)), min(row(old), row(new))
    common = (math.prod(old) // long, long // short, short)
    return between(split(whole(new), common), split(whole(old), common))
