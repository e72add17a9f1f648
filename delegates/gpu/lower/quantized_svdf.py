"""SVDF of codes: 8-bit inputs and outputs, 16-bit state and weights over time.

Source: EvalIntegerSVDF of LiteRT's reference kernels (`core.kernels.svdf` has the same).
"""

from __future__ import annotations

import numpy as np

from ....core.arithmetic.numerics import quantize_multiplier
from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from ....shaders.kernels.svdf import SvdfCodes
from ....shaders.parts.requantize import Requantize
from ..program import ir
from ..program.ir_integer import Cells
from .checks import demand, operand, optional
from .code_checks import centred_range, code_range, demand_codes, demand_symmetric, scale_of
from .context import Lowering
from .registry import lowering
from .states import demand_codes_of, demand_state
from .svdf import BIAS, FEATURES, STATE, TIMES, add_state
from .twin_products import demand_exact_sums, largest_sum


def _check(node: Node, graph: Graph) -> None:
    x, state, (output,) = operand(node, graph, 0), operand(node, graph, STATE), graph.outputs_of(node)
    for tensor, kind in ((x, TensorType.INT8), (state, TensorType.INT16), (output, TensorType.INT8)):
        demand_codes(tensor)
        demand(tensor.type == kind, "dtype", f"{tensor} is {tensor.type.name}; the kernel takes {kind.name}")
    demand_symmetric(state)
    demand_state(state)
    demand_codes_of(TensorType.INT8, operand(node, graph, FEATURES))
    demand_codes_of(TensorType.INT16, operand(node, graph, TIMES))
    demand_codes_of(TensorType.INT32, optional(node, graph, BIAS), scaled=False)
    demand_exact_sums(largest_sum(_whole(operand(node, graph, FEATURES)), 0, *centred_range(x)))


def _whole(tensor: TensorInfo) -> np.ndarray:
    assert tensor.data is not None
    return tensor.data.astype(np.int64)


@lowering("SVDF", check=_check, codes=True)
def svdf(node: Node, lowered: Lowering) -> None:
    x, features, times, state = (lowered.tensor(node, i) for i in (0, FEATURES, TIMES, STATE))
    output, bias = lowered.graph.tensors[node.outputs[0]], optional(node, lowered.graph, BIAS)
    filters, memory = times.shape or ()
    weights, ones = _whole(features), np.ones(filters, np.int64)
    m, s = quantize_multiplier(float(scale_of(x) * scale_of(features) / scale_of(state)))
    bound = largest_sum(weights, 0, *centred_range(x))
    scaling = Requantize(ones * m, ones * s, ones * 0, code_range(state), bound)
    step = ir.CodeUnary("REQUANTIZE", arithmetic=scaling)
    value, nodes, matrix = lowered.input(node, 0), (node.index,), weights.astype(np.float32)
    made = lowered.new((lowered.shape(value)[0], filters))
    lowered.add(
        ir.FullyConnected(inputs=(value,), output=made, nodes=nodes, steps=(step,), weights=matrix, bias=None)
    )
    new_state = add_state(lowered, node, made, filters, memory)
    rows = _whole(times).reshape(filters // node.options.rank, -1)
    columns = rows if bias is None else np.concatenate([rows, _whole(bias).reshape(-1, 1)], axis=1)
    m, s = quantize_multiplier(float(scale_of(state) * scale_of(times) / scale_of(output)))
    numbers = np.array([*centred_range(output), m, max(-s, 0), max(s, 0)], np.int32)
    inputs = new_state, lowered.known(columns.astype(np.int32), "times"), lowered.known(numbers, "scaling")
    rule = SvdfCodes(rows.shape[1], bias is not None)
    lowered.add(Cells(inputs=inputs, output=lowered.output(node), nodes=nodes, rule=rule))
