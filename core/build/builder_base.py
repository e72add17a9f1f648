"""What the model builder and its layers share: the handle of a tensor and the operations every layer is made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..schema import QuantizationParameters, Table, TensorType

QuantizationLike = QuantizationParameters | tuple[Any, ...] | None
"""What the builder takes for quantization: (scale, zero point), (scales, zero points, dimension), or the record."""


@dataclass(frozen=True, eq=False)
class BuilderTensor:
    """A tensor of a graph under construction.

    Attributes:
        index: position in its subgraph.
        shape: with 1 where a dimension is left open.
        quantization: as in the file, or None.
        value: a constant's array, else None.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    type: TensorType
    quantization: QuantizationParameters | None
    value: np.ndarray | None = None


def quantized(scale: Any, zero_point: Any = 0, dimension: int = 0) -> QuantizationParameters:
    """Affine quantization: one scale, or one per element of `dimension`; zero points are repeated as needed."""
    scales = np.atleast_1d(np.asarray(scale, np.float32))
    zero_points = np.broadcast_to(np.asarray(zero_point, np.int64), scales.shape)
    return QuantizationParameters(
        scale=tuple(scales.tolist()), zero_point=tuple(zero_points.tolist()), quantized_dimension=dimension
    )


Operand = BuilderTensor | np.ndarray | np.generic
"""An input of a layer: a tensor, or an array that becomes a constant."""


class OperatorBuilder(ABC):
    """Adding tensors and operators to a subgraph; `GraphBuilder` does it, the layers build on it."""

    @abstractmethod
    def op(
        self,
        name: str,
        inputs: Sequence[BuilderTensor | None],
        options: Table | Mapping[str, Any] | None = None,
        *,
        shape: Sequence[int] | None = None,
        dtype: Any = None,
        quantization: QuantizationLike = None,
        output_name: str = "",
        **more: Any,
    ) -> BuilderTensor:
        """Add an operator with one output."""

    @abstractmethod
    def op_with_outputs(
        self,
        name: str,
        inputs: Sequence[BuilderTensor | None],
        outputs: Sequence[BuilderTensor],
        options: Table | Mapping[str, Any] | None = None,
    ) -> None:
        """Add an operator that fills declared tensors."""

    @abstractmethod
    def tensor(
        self, name: str, shape: Sequence[int], dtype: Any = "float32", *, quantization: QuantizationLike = None
    ) -> BuilderTensor:
        """Declare a tensor that an operator will fill."""

    @abstractmethod
    def constant(self, name: str, value: Any, dtype: Any = None) -> BuilderTensor:
        """Declare a constant."""

    def _operand(self, value: Operand, name: str) -> BuilderTensor:
        return value if isinstance(value, BuilderTensor) else self.constant(name, value)

    def _integers(self, values: Any, name: str) -> BuilderTensor:
        return self.constant(name, np.asarray(values, np.int32))
