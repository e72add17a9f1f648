"""From the records of a model file to graphs: names resolved, constants decoded, every node's operator known."""
from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from ..dtypes import numpy_dtype
from ..graph import Graph, Node, Quantization, TensorInfo
from ..kernels.registry import Kernel
from ..model.model_check import quantized_dimension, subgraphs_of
from ..model.op_versions import newest_version
from ..model.sparse import densify
from ..model.tensor_data import Constants
from ..schema import (
    BlockwiseQuantization,
    BuiltinOperator,
    Model,
    MultiAxisQuantization,
    Operator,
    OperatorCode,
    QuantizationParameters,
    SparsityParameters,
    SubGraph,
    Tensor,
    TensorType,
)
from ..schema.operator_options import builtin_code_of, operator_name
from .output_types import with_output_types
from .signed_weights import with_signed_weights


def load_graphs(model: Model, kernels: Mapping[str, Kernel]) -> tuple[Graph, ...]:
    """One graph per subgraph of a checked model.

    Args:
        kernels: the builtin operators that can run, by name; custom operators are looked up when they are prepared.

    Raises:
        ValueError: an operator, a version or a tensor type is not known, a constant does not fill its shape, or the
            operators are not in an order in which they can run.
    """
    names = [_operator(code, kernels) for code in model.operator_codes]
    metadata = {entry.name: bytes(model.buffers[entry.buffer].data or b"") for entry in model.metadata}
    constants = Constants(model)
    graphs = tuple(
        _graph(constants, subgraph, index, names, metadata if index == 0 else {})
        for index, subgraph in enumerate(model.subgraphs)
    )
    for graph in graphs:
        _check_order(graph)
    _check_calls(graphs)
    return graphs


def _operator(code: OperatorCode, kernels: Mapping[str, Kernel]) -> tuple[str, int, bool]:
    """Name, version, and whether it is a custom operator."""
    number, version = builtin_code_of(code), code.version
    if number == BuiltinOperator.CUSTOM:
        return code.custom_code, version, True
    if not 0 <= number <= max(BuiltinOperator):
        raise ValueError(
            f"Op builtin_code out of range: {number}. Are you using old TFLite binary with newer model?"
            "Registration failed.\n"
        )
    name = operator_name(code)
    if name not in kernels or version > newest_version(name):
        hint = "An older version of this builtin might be supported. " if name in kernels else ""
        raise ValueError(
            f"Didn't find op for builtin opcode '{name}' version '{version}'. {hint}"
            "Are you using an old TFLite binary with a newer model?\nRegistration failed.\n"
        )
    return name, version, False


def _graph(
    constants: Constants, subgraph: SubGraph, index: int, names: list[tuple[str, int, bool]], metadata: dict[str, bytes]
) -> Graph:
    written = {i for op in subgraph.operators for i in op.outputs} | set(subgraph.inputs)
    tensors = tuple(_tensor(constants, subgraph, i, i in written) for i in range(len(subgraph.tensors)))
    nodes = tuple(_node(op, i, *names[op.opcode_index]) for i, op in enumerate(subgraph.operators))
    graph = Graph(index, subgraph.name, tensors, nodes, subgraph.inputs, subgraph.outputs, metadata)
    return with_signed_weights(with_output_types(graph))


def _node(op: Operator, index: int, name: str, version: int, is_custom: bool) -> Node:
    options: Any = op.builtin_options if op.builtin_options is not None else op.builtin_options_2
    return Node(
        index, name, version, op.inputs, op.outputs, options, is_custom, bytes(op.custom_options or b""),
        op.intermediates,
    )  # fmt: skip


def _tensor(constants: Constants, subgraph: SubGraph, index: int, is_written: bool) -> TensorInfo:
    tensor = subgraph.tensors[index]
    dtype = numpy_dtype(tensor.type)
    data = _constant(constants, tensor, index, is_written)
    return TensorInfo(
        index=index,
        name=tensor.name,
        type=TensorType(tensor.type),
        dtype=dtype,
        shape=tensor.shape,
        shape_signature=tensor.shape_signature or tensor.shape,
        quantization=_quantization(constants, subgraph, tensor),
        data=data,
        is_variable=tensor.is_variable,
        sparsity=tensor.sparsity,
    )


