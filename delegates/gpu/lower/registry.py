"""The table of lowerings, by operator name."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ....core.delegate import Supported, Unsupported, Verdict
from ....core.graph import Graph, Node, TensorInfo
from ....core.schema import OPTIONS_OF, BuiltinOperator, TensorType
from .borders import is_shape_like, leads_to_work
from .checks import CODES, Refusal, demand
from .constants import consumers, producers
from .context import Lowering
from .inline import flattened, members
from .integers import demand_exact, is_integer

HYBRID_WEIGHTS = (TensorType.INT8, TensorType.UINT8, TensorType.INT4, TensorType.INT2)
"""Types of weights for which the CPU quantizes float activations."""
BORDERS = ("QUANTIZE", "CAST", "DEQUANTIZE", "STABLEHLO_CONVERT")
"""Conversions, which are taken only beside other nodes and do not count as such."""

Check = Callable[[Node, Graph], None]
Lower = Callable[[Node, Lowering], None]


@dataclass(frozen=True)
class Entry:
    """How one operator is judged and lowered.

    Attributes:
        check: raises `Refusal` for a node that cannot be lowered.
        lower: adds the node's operations; called only for nodes that passed.
    """

    check: Check
    lower: Lower


_table: dict[str, Entry] = {}
_code_table: dict[str, Entry] = {}
_integer_table: dict[str, Entry] = {}
_hybrid_table: dict[str, Entry] = {}
_custom_table: dict[str, Entry] = {}


def lowering(
    *ops: str,
    check: Check,
    codes: bool = False,
    integers: bool = False,
    floats: bool | None = None,
    hybrid: bool = False,
    custom: bool = False,
) -> Callable[[Lower], Lower]:
    """Registers the decorated function for one or more operators.

    Args:
        codes: it lowers nodes that compute with 8-bit codes.
        integers: it lowers nodes that read or make plain integers or booleans (floats too, perhaps).
        floats: it lowers nodes of floats alone; None: where it lowers neither of the others.
        hybrid: it lowers nodes that multiply floats with constant weights of integers, as the CPU does.
        custom: the names are those of custom operators.

    Raises:
        ValueError: an operator has a lowering already.
    """
    floats = not (codes or integers or hybrid) if floats is None else floats
    chosen = (floats, _table), (codes, _code_table), (integers, _integer_table), (hybrid, _hybrid_table)
    tables = [_custom_table] if custom else [table for wanted, table in chosen if wanted]

    def register(lower: Lower) -> Lower:
        for op, table in itertools.product(ops, tables):
            if op in table:
                raise ValueError(f"a GPU lowering for {op} is registered already")
            table[op] = Entry(check, lower)
        return lower

    return register


def lowered_operators() -> Iterable[str]:
    """Names of the operators that have a lowering for floats."""
    return _table.keys()


def lowered_code_operators() -> Iterable[str]:
    """Names of the operators that have a lowering for 8-bit codes."""
    return _code_table.keys()


def lowered_integer_operators() -> Iterable[str]:
    """Names of the operators that have a lowering for plain integers and booleans."""
    return _integer_table.keys()


def lowered_custom_operators() -> Iterable[str]:
    """Names of the custom operators that have a lowering."""
    return _custom_table.keys()


def float_lowering(op: str) -> Entry:
    """How nodes of floats are lowered."""
    return _table[op]


def integer_lowering(op: str) -> Entry:
    """How nodes of plain integers are lowered."""
    return _integer_table[op]


def judge(node: Node, graph: Graph, widened: bool = False) -> Verdict:
    """Whether `node` can be lowered, and if not, why; `widened`: integer weights beside floats become floats."""
    for member in members(graph, node.index):
        verdict = _judge(member, flattened(graph), widened)
        if isinstance(verdict, Unsupported):
            inside = "" if member is node else f"{member.op} inside: "
            return Unsupported(verdict.rule, inside + verdict.reason)
    return Supported()


def _judge(node: Node, graph: Graph, widened: bool) -> Verdict:
    node = _with_options(node)
    entry = _entry(node, graph, widened)
    if entry is None:
        if has_codes(node, graph) and not node.is_custom and (node.op in _table or node.op in _integer_table):
            return Unsupported("quantized", f"no GPU kernel for {node.op} of codes in this release")
        return Unsupported("op", f"no GPU kernel for {node.op} in this release")
    try:
        entry.check(node, graph)
        demand_exact(node, graph)
        _demand_work(node, graph)
    except Refusal as refusal:
        return Unsupported(refusal.rule, refusal.reason)
    return Supported()


def _entry(node: Node, graph: Graph, widened: bool = False) -> Entry | None:
    """How a node is lowered, or None; one of kinds that its operator has no lowering for is left to another's check."""
    if node.is_custom:
        return _custom_table.get(node.op)
    if has_codes(node, graph):
        return _code_table.get(node.op)
    if node.op in _hybrid_table and not widened and is_hybrid(node, graph):
        return _hybrid_table[node.op]
    first, second = (_integer_table, _table) if has_integers(node, graph) else (_table, _integer_table)
    return first.get(node.op) or second.get(node.op)


