"""StableHLO operators of elements that have a twin among TFLite's, or nearly; source: the StableHLO specification."""

from __future__ import annotations

from ....core.graph import Graph, Node
from ....core.schema import StablehloComparisonType, TensorType
from ....shaders.kernels.counting import Iota
from ..program import ir
from ..program.ir_integer import Cells
from .checks import demand, demand_float, operand
from .comparison import demand_operands
from .context import Lowering
from .elementwise import add_binary, add_unary, check_binary, check_unary
from .integer_checks import add_checked
from .integer_elementwise import demand_computed, demand_integers_of
from .integers import demand_integer, demand_values, is_integer
from .registry import lowering

UNARY = {
    "STABLEHLO_ABS": "ABS",
    "STABLEHLO_COSINE": "COS",
    "STABLEHLO_EXPONENTIAL": "EXP",
    "STABLEHLO_FLOOR": "FLOOR",
    "STABLEHLO_LOG": "LOG",
    "STABLEHLO_LOGISTIC": "LOGISTIC",
    "STABLEHLO_NEGATE": "NEG",
    "STABLEHLO_RSQRT": "RSQRT",
    "STABLEHLO_TANH": "TANH",
}
BINARY = {
    "STABLEHLO_ADD": "ADD",
    "STABLEHLO_SUBTRACT": "SUB",
    "STABLEHLO_MULTIPLY": "MUL",
    "STABLEHLO_DIVIDE": "DIV",
    "STABLEHLO_MAXIMUM": "MAXIMUM",
    "STABLEHLO_MINIMUM": "MINIMUM",
    "STABLEHLO_POWER": "POW",
}
INTEGER_UNARY = {"STABLEHLO_ABS": "INTEGER_ABS", "STABLEHLO_NEGATE": "INTEGER_NEG"}
INTEGER_BINARY = {
    "STABLEHLO_ADD": "INTEGER_ADD",
    "STABLEHLO_SUBTRACT": "INTEGER_SUB",
    "STABLEHLO_MULTIPLY": "INTEGER_MUL",
    "STABLEHLO_DIVIDE": "INTEGER_DIV_OR_ONES",
    "STABLEHLO_REMAINDER": "INTEGER_REMAINDER",
    "STABLEHLO_MAXIMUM": "INTEGER_MAXIMUM",
    "STABLEHLO_MINIMUM": "INTEGER_MINIMUM",
    "STABLEHLO_POWER": "INTEGER_POW_OF_ANY",
    "STABLEHLO_AND": "INTEGER_AND",
    "STABLEHLO_OR": "INTEGER_OR",
    "STABLEHLO_SHIFT_LEFT": "INTEGER_SHIFT_LEFT",
}
OF_BOOLEANS = {
    "STABLEHLO_ADD": "LOGICAL_OR",
    "STABLEHLO_MULTIPLY": "LOGICAL_AND",
    "STABLEHLO_AND": "LOGICAL_AND",
    "STABLEHLO_OR": "LOGICAL_OR",
}
RELATIONS = ("EQUAL", "NOT_EQUAL", "GREATER_EQUAL", "GREATER", "LESS_EQUAL", "LESS")
"""By the number of the comparison direction."""


@lowering(*UNARY, check=check_unary)
def unary(node: Node, lowered: Lowering) -> None:
    add_unary(node, lowered, ir.Unary(UNARY[node.op]))


@lowering(*BINARY, check=check_binary)
def binary(node: Node, lowered: Lowering) -> None:
    add_binary(node, lowered, BINARY[node.op])


def _check_real(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, *range(len(node.inputs)))
    demand_float(graph.outputs_of(node)[0])
    demand_computed(node, graph)


@lowering("STABLEHLO_REMAINDER", "STABLEHLO_CBRT", check=_check_real)
def real(node: Node, lowered: Lowering) -> None:
    inputs = [lowered.input(node, i) for i in range(len(node.inputs))]
    lowered.map(node.op.removeprefix("STABLEHLO_"), inputs, lowered.output(node), (node.index,))


def _check_integers(node: Node, graph: Graph) -> None:
    demand_integers_of(node, graph, *range(len(node.inputs)))
    demand_computed(node, graph)
    boolean = operand(node, graph, 0).type == TensorType.BOOL
    demand(not boolean or node.op in OF_BOOLEANS, "dtype", f"{node.op} of {operand(node, graph, 0)}")


@lowering(*INTEGER_UNARY, *INTEGER_BINARY, check=_check_integers, integers=True)
def integers(node: Node, lowered: Lowering) -> None:
    functions = {**INTEGER_UNARY, **INTEGER_BINARY}
    if lowered.tensor(node, 0).type == TensorType.BOOL:
        functions = OF_BOOLEANS
    inputs = [lowered.input(node, i) for i in range(len(node.inputs))]
    add_checked(node, lowered, functions[node.op], inputs, lowered.output(node))


def _check_compare(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0, 1)
    demand_values(node, graph)
    demand_computed(node, graph)
    direction = int(node.options.comparison_direction)
    demand(0 <= direction < len(RELATIONS), "options", f"there is no comparison direction {direction}")


@lowering("STABLEHLO_COMPARE", check=_check_compare, integers=True)
def compare(node: Node, lowered: Lowering) -> None:
    inputs, nodes = [lowered.input(node, i) for i in range(2)], (node.index,)
    total = node.options.compare_type == StablehloComparisonType.STABLEHLO_COMPARISON_TYPE_FLOAT_TOTAL_ORDER
    if total and lowered.storage(inputs[0]) == "f32":
        ranks = [lowered.new(lowered.shape(x), storage="i32") for x in inputs]
        inputs = [lowered.map("TOTAL_ORDER", (x,), made, nodes) for x, made in zip(inputs, ranks, strict=True)]
    lowered.map(RELATIONS[int(node.options.comparison_direction)], inputs, lowered.output(node), nodes)


def _check_choice(node: Node, graph: Graph) -> None:
    demand_operands(node, graph, 0, 1, 2)
    demand_values(node, graph)
    demand_computed(node, graph)


@lowering("STABLEHLO_SELECT", check=_check_choice, floats=True, integers=True)
def select(node: Node, lowered: Lowering) -> None:
    lowered.map("SELECT", [lowered.input(node, i) for i in range(3)], lowered.output(node), (node.index,))


@lowering("STABLEHLO_CLAMP", check=_check_choice, floats=True, integers=True)
def clamp(node: Node, lowered: Lowering) -> None:
    low, x, high = (lowered.input(node, i) for i in range(3))
    lowered.map("CLAMP", (x, low, high), lowered.output(node), (node.index,))


def _check_iota(node: Node, graph: Graph) -> None:
    output = graph.outputs_of(node)[0]
    if is_integer(output):
        demand_integer(graph, output)
    else:
        demand_float(output)


@lowering("STABLEHLO_IOTA", check=_check_iota, floats=True, integers=True)
def iota(node: Node, lowered: Lowering) -> None:
    output, nodes, rule = lowered.output(node), (node.index,), Iota(int(node.options.iota_dimension))
    is_float = lowered.storage(output) == "f32"
    made = lowered.new(lowered.shape(output), storage="i32") if is_float else output
    lowered.add(Cells(inputs=(), output=made, nodes=nodes, rule=rule))
    if is_float:
        lowered.map("TO_FLOAT", (made,), output, nodes)
