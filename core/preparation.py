"""What the kernels share while they prepare: checks, broadcasting, axes, shapes that are themselves tensors."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .graph import Quantization, Shape
from .op import Bind, Op, Operand, Run
from .steps import assign, nothing


def broadcast(op: Op, *operands: Operand) -> Shape:
    """The common shape of operands that broadcast against each other as in NumPy.

    Raises:
        RuntimeError: two dimensions differ and neither is 1.
    """
    try:
        return tuple(np.broadcast_shapes(*(operand.shape for operand in operands)))
    except ValueError:
        shapes = " and ".join("[" + ",".join(map(str, operand.shape)) + "]" for operand in operands)
        raise op.error(f"Given shapes, {shapes}, are not broadcastable.") from None


def same_type(op: Op, first: Operand, second: Operand) -> None:
    """Raises RuntimeError unless both operands have one type."""
    if first.type != second.type:
        raise op.error(f"{first.name} and {second.name} differ in type ({first.type.name} != {second.type.name})")


def unsupported(op: Op, operand: Operand) -> RuntimeError:
    """The error of a kernel that has no code for the type of `operand`."""
    return op.error(f"Type {operand.type.name} of {operand.name or 'a tensor'} is not supported by {op.node.op}.")


def invoke_error(op: Op, message: str) -> RuntimeError:
    """The error of a node whose data, not its shapes, cannot be computed."""
    return RuntimeError(f"{message} Node number {op.node.index} ({op.node.op}) failed to invoke.")


def axis_in(op: Op, axis: int, rank: int) -> int:
    """`axis` counted from the front.

    Raises:
        RuntimeError: it lies outside [-rank, rank).
    """
    if not -rank <= axis < rank:
        raise op.error(f"axis {axis} is out of range for a tensor of {rank} dimensions")
    return axis + rank if axis < 0 else axis


def axes_in(op: Op, axes: Iterable[int], rank: int) -> tuple[int, ...]:
    """Sorted axes counted from the front, each once."""
    return tuple(sorted({axis_in(op, int(axis), rank) for axis in axes}))


def known_ints(operand: Operand) -> tuple[int, ...] | None:
    """The elements of an integer tensor whose value is known while preparing, else None."""
    return None if operand.value is None else tuple(int(v) for v in np.asarray(operand.value).reshape(-1))


def check_shape(op: Op, operand: Operand, shape: Shape) -> None:
    """Raises RuntimeError unless the operand, whose value may not be known yet, has this shape."""
    if not operand.dynamic and operand.shape != shape:
        raise op.error(f"{operand} has to have the shape {list(shape)}")


def positive_shape(op: Op, shape: Iterable[int]) -> Shape:
    """`shape` as a tuple of ints.

    Raises:
        RuntimeError: a dimension is negative.
    """
    dims = tuple(int(n) for n in shape)
    if any(n < 0 for n in dims):
        raise op.error(f"shape {list(dims)} has a negative dimension")
    return dims


def dynamic(op: Op) -> Bind:
    """Mark every output as known at run time only; the node is prepared again when its inputs have values."""
    for output in op.outputs:
        output.mark_dynamic()

    def bind() -> Run:
        raise invoke_error(op, "the shape of an output depends on values that are not known.")

    return bind


def copier(source: np.ndarray, target: np.ndarray) -> Run:
    """A callable that copies `source` (a view of an input) into `target`, or does nothing where they are one memory."""
    if source.__array_interface__["data"] != target.__array_interface__["data"] or source.shape != target.shape:
        return assign(target, source)
    in_order = source.flags.c_contiguous and target.flags.c_contiguous
    is_same = source.dtype == target.dtype and (in_order or source.strides == target.strides)
    return nothing if is_same else assign(target, source)


def bind_copy(op: Op, view: Callable[[np.ndarray], np.ndarray], index: int = 0) -> Bind:
    """A bind that copies a view of the first input (`view` makes it, once) into an output."""
    return lambda: copier(view(op.input(0).array), op.output(index).array)


def options_of(op: Op, options: type[Any]) -> Any:
    """The node's options, or the defaults of class `options` where the file has none or those of another operator."""
    return op.options if isinstance(op.options, options) else options()


def quantization_of(op: Op, operand: Operand) -> Quantization:
    """The per-tensor quantization of an operand.

    Raises:
        RuntimeError: it has none.
    """
    if operand.quantization is None or operand.quantization.scales.size == 0:
        raise op.error(f"{operand.name or 'a tensor'} is {operand.type.name} without quantization parameters")
    return operand.quantization


def is_quantized(operand: Operand) -> bool:
    """Whether the tensor holds 8- or 16-bit codes of real values."""
    quantized = operand.quantization is not None and operand.quantization.scales.size > 0
    return quantized and operand.dtype in (np.int8, np.uint8, np.int16)
