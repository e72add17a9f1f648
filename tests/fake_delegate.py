"""A delegate that computes with NumPy and fails when it is told to, and a model for it."""
from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from delegant.core.build.builder import ModelBuilder
from delegant.core.delegate import CompiledPartition, Delegate, Partition, Supported, Unsupported, Verdict
from delegant.core.graph import Graph, Node

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "TANH": np.tanh, "EXP": np.exp, "NEG": np.negative, "ABS": np.abs, "ADD": np.add, "MUL": np.multiply,
    "SUB": np.subtract, "GREATER": np.greater, "Slow": np.copy,
}  # fmt: skip


def compute(partition: Partition, inputs: Sequence[np.ndarray]) -> dict[int, Any]:
    """All tensors of a partition of elementwise nodes, by index."""
    graph = partition.graph
    values: dict[int, Any] = {t.index: t.data for t in graph.tensors if t.data is not None}
    values.update(zip(partition.inputs, inputs, strict=True))
    for index in partition.nodes:
        node = graph.nodes[index]
        values[node.outputs[0]] = FUNCTIONS[node.op](*(values[t] for t in node.inputs))
    return values


def chain(*ops: str, shape: Sequence[int] = (2, 3)) -> bytes:
    """A model of one float32 input `x` that runs through `ops`."""
    m = ModelBuilder()
    value = m.input("x", shape)
    for k, op in enumerate(ops):
        value = m.op(op, [value], output_name=f"y{k}")
    m.output(value)
    return m.to_bytes()


class FakePartition(CompiledPartition):
    def __init__(self, delegate: FakeDelegate, partition: Partition) -> None:
        self.delegate, self.partition, self.is_closed = delegate, partition, False
        self.is_bound = False

    def bind(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self.is_bound = True

    def unbind(self) -> None:
        self.is_bound = False

    @property
    def nbytes(self) -> int:
        return sum(self.partition.graph.tensors[t].nbytes for t in self.partition.outputs)

    def run(self, inputs: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> None:
        self.delegate.runs += 1
        if self.delegate.fails_at == "run" and self.delegate.runs > self.delegate.good_runs:
            raise self.delegate.error
        time.sleep(self.delegate.seconds)
        values = compute(self.partition, inputs)
        for tensor, output in zip(self.partition.outputs, outputs, strict=True):
            output[...] = values[tensor] + np.float32(self.delegate.wrong_by)

    def close(self) -> None:
        self.is_closed = True


class FakeDelegate(Delegate):
    """Takes the operators in `ops`.

    Attributes:
        fails_at: "", "compile" or "run" (after `good_runs` good ones); `error` is what it then raises.
        wrong_by: added to every output. seconds: how long a run takes at least.
    """

    def __init__(
        self,
        ops: Collection[str] = ("TANH", "EXP"),
        fails_at: str = "",
        error: Exception | None = None,
        good_runs: int = 0,
        wrong_by: float = 0.0,
        seconds: float = 0.0,
    ) -> None:
        self.name, self.device, self.is_software = "fake", "a fake device", True
        self.ops, self.fails_at, self.error = frozenset(ops), fails_at, error or RuntimeError("it failed")
        self.good_runs, self.wrong_by, self.seconds = good_runs, wrong_by, seconds
        self.runs, self.is_closed = 0, False
        self.compiled: list[FakePartition] = []

    def supports(self, node: Node, graph: Graph) -> Verdict:
        if node.op in self.ops:
            return Supported()
        return Unsupported("op", f"{node.op} is none of {', '.join(sorted(self.ops))}")

    def compile(self, partition: Partition) -> CompiledPartition:
        if self.fails_at == "compile":
            raise self.error
        self.compiled.append(FakePartition(self, partition))
        return self.compiled[-1]

    def close(self) -> None:
        self.is_closed = True
