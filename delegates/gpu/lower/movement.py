"""Operators that only move elements at strides: one region per piece, read off a view of the value's memory."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ....core.graph import Graph, Node
from ....core.schema import ActivationFunctionType
from ..program import ir
from ..program.regions import between, split, whole
from .checks import Refusal, demand, demand_integers, operand, optional, shape_of
from .constants import is_known
from .context import Lowering
from .integers import demand_integer, demand_value, demand_values, is_integer
from .registry import lowering


def _check_with_constants(node: Node, graph: Graph) -> None:
    """The first input is moved; the others say where to, and must be constant."""
    demand_values(node, graph, 0)
    for position in range(1, len(node.inputs)):
        demand_integers(operand(node, graph, position), f"input {position}")


def check_first(node: Node, graph: Graph) -> None:
    """The first input is moved."""
    demand_values(node, graph, 0)


def move(node: Node, lowered: Lowering, source: np.ndarray, position: int = 0) -> None:
    """Makes output `position` all of `source`, a view of the first input."""
    output = lowered.output(node, position)
    region = between(whole(lowered.shape(output)), source)
    parts = ((0, region),)
    lowered.add(ir.Copy(inputs=(lowered.input(node, 0),), output=output, nodes=(node.index,), parts=parts))


def source_view(node: Node, lowered: Lowering) -> np.ndarray:
    """A view of the first input."""
    return whole(lowered.shape(lowered.input(node, 0)))


@lowering("TRANSPOSE", check=_check_with_constants, floats=True, integers=True)
def transpose(node: Node, lowered: Lowering) -> None:
    move(node, lowered, source_view(node, lowered).transpose(lowered.integers(node, 1)))


@lowering("REVERSE_V2", check=_check_with_constants, floats=True, integers=True)
def reverse(node: Node, lowered: Lowering) -> None:
    move(node, lowered, np.flip(source_view(node, lowered), lowered.integers(node, 1)))


@lowering("SLICE", check=_check_with_constants, floats=True, integers=True)
def slice_(node: Node, lowered: Lowering) -> None:
    begins, shape = lowered.integers(node, 1), lowered.graph.tensors[node.outputs[0]].shape or ()
    ranges = tuple(slice(b, b + n) for b, n in zip(begins, shape, strict=True))
    move(node, lowered, source_view(node, lowered)[ranges])


def _strided_index(node: Node, specs: Sequence[Sequence[int]]) -> tuple[Any, ...]:
    """The NumPy index of a STRIDED_SLICE; `specs` are begins, ends and strides."""
    options, index = node.options, list[Any]()
    for i, (begin, end, stride) in enumerate(zip(*specs, strict=True)):
        bit = 1 << i
        if options.ellipsis_mask & bit:
            index.append(Ellipsis)
        elif options.new_axis_mask & bit:
            index.append(None)
        elif options.shrink_axis_mask & bit:
            index.append(begin)
        else:
            first, last = None if options.begin_mask & bit else begin, None if options.end_mask & bit else end
            index.append(slice(first, last, stride))
    return tuple(index) if Ellipsis in index else (*index, Ellipsis)


def _check_strided_slice(node: Node, graph: Graph) -> None:
    _check_with_constants(node, graph)
    demand(not node.options.offset, "options", "ends are relative to begins")
    specs = [np.asarray(operand(node, graph, i).data).reshape(-1).tolist() for i in (1, 2, 3)]
    view = whole(shape_of(operand(node, graph, 0)))
    try:
        shape = view[_strided_index(node, specs)].shape
    except (IndexError, ValueError) as error:
        raise Refusal("options", f"no slice in NumPy's terms: {error}") from None
    expected = shape_of(graph.outputs_of(node)[0])
    demand(shape == expected, "options", f"the masks mean {shape} in NumPy's terms, the output is {expected}")


@lowering("STRIDED_SLICE", check=_check_strided_slice, floats=True, integers=True)
def strided_slice(node: Node, lowered: Lowering) -> None:
    index = _strided_index(node, [lowered.integers(node, i) for i in (1, 2, 3)])
    move(node, lowered, source_view(node, lowered)[index])


@lowering("TILE", check=_check_with_constants, floats=True, integers=True)
def tile(node: Node, lowered: Lowering) -> None:
    x, output, times = lowered.input(node, 0), lowered.output(node), lowered.integers(node, 1)
    shape = lowered.shape(x)
    pieces = tuple(n for pair in zip(times, shape, strict=True) for n in pair)
    source = whole(shape)[tuple(part for _ in shape for part in (None, slice(None)))]
    region = between(split(whole(lowered.shape(output)), pieces), np.broadcast_to(source, pieces))
    lowered.add(ir.Copy(inputs=(x,), output=output, nodes=(node.index,), parts=((0, region),)))


@lowering("BROADCAST_TO", check=check_first, floats=True, integers=True)
def broadcast_to(node: Node, lowered: Lowering) -> None:
    shape = lowered.graph.tensors[node.outputs[0]].shape or ()
    move(node, lowered, np.broadcast_to(source_view(node, lowered), shape))


# --- several inputs or outputs


def check_all(node: Node, graph: Graph) -> None:
    """All inputs are moved; some may be constant."""
    demand_values(node, graph)
    for position in range(len(node.inputs)):
        tensor = operand(node, graph, position)
        if not is_known(graph, tensor):
            demand_value(graph, tensor)
        elif is_integer(tensor):
            demand_integer(graph, tensor)


def _check_concatenation(node: Node, graph: Graph) -> None:
    check_all(node, graph)
    plain = node.options.fused_activation_function == ActivationFunctionType.NONE
    demand(plain, "options", "a concatenation with a fused activation")


def gather_parts(node: Node, lowered: Lowering, pieces: Sequence[np.ndarray], output: int) -> None:
    """One part per input; equal inputs are read once each."""
    inputs = tuple(lowered.input(node, i) for i in range(len(node.inputs)))
    regions = [between(piece, whole(lowered.shape(x))) for piece, x in zip(pieces, inputs, strict=True)]
    lowered.add(
        ir.Copy(
            inputs=inputs,
            output=output,
            nodes=(node.index,),
            parts=tuple(enumerate(regions)),
        )
    )


@lowering("CONCATENATION", check=_check_concatenation, floats=True, integers=True)
def concatenation(node: Node, lowered: Lowering) -> None:
    output = lowered.output(node)
    target = whole(lowered.shape(output))
    axis = node.options.axis % target.ndim
    lengths = [lowered.shape(lowered.input(node, i))[axis] for i in range(len(node.inputs))]
    gather_parts(node, lowered, np.split(target, np.cumsum(lengths)[:-1], axis), output)


@lowering("PACK", check=check_all, floats=True, integers=True)
def pack(node: Node, lowered: Lowering) -> None:
    output = lowered.output(node)
    target = np.moveaxis(whole(lowered.shape(output)), node.options.axis, 0)
    gather_parts(node, lowered, [target[i, ...] for i in range(len(target))], output)


@lowering("UNPACK", check=check_first, floats=True, integers=True)
def unpack(node: Node, lowered: Lowering) -> None:
    view = np.moveaxis(source_view(node, lowered), node.options.axis, 0)
    for i in range(len(view)):
        move(node, lowered, view[i, ...], i)


def _check_split(node: Node, graph: Graph) -> None:
    moved = 1 if node.op == "SPLIT" else 0
    demand_values(node, graph, moved)
    axis = optional(node, graph, 0 if node.op == "SPLIT" else 2)
    demand(axis is not None and axis.data is not None, "constant", "the axis must be constant")


@lowering("SPLIT", "SPLIT_V", check=_check_split, floats=True, integers=True)
def split_(node: Node, lowered: Lowering) -> None:
    moved, place = (1, 0) if node.op == "SPLIT" else (0, 2)
    x = lowered.input(node, moved)
    view = whole(lowered.shape(x))
    axis = lowered.integers(node, place)[0] % view.ndim
    lengths = [(lowered.graph.tensors[t].shape or ())[axis] for t in node.outputs]
    for i, piece in enumerate(np.split(view, np.cumsum(lengths)[:-1], axis)):
        output = lowered.output(node, i)
        region = between(whole(lowered.shape(output)), piece)
        lowered.add(ir.Copy(inputs=(x,), output=output, nodes=(node.index,), parts=((0, region),)))


# --- blocks of pixels


def _check_blocks(node: Node, graph: Graph) -> None:
    demand_values(node, graph, 0, rank=4)


@lowering("SPACE_TO_DEPTH", check=_check_blocks, floats=True, integers=True)
def space_to_depth(node: Node, lowered: Lowering) -> None:
    x, output, b = lowered.input(node, 0), lowered.output(node), node.options.block_size
    n, h, w, c = lowered.shape(x)
    source = split(whole((n, h, w, c)), (n, h // b, b, w // b, b, c)).transpose(0, 1, 3, 2, 4, 5)
    target = split(whole(lowered.shape(output)), source.shape)
    lowered.add(ir.Copy(inputs=(x,), output=output, nodes=(node.index,), parts=((0, between(target, source)),)))


@lowering("DEPTH_TO_SPACE", check=_check_blocks, floats=True, integers=True)
def depth_to_space(node: Node, lowered: Lowering) -> None:
    x, output, b = lowered.input(node, 0), lowered.output(node), node.options.block_size
    n, h, w, c = lowered.shape(x)
    source = split(whole((n, h, w, c)), (n, h, w, b, b, c // b // b)).transpose(0, 1, 3, 2, 4, 5)
    target = split(whole(lowered.shape(output)), source.shape)
    lowered.add(ir.Copy(inputs=(x,), output=output, nodes=(node.index,), parts=((0, between(target, source)),)))


def _check_batches(node: Node, graph: Graph) -> None:
    demand_values(node, graph, 0, rank=4)
    for position in (1, 2):
        demand_integers(operand(node, graph, position), "the block" if position == 1 else "the crops or paddings")


def _cut(pixels: range, start: int, length: int, step: int) -> tuple[slice, slice]:
    """Of the coordinates start, start + step, ... (one per entry of `pixels`) those in [0, length): where and which."""
    inside = [i for i in pixels if 0 <= start + i * step < length]
    if not inside:
        return slice(0, 0), slice(0, 0)
    first, last = inside[0], inside[-1]
    return slice(start + first * step, start + last * step + 1, step), slice(first, last + 1)


def _blocks(node: Node, lowered: Lowering, big: np.ndarray, small: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs of views: the pixels of the wide picture that each batch of the small pictures holds, and that batch."""
    block, edges = lowered.integers(node, 1), lowered.integers(node, 2)
    batches, pairs = big.shape[0], []
    for index, (y, x) in enumerate(itertools.product(range(block[0]), range(block[1]))):
        part = small[index * batches : (index + 1) * batches]
        wide_y, small_y = _cut(range(part.shape[1]), y - edges[0], big.shape[1], block[0])
        wide_x, small_x = _cut(range(part.shape[2]), x - edges[2], big.shape[2], block[1])
        if small_y.stop > small_y.start and small_x.stop > small_x.start:
            pairs.append((big[:, wide_y, wide_x], part[:, small_y, small_x]))
    return pairs


@lowering("BATCH_TO_SPACE_ND", check=_check_batches, floats=True, integers=True)
def batch_to_space(node: Node, lowered: Lowering) -> None:
    x, output = lowered.input(node, 0), lowered.output(node)
    pairs = _blocks(node, lowered, whole(lowered.shape(output)), whole(lowered.shape(x)))
    parts = tuple((0, between(wide, small)) for wide, small in pairs)
    lowered.add(ir.Copy(inputs=(x,), output=output, nodes=(node.index,), parts=parts))


@lowering("SPACE_TO_BATCH_ND", check=_check_batches, floats=True, integers=True)
def space_to_batch(node: Node, lowered: Lowering) -> None:
    x, output = lowered.input(node, 0), lowered.output(node)
    pairs = _blocks(node, lowered, whole(lowered.shape(x)), whole(lowered.shape(output)))
    parts = tuple((0, between(small, wide)) for wide, small in pairs)
    padded = any(lowered.integers(node, 2))
    lowered.add(ir.Copy(inputs=(x,), output=output, nodes=(node.index,), parts=parts, clear=padded))
