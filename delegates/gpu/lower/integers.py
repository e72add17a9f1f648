"""int32, int64 and booleans: which tensors of them the device holds, all as int32."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from weakref import WeakKeyDictionary

import numpy as np

from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType
from .checks import MAX_RANK, demand, demand_float, operand, shape_of
from .constants import producers

INTEGERS = {TensorType.INT32: "i32", TensorType.INT64: "i64", TensorType.BOOL: "u8"}
"""Types of integer tensors that the kernels compute with, and how the host stores them."""

KEEPING = (
    "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "TRANSPOSE", "SLICE", "STRIDED_SLICE", "GATHER", "GATHER_ND", "CONCATENATION",
    "PACK", "UNPACK", "SPLIT", "SPLIT_V", "TILE", "BROADCAST_TO", "REVERSE_V2", "REVERSE_SEQUENCE", "PAD", "PADV2",
    "MIRROR_PAD", "SELECT", "SELECT_V2", "MAXIMUM", "MINIMUM", "REDUCE_MAX", "REDUCE_MIN", "TOPK_V2", "FILL",
    "ONE_HOT", "DYNAMIC_UPDATE_SLICE", "SIGN", "BROADCAST_ARGS", "SPACE_TO_DEPTH", "DEPTH_TO_SPACE",
    "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND", "EMBEDDING_LOOKUP", "SPARSE_TO_DENSE", "ZEROS_LIKE", "MATRIX_DIAG",
    "MATRIX_SET_DIAG", "DILATE", "FLOOR_MOD", "BITWISE_XOR", "RIGHT_SHIFT", "STABLEHLO_REMAINDER", "STABLEHLO_AND",
    "STABLEHLO_OR", "STABLEHLO_RESHAPE", "STABLEHLO_TRANSPOSE", "STABLEHLO_BROADCAST_IN_DIM", "STABLEHLO_CONCATENATE",
    "STABLEHLO_SLICE", "STABLEHLO_PAD", "STABLEHLO_GATHER", "STABLEHLO_DYNAMIC_SLICE", "STABLEHLO_DYNAMIC_UPDATE_SLICE",
    "STABLEHLO_SELECT", "STABLEHLO_CLAMP", "STABLEHLO_MAXIMUM", "STABLEHLO_MINIMUM", "STABLEHLO_SORT",
)  # fmt: skip
"""Operators whose integer results 32 bits hold if they hold the integer inputs."""
COUNTING = ("ARG_MAX", "ARG_MIN", "BUCKETIZE", "SHAPE", "RANK", "STABLEHLO_IOTA")
"""Operators whose results count elements or dimensions."""
CHECKED = (
    "ADD", "SUB", "MUL", "ADD_N", "ABS", "NEG", "SQUARE", "DIV", "FLOOR_DIV", "SUM", "CUMSUM", "CAST",
    "STABLEHLO_CONVERT", "STABLEHLO_ADD", "STABLEHLO_SUBTRACT", "STABLEHLO_MULTIPLY", "STABLEHLO_ABS",
    "STABLEHLO_NEGATE", "STABLEHLO_DIVIDE", "SCATTER_ND", "SEGMENT_SUM", "UNSORTED_SEGMENT_SUM",
)  # fmt: skip
"""Operators whose lowering lets a run fail in which a result of int64 leaves 32 bits."""
PLACES: Mapping[str, tuple[int, ...]] = {
    "GATHER": (1,), "GATHER_ND": (1,), "EMBEDDING_LOOKUP": (0,), "SCATTER_ND": (0,), "SPARSE_TO_DENSE": (0,),
    "ONE_HOT": (0,), "REVERSE_SEQUENCE": (1,), "DYNAMIC_UPDATE_SLICE": (2,), "STABLEHLO_GATHER": (1,),
    "STABLEHLO_SCATTER": (1,), "STABLEHLO_DYNAMIC_SLICE": tuple(range(1, 9)),
    "STABLEHLO_DYNAMIC_UPDATE_SLICE": tuple(range(2, 10)),
}  # fmt: skip
"""Inputs that only say where something is: int64 beyond 32 bits is outside anyway."""

_fitting: WeakKeyDictionary[Graph, dict[int, bool]] = WeakKeyDictionary()


def fits(graph: Graph, tensor: TensorInfo) -> bool:
    """Whether every value that an integer tensor can have is known to be one of int32."""
    if tensor.type != TensorType.INT64:
        return tensor.type in (TensorType.INT32, TensorType.BOOL, TensorType.INT8, TensorType.UINT8, TensorType.INT16)
    known = _fitting.setdefault(graph, {})
    if tensor.index not in known:
        known[tensor.index] = _follow(graph, tensor)
    return known[tensor.index]


def _follow(graph: Graph, tensor: TensorInfo) -> bool:
    """Of an int64 tensor: by its value, or by the operator that makes it."""
    if tensor.data is not None:
        limits = np.iinfo(np.int32)
        return bool(limits.min <= tensor.data.min(initial=0) and tensor.data.max(initial=0) <= limits.max)
    maker = producers(graph).get(tensor.index)
    if maker is None or maker.is_custom or maker.op not in (*KEEPING, *COUNTING, "CAST", "STABLEHLO_CONVERT"):
        return False
    inputs = [t for t in graph.inputs_of(maker) if t is not None]
    return maker.op in COUNTING or all(fits(graph, t) for t in inputs)


def needs_whole(graph: Graph, tensor: TensorInfo, readers: Iterable[Node]) -> bool:
    """Whether int64 from outside may hold numbers beyond 32 bits that matter to a reader."""
    if fits(graph, tensor):
        return False
    places = ((node, i) for node in readers for i, t in enumerate(node.inputs) if t == tensor.index)
    return any(i not in PLACES.get(node.op, ()) for node, i in places)


def demand_exact(node: Node, graph: Graph) -> None:
    """Results of int64 are such that 32 bits hold, or a run that leaves them fails."""
    exact = node.is_custom or node.op in (*KEEPING, *COUNTING, *CHECKED)
    for tensor in graph.outputs_of(node):
        reason = f"{tensor} may hold numbers beyond 32 bits, which the device has not; INT32 would do"
        demand(exact or tensor.type != TensorType.INT64, "dtype", reason)


def is_integer(tensor: TensorInfo) -> bool:
    """Whether a tensor is of a type that the device holds as int32."""
    return tensor.type in INTEGERS


def demand_integer(graph: Graph, tensor: TensorInfo) -> None:
    """A tensor of integers of known shape that is not empty and has at most `MAX_RANK` dimensions."""
    demand(is_integer(tensor), "dtype", f"{tensor} is {tensor.type.name}; the kernels take INT32, INT64 and BOOL")
    demand(tensor.shape is not None, "shape", f"the shape of {tensor} is known only at run time; a fixed one would do")
    demand(len(shape_of(tensor)) <= MAX_RANK, "rank", f"{tensor} has more than {MAX_RANK} dimensions")
    demand(math.prod(shape_of(tensor)) > 0, "shape", f"{tensor} is empty")
    reason = f"the constant {tensor} holds numbers beyond 32 bits, which the device has not"
    demand(tensor.data is None or fits(graph, tensor), "dtype", reason)


def demand_value(graph: Graph, tensor: TensorInfo) -> None:
    """A tensor that the device holds: of float32 or of integers."""
    if is_integer(tensor):
        demand_integer(graph, tensor)
    else:
        demand_float(tensor)


def demand_values(node: Node, graph: Graph, *positions: int, rank: int | None = None) -> None:
    """The inputs at `positions` and all outputs are tensors that the device holds (of `rank` dimensions)."""
    for tensor in (*(operand(node, graph, p) for p in positions), *graph.outputs_of(node)):
        demand_value(graph, tensor)
        found = len(shape_of(tensor))
        demand(rank in (None, found), "rank", f"{tensor} has {found} dimensions; the kernel takes {rank}")


def demand_outputs(node: Node, graph: Graph, check: Callable[[TensorInfo], None]) -> None:
    """All outputs pass a check."""
    for tensor in graph.outputs_of(node):
        check(tensor)