def _constant(constants: Constants, tensor: Tensor, index: int, is_written: bool) -> np.ndarray | None:
    """The value of a constant; None for buffer 0 (always empty) and for what is computed and has no elements."""
    if tensor.buffer == 0 and not tensor.external_buffer:
        return None
    data = constants.get(tensor)
    if data is None or (is_written and data.size == 0):
        return None
    if tensor.is_variable:
        raise ValueError(f"Tensor {index} is a variable tensor with buffer. It's not supported now.")
    return data if tensor.sparsity is None else _dense(tensor, data, tensor.sparsity)


def _dense(tensor: Tensor, data: np.ndarray, sparsity: SparsityParameters) -> np.ndarray:
    """A sparse constant, dense; so kernels and delegates only see dense ones."""
    try:
        dense = densify(data, tensor.shape, sparsity)
    except ValueError as error:
        raise ValueError(f"constant '{tensor.name}' of shape {list(tensor.shape)}: {error}") from None
    dense.flags.writeable = False
    return dense


def _quantization(constants: Constants, subgraph: SubGraph, tensor: Tensor) -> Quantization | None:
    params = tensor.quantization
    if params is None:
        return None
    if isinstance(params.details, (BlockwiseQuantization, MultiAxisQuantization)):
        return _blockwise(constants, subgraph, params)
    if not params.scale:
        return None
    scales = np.array(params.scale, np.float32)
    dimension = quantized_dimension(params, len(tensor.shape)) if len(scales) > 1 else params.quantized_dimension
    return Quantization(scales, np.array(params.zero_point, np.int64), dimension)


def _blockwise(constants: Constants, subgraph: SubGraph, params: QuantizationParameters) -> Quantization:
    """Quantization whose scales and zero points are tensors; both are flattened in row-major order."""
    details: Any = params.details
    scales = constants.get(subgraph.tensors[details.scales])
    if scales is None:
        raise ValueError(f"the scales of a blockwise quantized tensor (tensor {details.scales}) are not constant")
    stored = constants.get(subgraph.tensors[details.zero_points]) if details.zero_points > 0 else None
    zero_points = np.zeros(scales.size, np.int64) if stored is None else stored.reshape(-1).astype(np.int64)
    return Quantization(
        scales.reshape(-1).astype(np.float32), zero_points, params.quantized_dimension, details.block_size
    )


def _check_order(graph: Graph) -> None:
    """Raises ValueError where a node writes a constant or what another wrote, or reads what only a later one writes."""
    writer: dict[int, int] = {}
    for node in graph.nodes:
        for output in node.outputs:
            if output in writer or graph.tensors[output].is_constant or output in graph.inputs:
                raise ValueError(
                    f"Node number {node.index} ({node.op}) writes tensor {output} "
                    f"({graph.tensors[output].name}), which is a constant, an input or written by another node."
                )
            writer[output] = node.index
    for node in graph.nodes:
        for index in node.inputs:
            if writer.get(index, -1) >= node.index:
                raise ValueError(
                    f"Node number {node.index} ({node.op}) reads tensor {index} ({graph.tensors[index].name}), "
                    f"which node number {writer[index]} writes only later. Nodes must be in order of execution."
                )


def _check_calls(graphs: tuple[Graph, ...]) -> None:
    """Raises ValueError where a subgraph runs itself, directly or through others: it would never end."""
    calls = {
        graph.index: {i for node in graph.nodes if node.options is not None for i in subgraphs_of(node.options)}
        for graph in graphs
    }
    try:
        TopologicalSorter(calls).prepare()
    except CycleError as error:
        _, *path = error.args[1]
        raise ValueError(f"subgraph {path[-1]} calls itself through subgraphs {path}") from None
