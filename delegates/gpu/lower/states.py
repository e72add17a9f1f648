"""What the recurrent operators ask of their state and weights."""

from __future__ import annotations

from ....core.graph import Graph, TensorInfo
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
