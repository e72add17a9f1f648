"""Outputs that take the type of what they are made of, whatever type the file gives them, as with LiteRT."""
from __future__ import annotations

from dataclasses import replace

from ..graph import Graph

_OPS = ("ADD", "SUB", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "FLOOR_DIV")


def with_output_types(graph: Graph) -> Graph:
    """The graph with the outputs of such operators in the type of their first operand."""
    tensors = list(graph.tensors)
    for node in graph.nodes:
        if node.op not in _OPS or node.is_custom or not node.outputs or min(node.inputs, default=-1) < 0:
            continue
        operand, (output, *_) = tensors[node.inputs[0]], node.outputs
        if tensors[output].type != operand.type:
            tensors[output] = replace(tensors[output], type=operand.type, dtype=operand.dtype)
    return replace(graph, tensors=tuple(tensors))
