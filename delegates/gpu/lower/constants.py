"""Constants as the device holds them: weights stored as float16 or integers are widened to float32 when a partition is
built, plain integers and booleans become int32."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

import numpy as np

from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import TensorType

_FLOATS = (TensorType.FLOAT32, TensorType.FLOAT16)
_QUANTIZED = (TensorType.INT8, TensorType.UINT8, TensorType.INT4, TensorType.INT2, TensorType.INT16)
_PLAIN = (TensorType.INT32, TensorType.INT64, TensorType.BOOL)
_makers: WeakKeyDictionary[Graph, Mapping[int, Node]] = WeakKeyDictionary()
_readers: WeakKeyDictionary[Graph, Mapping[int, list[Node]]] = WeakKeyDictionary()


def producers(graph: Graph) -> Mapping[int, Node]:
    """The node that makes each computed tensor."""
    found = _makers.get(graph)
    if found is None:
        found = _makers[graph] = {t: node for node in graph.nodes for t in node.outputs}
    return found


def consumers(graph: Graph) -> Mapping[int, list[Node]]:
    """The nodes that read each tensor."""
    found = _readers.get(graph)
    if found is None:
        made: dict[int, list[Node]] = {}
        for node in graph.nodes:
            for tensor in dict.fromkeys(node.inputs):
                made.setdefault(tensor, []).append(node)
        found = _readers[graph] = made
    return found


def has_constant_value(graph: Graph, tensor: TensorInfo) -> bool:
    """Whether `constant_value` would give one."""
    if tensor.data is not None:
        return tensor.type in _FLOATS or (tensor.type in _QUANTIZED and _dequantizable(tensor))
    maker = producers(graph).get(tensor.index)
    if maker is None or maker.op != "DEQUANTIZE" or tensor.type != TensorType.FLOAT32:
        return False
    source = graph.tensor(maker.inputs[0])
    return source is not None and source.data is not None and has_constant_value(graph, source)


def constant_value(graph: Graph, tensor: TensorInfo) -> np.ndarray | None:
    """The float32 value of a tensor that does not depend on the graph's inputs, or None.

    It is one if it is a constant of the file (float32, float16, or integer codes with scales), or a DEQUANTIZE of one.
    """
    if not has_constant_value(graph, tensor):
        return None
    if tensor.data is None:
        source = graph.tensor(producers(graph)[tensor.index].inputs[0])
        return None if source is None else constant_value(graph, source)
    if tensor.type in _QUANTIZED:
        return _dequantized(tensor, tensor.data)
    return tensor.data.astype(np.float32, copy=False)


def _dequantizable(tensor: TensorInfo) -> bool:
    quantization = tensor.quantization
    return quantization is not None and quantization.block_size == 0 and quantization.scales.size > 0


def _dequantized(tensor: TensorInfo, data: np.ndarray) -> np.ndarray:
    """scale * (code - zero point), the product in double as the reference kernel has it."""
    quantization = tensor.quantization
    assert quantization is not None
    spread = [1] * data.ndim
    if quantization.per_channel:
        spread[quantization.dimension] = -1
    scales, zeros = (np.asarray(v).reshape(spread) for v in (quantization.scales, quantization.zero_points))
    return (scales.astype(np.float64) * (data.astype(np.int64) - zeros)).astype(np.float32)


def device_constant(graph: Graph, tensor: TensorInfo) -> np.ndarray | None:
    """What `constant_value` gives, or the int32 value of a constant of plain integers; None for computed tensors."""
    if tensor.type in _PLAIN:
        return None if tensor.data is None else tensor.data.astype(np.int32)
    return constant_value(graph, tensor)


def is_known(graph: Graph, tensor: TensorInfo) -> bool:
    """Whether `device_constant` would give a value."""
    return tensor.data is not None if tensor.type in _PLAIN else has_constant_value(graph, tensor)
