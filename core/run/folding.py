"""Nodes whose inputs are all constant are computed once, while preparing; those without a result are not at all."""
from __future__ import annotations

from ..graph import Graph
from ..op import Bind, Op
from .arena import new_array

_STATEFUL = frozenset({
    "CALL_ONCE", "IF", "WHILE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "STABLEHLO_COMPOSITE",
    "STABLEHLO_CASE", "STABLEHLO_WHILE", "CALL", "HASHTABLE", "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_SIZE",
    "RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL", "MULTINOMIAL", "STABLEHLO_RNG_BIT_GENERATOR",
    "STABLEHLO_CUSTOM_CALL",
})  # fmt: skip


def is_stateless(graph: Graph) -> bool:
    """Whether no node of a graph keeps anything, runs a subgraph that might, or draws a random number."""
    nodes = (node for node in graph.nodes if node.index not in graph.called)
    return not any(node.is_custom or node.op in _STATEFUL for node in nodes)


def is_pure(graph: Graph) -> bool:
    """Whether a prepared graph computes its outputs from its inputs alone, all of shapes that are known."""
    return is_stateless(graph) and not any(
        tensor.is_variable or tensor.shape is None or tensor.dtype.hasobject for tensor in graph.tensors
    )


def is_idle(op: Op) -> bool:
    """Whether a prepared node makes no element and keeps no state: then there is nothing to bind or run."""
    if op.node.is_custom or op.node.op in _STATEFUL or any(x is not None and x.is_variable for x in op.inputs):
        return False
    return bool(op.outputs) and all(0 in output.shape and not output.dynamic for output in op.outputs)


def fold(op: Op, bind: Bind) -> bool:
    """Compute the outputs of a prepared node if nothing they depend on can change; returns whether it did.

    Later nodes then see the outputs' values while they prepare, which makes most shape arithmetic static. A node that
    fails is left to `invoke`, which reports it.
    """
    if op.outputs and all(output.value is not None for output in op.outputs):
        for output in op.outputs:
            output.fold()
        return True
    inputs = [x for x in op.inputs if x is not None]
    if not inputs or op.node.is_custom or op.node.op in _STATEFUL or any(x.value is None for x in inputs):
        return False
    try:
        for output in op.outputs:
            output.array = new_array(output.shape, output.dtype)
        op.scratch = [new_array(shape, dtype) for shape, dtype in op.scratch_shapes]
        bind()()
    except Exception:
        for output in op.outputs:
            output.release()
        return False
    for output in op.outputs:
        output.fold()
    return True
