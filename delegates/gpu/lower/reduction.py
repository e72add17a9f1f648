"""MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, SOFTMAX, LOG_SOFTMAX and L2_NORMALIZATION."""

from __future__ import annotations

import math

from ....core.graph import Graph, Node
from ....core.schema import ActivationFunctionType
from ..program import ir
from .checks import demand, demand_activations, demand_integers, operand, shape_of
from .context import Lowering
from .integer_checks import check_sums, demand_few_sums
from .integer_elementwise import demand_integers_of
from .registry import lowering

INTEGER_KINDS = {
    "SUM": "sum",
    "REDUCE_PROD": "prod",
    "REDUCE_MAX": "max",
    "REDUCE_MIN": "min",
    "REDUCE_ANY": "max",
    "REDUCE_ALL": "min",
}
"""Booleans are 0 and 1: the largest tells whether any holds, the smallest whether all do."""
LONG = 1 << 13
"""Of so many rows on, one axis is reduced before the others: more results at a time, and loops that old drivers end."""
KINDS = {"MEAN": "mean", "SUM": "sum", "REDUCE_MAX": "max", "REDUCE_MIN": "min", "REDUCE_PROD": "prod"}


def _check_reduce(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0)
    demand_integers(operand(node, graph, 1), "the axes")
    demand(shape_of(operand(node, graph, 0)), "rank", "the input is a scalar")


@lowering(*KINDS, check=_check_reduce)
def reduce(node: Node, lowered: Lowering) -> None:
    _reduce(node, lowered, KINDS[node.op])


def _check_integers(node: Node, graph: Graph) -> None:
    demand_integers_of(node, graph, 0)
    demand_integers(operand(node, graph, 1), "the axes")
    demand(shape_of(operand(node, graph, 0)), "rank", "the input is a scalar")
    if node.op == "SUM":
        demand_few_sums(node, graph, range(len(shape_of(operand(node, graph, 0)))))


@lowering(*INTEGER_KINDS, check=_check_integers, integers=True)
def reduce_integers(node: Node, lowered: Lowering) -> None:
    _reduce(node, lowered, INTEGER_KINDS[node.op])


def _reduce(node: Node, lowered: Lowering, kind: str) -> None:
    x, output, nodes = lowered.input(node, 0), lowered.output(node), (node.index,)
    shape = lowered.shape(x)
    axes = tuple(sorted({a % len(shape) for a in lowered.integers(node, 1)}))
    kept = tuple(1 if a in axes else n for a, n in enumerate(shape))
    if not axes:
        lowered.reshape(x, kept, nodes, output)
        return
    if node.op == "SUM":
        check_sums(node, lowered, axes)
    first = _axis_before(shape, axes)
    if first is not None:
        part = lowered.like(output, tuple(1 if a == first else n for a, n in enumerate(shape)))
        x = lowered.add(ir.Reduce(inputs=(x,), output=part, nodes=nodes, kind=kind, axes=(first,)))
        axes = tuple(a for a in axes if a != first)
    made = lowered.add(ir.Reduce(inputs=(x,), output=lowered.like(output, kept), nodes=nodes, kind=kind, axes=axes))
    lowered.reshape(made, lowered.shape(output), nodes, output)


def _axis_before(shape: tuple[int, ...], axes: tuple[int, ...]) -> int | None:
    """The longest axis, if the rows along all of them are many and it leaves others; the last axis is within rows."""
    outer = [a for a in axes if a != len(shape) - 1]
    rows = math.prod(shape[a] for a in outer)
    longest = max(outer, key=lambda a: shape[a], default=None)
    return longest if longest is not None and rows >= LONG and rows > shape[longest] else None


def _check_row(node: Node, graph: Graph) -> None:
    demand_activations(node, graph, 0)


@lowering("SOFTMAX", "LOG_SOFTMAX", check=_check_row)
def softmax(node: Node, lowered: Lowering) -> None:
    log = node.op == "LOG_SOFTMAX"
    lowered.add(
        ir.Softmax(
            inputs=(lowered.input(node, 0),),
            output=lowered.output(node),
            nodes=(node.index,),
            beta=1.0 if log else float(node.options.beta),
            log=log,
        )
    )


def _check_l2_normalization(node: Node, graph: Graph) -> None:
    _check_row(node, graph)
    plain = node.options.fused_activation_function == ActivationFunctionType.NONE
    demand(plain, "options", "a normalization with a fused activation")


@lowering("L2_NORMALIZATION", check=_check_l2_normalization)
def l2_normalization(node: Node, lowered: Lowering) -> None:
    lowered.add(
        ir.L2Normalization(
            inputs=(lowered.input(node, 0),),
            output=lowered.output(node),
            nodes=(node.index,),
        )
    )
