"""The dicts that describe tensors and operators, with the keys and types of `ai_edge_litert.interpreter`."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import Graph, Quantization, Shape, TensorInfo
from ..schema import SparsityParameters, TensorType


def tensor_details(tensor: TensorInfo, shape: Shape) -> dict[str, Any]:
    """The description of a tensor; `shape` is its current one."""
    return {
        "name": tensor.name,
        "index": tensor.index,
        "shape": np.array(shape, np.int32),
        "shape_signature": np.array(tensor.shape_signature if -1 in tensor.shape_signature else shape, np.int32),
        "dtype": scalar_type(tensor),
        "quantization": _per_tensor(tensor.quantization),
        "quantization_parameters": _parameters(tensor.quantization),
        "sparsity_parameters": _sparsity(tensor.sparsity),
    }


def scalar_type(tensor: TensorInfo) -> type[Any]:
    """The NumPy scalar type of a tensor's elements; `numpy.bytes_` for strings, `numpy.object_` for handles."""
    if tensor.type == TensorType.STRING:
        return np.bytes_
    return np.object_ if tensor.type in (TensorType.RESOURCE, TensorType.VARIANT) else tensor.dtype.type


def _per_tensor(quantization: Quantization | None) -> tuple[float, int]:
    """(scale, zero point), or (0.0, 0) for a tensor that is not quantized or is quantized per channel."""
    if quantization is None or quantization.per_channel or quantization.block_size or not quantization.scales.size:
        return 0.0, 0
    return float(quantization.scale), quantization.zero_point


def _parameters(quantization: Quantization | None) -> dict[str, Any]:
    if quantization is None:
        empty = Quantization(np.empty(0, np.float32), np.empty(0, np.int64))
        return _parameters(empty)
    return {
        "scales": quantization.scales.copy(),
        "zero_points": quantization.zero_points.astype(np.int32),
        "quantized_dimension": quantization.dimension,
        "block_size": quantization.block_size,
    }


def _sparsity(sparsity: SparsityParameters | None) -> dict[str, Any]:
    if sparsity is None:
        return {}
    metadata = []
    for dimension in sparsity.dim_metadata:
        entry: dict[str, Any] = {"format": int(dimension.format)}
        if dimension.array_segments is None or dimension.array_indices is None:
            entry["dense_size"] = dimension.dense_size
        else:
            entry["array_segments"] = np.array(dimension.array_segments.values, np.int32)
            entry["array_indices"] = np.array(dimension.array_indices.values, np.int32)
        metadata.append(entry)
    block_map = {"block_map": np.array(sparsity.block_map, np.int32)} if sparsity.block_map else {}
    return {
        "traversal_order": np.array(sparsity.traversal_order, np.int32),
        **block_map,
        "dim_metadata": metadata,
    }


def op_details(graph: Graph, index: int) -> dict[str, Any]:
    """The description of a node."""
    node = graph.nodes[index]
    return {
        "index": index,
        "op_name": node.op,
        "inputs": np.array(node.inputs, np.int32),
        "outputs": np.array(node.outputs, np.int32),
        "operand_types": [scalar_type(graph.tensors[i]) for i in node.inputs if i != -1],
        "result_types": [scalar_type(graph.tensors[i]) for i in node.outputs if i != -1],
    }
