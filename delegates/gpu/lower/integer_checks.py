"""int64 in 32 bits: a run fails in which one leaves them, and the CPU repeats it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from ....shaders.kernels.maps import FUNCTIONS
from ....shaders.parts.integer import HIGHEST, LOWEST
from ..program import ir
from .checks import demand, operand, shape_of
from .context import Lowering

BEYOND = "beyond 32 bits, which the device has not"
LARGEST_SUM = 2**30
"""Of magnitudes, as float32 adds them up; those of `MOST` numbers are off by less than a factor of 2."""
MOST = 2**22


def _is_long(tensor: TensorInfo) -> bool:
    return tensor.type == TensorType.INT64


def check_loaded(lowered: Lowering, value: int, tensor: TensorInfo) -> None:
    """Numbers from the host, which saturate, stay within the ends of int32."""
    lowered.check_range(value, LOWEST + 1, HIGHEST - 1, (), f"a number in {tensor} is {BEYOND}")


def add_check(node: Node, lowered: Lowering, function: str, inputs: Sequence[int]) -> None:
    """Where the result is int64: the run fails where a function of the inputs is not 0."""
    output = lowered.graph.tensors[node.outputs[0]]
    if _is_long(output):
        shape = shape_of(output)
        wrong = lowered.map(function, inputs, lowered.new(shape, storage="i32"), (node.index,))
        lowered.check(wrong, (node.index,), f"a number in {output} is {BEYOND}")


def add_checked(node: Node, lowered: Lowering, function: str, inputs: Sequence[int], output: int) -> int:
    """Adds a function of `shaders.maps`, checked where the result is int64 and may leave 32 bits."""
    leaves = f"{function}_LEAVES"
    if leaves in FUNCTIONS:
        add_check(node, lowered, leaves, inputs)
    return lowered.map(function, inputs, output, (node.index,))


def demand_few_sums(node: Node, graph: Graph, axes: Iterable[int] | None = None, position: int = 0) -> None:
    """Sums of an input's int64 along axes, by default all, are of so few numbers that they can be checked."""
    x = operand(node, graph, position)
    shape = shape_of(x)
    count = math.prod(shape if axes is None else (shape[a] for a in axes))
    demand(not _is_long(x) or count <= MOST, "exactness", f"sums of {count} numbers of INT64; INT32 would do")


def check_sums(node: Node, lowered: Lowering, axes: tuple[int, ...] | None = None, position: int = 0) -> None:
    """Of int64: the run fails where magnitudes along the axes add up to so much that a sum might leave 32 bits."""
    if not _is_long(lowered.tensor(node, position)):
        return
    x, nodes = lowered.input(node, position), (node.index,)
    shape = lowered.shape(x)
    axes = tuple(range(len(shape))) if axes is None else axes
    step = ir.Unary("ABS")
    reals = lowered.map("TO_FLOAT", (x,), lowered.new(shape), nodes)
    sizes = lowered.add(ir.Elementwise(inputs=(reals,), output=lowered.new(shape), nodes=nodes, steps=(step,)))
    kept = lowered.new(tuple(1 if a in axes else n for a, n in enumerate(shape)))
    totals = lowered.add(ir.Reduce(inputs=(sizes,), output=kept, nodes=nodes, kind="sum", axes=axes))
    limit = lowered.known(np.full((1,) * len(shape), LARGEST_SUM, np.float32))
    wrong = lowered.map("GREATER", (totals, limit), lowered.new(lowered.shape(totals), storage="i32"), nodes)
    lowered.check(wrong, nodes, f"a number in {lowered.graph.tensors[node.outputs[0]]} may be {BEYOND}")
