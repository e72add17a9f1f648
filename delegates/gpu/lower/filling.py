"""FILL, ZEROS_LIKE, DILATE, MATRIX_DIAG, MATRIX_SET_DIAG: one number everywhere, and a tensor at places of it."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ..program import ir
from ..program.regions import between, whole
from .checks import demand, demand_integers, operand, shape_of
from .comparison import demand_operands
from .context import Lowering
from .integers import demand_values
from .registry import lowering


def fill(lowered: Lowering, output: int, value: float, nodes: tuple[int, ...]) -> None:
    """Makes `output` a number everywhere."""
    lowered.add(ir.Copy(inputs=(), output=output, nodes=nodes, parts=(), fill=value, clear=True))


def _check_fill(node: Node, graph: Graph) -> None:
    demand_integers(operand(node, graph, 0), "the shape")
    demand_values(node, graph, 1)


@lowering("FILL", check=_check_fill, floats=True, integers=True)
def fill_with(node: Node, lowered: Lowering) -> None:
    value, output = lowered.input(node, 1), lowered.output(node)
    source = np.broadcast_to(whole(lowered.shape(value)).reshape(()), lowered.shape(output))
    region = between(whole(lowered.shape(output)), source)
    lowered.add(ir.Copy(inputs=(value,), output=output, nodes=(node.index,), parts=((0, region),)))


def _check_values(node: Node, graph: Graph) -> None:
    demand_values(node, graph)


@lowering("ZEROS_LIKE", check=_check_values, floats=True, integers=True)
def zeros_like(node: Node, lowered: Lowering) -> None:
    fill(lowered, lowered.output(node), 0, (node.index,))


def place(
    lowered: Lowering, x: int, output: int, nodes: tuple[int, ...], views: tuple[np.ndarray, np.ndarray], value: float
) -> None:
    """Makes `output` a number everywhere but in a view of it, which holds a view of x; both may be empty."""
    parts = ((0, between(*views)),) if views[0].size else ()
    lowered.add(ir.Copy(inputs=(x,), output=output, nodes=nodes, parts=parts, fill=value, clear=True))


def place_in(
    lowered: Lowering, x: int, output: int, nodes: tuple[int, ...], views: tuple[np.ndarray, np.ndarray], value: int
) -> None:
    """As `place`, with a number that is a value of one element."""
    data = lowered.values[value].data
    if data is not None and np.isfinite(data).all():
        place(lowered, x, output, nodes, views, float(data.reshape(-1)[0]))
        return
    everywhere = np.broadcast_to(whole(lowered.shape(value)).reshape(()), lowered.shape(output))
    parts = [(1, between(whole(lowered.shape(output)), everywhere))]
    if views[0].size:
        parts.append((0, between(*views)))
    lowered.add(ir.Copy(inputs=(x, value), output=output, nodes=nodes, parts=tuple(parts)))


def _check_dilate(node: Node, graph: Graph) -> None:
    demand_values(node, graph, 0)
    demand_operands(node, graph, 2)
    demand_integers(operand(node, graph, 1), "the dilations")


@lowering("DILATE", check=_check_dilate, floats=True, integers=True)
def dilate(node: Node, lowered: Lowering) -> None:
    x, value, output = lowered.input(node, 0), lowered.input(node, 2), lowered.output(node)
    target = whole(lowered.shape(output))[tuple(slice(None, None, d) for d in lowered.integers(node, 1))]
    place_in(lowered, x, output, (node.index,), (target, whole(lowered.shape(x))), value)


def diagonals(view: np.ndarray) -> np.ndarray:
    """The diagonals of the last two dimensions."""
    return np.diagonal(view, axis1=-2, axis2=-1)


def _check_diagonal(node: Node, graph: Graph) -> None:
    demand_values(node, graph, 0)
    demand(shape_of(operand(node, graph, 0)), "rank", "the input is a scalar")


@lowering("MATRIX_DIAG", check=_check_diagonal, floats=True, integers=True)
def matrix_diag(node: Node, lowered: Lowering) -> None:
    x, output = lowered.input(node, 0), lowered.output(node)
    views = diagonals(whole(lowered.shape(output))), whole(lowered.shape(x))
    place(lowered, x, output, (node.index,), views, 0)


def _check_set_diagonal(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0, 1)
    demand_values(node, graph)


@lowering("MATRIX_SET_DIAG", check=_check_set_diagonal, floats=True, integers=True)
def matrix_set_diag(node: Node, lowered: Lowering) -> None:
    x, diagonal, output = lowered.input(node, 0), lowered.input(node, 1), lowered.output(node)
    target = whole(lowered.shape(output))
    parts = (
        (0, between(target, whole(lowered.shape(x)))),
        (1, between(diagonals(target), whole(lowered.shape(diagonal)))),
    )
    lowered.add(ir.Copy(inputs=(x, diagonal), output=output, nodes=(node.index,), parts=parts))
