"""Operators that move or compare codes: the kernels of floats do it, where all tensors have one zero point."""

from __future__ import annotations

from ....core.graph import Graph, Node
from ....shaders.parts.requantize import Clamp
from ..program import ir
from .checks import CODES, demand, operand
from .code_checks import activation_limits, centred_range, demand_code_node, demand_float_twin
from .context import Lowering
from .registry import float_lowering, lowering
from .twin import twin, zero_point

MOVED = (
    "TRANSPOSE", "REVERSE_V2", "SLICE", "STRIDED_SLICE", "TILE", "BROADCAST_TO", "PACK", "UNPACK", "SPLIT", "SPLIT_V",
    "SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND", "PAD", "PADV2", "MIRROR_PAD",
    "RESIZE_NEAREST_NEIGHBOR", "GATHER", "GATHER_ND", "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "DYNAMIC_UPDATE_SLICE",
    "REVERSE_SEQUENCE", "EMBEDDING_LOOKUP",
)  # fmt: skip
ALONE = (
    "TRANSPOSE", "REVERSE_V2", "SLICE", "STRIDED_SLICE", "TILE", "BROADCAST_TO", "UNPACK", "SPLIT", "SPLIT_V",
    "SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "RESIZE_NEAREST_NEIGHBOR",
)  # fmt: skip
"""Those of them that move elements of one tensor, and nothing else."""
SOURCE = {"SPLIT": 1}
"""Where that tensor stands, if it is not the first input."""
COMPARED = ("MAXIMUM", "MINIMUM", "REDUCE_MAX", "REDUCE_MIN")
"""These take raw codes too: LiteRT compares them whatever the scales."""


def demand_one_zero_point(node: Node, graph: Graph) -> None:
    """All tensors of codes among the operands share a zero point."""
    operands = [t for t in (*graph.inputs_of(node), *graph.outputs_of(node)) if t is not None and t.type in CODES]
    for tensor in operands:
        plain = tensor.quantization is None or tensor.quantization.zero_points.size <= 1
        demand(plain, "quantized", f"{tensor} is quantized per channel")
    zeros = {zero_point(t) for t in operands}
    demand(len(zeros) == 1, "quantized", f"zero points differ ({', '.join(map(str, sorted(zeros)))}); one would do")


def _is_relabelled(node: Node, graph: Graph) -> bool:
    """Whether an operator of one tensor makes the same codes of other scales: LiteRT only copies them."""
    source = operand(node, graph, SOURCE.get(node.op, 0))
    outputs = graph.outputs_of(node)
    plain = all(t.quantization is not None and t.quantization.zero_points.size == 1 for t in (source, *outputs))
    return node.op in ALONE and plain and any(zero_point(t) != zero_point(source) for t in outputs)


def _check(node: Node, graph: Graph) -> None:
    demand_code_node(node, graph, quantized=False)
    demand_float_twin(node, graph)
    if not _is_relabelled(node, graph):
        demand_one_zero_point(node, graph)


@lowering(*MOVED, *COMPARED, check=_check, codes=True)
def as_floats(node: Node, lowered: Lowering) -> None:
    """The operations of the float twin."""
    with lowered.seeing(twin(lowered.graph)):
        float_lowering(node.op).lower(node, lowered)
    if node.op in ALONE and _is_relabelled(node, lowered.graph):
        for position in range(len(node.outputs)):
            _relabel(node, lowered, position)


def _relabel(node: Node, lowered: Lowering, position: int) -> None:
    """Codes less the zero point of what they were moved from become codes less their own."""
    output = lowered.graph.tensors[node.outputs[position]]
    moved, source = lowered.by_tensor[output.index], lowered.tensor(node, SOURCE.get(node.op, 0))
    lowered.hold_whole(moved)
    step = ir.Binary("ADD", constant=float(zero_point(source) - zero_point(output)))
    made = lowered.output(node, position)
    lowered.add(ir.Elementwise(inputs=(moved,), output=made, nodes=(node.index,), steps=(step,)))


def clamp_steps(node: Node, lowered: Lowering) -> tuple[ir.Step, ...]:
    """The fused activation of a node whose result is a code already."""
    output = lowered.graph.tensors[node.outputs[0]]
    limits = activation_limits(node, output)
    return () if limits == centred_range(output) else (ir.CodeUnary("CLAMP", arithmetic=Clamp(limits)),)
