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
        self.graph = graph = execution.graph
        self._execution = execution
        self._context = context
        needed = {t for node in graph.nodes for t in (*node.inputs, *node.intermediates)} | set(graph.outputs)
        self._read = [k for k, t in enumerate(graph.inputs) if t in needed or execution.storage.preserve_all]

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

    def input_arrays(self, shapes: Sequence[Shape]) -> list[np.ndarray]:
        """See `CallableSubgraph`."""
        self._resize(shapes)
        if not self._execution.is_ready:
            with self._context.delegating(False):
                self._execution.allocate()
        return [self._execution.operands[i].array for i in self.graph.inputs]

    def call(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """See `CallableSubgraph`."""
        own = self.input_arrays([array.shape for array in inputs])
        for k in self._read:
            if own[k] is not inputs[k]:
                np.copyto(own[k], inputs[k], casting="no")
        execution = self._execution
        if self._context.step_times is None:
            execution.invoke()
        else:
            execution.invoke_timed(self._context.step_times)
        return [execution.operands[i].array for i in self.graph.outputs]

    def _resize(self, shapes: Sequence[Shape]) -> None:
        if len(shapes) != len(self.graph.inputs):
            raise RuntimeError(
                f"subgraph {self.graph.index} ({self.graph.name}) has {len(self.graph.inputs)} inputs, "
                f"and is called with {len(shapes)}."
            )
        for index, shape in zip(self.graph.inputs, shapes, strict=True):
            self._execution.resize(index, shape)
