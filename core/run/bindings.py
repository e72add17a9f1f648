"""Arrays of the caller's in the place of tensors' memory: which are bound, and what an array must be to be bound."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..op import Operand
from . import tensor_access
from .arena import new_array


@dataclass
class BoundArrays:
    """Arrays of the caller's, by tensor.

    Attributes:
        inputs: read at each run. outputs: written at each run.
        copied: those of the outputs that no step writes, so that they are copied after the last.
    """

    inputs: dict[int, np.ndarray] = field(default_factory=dict)
    outputs: dict[int, np.ndarray] = field(default_factory=dict)
    copied: dict[int, np.ndarray] = field(default_factory=dict)

    def check_not(self, index: int) -> None:
        """
        Raises:
            ValueError: an array is the tensor's memory.
        """
        if index in self.inputs or (index in self.outputs and index not in self.copied):
            raise ValueError(
                f"Cannot set tensor: tensor {index} is bound to an array: write into that array, or unbind({index})."
            )


def with_array(arrays: dict[int, np.ndarray], index: int, array: np.ndarray | None) -> dict[int, np.ndarray]:
    """`arrays` with another one for `index`, or without one."""
    rest = {i: a for i, a in arrays.items() if i != index}
    return rest if array is None else {**rest, index: array}


def tensor_index(key: int | str, side: str, tensors: Sequence[int], names: Sequence[Mapping[str, int]]) -> int:
    """The tensor that a caller means by its index or its name.

    Args:
        side: "input" or "output". tensors: those of that side.
        names: names with their tensors; the first that knows `key` decides.

    Raises:
        ValueError: it is no tensor of that side.
        TypeError: `key` is neither an int nor a str.
    """
    if isinstance(key, str):
        found = next((table[key] for table in names if key in table), None)
        if found is None:
            known = ", ".join(repr(name) for name in dict.fromkeys(name for table in names for name in table))
            raise ValueError(f"the model has no {side} {key!r}; it has {known}")
        return found
    if tensor_access.checked_index(key) not in tensors:
        raise ValueError(f"tensor {key} is no {side} of the model; its {side}s are {list(tensors)}")
    return int(key)


def checked(operand: Operand, array: np.ndarray | None, side: str) -> np.ndarray:
    """An array that may be bound to a tensor: `array`, or a new one that starts as the tensor is now.

    Raises:
        ValueError: the array has another type or shape, is not contiguous, not aligned, or not writable for an output.
        TypeError: `array` is no NumPy array.
    """
    failure = f"Cannot bind {side}"
    if array is None:
        made = new_array(operand.shape, operand.dtype)
        np.copyto(made, operand.array)
        return made
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{failure}: it takes a NumPy array, whose memory is used, not {type(array).__name__}")
    tensor_access.check_fits(operand, array, failure, side)
    _check_memory(array, f"{failure}: the array for {side} {operand.info.index}", writable=side == "output")
    return np.asarray(array)


def _check_memory(array: np.ndarray, what: str, writable: bool) -> None:
    if not array.dtype.isnative:
        raise ValueError(f"{what} has bytes in the other order; use array.astype(array.dtype.newbyteorder('='))")
    if not array.flags.c_contiguous:
        raise ValueError(f"{what} is not C-contiguous; use np.ascontiguousarray and keep what it returns")
    if not array.flags.aligned:
        raise ValueError(f"{what} does not begin at a multiple of its items' size; use array.copy()")
    if writable and not array.flags.writeable:
        raise ValueError(f"{what} is read-only")


def check_apart(array: np.ndarray, index: int, side: str, bound: BoundArrays) -> None:
    """
    Raises:
        ValueError: the array shares memory with one that is bound to another tensor, and one of the two is written.
    """
    others = [("output", i, a) for i, a in bound.outputs.items() if (side, i) != ("output", index)]
    if side == "output":
        others += [("input", i, a) for i, a in bound.inputs.items()]
    for other_side, other, there in others:
        if np.may_share_memory(array, there):
            raise ValueError(f"Cannot bind {side}: the array shares memory with that of {other_side} {other}.")
