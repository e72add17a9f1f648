"""What a CPU kernel sees of its node: operands with shapes first, with memory later.

A kernel runs in two steps. `prepare(op)` checks the node and gives every output its shape; it returns `bind`.
`bind()` is called once memory is laid out; it packs weights, makes views and returns the callable that `invoke` runs.
So `invoke` is a flat loop over bound callables, and a node that a delegate took is never bound.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, TypeVar

import numpy as np

from .graph import Node, Quantization, Shape, TensorInfo
from .schema import TensorType

Run = Callable[[], None]
Bind = Callable[[], Run]
Known = TypeVar("Known")
Prepare = Callable[["Op"], Bind]


class Operand:
    """A tensor in the hands of a kernel.

    Attributes:
        info: what the graph says of the tensor.
        shape: current shape. For an output: set it with `resize`, or `mark_dynamic` if it depends on unknown values.
        value: the tensor's content if it is known already while preparing: a constant, what constants alone determine,
            or, in a node whose shapes are known only at run time, the computed input. Otherwise None.
        value_was_read: whether anyone has looked at `value` since this was last set to False.
        array: the memory of the tensor; only inside `bind` and after. For strings an object array.
        largest: of floats: no element's magnitude is larger, NaN aside; infinite where nothing is known.
        mapped: of a tensor that is a function of another one's 8-bit codes: that tensor, and the table by its bits.
    """

    __slots__ = ("_array", "_value", "dynamic", "info", "is_constant", "largest", "mapped", "shape", "value_was_read")

    def __init__(self, info: TensorInfo) -> None:
        self.info = info
        self.value_was_read = False
        self.reset()

    def reset(self) -> None:
        """Back to what the graph says, without memory unless constant."""
        self.shape: Shape = self.info.shape or ()
        self.dynamic = self.info.shape is None
        self.is_constant = self.info.is_constant
        self.largest = inf
        self.mapped: tuple[Operand, np.ndarray] | None = None
        self._value = self._array = self.info.data

    def release(self) -> None:
        """Drop the memory of anything but a constant."""
        self._value = self._array = self.info.data
        self.is_constant = self.info.is_constant

    def fold(self) -> None:
        """Make the value that `prepare` found, or else the present content, a constant."""
        content = self.array if self._value is None else self._value
        content.flags.writeable = False
        self._value = self._array = content
        self.is_constant = True

    @property
    def value(self) -> np.ndarray | None:
        self.value_was_read = True
        return self._value

    @value.setter
    def value(self, value: np.ndarray | None) -> None:
        self._value = value

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.info.dtype

    @property
    def type(self) -> TensorType:
        return self.info.type

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def quantization(self) -> Quantization | None:
        return self.info.quantization

    @property
    def is_variable(self) -> bool:
        return self.info.is_variable

    @property
    def has_array(self) -> bool:
        return self._array is not None

    @property
    def array(self) -> np.ndarray:
        if self._array is None:
            raise RuntimeError(f"tensor {self.info} has no memory yet")
        return self._array

    @array.setter
    def array(self, array: np.ndarray) -> None:
        self._array = array

    def current_info(self) -> TensorInfo:
        """What the graph says, with the shape of now, None where only a run can tell it, and with a folded value."""
        shape, data = None if self.dynamic else self.shape, self.array if self.is_constant else None
        same = shape == self.info.shape and data is self.info.data
        return self.info if same else replace(self.info, shape=shape, data=data)

    def resize(self, shape: Shape) -> None:
        self.shape, self.dynamic = tuple(int(n) for n in shape), False

    def mark_dynamic(self) -> None:
        self.dynamic = True

    def __str__(self) -> str:
        return f"{self.info.name or f'tensor {self.info.index}'} ({self.type.name} {list(self.shape)})"


@dataclass
class Op:
    """A node with its operands.

    Attributes:
        inputs: one operand per input; None where an optional input is left out.
        outputs: one operand per output.
        intermediates: operands of the quantization intermediates.
        views: outputs that hold what a contiguous part of an input holds, by position: the input's position, and where
            the part begins, in bytes. Set by `prepare`; `bind` finds them in the input's memory, or else copies.
        through: operands to read instead of inputs, by position, and the table that makes their 8-bit codes those of
            the input. Set after `prepare`, for inputs that the kernel is registered to `composes`.
        unread: positions of inputs that the bound kernel will not read, since another one tells them. Set by `prepare`.
        context: what a kernel may ask of the interpreter (threads, subgraphs, resources); see `execution`.
    """

    node: Node
    inputs: list[Operand | None]
    outputs: list[Operand]
    context: Any
    intermediates: list[Operand] = field(default_factory=list)
    scratch_shapes: list[tuple[Shape, np.dtype[Any]]] = field(default_factory=list)
    scratch: list[np.ndarray] = field(default_factory=list)
    views: dict[int, tuple[int, int]] = field(default_factory=dict)
    through: dict[int, tuple[Operand, np.ndarray]] = field(default_factory=dict)
    unread: set[int] = field(default_factory=set)
    _known: tuple[tuple[Any, ...], Any] | None = None

    @classmethod
    def of(cls, node: Node, operands: Sequence[Operand], context: Any) -> Op:
        """A node with its operands, among those of all tensors."""
        inputs = [operands[i] if i >= 0 else None for i in node.inputs]
        intermediates = [operands[i] for i in node.intermediates if i >= 0]
        return cls(node, inputs, [operands[i] for i in node.outputs], context, intermediates)

    @property
    def options(self) -> Any:
        return self.node.options

    def input(self, i: int) -> Operand:
        """The i-th input, which must be there.

        Raises:
            RuntimeError: the node has no such input.
        """
        operand = self.inputs[i] if i < len(self.inputs) else None
        if operand is None:
            raise self.error(f"input {i} is missing")
        return operand

    def optional_input(self, i: int) -> Operand | None:
        return self.inputs[i] if i < len(self.inputs) else None

    def output(self, i: int = 0) -> Operand:
        if i >= len(self.outputs):
            raise self.error(f"output {i} is missing")
        return self.outputs[i]

    def request_scratch(self, shape: Shape, dtype: Any) -> int:
        """Ask for memory that lives during this node only; `op.scratch[k]` holds it inside `bind`."""
        self.scratch_shapes.append((tuple(shape), np.dtype(dtype)))
        return len(self.scratch_shapes) - 1

    def known(self, facts: tuple[Any, ...], find: Callable[[], Known]) -> Known:
        """What `find` returns, or has returned before, if all facts that it depends on are the same: the same arrays,
        equal other values. For what takes long to find and does not change with the shapes."""
        if self._known is None or not _same(self._known[0], facts):
            self._known = facts, find()
        result: Known = self._known[1]
        return result

    def forget_memory(self) -> None:
        """Drop what `prepare` said of scratch, views and inputs, and what was said of inputs after it."""
        self.scratch_shapes, self.scratch, self.views, self.through, self.unread = [], [], {}, {}, set()

    def error(self, message: str) -> RuntimeError:
        """The error of a node that cannot be prepared or run, with the operator named as LiteRT names it."""
        operands = ", ".join(str(x) for x in self.inputs if x is not None)
        where = f"Node number {self.node.index} ({self.node.op}) failed to prepare."
        return RuntimeError(f"{message} [inputs: {operands}] {where}")


def _same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    for a, b in zip(before, now, strict=True):
        is_array = isinstance(a, np.ndarray) or isinstance(b, np.ndarray)
        if a is not b and (is_array or a != b):
            return False
    return True
