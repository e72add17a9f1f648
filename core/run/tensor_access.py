"""Reading and writing tensors from outside, with the checks and the messages of `ai_edge_litert.interpreter`."""
from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from ..dtypes import tensor_type
from ..graph import Shape
from ..op import Operand
from ..schema import TensorType

HELD_VIEW = """There is at least 1 reference to internal data
      in the interpreter in the form of a numpy array or slice. Be sure to
      only hold the function returned from tensor() if you are using raw
      data access."""


def checked_index(index: Any) -> int:
    """
    Raises:
        TypeError: `index` is no integer.
    """
    if not isinstance(index, (int, np.integer)):
        raise TypeError(f"a tensor index is an int, not {type(index).__name__}")
    return int(index)


def write(operand: Operand, value: Any) -> None:
    """Copy `value` into a tensor.

    Raises:
        ValueError: another type or shape, a constant, or a tensor without memory.
    """
    if _fits_at_once(operand, value):
        np.copyto(operand.array, value)
        return
    array = np.asarray(value)
    check_fits(operand, array, "Cannot set tensor")
    if operand.is_constant:
        raise ValueError(
            f"Cannot set tensor: tensor {operand.info.index} ({operand.name}) is a constant of the model."
        )
    if not operand.has_array:
        raise ValueError("Cannot set tensor: Tensor is unallocated. Try calling allocate_tensors() first")
    np.copyto(operand.array, _as_bytes(array) if operand.type == TensorType.STRING else array)


def _fits_at_once(operand: Operand, value: Any) -> bool:
    """Whether the usual case is at hand, of which nothing more needs to be asked."""
    return (
        type(value) is np.ndarray
        and value.dtype == operand.dtype
        and value.shape == operand.shape
        and not operand.is_constant
        and operand.has_array
        and not value.dtype.hasobject
    )


def check_fits(operand: Operand, array: np.ndarray, failure: str, side: str = "input") -> None:
    """Check that an array has a tensor's type and shape.

    Args:
        failure, side: what the message begins with, and what it calls the tensor.

    Raises:
        ValueError: it has not.
    """
    index, got = operand.info.index, _type_of(array)
    if got != operand.type and np.dtype(operand.dtype) != array.dtype:
        raise ValueError(
            f"{failure}: Got value of type {_name(got)} but expected type {operand.type.name} "
            f"for {side} {index}, name: {operand.name} "
        )
    mismatch = f"{failure}: Dimension mismatch."
    if array.ndim != len(operand.shape):
        raise ValueError(f"{mismatch} Got {array.ndim} but expected {len(operand.shape)} for {side} {index}.")
    for axis, (have, want) in enumerate(zip(array.shape, operand.shape, strict=True)):
        if have != want:
            raise ValueError(f"{mismatch} Got {have} but expected {want} for dimension {axis} of {side} {index}.")


def _type_of(array: np.ndarray) -> TensorType | None:
    try:
        return tensor_type(array.dtype)
    except (ValueError, TypeError):
        return None


def _name(type: TensorType | None) -> str:
    return "NOTYPE" if type is None else type.name


def _as_bytes(array: np.ndarray) -> np.ndarray:
    """An object array of bytes from an array of str, bytes or objects."""
    strings = np.empty(array.shape, object)
    for position, item in np.ndenumerate(array):
        strings[position] = item.encode() if isinstance(item, str) else bytes(item)
    return strings


def read(operand: Operand) -> np.ndarray:
    """A copy of a tensor.

    Raises:
        ValueError: the tensor has no memory.
    """
    return memory_of(operand).copy()


def memory_of(operand: Operand) -> np.ndarray:
    """The memory of a tensor.

    Raises:
        ValueError: it has none.
    """
    if not operand.has_array:
        raise ValueError("Tensor data is null. Run allocate_tensors() first")
    return operand.array


def check_resize(operand: Operand, shape: Shape, strict: bool) -> None:
    """Check that a tensor may be given another shape; its present one is always allowed.

    Raises:
        RuntimeError: a constant, a negative dimension, or under `strict` a dimension that the model fixes.
    """
    index, signature = operand.info.index, operand.info.shape_signature
    known = signature if -1 in signature else operand.shape
    if shape == operand.shape:
        return
    if strict:
        if len(shape) != len(known):
            raise RuntimeError(
                f"Attempting to resize dimension {min(len(shape), len(known))} of tensor {index} with rank "
                f"{len(known)} to rank {len(shape)}. ResizeInputTensorStrict only allows mutating unknown "
                "dimensions identified by -1."
            )
        for axis, (fixed, new) in enumerate(zip(known, shape, strict=True)):
            if fixed not in (-1, new):
                raise RuntimeError(
                    f"Attempting to resize dimension {axis} of tensor {index} with value {fixed} to {new}. "
                    "ResizeInputTensorStrict only allows mutating unknown dimensions identified by -1."
                )
    if operand.is_constant:
        raise RuntimeError(f"Attempting to resize a fixed-size tensor. {operand.info} is a constant.")
    if any(n < 0 for n in shape):
        raise RuntimeError(f"Attempting to resize {operand.info} to {list(shape)}, which has a negative dimension.")


class _Memory:
    """The base of a lent view: it lives as long as the view or any slice of it."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array
        self.__array_interface__ = array.__array_interface__


class Loans:
    """Views of tensors that were handed out and may still be held."""

    def __init__(self) -> None:
        self._memories: weakref.WeakSet[_Memory] = weakref.WeakSet()

    def lend(self, array: np.ndarray) -> np.ndarray:
        """A view of `array` that is known while it is held; a copy where elements are objects (strings)."""
        if array.dtype.hasobject:
            return array.copy()
        memory = _Memory(array)
        self._memories.add(memory)
        view = np.asarray(memory).view(array.dtype)  # the interface does not know bfloat16 by its name
        if not array.flags.writeable:
            view.flags.writeable = False
        return view

    def check(self) -> None:
        """Raises RuntimeError while a view is held."""
        if self.any():
            raise RuntimeError(HELD_VIEW)

    def any(self) -> bool:
        return len(self._memories) > 0
