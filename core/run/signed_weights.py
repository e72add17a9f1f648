"""Weights of old converters: signed bytes that the file calls UINT8.

Until 2019 "weights only" quantization declared its weights UINT8, since the format had no INT8 then. LiteRT's kernels
for float activations read the bytes of such weights as signed and ask for no zero point. Source: the hybrid paths of
`kernels/fully_connected.cc`, `conv.cc`, `embedding_lookup.cc`, `svdf.cc` and the recurrent kernels.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..graph import Graph, Node, TensorInfo
from ..schema import TensorType

_OPS = (
    "FULLY_CONNECTED", "CONV_2D", "EMBEDDING_LOOKUP", "SVDF", "RNN", "UNIDIRECTIONAL_SEQUENCE_RNN",
    "BIDIRECTIONAL_SEQUENCE_RNN", "LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM", "BIDIRECTIONAL_SEQUENCE_LSTM",
)  # fmt: skip


def with_signed_weights(graph: Graph) -> Graph:
    """The graph with such weights as INT8 tensors of the same memory, added behind the tensors of the file."""
    found = sorted({i for node in graph.nodes for i in _weights(graph, node)})
    if not found:
        return graph
    added = {old: len(graph.tensors) + position for position, old in enumerate(found)}
    tensors = (*graph.tensors, *(_signed(graph.tensors[old], new) for old, new in added.items()))
    nodes = tuple(_reading(node, added) if list(_weights(graph, node)) else node for node in graph.nodes)
    return replace(graph, tensors=tensors, nodes=nodes)


def _weights(graph: Graph, node: Node) -> Iterator[int]:
    """The inputs of a node that are signed bytes called UINT8."""
    if node.op not in _OPS or node.is_custom or not _computes_floats(graph, node):
        return
    for index in node.inputs:
        tensor = graph.tensor(index)
        if tensor is not None and tensor.type == TensorType.UINT8 and tensor.is_constant and tensor.quantization:
            yield index


def _computes_floats(graph: Graph, node: Node) -> bool:
    return bool(node.outputs) and all(graph.tensors[i].type == TensorType.FLOAT32 for i in node.outputs)


def _signed(tensor: TensorInfo, index: int) -> TensorInfo:
    assert tensor.data is not None and tensor.quantization is not None
    quantization = replace(tensor.quantization, zero_points=np.zeros_like(tensor.quantization.zero_points))
    int8 = np.dtype(np.int8)
    return replace(
        tensor, index=index, type=TensorType.INT8, dtype=int8, data=tensor.data.view(int8), quantization=quantization
    )


def _reading(node: Node, added: dict[int, int]) -> Node:
    return replace(node, inputs=tuple(added.get(i, i) for i in node.inputs))
