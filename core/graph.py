"""A subgraph as kernels, delegates and the partitioner see it: names resolved, constants decoded, shapes known."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .schema import TensorType

Shape = tuple[int, ...]

UPDATES_VARIABLES = frozenset(
    {
        "SVDF", "RNN", "UNIDIRECTIONAL_SEQUENCE_RNN", "BIDIRECTIONAL_SEQUENCE_RNN",
        "LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM", "BIDIRECTIONAL_SEQUENCE_LSTM",
    }
)  # fmt: skip
"""Operators that write to those of their inputs that are variable tensors. Custom operators may, too."""


@dataclass(frozen=True, eq=False)
class Quantization:
    """Affine quantization: real = scale * (code - zero_point).

    Attributes:
        scales: float32, one per channel of dimension `dimension`, or one for the tensor.
        zero_points: int64, as many as scales.
        dimension: the quantized dimension (0 for a per-tensor scale).
        block_size: length of a block of a blockwise quantized tensor, else 0.
    """

    scales: np.ndarray
    zero_points: np.ndarray
    dimension: int = 0
    block_size: int = 0

    @property
    def scale(self) -> np.float32:
        """The scale of a per-tensor quantized tensor."""
        return self.scales[0]

    @property
    def zero_point(self) -> int:
        """The zero point of a per-tensor quantized tensor."""
        return int(self.zero_points[0])

    @property
    def per_channel(self) -> bool:
        return self.scales.size > 1


@dataclass(frozen=True, eq=False)
class TensorInfo:
    """One tensor of a graph.

    Attributes:
        index: position in the subgraph's tensor list.
        type: the type in the file; `dtype` is the NumPy type that holds it (int8 for INT4 and INT2, object for STRING).
        shape: the current shape, or None while it is known only at run time.
        shape_signature: the shape in the file with -1 for dimensions left open.
        data: the value of a constant, read-only, shaped; None for everything computed.
    """

    index: int
    name: str
    type: TensorType
    dtype: np.dtype[Any]
    shape: Shape | None
    shape_signature: Shape
    quantization: Quantization | None = None
    data: np.ndarray | None = None
    is_variable: bool = False
    sparsity: Any = None

    @property
    def is_constant(self) -> bool:
        return self.data is not None

    @property
    def nbytes(self) -> int:
        """Bytes of the tensor at its current shape; 0 while the shape is unknown."""
        return 0 if self.shape is None else math.prod(self.shape) * self.dtype.itemsize

    @property
    def short_name(self) -> str:
        """The name for messages: of a fused tensor's many names the first, and of a long path its end."""
        first = self.name.split(";", 1)[0]
        return (first if len(first) <= 48 else "…" + first[-47:]) or f"tensor {self.index}"

    def __str__(self) -> str:
        shape = "?" if self.shape is None else "x".join(map(str, self.shape)) or "scalar"
        return f"{self.short_name} ({self.type.name} {shape})"


@dataclass(frozen=True, eq=False)
class Node:
    """One operator call.

    Attributes:
        index: position in the subgraph's operator list.
        op: the builtin operator's name ("CONV_2D"), or a custom operator's own name.
        inputs: tensor indices; -1 stands for an optional input that was left out.
        options: the builtin options record of the schema (`Conv2DOptions`, ...), or None.
        custom_options: the bytes a custom operator carries.
        intermediates: tensor indices of quantization intermediates (LSTM).
    """

    index: int
    op: str
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any = None
    is_custom: bool = False
    custom_options: bytes = b""
    intermediates: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Graph:
    """A subgraph. Nodes are in an order in which they can run.

    Attributes:
        called: by their index, for nodes that only run a subgraph without side effects (CALL, STABLEHLO_COMPOSITE):
            that subgraph, with the shapes it is called with. A delegate may compute it in the place of the node. For a
            WHILE whose rounds are known: the nodes of all of them. It may hand on inputs and constants.
        regions: by their index, for nodes that combine or compare elements by a subgraph of scalars without side
            effects (STABLEHLO_REDUCE, STABLEHLO_SORT): that subgraph.
    """

    index: int
    name: str
    tensors: tuple[TensorInfo, ...]
    nodes: tuple[Node, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    metadata: dict[str, bytes] = field(default_factory=dict)
    called: Mapping[int, Graph] = field(default_factory=dict)
    regions: Mapping[int, Graph] = field(default_factory=dict)

    def tensor(self, index: int) -> TensorInfo | None:
        """The tensor at `index`, or None for -1, an optional input left out."""
        return None if index < 0 else self.tensors[index]

    def inputs_of(self, node: Node) -> tuple[TensorInfo | None, ...]:
        return tuple(self.tensor(i) for i in node.inputs)

    def variables_of(self, node: Node) -> tuple[int, ...]:
        """The variable tensors (state kept between invocations) that `node` reads, each once."""
        return tuple(dict.fromkeys(i for i in node.inputs if i >= 0 and self.tensors[i].is_variable))

    def updated_by(self, node: Node) -> tuple[int, ...]:
        """The variable tensors that `node` reads and writes."""
        return self.variables_of(node) if node.is_custom or node.op in UPDATES_VARIABLES else ()

    def outputs_of(self, node: Node) -> tuple[TensorInfo, ...]:
        return tuple(self.tensors[i] for i in node.outputs)
