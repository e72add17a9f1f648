"""Regions: subgraphs that combine scalars, as the functions of arrays that they stand for.

A region of one addition, product, minimum, maximum, conjunction or disjunction of its two arguments is recognised and
computed on whole arrays. Any other runs once per element.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .context import CallableSubgraph
from .graph import Graph
from .op import Op

Combine = Callable[[Sequence[np.ndarray], Sequence[np.ndarray]], list[np.ndarray]]
"""Elementwise from accumulators and values of one shape to new accumulators."""

_NAMES = {
    "ADD": "add", "STABLEHLO_ADD": "add", "MUL": "multiply", "STABLEHLO_MULTIPLY": "multiply",
    "MINIMUM": "minimum", "STABLEHLO_MINIMUM": "minimum", "MAXIMUM": "maximum", "STABLEHLO_MAXIMUM": "maximum",
    "LOGICAL_AND": "and", "STABLEHLO_AND": "and", "LOGICAL_OR": "or", "STABLEHLO_OR": "or",
}  # fmt: skip
_UFUNCS: dict[str, np.ufunc] = {
    "add": np.add, "multiply": np.multiply, "minimum": np.minimum, "maximum": np.maximum,
    "and": np.bitwise_and, "or": np.bitwise_or,
}  # fmt: skip


class Region:
    """A subgraph of 2n scalars (n accumulators, then n values) and n results.

    Attributes:
        replaces: whether the result is simply the value.
        ufunc: the NumPy function it stands for, or None.
    """

    def __init__(self, op: Op, index: int, count: int = 1) -> None:
        """
        Args:
            index: of the subgraph.
            count: n.

        Raises:
            RuntimeError: the subgraph is not of this form, or cannot be prepared.
        """
        self._subgraph: CallableSubgraph = op.context.subgraph(index)
        graph = self._subgraph.graph
        if len(graph.inputs) != 2 * count or len(graph.outputs) != count:
            raise op.error(f"subgraph {index} must have {2 * count} inputs and {count} outputs")
        self.replaces = count == 1 and not graph.nodes and graph.outputs[0] == graph.inputs[1]
        name = function_name(graph) if count == 1 else None
        self.ufunc = None if name is None else _UFUNCS[name]
        if self.ufunc is None and not self.replaces:
            self._subgraph.prepare_for([()] * (2 * count))

    def combine(self, accumulators: Sequence[np.ndarray], values: Sequence[np.ndarray]) -> list[np.ndarray]:
        """New accumulators, elementwise; all arrays are of one shape."""
        if self.replaces:
            return [np.array(values[0])]
        if self.ufunc is not None:
            return [self.ufunc(accumulators[0], values[0], dtype=accumulators[0].dtype)]
        results = [np.empty_like(x) for x in accumulators]
        for at in np.ndindex(results[0].shape):
            scalars = self._subgraph.call([np.asarray(x[at]) for x in (*accumulators, *values)])
            for result, scalar in zip(results, scalars, strict=True):
                result[at] = scalar.reshape(())
        return results


def function_name(graph: Graph) -> str | None:
    """What a graph of one node computes from its two inputs: "add", "multiply", "minimum", "maximum", "and", "or"."""
    if len(graph.nodes) != 1 or len(graph.inputs) != 2:
        return None
    (node,) = graph.nodes
    is_plain = node.outputs == graph.outputs and sorted(node.inputs) == sorted(graph.inputs)
    activation: Any = getattr(node.options, "fused_activation_function", 0)
    is_quantized = any(graph.tensors[i].quantization is not None for i in graph.inputs)
    return _NAMES.get(node.op) if is_plain and not activation and not is_quantized else None
