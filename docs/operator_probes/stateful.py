"""Operators with state, subgraphs, strings or tables."""
from __future__ import annotations

from delegant.core.dtypes import tensor_type

from .probe import Probe, probe

SPARSE = 1


@probe("IF")
def if_(p: Probe, op: str) -> None:
    branches = []
    for name in ("then", "else"):
        graph = p.g.subgraph(name)
        graph.output(graph.input("x", (2,), p.type))
        branches.append(graph.index)
    options = {"then_subgraph_index": branches[0], "else_subgraph_index": branches[1]}
    p.out(op, [p.x(type="bool"), p.x(2)], options, shape=(2,))


@probe("WHILE", "STABLEHLO_WHILE")
def while_(p: Probe, op: str) -> None:
    """A loop that runs no time."""
    condition, body = p.g.subgraph("condition"), p.g.subgraph("body")
    condition.input("x", (2,), p.type)
    condition.output(condition.op("LOGICAL_NOT", [condition.constant("yes", True)], dtype="bool"))
    body.output(body.input("x", (2,), p.type))
    options = {"cond_subgraph_index": condition.index, "body_subgraph_index": body.index}
    p.out(op, [p.x(2)], options, shape=(2,))


@probe("CALL", "STABLEHLO_COMPOSITE")
def call(p: Probe, op: str) -> None:
    graph = p.g.subgraph("called")
    graph.output(graph.input("x", (2,), p.type))
    index = "subgraph" if op == "CALL" else "decomposition_subgraph_index"
    p.out(op, [p.x(2)], {index: graph.index}, shape=(2,))


@probe("STABLEHLO_CASE")
def case(p: Probe, op: str) -> None:
    graph = p.g.subgraph("branch")
    graph.output(graph.input("x", (2,), p.type))
    p.out(op, [p.x(1, type="int32"), p.x(2)], {"branch_subgraph_indices": (graph.index,)}, shape=(2,))


@probe("CALL_ONCE", kinds=("float32",))
def call_once(p: Probe, op: str) -> None:
    """It has no operands."""
    p.g.op_with_outputs(op, [], [], {"init_subgraph_index": p.g.subgraph("once").index})
    p.g.output(p.g.op("ABS", [p.x(2)]))


@probe("VAR_HANDLE", "ASSIGN_VARIABLE", "READ_VARIABLE")
def variable(p: Probe, op: str) -> None:
    handle = p.g.tensor("handle", (), "resource")
    p.g.op_with_outputs("VAR_HANDLE", [], [handle], {"shared_name": "v"})
    p.g.op_with_outputs("ASSIGN_VARIABLE", [handle, p.x(2)], [])
    p.out("READ_VARIABLE", [handle], shape=(2,))


@probe("HASHTABLE", "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_SIZE")
def hashtable(p: Probe, op: str) -> None:
    """The type is that of the keys."""
    values = "int64" if p.type == "string" else "string"
    handle = p.g.tensor("handle", (1,), "resource")
    options = {"table_id": 1, "key_dtype": tensor_type(p.type), "value_dtype": tensor_type(values)}
    p.g.op_with_outputs("HASHTABLE", [], [handle], options)
    p.g.op_with_outputs("HASHTABLE_IMPORT", [handle, p.c([1], p.type), p.c([1], values)], [])
    p.out("HASHTABLE_FIND", [handle, p.x(2), p.c([1], values)], shape=(2,), type=values)
    p.out("HASHTABLE_SIZE", [handle], shape=(1,), type="int64")


@probe("EMBEDDING_LOOKUP_SPARSE")
def embedding_lookup_sparse(p: Probe, op: str) -> None:
    """The type is that of the table."""
    inputs = [p.c([1, 0]), p.c([[0, 0], [1, 0]]), p.c([2, 1]), p.c([1, 1], "float32"), p.c([[1] * 4] * 3, p.type)]
    p.out(op, inputs, shape=(2, 4))


@probe("LSH_PROJECTION")
def lsh_projection(p: Probe, op: str) -> None:
    """The type is that of the items."""
    p.out(op, [p.c([[1.0, 2.0]], "float32"), p.x(2, 3)], {"type": SPARSE}, shape=(1,), type="int32")


@probe("SKIP_GRAM", kinds=("string",))
def skip_gram(p: Probe, op: str) -> None:
    p.out(op, [p.x(1)], {"ngram_size": 1, "max_skip_size": 0, "include_all_ngrams": True}, shape=(1,))


@probe("CONCAT_EMBEDDINGS", kinds=("float32",))
def concat_embeddings(p: Probe, op: str) -> None:
    options = {"num_channels": 1, "num_columns_per_channel": (2,), "embedding_dim_per_channel": (3,)}
    p.out(op, [p.x(2, 3)], options, shape=(1, 6))
