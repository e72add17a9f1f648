"""EQUAL, LESS, ..., SELECT and CAST: where booleans and integers meet floats."""

from __future__ import annotations

from ....core.graph import Graph, Node
from ....core.schema import TensorType
from ....shaders.kernels.maps import COMPARISONS
from .checks import demand, operand
from .constants import is_known
from .context import Lowering
from .integer_checks import add_check
from .integer_elementwise import demand_computed
from .integers import demand_value, demand_values, is_integer
from .registry import demand_neighbour, lowering


def demand_operands(node: Node, graph: Graph, *positions: int) -> None:
    """The inputs at `positions` are computed, or constants that the device can hold."""
    for tensor in (operand(node, graph, p) for p in positions):
        if is_integer(tensor) or not is_known(graph, tensor):
            demand_value(graph, tensor)


def _check_comparison(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0, 1)
    demand_values(node, graph)
    demand_computed(node, graph)


@lowering(*COMPARISONS, check=_check_comparison, integers=True)
def comparison(node: Node, lowered: Lowering) -> None:
    operands = lowered.input(node, 0), lowered.input(node, 1)
    lowered.map(node.op, operands, lowered.output(node), (node.index,))


def _check_select(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0, 1, 2)
    demand_values(node, graph)
    demand_computed(node, graph)


@lowering("SELECT", "SELECT_V2", check=_check_select, floats=True, integers=True)
def select(node: Node, lowered: Lowering) -> None:
    """The condition of SELECT may be a vector along the first dimension; that of SELECT_V2 broadcasts."""
    condition, yes, no = (lowered.input(node, i) for i in range(3))
    shape, rank = lowered.shape(condition), len(lowered.shape(yes))
    if node.op == "SELECT" and shape != lowered.shape(yes) and len(shape) == 1:
        condition = lowered.reshape(condition, (*shape, *(1,) * (rank - 1)), (node.index,))
    lowered.map("SELECT", (condition, yes, no), lowered.output(node), (node.index,))


def _check_cast(node: Node, graph: Graph) -> None:
    source, output = operand(node, graph, 0), graph.outputs_of(node)[0]
    demand_values(node, graph, 0)
    demand_neighbour(source, output, graph)


@lowering("CAST", "STABLEHLO_CONVERT", check=_check_cast, integers=True)
def cast(node: Node, lowered: Lowering) -> None:
    source, target = lowered.tensor(node, 0), lowered.graph.tensors[node.outputs[0]]
    x, output = lowered.input(node, 0), lowered.output(node)
    if source.type == TensorType.FLOAT32:
        add_check(node, lowered, "BEYOND_WORDS", (x,))
    function = conversion(source.type, target.type)
    if function is None:
        lowered.reshape(x, lowered.shape(output), (node.index,), output)
    else:
        lowered.map(function, (x,), output, (node.index,))


def conversion(source: TensorType, target: TensorType) -> str | None:
    """The function of `shaders.kernels.maps` from one type to another; None where the device holds both alike."""
    if target == TensorType.FLOAT32:
        return None if source == TensorType.FLOAT32 else "TO_FLOAT"
    if target == TensorType.BOOL:
        return None if source == TensorType.BOOL else "TO_BOOL"
    return "TO_INTEGER" if source == TensorType.FLOAT32 else None


def _check_bitcast(node: Node, graph: Graph) -> None:
    source, output = operand(node, graph, 0), graph.outputs_of(node)[0]
    for tensor in (source, output):
        plain = tensor.type in (TensorType.FLOAT32, TensorType.INT32)
        demand(plain, "dtype", f"{tensor} is {tensor.type.name}; the kernel takes the 32 bits of FLOAT32 and INT32")
    demand_values(node, graph, 0)


@lowering("BITCAST", check=_check_bitcast, floats=True, integers=True)
def bitcast(node: Node, lowered: Lowering) -> None:
    x, output = lowered.input(node, 0), lowered.output(node)
    kinds = lowered.storage(x), lowered.storage(output)
    if kinds[0] == kinds[1]:
        lowered.reshape(x, lowered.shape(output), (node.index,), output)
    else:
        lowered.map("FLOAT_OF_BITS" if kinds[1] == "f32" else "BITS_OF_FLOAT", (x,), output, (node.index,))
