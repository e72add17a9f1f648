"""What the recurrent operators ask of their state and weights."""

from __future__ import annotations

import numpy as np

from ....core.graph import Graph, TensorInfo
from ....core.schema import TensorType
from .checks import INTEGER_TYPES, demand, demand_constant, shape_of
from .dynamic_range import OTHERWISE, SYMMETRIC, WIDTH
from .twin import zero_point
from .twin_products import EXACT, largest_sum


def demand_state(tensor: TensorInfo) -> None:
    """A tensor that keeps what is written to it."""
    demand(tensor.is_variable, "state", f"the state {tensor} is no variable tensor")


def demand_weights(graph: Graph, tensor: TensorInfo | None, role: str, exact: bool, asymmetric: bool) -> None:
    """Weights left out, or constant ones that a kernel can have.

    Args:
        exact: activations are quantized for matrices of integers.
        asymmetric: with a zero point.
    """
    demand_constant(graph, tensor, role)
    if not exact or tensor is None or tensor.type not in INTEGER_TYPES:
        return
    demand_codes_of(TensorType.INT8, tensor)
    demand(zero_point(tensor) == 0, "quantized", f"{role} ({tensor}) have a zero point")
    if len(shape_of(tensor)) > 1:
        assert tensor.data is not None
        bound = largest_sum(tensor.data.astype(np.int64), 0, *(WIDTH if asymmetric else SYMMETRIC))
        reason = f"sums of codes may reach {bound}; float32 adds up exactly below {EXACT} only; {OTHERWISE}"
        demand(bound < EXACT, "exactness", reason)


def demand_codes_of(kind: TensorType, tensor: TensorInfo | None, scaled: bool = True) -> None:
    """Weights left out, or constant ones of an integer type, with one scale if they must be `scaled`."""
    if tensor is None:
        return
    demand(tensor.type == kind, "dtype", f"the weights {tensor} are {tensor.type.name}; the kernel takes {kind.name}")
    demand(tensor.data is not None and tensor.sparsity is None, "constant", f"the weights {tensor} are not constant")
    scales = 0 if tensor.quantization is None else tensor.quantization.scales.size
    demand(scales == 1 or not scaled, "quantized", f"the weights {tensor} have {scales} scales; one would do")
