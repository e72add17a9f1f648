"""The float twin of a graph with quantized tensors: codes less their zero points, called FLOAT32.

On the device such tensors are just that, so a quantized node is judged and lowered as its twin, and what the operator
does beyond it (scaling, clamping) is added.
"""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np

from ....core.graph import Graph, TensorInfo
from ....core.schema import TensorType

_twins: WeakKeyDictionary[Graph, Graph] = WeakKeyDictionary()
_TYPES = (TensorType.INT8, TensorType.UINT8, TensorType.INT16, TensorType.INT4, TensorType.INT2)


def twin(graph: Graph) -> Graph:
    """The graph with every 8- and 16-bit tensor, and every constant of fewer bits, as floats."""
    found = _twins.get(graph)
    if found is None:
        found = _twins[graph] = replace(graph, tensors=tuple(map(_twin, graph.tensors)))
    return found


def _twin(tensor: TensorInfo) -> TensorInfo:
    if tensor.type not in _TYPES:
        return tensor
    data = None if tensor.data is None or tensor.data.dtype.kind not in "iu" else centred(tensor, tensor.data)
    return replace(tensor, type=TensorType.FLOAT32, dtype=np.dtype(np.float32), quantization=None, data=data)


def centred(tensor: TensorInfo, codes: np.ndarray) -> np.ndarray:
    """Codes less the tensor's zero point, in float32; zero points of channels are taken as 0, as LiteRT does."""
    quantization = tensor.quantization
    shifted = quantization is not None and quantization.zero_points.size == 1
    return codes.astype(np.float32) - np.float32(quantization.zero_point if quantization and shifted else 0)


def zero_point(tensor: TensorInfo) -> int:
    """The zero point of a tensor of codes; 0 for plain integers."""
    quantization = tensor.quantization
    return 0 if quantization is None or quantization.zero_points.size == 0 else quantization.zero_point
