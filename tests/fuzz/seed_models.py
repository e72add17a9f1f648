"""Small models that between them use every kind of record of the format, as a corpus to mutate."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
from small_models import accumulator, chain, two_layers, two_signatures

from delegant.core.build.builder import ModelBuilder
from delegant.core.schema import DimensionMetadata, DimensionType, Int32Vector, SparsityParameters, Uint8Vector


def per_channel() -> bytes:
    """An int8 convolution with a scale per output channel."""
    m = ModelBuilder()
    x = m.input("x", (1, 4, 4, 2), "int8", quantization=([0.1], [3]))
    w = m.constant(
        "w", np.ones((3, 1, 1, 2), np.int8), quantization=([0.1, 0.2, 0.3], [0, 0, 0], 0)
    )
    b = m.constant("b", np.zeros(3, np.int32), quantization=([0.01, 0.02, 0.03], [0, 0, 0], 0))
    options = {"stride_h": 1, "stride_w": 1}
    m.output(m.op("CONV_2D", [x, w, b], options, shape=(1, 4, 4, 3), quantization=([0.2], [0])))
    return m.to_bytes()


def strings() -> bytes:
    """A constant of strings, and a custom operator with options."""
    m = ModelBuilder()
    x = m.constant("x", np.array([b"a", b"bcd", b""], object), "string")
    y = m.tensor("y", (3,), "string")
    m.op_with_outputs("Custom", [x], [y], custom=True, custom_options=b"\x01\x02\x03")
    m.output(y)
    m.metadata("about", b"text")
    return m.to_bytes()


def branches() -> bytes:
    """An IF with two subgraphs."""
    m = ModelBuilder()
    which, x = m.input("which", (), "bool"), m.input("x", (2,))
    then, other = m.subgraph("then"), m.subgraph("other")
    for graph, op in ((then, "ABS"), (other, "NEG")):
        graph.output(graph.op(op, [graph.input("x", (2,))]))
    options = {"then_subgraph_index": then.index, "else_subgraph_index": other.index}
    m.output(m.op("IF", [which, x], options, shape=(2,), dtype="float32"))
    return m.to_bytes()


def movement() -> bytes:
    """Shapes and axes in constants, several outputs, 4-bit codes."""
    m = ModelBuilder()
    x = m.input("x", (2, -1), "int4", quantization=([0.5], [0]))
    w = m.constant("w", np.array([[1, -2, 3]], np.int8), "int4", quantization=([0.5], [0]))
    y = m.op("CONCATENATION", [x, w], {"axis": 0}, shape=(3, 3), quantization=([0.5], [0]))
    parts = [m.tensor(f"part{i}", (1, 3), "int4", quantization=([0.5], [0])) for i in range(3)]
    m.op_with_outputs("SPLIT", [m.constant("axis", np.int32(0)), y], parts, {"num_splits": 3})
    m.output(*parts)
    return m.to_bytes()


def sparse() -> bytes:
    """A constant whose columns are compressed, in blocks of two."""
    m = ModelBuilder()
    columns = DimensionMetadata(DimensionType.SPARSE_CSR, 0, Int32Vector((0, 1, 3)), Uint8Vector((1, 0, 1)))
    dimensions = DimensionMetadata(dense_size=2), columns, DimensionMetadata(dense_size=2)
    sparsity = SparsityParameters((0, 1, 2), (1,), dimensions)
    values = np.arange(1, 7, dtype=np.float32)
    m.output(m.op("DENSIFY", [m.constant("w", values, shape=(2, 4), sparsity=sparsity)], shape=(2, 4)))
    return m.to_bytes()


def regions() -> bytes:
    """Operators of the second union of options, some of which name subgraphs."""
    m = ModelBuilder()
    number, x = m.input("number", (1,), "int32"), m.input("x", (2, 3))
    less, same = m.subgraph("less"), m.subgraph("same")
    less.output(less.op("LESS", [less.input("a", ()), less.input("b", ())], shape=(), dtype="bool"))
    same.output(same.input("x", (2, 3)))
    y = m.op("STABLEHLO_SORT", [x], {"dimension": 1, "comparator_subgraph_index": less.index})
    branches = {"branch_subgraph_indices": (same.index, same.index)}
    y = m.op("STABLEHLO_CASE", [number, y], branches, shape=(2, 3), dtype="float32")
    m.output(m.op("STABLEHLO_CUSTOM_CALL", [y], {"call_target_name": "any", "called_computations": (same.index,)}))
    return m.to_bytes()


SEED_MODELS: dict[str, Callable[[], bytes]] = {
    "accumulator": accumulator,
    "branches": branches,
    "chain": chain,
    "movement": movement,
    "per_channel": per_channel,
    "regions": regions,
    "sparse": sparse,
    "strings": strings,
    "two_layers": two_layers,
    "two_signatures": two_signatures,
}
