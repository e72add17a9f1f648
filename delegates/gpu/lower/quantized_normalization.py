"""L2_NORMALIZATION of codes: sums of squares in int32, and codes scaled by the inverse of their root."""

from __future__ import annotations

from ....core.graph import Graph, Node
from ....core.schema import TensorType
from ..program import ir
from .checks import demand, operand, shape_of
from .code_checks import centred_range, demand_bytes, demand_code_node, demand_float_twin
from .context import Lowering
from .registry import lowering
from .twin import zero_point

LONGEST = (1 << 31) // 255**2
"""Codes whose squares add up to an int32."""


def _check(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, 0)
    demand_bytes(node, graph)
    demand_float_twin(node, graph)
    shape, output = shape_of(operand(node, graph, 0)), graph.outputs_of(node)[0]
    demand(shape, "rank", "the input is a scalar")
    demand(shape[-1] < LONGEST, "exactness", f"squares of {shape[-1]} codes may leave 32 bits")
    middle = 128 if output.type == TensorType.UINT8 else 0
    reason = f"the zero point of {output} is {zero_point(output)}; the CPU writes codes around {middle}"
    demand(zero_point(output) == middle, "quantized", reason)


@lowering("L2_NORMALIZATION", check=_check, codes=True)
def l2_normalization(node: Node, lowered: Lowering) -> None:
    x, tensor, nodes = lowered.input(node, 0), lowered.graph.tensors[node.outputs[0]], (node.index,)
    shape = lowered.shape(x)

    def whole(*size: int) -> int:
        return lowered.new(size, storage="i32")

    codes = lowered.map("TO_INTEGER", (x,), whole(*shape), nodes)
    squares = lowered.map("INTEGER_SQUARE", (codes,), whole(*shape), nodes)
    row = (*shape[:-1], 1)
    axes = (len(shape) - 1,)
    sums = lowered.add(ir.Reduce(inputs=(squares,), output=whole(*row), nodes=nodes, kind="sum", axes=axes))
    factors = [lowered.map(f, (sums,), whole(*row), nodes) for f in ("INVERSE_ROOT", "INVERSE_ROOT_EXPONENT")]
    unit = "UNSIGNED_UNIT" if tensor.type == TensorType.UINT8 else "SIGNED_UNIT"
    made = lowered.map(unit, (codes, *factors), whole(*shape), nodes)
    within = lowered.map("INTEGER_CLAMP_BETWEEN", (made,), whole(*shape), nodes, centred_range(tensor))
    lowered.map("TO_FLOAT", (within,), lowered.output(node), nodes)
