"""The table of lowerings, by operator name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ....core.delegate import Supported, Unsupported, Verdict
from ....core.graph import Graph, Node
from .checks import Refusal
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


def lowering(*ops: str, check: Check) -> Callable[[Lower], Lower]:
    """Registers the decorated function for one or more operators.

    Raises:
        ValueError: an operator has a lowering already.
    """

    def register(lower: Lower) -> Lower:
        for op in ops:
            if op in _table:
                raise ValueError(f"a GPU lowering for {op} is registered already")
            _table[op] = Entry(check, lower)
        return lower

    return register


def lowered_operators() -> Iterable[str]:
    """Names of the operators that have a lowering."""
    return _table.keys()


def judge(node: Node, graph: Graph) -> Verdict:
    """Whether `node` can be lowered, and if not, why."""
    entry = None if node.is_custom else _table.get(node.op)
    if entry is None:
        return Unsupported("op", f"no GPU kernel for {node.op} in this release")
    try:
        entry.check(node, graph)
    except Refusal as refusal:
        return Unsupported(refusal.rule, refusal.reason)
    return Supported()


def lower_node(node: Node, lowered: Lowering) -> None:
    """Adds the operations of a node that `judge` accepted."""
    _table[node.op].lower(node, lowered)
