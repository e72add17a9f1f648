"""Small models that several tests share."""
from __future__ import annotations

import numpy as np

from delegant.core.build.builder import BuilderTensor, GraphBuilder, ModelBuilder


def two_layers() -> bytes:
    """[-1, 4] float32 -> fully connected with relu -> add a constant -> [-1, 3], with one signature."""
    rng = np.random.default_rng(0)
    m = ModelBuilder()
    x = m.input("x", (-1, 4))
    hidden = m.fully_connected(
        x, rng.standard_normal((3, 4)).astype(np.float32), np.zeros(3, np.float32), activation="RELU"
    )
    y = m.add(hidden, m.constant("offset", np.float32([1, 2, 3])))
    m.output(y)
    m.signature("serving_default", {"x": x}, {"y": y})
    return m.to_bytes()


def two_signatures() -> bytes:
    """A sum and a difference of two float32 [2], each with its subgraph and signature."""
    m = ModelBuilder()
    a, b = m.input("a", (2,)), m.input("b", (2,))
    total = m.add(a, b)
    m.output(total)
    other = m.subgraph("other")
    c, d = other.input("c", (2,)), other.input("d", (2,))
    difference = other.op("SUB", [c, d])
    other.output(difference)
    m.signature("plus", {"a": a, "b": b}, {"sum": total})
    m.signature("minus", {"a": c, "b": d}, {"difference": difference}, other)
    return m.to_bytes()


def chain(length: int = 4, shape: tuple[int, ...] = (2, 3)) -> bytes:
    """Alternating TANH and ABS, `length` nodes in all."""
    m = ModelBuilder()
    x = m.input("x", shape)
    for k in range(length):
        x = m.op("ABS" if k % 2 else "TANH", [x])
    m.output(x)
    return m.to_bytes()


def accumulator() -> bytes:
    """An SVDF cell of rank 1 that sums its last two inputs: state that lasts between invocations."""
    m = ModelBuilder()
    x = m.input("x", (1, 1))
    features, times = np.float32([[1]]), np.float32([[1, 1]])
    state = m.variable("state", (1, 2))
    inputs = [x, m.constant("features", features), m.constant("times", times), None, state]
    m.output(m.op("SVDF", inputs, {"rank": 1}, shape=(1, 1)))
    return m.to_bytes()


def _handle(graph: GraphBuilder, name: str) -> BuilderTensor:
    return graph.op("VAR_HANDLE", [], {"container": "c", "shared_name": name}, shape=(), dtype="resource")


def read_variable(graph: GraphBuilder, name: str, shape: tuple[int, ...] = (1, 2)) -> BuilderTensor:
    return graph.op("READ_VARIABLE", [_handle(graph, name)], shape=shape, dtype="float32")


def assign_variable(graph: GraphBuilder, name: str, value: BuilderTensor) -> None:
    graph.op_with_outputs("ASSIGN_VARIABLE", [_handle(graph, name), value], [])


def two_counters() -> bytes:
    """The first adds up the inputs, the second adds up the first. Both begin with what CALL_ONCE assigns."""
    m = ModelBuilder()
    x, start = m.input("x", (1, 2)), m.subgraph("start")
    for name in "ab":
        assign_variable(start, name, start.constant(f"first_{name}", np.float32([[10, 20]])))
    m.op_with_outputs("CALL_ONCE", [], [], {"init_subgraph_index": start.index})
    for name in "ab":
        x = m.add(read_variable(m, name), x)
        assign_variable(m, name, x)
    m.output(x)
    return m.to_bytes()
