"""GATHER, GATHER_ND and EMBEDDING_LOOKUP: slices at indices, constant or computed.

Constant indices make it plain data movement. Computed ones are checked on the device: a run with one outside fails, as
it does on the CPU, which then takes over.
"""

from __future__ import annotations

import math

import numpy as np

from ....core.graph import Graph, Node
from ....shaders.kernels.gathers import Gather, GatherND
from ..program.ir_integer import Cells
from .checks import demand, demand_integers, operand, shape_of
from .constants import device_constant, is_known
from .context import Lowering
from .integers import demand_integer, demand_value, demand_values, is_integer
from .padding import copy, through_tables
from .registry import lowering


def _axis(node: Node, graph: Graph) -> int:
    rank = len(shape_of(operand(node, graph, 0)))
    return int(node.options.axis) % rank if rank else 0


def _batch_dims(node: Node, graph: Graph) -> int:
    dims = int(node.options.batch_dims)
    return dims + len(shape_of(operand(node, graph, 1))) if dims < 0 else dims


def _demand_source(node: Node, graph: Graph) -> None:
    """What is gathered from: computed, or a constant table."""
    source = operand(node, graph, 0)
    if is_integer(source) or device_constant(graph, source) is None:
        demand_value(graph, source)
    demand_values(node, graph)


def _check_gather(node: Node, graph: Graph) -> None:
    _demand_source(node, graph)
    x, indices = operand(node, graph, 0), operand(node, graph, 1)
    if indices.data is None:
        demand_integer(graph, indices)
        return
    length = shape_of(x)[_axis(node, graph)]
    inside = indices.data.min(initial=0) >= 0 and indices.data.max(initial=0) < length
    demand(inside, "options", f"an index is outside dimension {_axis(node, graph)}")


@lowering("GATHER", check=_check_gather, floats=True, integers=True)
def gather(node: Node, lowered: Lowering) -> None:
    indices, axis = lowered.tensor(node, 1), _axis(node, lowered.graph)
    rank = len(shape_of(lowered.tensor(node, 0)))
    plain = indices.data is not None and not _batch_dims(node, lowered.graph)
    if plain and (indices.data.ndim <= 1 or axis < rank - 1):  # type: ignore[union-attr]
        _gather_constant(node, lowered, axis)
        return
    x, at = lowered.input(node, 0), lowered.input(node, 1)
    length, nodes = lowered.shape(x)[axis], (node.index,)
    lowered.check_range(at, 0, length - 1, nodes, f"an index of GATHER is not in [0, {length})")
    rule = Gather(axis, _batch_dims(node, lowered.graph), len(lowered.shape(at)), length)
    lowered.add(Cells(inputs=(x, at), output=lowered.output(node), nodes=nodes, rule=rule))


def _gather_constant(node: Node, lowered: Lowering, axis: int) -> None:
    x, output = lowered.input(node, 0), lowered.output(node)
    shape, picked = lowered.shape(x), np.array(lowered.integers(node, 1))
    made = (*shape[:axis], picked.size, *shape[axis + 1 :])
    flat = output if made == lowered.shape(output) else lowered.like(output, made)
    copy(node, lowered, x, flat, through_tables(shape, made, {axis: picked}))
    if flat != output:
        lowered.reshape(flat, lowered.shape(output), (node.index,), output)
    assert math.prod(made) == math.prod(lowered.shape(output))


def _check_gather_nd(node: Node, graph: Graph) -> None:
    _demand_source(node, graph)
    x, indices = operand(node, graph, 0), operand(node, graph, 1)
    demand_integer(graph, indices)
    if indices.data is not None:
        shape = np.array(shape_of(x)[: indices.data.shape[-1]])
        demand(((indices.data >= 0) & (indices.data < shape)).all(), "options", f"an index is outside {x}")


@lowering("GATHER_ND", check=_check_gather_nd, floats=True, integers=True)
def gather_nd(node: Node, lowered: Lowering) -> None:
    x, at, nodes = lowered.input(node, 0), lowered.input(node, 1), (node.index,)
    lengths = lowered.shape(x)[: lowered.shape(at)[-1]]
    check_coordinates(lowered, at, lengths, nodes, f"an index of GATHER_ND is not inside {list(lowered.shape(x))}")
    rule = GatherND(len(lowered.shape(at)) - 1, lengths)
    lowered.add(Cells(inputs=(x, at), output=lowered.output(node), nodes=nodes, rule=rule))


def check_coordinates(
    lowered: Lowering, at: int, lengths: tuple[int, ...], nodes: tuple[int, ...], message: str
) -> None:
    """The run fails where a coordinate (the last dimension of `at`) is not in [0, its length)."""
    if lowered.values[at].data is not None:
        return
    rank = len(lowered.shape(at))
    last = lowered.known(np.reshape(np.array(lengths, np.int32) - 1, (1,) * (rank - 1) + (-1,)))
    above, below, wrong = (lowered.new(lowered.shape(at), storage="i32") for _ in range(3))
    lowered.map("GREATER", (at, last), above, nodes)
    lowered.map("IS_NEGATIVE", (at,), below, nodes)
    lowered.check(lowered.map("LOGICAL_OR", (above, below), wrong, nodes), nodes, message)


def _check_lookup(node: Node, graph: Graph) -> None:
    indices, table = operand(node, graph, 0), operand(node, graph, 1)
    demand_values(node, graph)
    if not is_known(graph, table) or is_integer(table):
        demand_value(graph, table)
    same = table.type == graph.outputs_of(node)[0].type or not is_integer(table)
    demand(same, "dtype", f"{table} is not of the output's type")
    if indices.data is None:
        demand_integer(graph, indices)
    else:
        demand_integers(indices, "the indices")
    quantization = table.quantization
    plain = quantization is None or quantization.scales.size <= 1 or quantization.dimension == 0
    demand(plain, "quantized", f"{table} has scales along a dimension that is not 0")
    zero = quantization is None or not quantization.zero_points.any()
    demand(zero, "quantized", f"{table} has a zero point")


@lowering("EMBEDDING_LOOKUP", check=_check_lookup, floats=True, integers=True)
def embedding_lookup(node: Node, lowered: Lowering) -> None:
    at, table, nodes = lowered.input(node, 0), lowered.input(node, 1), (node.index,)
    length = lowered.shape(table)[0]
    lowered.check_range(at, 0, length - 1, nodes, f"an index of EMBEDDING_LOOKUP is not in [0, {length})")
    rule = Gather(0, 0, 1, length)
    lowered.add(Cells(inputs=(table, at), output=lowered.output(node), nodes=nodes, rule=rule))
