"""BATCH_MATMUL of 16-bit codes by 16- or 8-bit ones: by products of their bytes, as in `wide_products`.

The low bytes are centred (-128 to 127), which leaves sums in float32 room for the most terms.
"""

from __future__ import annotations

import numpy as np

from ....core.arithmetic.numerics import quantize_multiplier, reduce_multiplier, tensor_multiplier
from ....core.graph import Graph, Node
from ....core.schema import TensorType
from ....shaders.parts.wide_sums import LARGEST, Carried, RequantizeLong, RequantizeWide
from ..program import ir
from .checks import demand, operand
from .code_checks import centred_range, code_range, demand_codes, demand_float_twin, demand_symmetric, scale_of
from .context import Lowering
from .convolution import demand_whole_batches
from .twin import twin
from .twin_products import KINDS, add_twin, demand_exact_sums

BYTE = 128
"""No byte of a code is larger in magnitude."""
LARGEST_REAL = 0.125
"""Multipliers below this take the sums down by so many bits as the scaling of two words wants."""


def demand_wide_matmul(node: Node, graph: Graph) -> None:
    """A product of 16-bit codes by 16- or 8-bit ones whose sums the kernels hold."""
    a, b, output = operand(node, graph, 0), operand(node, graph, 1), graph.outputs_of(node)[0]
    for tensor in (a, b, output):
        demand_codes(tensor)
    taken = a.type == output.type == TensorType.INT16 and b.type in (TensorType.INT16, TensorType.INT8)
    names = " and ".join(t.type.name for t in (a, b, output))
    demand(taken, "dtype", f"the node mixes {names}; INT16 by INT16 or INT8 would do")
    demand_symmetric(a, b, output)
    demand(a.index != b.index, "options", f"both operands are {a}")
    demand_float_twin(node, graph)
    demand_whole_batches(node, graph)
    depth = (a.shape or ())[-2 if node.options.adj_x else -1]
    real = tensor_multiplier(scale_of(a), scale_of(b), scale_of(output))
    if b.type == TensorType.INT16:
        demand_exact_sums(2 * depth * BYTE * BYTE + BYTE * BYTE * 4)
        demand(real < LARGEST_REAL, "exactness", f"the multiplier {real:.3g} is not below {LARGEST_REAL}")
        return
    largest = max(map(abs, centred_range(b)))
    demand_exact_sums(depth * BYTE * largest)
    total = depth * largest << 15
    reason = f"sums may reach {total}, times {real:.3g}; the kernel scales what fits 32 bits"
    demand(total < LARGEST and total * real < 1 << 31, "exactness", reason)


def add_wide_matmul(node: Node, lowered: Lowering) -> None:
    """The products of bytes, from the highest down, each joined to what is there."""
    a, b, output = lowered.tensor(node, 0), lowered.tensor(node, 1), lowered.graph.tensors[node.outputs[0]]
    with lowered.seeing(twin(lowered.graph)):
        left, right = lowered.input(node, 0), lowered.input(node, 1)
    m, s = quantize_multiplier(tensor_multiplier(scale_of(a), scale_of(b), scale_of(output)))
    m15, limits = int(reduce_multiplier(m)), code_range(output)
    high, low = _bytes(left, lowered, node)

    def product(x: int, y: int, *steps: ir.Step) -> int:
        lowered.by_tensor.update({a.index: x, b.index: y})
        made = add_twin(node, lowered, KINDS, steps=steps)
        lowered.hold_whole(made)
        return made

    if b.type == TensorType.INT8:
        columns = (output.shape or ())[-1]
        ones = np.ones(columns, np.int64)
        scaling = RequantizeWide(m15 * ones, s * ones, 0 * ones, limits)
        product(low, right, ir.CodeBinary("JOIN", product(high, right), arithmetic=scaling))
    else:
        upper, lower = _bytes(right, lowered, node)
        middle = product(low, upper, ir.Binary("ADD", product(high, lower)))
        top = product(high, upper, ir.CodeBinary("CARRY", middle, arithmetic=Carried(up=True)))
        rest = ir.CodeBinary("CARRY", middle, arithmetic=Carried(up=False))
        product(low, lower, rest, ir.CodeBinary("JOIN", top, arithmetic=RequantizeLong(m15, s, limits)))
    lowered.by_tensor.update({a.index: left, b.index: right})


def _bytes(x: int, lowered: Lowering, node: Node) -> tuple[int, int]:
    """High and low bytes, of a constant or a computed value."""
    made = []
    for function in ("NEAR_BYTE", "CENTRED_BYTE"):
        value, step = lowered.new(lowered.shape(x), lowered.values[x].name, whole=True), ir.Unary(function)
        op = ir.Elementwise(inputs=(x,), output=value, nodes=(node.index,), steps=(step,))
        made.append(lowered.add(op))
    high, low = made
    return high, low
