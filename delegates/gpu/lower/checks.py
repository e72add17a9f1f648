"""Why a node stays on the CPU: the conditions that lowerings share."""

from __future__ import annotations

import math

from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from .constants import constant_value

MAX_RANK = 6
CODES = {TensorType.INT8: "i8", TensorType.UINT8: "u8", TensorType.INT16: "i16"}
"""Types of quantized tensors that the kernels compute with, and how the host stores them."""
BYTES = (TensorType.INT8, TensorType.UINT8)
"""Those of 8 bits."""
INTEGER_TYPES = {TensorType.INT8, TensorType.UINT8, TensorType.INT16, TensorType.INT4, TensorType.INT2}


class Refusal(Exception):  # noqa: N818 - an answer, not an error
    """A node that cannot be lowered; see `core.delegate.Unsupported`."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule, self.reason = rule, reason


def demand(condition: object, rule: str, reason: str) -> None:
    """
    Raises:
        Refusal: the condition does not hold.
    """
    if not condition:
        raise Refusal(rule, reason)


def demand_float(tensor: TensorInfo) -> None:
    """A float32 tensor of known shape that is not empty and has at most `MAX_RANK` dimensions."""
    if tensor.type in INTEGER_TYPES:
        raise Refusal(
            "quantized",
            f"{tensor} is quantized: the GPU delegates take quantized tensors of 8 and 16 bits between nodes that "
            "are all quantized so, and leave other integer models to the CPU kernels",
        )
    demand(tensor.type == TensorType.FLOAT32, "dtype", f"{tensor} is {tensor.type.name}; the kernels take FLOAT32")
    demand(tensor.shape is not None, "shape", f"the shape of {tensor} is known only at run time; a fixed one would do")
    demand(len(shape_of(tensor)) <= MAX_RANK, "rank", f"{tensor} has more than {MAX_RANK} dimensions")
    demand(math.prod(shape_of(tensor)) > 0, "shape", f"{tensor} is empty")


def shape_of(tensor: TensorInfo) -> tuple[int, ...]:
    """The shape, where it is known."""
    return tensor.shape or ()


def operand(node: Node, graph: Graph, position: int) -> TensorInfo:
    """The input at `position`, which must be there."""
    tensor = graph.tensor(node.inputs[position]) if position < len(node.inputs) else None
    if tensor is None:
        raise Refusal("options", f"input {position} is left out")
    return tensor


def optional(node: Node, graph: Graph, position: int) -> TensorInfo | None:
    """The input at `position`, if it is there."""
    return graph.tensor(node.inputs[position]) if position < len(node.inputs) else None


def demand_activations(node: Node, graph: Graph, *positions: int, rank: int | None = None) -> None:
    """The inputs at `positions` and all outputs are float tensors (of `rank` dimensions)."""
    for tensor in (*(operand(node, graph, p) for p in positions), *graph.outputs_of(node)):
        demand_float(tensor)
        found = len(shape_of(tensor))
        demand(rank in (None, found), "rank", f"{tensor} has {found} dimensions; the kernel takes {rank}")


def demand_constant(graph: Graph, tensor: TensorInfo | None, role: str) -> None:
    """A tensor left out, or one whose float32 value is known beforehand."""
    if tensor is not None and constant_value(graph, tensor) is None:
        raise Refusal("constant", f"{role} {tensor} are not constant (or are blockwise quantized)")


def demand_integers(tensor: TensorInfo, role: str) -> None:
    """A constant integer tensor, such as axes or paddings."""
    demand(tensor.data is not None, "constant", f"{role} ({tensor}) must be constant")
