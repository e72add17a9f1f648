"""DYNAMIC_UPDATE_SLICE, STABLEHLO_DYNAMIC_SLICE and its update, REVERSE_SEQUENCE: boxes whose place is computed."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ....shaders.kernels.gathers import ReverseSequence
from ....shaders.kernels.region_copy import Axis, Region
from ....shaders.kernels.scatters import DynamicSlice, UpdateSlice
from ..program import ir
from ..program.ir_integer import Cells
from .checks import demand, operand, shape_of
from .comparison import demand_operands
from .context import Lowering
from .integers import demand_integer, demand_values
from .registry import lowering


def _room(x: tuple[int, ...], box: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n - m for n, m in zip(x, box, strict=True))


def _check_update(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0, 1)
    demand_integer(graph, operand(node, graph, 2))
    demand_values(node, graph)
    demand(shape_of(operand(node, graph, 0)), "rank", "the input is a scalar")


@lowering("DYNAMIC_UPDATE_SLICE", check=_check_update, floats=True, integers=True)
def dynamic_update_slice(node: Node, lowered: Lowering) -> None:
    _update(node, lowered, lowered.input(node, 2))


def _update(node: Node, lowered: Lowering, starts: int) -> None:
    x, update = lowered.input(node, 0), lowered.input(node, 1)
    sizes = lowered.shape(update)
    rule = UpdateSlice(sizes, _room(lowered.shape(x), sizes))
    output = lowered.output(node)
    lowered.add(Cells(inputs=(x, update, starts), output=output, nodes=(node.index,), rule=rule))


def _check_stablehlo(node: Node, graph: Graph) -> None:
    first = 1 if node.op == "STABLEHLO_DYNAMIC_SLICE" else 2
    demand_operands(node, graph, *range(first))
    for position in range(first, len(node.inputs)):
        demand_integer(graph, operand(node, graph, position))
    demand_values(node, graph)
    demand(shape_of(operand(node, graph, 0)), "rank", "the input is a scalar")


@lowering("STABLEHLO_DYNAMIC_SLICE", check=_check_stablehlo, floats=True, integers=True)
def dynamic_slice(node: Node, lowered: Lowering) -> None:
    x, output = lowered.input(node, 0), lowered.output(node)
    rule = DynamicSlice(_room(lowered.shape(x), lowered.shape(output)))
    lowered.add(Cells(inputs=(x, _starts(node, lowered, 1)), output=output, nodes=(node.index,), rule=rule))


@lowering("STABLEHLO_DYNAMIC_UPDATE_SLICE", check=_check_stablehlo, floats=True, integers=True)
def stablehlo_update(node: Node, lowered: Lowering) -> None:
    _update(node, lowered, _starts(node, lowered, 2))


def _starts(node: Node, lowered: Lowering, first: int) -> int:
    """The scalar starts as one vector: a kernel can bind only so many buffers."""
    values = [lowered.input(node, i) for i in range(first, len(node.inputs))]
    known = [lowered.values[v].data for v in values]
    if all(data is not None for data in known):
        return lowered.known(np.array([int(np.reshape(data, ())) for data in known if data is not None], np.int32))
    parts = tuple((i, Region((Axis(1, 1, 1),), to_offset=i)) for i in range(len(values)))
    made = lowered.new((len(values),), "starts", storage="i32")
    return lowered.add(ir.Copy(inputs=tuple(values), output=made, nodes=(node.index,), parts=parts))


def _check_reverse(node: Node, graph: Graph) -> None:
    x, lengths = operand(node, graph, 0), operand(node, graph, 1)
    demand_values(node, graph, 0)
    demand_integer(graph, lengths)
    rows = shape_of(x)[node.options.seq_dim]
    inside = lengths.data is None or (lengths.data.min() >= 0 and lengths.data.max() <= rows)
    demand(inside, "options", f"a length in {lengths} is not in [0, {rows}]")


@lowering("REVERSE_SEQUENCE", check=_check_reverse, floats=True, integers=True)
def reverse_sequence(node: Node, lowered: Lowering) -> None:
    x, lengths, nodes = lowered.input(node, 0), lowered.input(node, 1), (node.index,)
    shape = lowered.shape(x)
    sequence, batch = node.options.seq_dim % len(shape), node.options.batch_dim % len(shape)
    message = f"a length of REVERSE_SEQUENCE is not in [0, {shape[sequence]}]"
    lowered.check_range(lengths, 0, shape[sequence], nodes, message)
    rule = ReverseSequence(sequence, batch)
    lowered.add(Cells(inputs=(x, lengths), output=lowered.output(node), nodes=nodes, rule=rule))
