"""STABLEHLO_REDUCE and STABLEHLO_REDUCE_WINDOW: elements combined by a subgraph that is one operation on scalars."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, Node
from ....core.region import function_name
from ....core.schema import TensorType
from ....core.window.padding import Spread
from ....shaders.kernels.windows import ReduceWindow
from ....shaders.parts.integer import HIGHEST, LOWEST
from ..program import ir
from ..program.ir_integer import Cells
from ..program.regions import whole
from .checks import demand, operand, shape_of
from .comparison import demand_operands
from .context import Lowering
from .filling import place_in
from .integers import demand_values
from .registry import lowering

KINDS = {"add": "sum", "multiply": "prod", "minimum": "min", "maximum": "max"}
OF_BOOLEANS = {"add": "max", "or": "max", "maximum": "max", "multiply": "min", "and": "min", "minimum": "min"}
"""Booleans are 0 and 1: the largest tells whether any holds, the smallest whether all do."""
FUNCTIONS = {"sum": "ADD", "prod": "MUL", "max": "MAXIMUM", "min": "MINIMUM"}
NEUTRAL = {"sum": 0, "prod": 1, "max": -np.inf, "min": np.inf}
NEUTRAL_INTEGERS = {"sum": 0, "prod": 1, "max": LOWEST, "min": HIGHEST}


def kind_of(node: Node, graph: Graph) -> str | None:
    """The kind of `shaders.reduce` that a node's subgraph stands for; None where it is another computation."""
    region = graph.regions.get(node.index)
    kinds = OF_BOOLEANS if operand(node, graph, 0).type == TensorType.BOOL else KINDS
    return None if region is None else kinds.get(function_name(region) or "")


def _check_reduction(node: Node, graph: Graph) -> None:
    demand(len(node.inputs) == 2, "options", f"{node.op} of several tensors at once; one would do")
    demand_operands(node, graph, 0, 1)
    demand_values(node, graph)
    demand(shape_of(operand(node, graph, 0)), "rank", "the input is a scalar")
    reason = f"{node.op} by a computation that is not one of {', '.join(FUNCTIONS.values())}"
    demand(kind_of(node, graph) is not None, "options", reason)


@lowering("STABLEHLO_REDUCE", check=_check_reduction, floats=True, integers=True)
def reduce(node: Node, lowered: Lowering) -> None:
    x, initial, nodes = lowered.input(node, 0), lowered.input(node, 1), (node.index,)
    kind = kind_of(node, lowered.graph)
    assert kind is not None
    shape, output = lowered.shape(x), lowered.output(node)
    axes = tuple(sorted({d % len(shape) for d in node.options.dimensions}))
    if axes:
        kept = lowered.like(output, tuple(1 if a in axes else n for a, n in enumerate(shape)))
        x = lowered.add(ir.Reduce(inputs=(x,), output=kept, nodes=nodes, kind=kind, axes=axes))
    if _is_neutral(lowered, initial, kind):
        lowered.reshape(x, lowered.shape(output), nodes, output)
        return
    rows = lowered.reshape(x, lowered.shape(output), nodes)
    _combine(lowered, kind, rows, lowered.reshaped(initial, (), nodes), output, nodes)


def _is_neutral(lowered: Lowering, initial: int, kind: str) -> bool:
    """Whether what a reduction starts from changes nothing."""
    data = lowered.values[initial].data
    neutral = NEUTRAL if lowered.storage(initial) == "f32" else NEUTRAL_INTEGERS
    return data is not None and data.reshape(-1)[0] == neutral[kind]


def _combine(lowered: Lowering, kind: str, x: int, y: int, output: int, nodes: tuple[int, ...]) -> None:
    if lowered.storage(output) == "f32":
        step = ir.Binary(FUNCTIONS[kind], y)
        lowered.add(ir.Elementwise(inputs=(x,), output=output, nodes=nodes, steps=(step,)))
    else:
        lowered.map(f"INTEGER_{FUNCTIONS[kind]}", (x, y), output, nodes)


@lowering("STABLEHLO_REDUCE_WINDOW", check=_check_reduction, floats=True, integers=True)
def reduce_window(node: Node, lowered: Lowering) -> None:
    """x is dilated and padded with the initial value first."""
    x, o, nodes = lowered.input(node, 0), node.options, (node.index,)
    initial = lowered.reshaped(lowered.input(node, 1), (), nodes)
    shape = lowered.shape(x)
    ones = (1,) * len(shape)
    padding = tuple(o.padding or (0, 0) * len(shape))
    spread = Spread.of(shape, tuple(o.base_dilations or ones), padding[0::2], padding[1::2])
    if any(padding) or spread.shape != shape:
        wide = lowered.like(x, spread.shape)
        place_in(lowered, x, wide, nodes, (whole(spread.shape)[spread.target], whole(shape)[spread.source]), initial)
        x = wide
    kind = kind_of(node, lowered.graph)
    assert kind is not None
    strides, dilations = (tuple(sizes or ones) for sizes in (o.window_strides, o.window_dilations))
    rule = ReduceWindow(kind, tuple(o.window_dimensions), strides, dilations)
    lowered.add(Cells(inputs=(x, initial), output=lowered.output(node), nodes=nodes, rule=rule))
