"""Nodes of two 8-bit operands read a function of codes through its table, so that nobody computes the function.

`MUL(LOGISTIC(a), TANH(b))` is a function of the codes of a and b, and its table of all pairs is as large as that of MUL
alone. In the cell of a recurrent network that spares half of the calls. Larger nodes compute in floats instead, but for
those that are functions of one operand's codes, `MUL(a, LOGISTIC(a))`.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from math import prod

from ..arithmetic.lookup import SMALL_PAIRS
from ..graph import Node
from ..kernels.registry import Kernel
from ..op import Op
from ..preparation import is_quantized


def compose(ops: Mapping[int, Op], kernel_of: Callable[[Node], Kernel], kept: AbstractSet[int]) -> set[int]:
    """Set `Op.through` where that makes another node needless; returns the nodes that are.

    Args:
        ops: prepared nodes on the CPU by index.
        kept: tensors that others read: partitions, nodes of unknown shapes, whoever reads the graph's outputs.
    """
    readers: dict[int, list[tuple[Op, int]]] = {}
    for op in ops.values():
        for position, tensor in enumerate(op.node.inputs):
            readers.setdefault(tensor, []).append((op, position))
    needless = set()
    for index, op in ops.items():
        mapped = op.outputs[0].mapped if len(op.outputs) == 1 else None
        if mapped is None or op.node.outputs[0] in kept or mapped[0].is_variable or mapped[0].is_constant:
            continue
        reading = readers.get(op.node.outputs[0], [])
        if reading and all(_may_compose(*reader, kernel_of) for reader in reading):
            needless.add(index)
            for reader, position in reading:
                reader.through[position] = mapped
    return needless


def _may_compose(op: Op, position: int, kernel_of: Callable[[Node], Kernel]) -> bool:
    if position in op.unread:
        return True
    operands = [x for x in (*op.inputs, *op.outputs) if x is not None]
    is_small = prod(op.output().shape) <= SMALL_PAIRS
    are_codes = all(is_quantized(x) and x.dtype.itemsize == 1 for x in operands)
    return is_small and are_codes and position in kernel_of(op.node).composes
