"""What the recurrent operators ask of their state and weights."""

from __future__ import annotations

from ....core.graph import Graph, TensorInfo
from ....core.schema import TensorType
from .checks import INTEGER_TYPES, Refusal, demand, demand_constant


def demand_state(tensor: TensorInfo) -> None:
    """A tensor that keeps what is written to it."""
    demand(tensor.is_variable, "state", f"the state {tensor} is no variable tensor")


def demand_float_weights(graph: Graph, tensor: TensorInfo | None, role: str) -> None:
    """Weights left out, or constant ones of floats; beside integer ones the CPU rounds what they are multiplied by."""
    if tensor is not None and tensor.type in INTEGER_TYPES:
        reason = f"{role} ({tensor}) are integers: the CPU rounds the activations to 8 bits for them, GPUs do not"
        raise Refusal("hybrid", reason)
    demand_constant(graph, tensor, role)


def demand_codes_of(kind: TensorType, tensor: TensorInfo | None, scaled: bool = True) -> None:
    """Weights left out, or constant ones of an integer type, with one scale if they must be `scaled`."""
    if tensor is None:
        return
    demand(tensor.type == kind, "dtype", f"the weights {tensor} are {tensor.type.name}; the kernel takes {kind.name}")
    demand(tensor.data is not None and tensor.sparsity is None, "constant", f"the weights {tensor} are not constant")
    scales = 0 if tensor.quantization is None else tensor.quantization.scales.size
    demand(scales == 1 or not scaled, "quantized", f"the weights {tensor} have {scales} scales; one would do")
