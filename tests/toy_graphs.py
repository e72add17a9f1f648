"""Random and hand-made graphs for the partitioner, which looks at edges and never at arithmetic."""
from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from hypothesis import strategies as st

from delegant.core.delegate import CompiledPartition, Delegate, Partition, Supported, Unsupported, Verdict
from delegant.core.graph import Graph, Node, TensorInfo
from delegant.core.schema import TensorType


def tensor(index: int, **changes: object) -> TensorInfo:
    fields: dict[str, object] = {
        "index": index, "name": f"t{index}", "type": TensorType.FLOAT32, "dtype": np.dtype("float32"), "shape": (2, 3),
        "shape_signature": (2, 3),
    }  # fmt: skip
    return TensorInfo(**{**fields, **changes})  # type: ignore[arg-type]


def make_graph(
    edges: Sequence[Sequence[int]],
    ops: Sequence[str] | None = None,
    outputs: Sequence[int] | None = None,
    changed: dict[int, TensorInfo] | None = None,
) -> Graph:
    """A graph where node k makes tensor k + 1 from the tensors `edges[k]`; tensor 0 is the graph's input."""
    count = len(edges)
    tensors = [(changed or {}).get(i, tensor(i)) for i in range(count + 1)]
    names = ops or ["ADD"] * count
    nodes = tuple(Node(k, names[k], 1, tuple(edges[k]), (k + 1,)) for k in range(count))
    read = {t for inputs in edges for t in inputs}
    ends = tuple(outputs) if outputs is not None else tuple(i for i in range(1, count + 1) if i not in read)
    return Graph(0, "main", tuple(tensors), nodes, (0,), ends)


class PickyDelegate(Delegate):
    """Supports the nodes it is told to."""

    def __init__(self, nodes: Collection[int], name: str = "picky") -> None:
        self.name, self.device, self.is_software = name, "a device", True
        self.nodes = frozenset(nodes)

    def supports(self, node: Node, graph: Graph) -> Verdict:
        if node.index in self.nodes:
            return Supported()
        return Unsupported("op", f"no kernel for {node.op}")

    def compile(self, partition: Partition) -> CompiledPartition:
        raise AssertionError("the partitioner compiles nothing")


@st.composite
def edge_lists(draw: st.DrawFn, most: int = 14) -> list[list[int]]:
    """Inputs of up to `most` nodes, each from earlier tensors."""
    count = draw(st.integers(1, most))
    return [draw(st.lists(st.integers(0, k), min_size=1, max_size=3, unique=True)) for k in range(count)]
