"""The table of lowerings, by operator name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ....core.delegate import Supported, Unsupported, Verdict
from ....core.graph import Graph, Node
from .checks import CODES, Refusal
from .context import Lowering

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


def lowering(*ops: str, check: Check, codes: bool = False) -> Callable[[Lower], Lower]:
    """Registers the decorated function for one or more operators.

    Args:
        codes: it lowers nodes that compute with 8-bit codes; else nodes of floats.

    Raises:
        ValueError: an operator has a lowering already.
    """
    table = _code_table if codes else _table

    def register(lower: Lower) -> Lower:
        for op in ops:
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


def float_lowering(op: str) -> Entry:
    """How nodes of floats are lowered."""
    return _table[op]


def judge(node: Node, graph: Graph) -> Verdict:
    """Whether `node` can be lowered, and if not, why."""
    codes = has_codes(node, graph)
    entry = None if node.is_custom else (_code_table if codes else _table).get(node.op)
    if entry is None:
        known = codes and node.op in _table
        if known:
            return Unsupported("quantized", f"no GPU kernel for {node.op} of 8-bit codes in this release")
        return Unsupported("op", f"no GPU kernel for {node.op} in this release")
    try:
        entry.check(node, graph)
    except Refusal as refusal:
        return Unsupported(refusal.rule, refusal.reason)
    return Supported()


def has_codes(node: Node, graph: Graph) -> bool:
    """Whether a node reads or makes 8-bit codes that are computed."""
    tensors = (*(t for t in graph.inputs_of(node) if t is not None and t.data is None), *graph.outputs_of(node))
    return any(tensor.type in CODES for tensor in tensors)


def lower_node(node: Node, lowered: Lowering) -> None:
    """Adds the operations of a node that `judge` accepted."""
    table = _code_table if has_codes(node, lowered.graph) else _table
    table[node.op].lower(node, lowered)
