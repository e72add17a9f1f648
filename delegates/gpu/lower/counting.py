"""ARG_MAX, ARG_MIN, ONE_HOT, BUCKETIZE and CUMSUM: searching and counting along one dimension."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from ....shaders.kernels.counting import ArgExtreme, Bucketize, OneHot
from ..program.ir_integer import Cells, CumSum
from .checks import demand, demand_float, demand_integers, operand, shape_of
from .context import Lowering
from .integer_checks import check_sums, demand_few_sums
from .integers import demand_integer, demand_outputs, demand_value, demand_values
from .registry import lowering


def demand_axis(node: Node, graph: Graph, position: int) -> int:
    """The constant axis at an input, counted from the front of input 0."""
    axis, rank = operand(node, graph, position), len(shape_of(operand(node, graph, 0)))
    demand_integers(axis, "the axis")
    demand(rank, "rank", "the input is a scalar")
    assert axis.data is not None
    return int(axis.data.reshape(-1)[0]) % rank


def _demand_counts(tensor: TensorInfo) -> None:
    plain = tensor.type in (TensorType.INT32, TensorType.INT64)
    demand(plain, "dtype", f"{tensor} is {tensor.type.name}; the kernels count in INT32 and INT64")


def _check_extreme(node: Node, graph: Graph) -> None:
    demand_value(graph, operand(node, graph, 0))
    demand_outputs(node, graph, _demand_counts)
    demand_axis(node, graph, 1)


@lowering("ARG_MAX", "ARG_MIN", check=_check_extreme, integers=True)
def arg_extreme(node: Node, lowered: Lowering) -> None:
    x, axis = lowered.input(node, 0), demand_axis(node, lowered.graph, 1)
    rule = ArgExtreme(axis, lowered.shape(x)[axis], node.op == "ARG_MAX")
    lowered.add(Cells(inputs=(x,), output=lowered.output(node), nodes=(node.index,), rule=rule))


def _check_one_hot(node: Node, graph: Graph) -> None:
    demand_integer(graph, operand(node, graph, 0))
    demand_integers(operand(node, graph, 1), "the depth")
    for position in (2, 3):
        demand_value(graph, operand(node, graph, position))
    demand_values(node, graph)


@lowering("ONE_HOT", check=_check_one_hot, integers=True)
def one_hot(node: Node, lowered: Lowering) -> None:
    inputs = tuple(lowered.input(node, i) for i in (0, 2, 3))
    output = lowered.output(node)
    rule = OneHot(node.options.axis % len(lowered.shape(output)))
    lowered.add(Cells(inputs=inputs, output=output, nodes=(node.index,), rule=rule))


def _check_bucketize(node: Node, graph: Graph) -> None:
    demand_float(operand(node, graph, 0))
    boundaries = np.asarray(node.options.boundaries, np.float32)
    demand((np.diff(boundaries) >= 0).all(), "options", "the boundaries are not sorted")
    demand(boundaries.size, "options", "there are no boundaries")
    demand_values(node, graph)


@lowering("BUCKETIZE", check=_check_bucketize, integers=True)
def bucketize(node: Node, lowered: Lowering) -> None:
    boundaries = lowered.known(np.asarray(node.options.boundaries, np.float32))
    rule = Bucketize(lowered.shape(boundaries)[0])
    inputs = lowered.input(node, 0), boundaries
    lowered.add(Cells(inputs=inputs, output=lowered.output(node), nodes=(node.index,), rule=rule))


def _check_cumsum(node: Node, graph: Graph) -> None:
    demand_values(node, graph, 0)
    demand_few_sums(node, graph, (demand_axis(node, graph, 1),))


@lowering("CUMSUM", check=_check_cumsum, floats=True, integers=True)
def cumsum(node: Node, lowered: Lowering) -> None:
    axis = demand_axis(node, lowered.graph, 1)
    check_sums(node, lowered, (axis,))
    lowered.add(
        CumSum(
            inputs=(lowered.input(node, 0),),
            output=lowered.output(node),
            nodes=(node.index,),
            axis=axis,
            exclusive=bool(node.options.exclusive),
            reverse=bool(node.options.reverse),
        )
    )
