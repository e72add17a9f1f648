"""A subgraph as the nodes of another one run it."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..context import Context
from ..graph import Graph, Shape
from .execution import Execution


class Callee:
    """See `CallableSubgraph`."""

    def __init__(self, execution: Execution, context: Context) -> None:
        self.graph = execution.graph
        self._execution = execution
        self._context = context

    def prepare_for(self, shapes: Sequence[Shape]) -> list[Shape | None]:
        """See `CallableSubgraph`."""
        self._resize(shapes)
        if not self._execution.is_prepared:
            self._execution.prepare()
        return self._execution.output_shapes

    def current_graph(self) -> Graph:
        """See `CallableSubgraph`."""
        return self._execution.current_graph()

    def allocate_for(self, shapes: Sequence[Shape]) -> None:
        """See `CallableSubgraph`."""
        if self._context.delegates:
            self._resize(shapes)
            if not self._execution.is_ready:
                self._execution.allocate()

    def call(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """See `CallableSubgraph`."""
        self._resize([array.shape for array in inputs])
        execution, operands = self._execution, self._execution.operands
        if not execution.is_ready:
            with self._context.delegating(False):
                execution.allocate()
        for index, array in zip(self.graph.inputs, inputs, strict=True):
            np.copyto(operands[index].array, array, casting="no")
        if self._context.step_times is None:
            execution.invoke()
        else:
            execution.invoke_timed(self._context.step_times)
        return [operands[i].array for i in self.graph.outputs]

    def _resize(self, shapes: Sequence[Shape]) -> None:
        if len(shapes) != len(self.graph.inputs):
            raise RuntimeError(
                f"subgraph {self.graph.index} ({self.graph.name}) has {len(self.graph.inputs)} inputs, "
                f"and is called with {len(shapes)}."
            )
        for index, shape in zip(self.graph.inputs, shapes, strict=True):
            self._execution.resize(index, shape)
