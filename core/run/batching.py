"""Small nodes that compute the same of different parts of one tensor become one call.

A recurrent network unrolled over time multiplies every step's input with the same weights, and takes the sigmoid of
three quarters of a step's gates; a call costs more than its work there. The parts must lie in one tensor's memory (see
`Kernel.rowwise` and `Op.views`), and the results then lie in one that is made for them. Between the parts may be rows
that nobody asked for: computing them as well costs less than another call.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from ..delegation.delegated_partition import DelegatedPartition
from ..graph import Node
from ..kernels.registry import Kernel
from ..op import Bind, Op, Operand
from .memory import Use, View
from .node_errors import preparing
from .storage import Storage

_LARGEST = 1 << 16
"""Bytes of input or output, beyond which a call's cost does not matter."""


@dataclass(frozen=True, eq=False)
class Batch:
    """A step that computes several nodes at once.

    Attributes:
        nodes: their indices, in running order. op: the first one with all rows as its input and output. bind: binds it.
    """

    nodes: tuple[int, ...]
    op: Op
    bind: Bind
    use: Use


PlannedStep = int | Batch | DelegatedPartition
"""What an execution runs: a node on the CPU, several at once, or a partition of a delegate."""


@dataclass(frozen=True)
class _Part:
    """A node whose first input is `size` bytes of the memory of tensor `base`, from `start` on."""

    op: Op
    base: int
    start: int
    size: int


def batches(
    ops: Mapping[int, Op], binds: Mapping[int, Bind], uses: Mapping[int, Use], kernel_of: Callable[[Node], Kernel],
    kept: Sequence[int], storage: Storage,
) -> Iterator[Batch]:
    """Find them among nodes on the CPU, in the order in which their first nodes run.

    Args:
        ops: prepared nodes by index, in running order. binds: what preparing them returned.
        uses: what they do with memory.
        kept: tensors that must stay where they are.
    """
    order = {index: position for position, index in enumerate(ops)}
    groups: dict[Any, list[_Part]] = {}
    for part in _parts(ops, uses, storage):
        op, kernel = part.op, kernel_of(part.op.node)
        if kernel.rowwise and len(op.outputs) == 1 and op.node.outputs[0] not in kept and _is_small(op):
            groups.setdefault(_kind(part, kernel.stack is None), []).append(part)
    for group in groups.values():
        for parts in _close(group):
            nodes = sorted((part.op.node.index for part in parts), key=order.__getitem__)
            yield from _batch(nodes, parts, binds, kernel_of(parts[0].op.node), storage)


def _parts(ops: Mapping[int, Op], uses: Mapping[int, Use], storage: Storage) -> Iterator[_Part]:
    """Nodes whose first input is a view of another tensor."""
    places: dict[int, tuple[int, int]] = {}
    for index, op in ops.items():
        for view in uses[index].views:
            base, start = places.get(view.base, (view.base, 0))
            places[view.tensor] = base, start + view.offset
        source = op.node.inputs[0] if op.node.inputs else -1
        if source in places and storage.wants_memory(places[source][0]):
            yield _Part(op, *places[source], _bytes(op.input(0)))


def _bytes(operand: Operand) -> int:
    return prod(operand.shape) * operand.dtype.itemsize


def _is_small(op: Op) -> bool:
    return 0 < _bytes(op.input(0)) <= _LARGEST and 0 < _bytes(op.output()) <= _LARGEST


def _kind(part: _Part, with_output: bool) -> Any:
    """What nodes must have in common; the quantization of the output, too, if the kernel cannot do without."""
    op, quantization = part.op, [_quantization(part.op.input(0))]
    if with_output:
        quantization.append(_quantization(op.output()))
    rest = [(i, x is None or x.is_constant) for i, x in zip(op.node.inputs[1:], op.inputs[1:], strict=True)]
    if not all(is_constant for _, is_constant in rest):
        return op.node.index
    shapes = op.input(0).shape, op.output().shape
    return op.node.op, repr(op.options), tuple(rest), part.base, shapes, op.output().type, *quantization


def _quantization(operand: Operand) -> Any:
    found = operand.quantization
    return None if found is None else (found.scales.tobytes(), found.zero_points.tobytes(), found.dimension)


def _close(group: Sequence[_Part]) -> Iterator[list[_Part]]:
    """Runs of at least two parts with room for as many more, or fewer, between them."""
    run: list[_Part] = []
    for part in sorted(group, key=lambda part: part.start):
        if run:
            distance = part.start - run[0].start
            is_near = distance + part.size <= min(2 * part.size * (len(run) + 1), _LARGEST)
            if distance % part.size or part.start == run[-1].start or not is_near:
                if len(run) > 1:
                    yield run
                run = []
        run.append(part)
    if len(run) > 1:
        yield run


def _batch(
    nodes: Sequence[int], parts: Sequence[_Part], binds: Mapping[int, Bind], kernel: Kernel, storage: Storage
) -> Iterator[Batch]:
    """Prepare the node of all parts; none if its output would not be small, or not rows in the same order."""
    first = next(part.op for part in parts if part.op.node.index == nodes[0])
    begin, size = parts[0].start, parts[0].size
    count = (parts[-1].start - begin) // size + 1
    shape = first.input(0).shape
    rows = Operand(replace(first.input(0).info, shape=(count * prod(shape[:-1]), *shape[-1:]), data=None))
    rows.largest = max(part.op.input(0).largest for part in parts)
    result = Operand(replace(first.output().info, shape=(1,), data=None))
    op = Op(first.node, [rows, *first.inputs[1:]], [result], first.context)
    with preparing(op):
        bind = _prepared(op, parts, binds, count, kernel)
    step = _bytes(first.output())
    if bind is None or _bytes(result) != count * step or count * step > _LARGEST:
        return
    whole, joint = storage.add(rows), storage.add(result)
    outputs = {part.op.node.outputs[0]: (part.start - begin) // size * step for part in parts}
    views = (View(whole, parts[0].base, begin), *(View(i, joint, start) for i, start in outputs.items()))
    reads = [parts[0].base, whole, *(i for part in parts for i in part.op.node.inputs if i >= 0)]
    use = replace(storage.use(op, ()), reads=tuple(reads), writes=(joint, *outputs), views=views)
    yield Batch(tuple(nodes), op, bind, use)


def _prepared(
    op: Op, parts: Sequence[_Part], binds: Mapping[int, Bind], count: int, kernel: Kernel
) -> Bind | None:
    if len({_quantization(part.op.output()) for part in parts}) == 1:
        return kernel.prepare(op)
    if kernel.stack is None or len(parts) < count:
        return None
    return kernel.stack(op, [binds[part.op.node.index] for part in parts])
