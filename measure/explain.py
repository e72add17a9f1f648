"""Where every node of a model would run, and why."""
from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from ..core.delegate import Policy
from ..partitioner import PlacementReport
from .session import DelegateSource, ModelSource, Target, model_name, open_model, target_of


@dataclass(frozen=True)
class Explanation:
    """The placement of a model's main graph with one delegate attached."""

    model: str
    target: Target
    placement: PlacementReport

    def __str__(self) -> str:
        software = " (software: runs on the CPU)" if self.target.is_software else ""
        return f"{self.model} with {self.target.name} on {self.target.device}{software}\n{self.placement}"


def explain(
    model: ModelSource, delegate: DelegateSource = None, *, policy: Policy | str = Policy.PREFER, min_nodes: int = 1
) -> Explanation:
    """Plan a model for a delegate without running it.

    Args:
        model: path or content of a .tflite file.
        delegate: a name, an open delegate, or None for the CPU alone.
        min_nodes: smallest partition that goes to the delegate.

    Raises:
        ValueError: the model cannot be read or no delegate has that name.
        DelegantError: the delegate cannot be opened or, under the policy "require", a node is left to the CPU.
    """
    with closing(open_model(model, delegate, policy, min_nodes=min_nodes)) as interpreter:
        interpreter.allocate_tensors()
        return Explanation(model_name(model), target_of(interpreter), interpreter.placement_report())
