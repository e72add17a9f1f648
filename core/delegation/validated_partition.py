"""DELEGANT_VALIDATE=1: the CPU computes every partition too, and the first tensor that differs is named."""
from __future__ import annotations

import os
import warnings

import numpy as np

from ..errors import DelegateMismatchWarning
from .delegated_partition import DelegatedPartition, in_subgraph

TOLERANCE = 1e-3
"""Largest error of a float tensor, relative to its largest magnitude; other types must be equal."""


def is_validating() -> bool:
    """Whether the environment asks for validation."""
    return os.environ.get("DELEGANT_VALIDATE", "0") not in ("", "0")


class ValidatedPartition(DelegatedPartition):
    """A partition whose outputs are compared with the CPU's after each run. The delegate's outputs are kept."""

    has_warned = False

    def _run_first(self) -> None:
        self._states.keep()
        super()._run_first()
        if self.failure is None:
            self._on_cpu = self._bind_on_cpu(self.partition)
            self._validate()

    def _run(self) -> None:
        self._states.keep()
        super()._run()
        if self.failure is None:
            self._validate()

    def _validate(self) -> None:
        delegated = [array.copy() for array in self._outputs]
        self._states.restore()
        for run in self._on_cpu:
            run()
        for tensor, actual, output in zip(self.partition.outputs, delegated, self._outputs, strict=True):
            array = self._states.variables.get(tensor, output)
            message = mismatch(actual, array)
            np.copyto(array, actual)
            if message and not self.has_warned:
                self.has_warned = True
                self._warn(tensor, message)

    def _warn(self, tensor: int, message: str) -> None:
        graph, name = self.partition.graph, self.attachment.delegate.name
        nodes = (graph.nodes[i] for i in self.partition.nodes)
        maker = next(n.index for n in nodes if tensor in (*n.outputs, *graph.updated_by(n)))
        where = f"node {maker} ({graph.nodes[maker].op}){in_subgraph(graph)}, tensor {graph.tensors[tensor]}"
        hint = f"`delegant compare --per-layer --delegate {name}` finds the node where it begins"
        warnings.warn(f"{name} and the CPU differ at {where}: {message}; {hint}", DelegateMismatchWarning, stacklevel=2)


def mismatch(actual: np.ndarray, expected: np.ndarray) -> str:
    """How `actual` differs from `expected`, or "" where it is as good."""
    if expected.dtype.kind not in "fc":
        wrong = int(np.count_nonzero(actual != expected))
        return f"{wrong} of {expected.size} elements differ" if wrong else ""
    if np.array_equal(actual, expected, equal_nan=True):
        return ""
    scale = float(np.abs(expected).max(initial=0, where=np.isfinite(expected))) or 1.0
    with np.errstate(invalid="ignore"):
        worst = float(np.abs(actual - expected).max(initial=0)) / scale
    return "" if worst <= TOLERANCE else f"error of {worst:.3g} of its range"
