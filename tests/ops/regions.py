"""Subgraphs of two scalars, as reductions and scatters have them."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from delegant.core.build.builder import BuilderTensor, GraphBuilder, ModelBuilder

Computation = Callable[[GraphBuilder, BuilderTensor, BuilderTensor], BuilderTensor]


def region(model: ModelBuilder, dtype: Any, compute: str | Computation | None) -> int:
    """The index of a new subgraph: one operator by name, several by a function, or the second argument alone."""
    graph = model.subgraph("region")
    a, b = graph.input("a", (), dtype), graph.input("b", (), dtype)
    if compute is None:
        graph.output(b)
    elif callable(compute):
        graph.output(compute(graph, a, b))
    else:
        graph.output(graph.op(compute, [a, b]))
    return graph.index