def _with_options(node: Node) -> Node:
    """The node with the options that a file without any means: the defaults."""
    record = None if node.is_custom or node.options is not None else OPTIONS_OF.get(BuiltinOperator[node.op])
    return node if record is None else replace(node, options=record())


def _passes(node: Node, graph: Graph) -> bool:
    """Whether a node can be lowered, worth it or not."""
    node = _with_options(node)
    entry = _entry(node, graph)
    try:
        if entry is not None:
            entry.check(node, graph)
            demand_exact(node, graph)
    except Refusal:
        return False
    return entry is not None


def _demand_work(node: Node, graph: Graph) -> None:
    if is_shape_like(node, graph):
        reason = f"{node.op} computes a few integers and nothing next to it runs on this delegate: the CPU is faster"
        demand(leads_to_work(node, graph, lambda near: _passes(near, graph), BORDERS), "boundary", reason)


def demand_neighbour(source: TensorInfo, output: TensorInfo, graph: Graph) -> None:
    """A node that makes the source or reads the output runs on the device too."""
    maker = producers(graph).get(source.index)
    neighbours = (*((maker,) if maker else ()), *consumers(graph).get(output.index, ()))
    taken = any(near.op not in BORDERS and judge(near, graph) for near in neighbours)
    reason = f"nothing next to {source} and {output} runs on this delegate: the CPU converts it where it is"
    demand(taken, "boundary", reason)


def has_codes(node: Node, graph: Graph) -> bool:
    """Whether a node reads or makes codes that are computed."""
    return any(tensor.type in CODES for tensor in computed(node, graph))


def computed(node: Node, graph: Graph) -> tuple[TensorInfo, ...]:
    """The tensors of a node that are not constant."""
    return (*(t for t in graph.inputs_of(node) if t is not None and t.data is None), *graph.outputs_of(node))


def is_hybrid(node: Node, graph: Graph) -> bool:
    """Whether a node multiplies floats with constant weights of integers."""
    tensors = [t for t in graph.inputs_of(node) if t is not None]
    floats = any(t.type == TensorType.FLOAT32 and t.data is None for t in tensors)
    return floats and any(t.data is not None and t.type in HYBRID_WEIGHTS for t in tensors)


def has_integers(node: Node, graph: Graph) -> bool:
    """Whether a node reads or makes plain integers or booleans that are computed."""
    return any(is_integer(tensor) for tensor in computed(node, graph))


def lower_node(node: Node, lowered: Lowering) -> None:
    """Adds the operations of a node that `judge` accepted."""
    entry = _entry(node, lowered.graph, lowered.widened)
    assert entry is not None, f"{node.op} was never accepted"
    entry.lower(_with_options(node), lowered)
