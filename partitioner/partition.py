"""Cut a graph into maximal partitions that can run as a whole without waiting for themselves.

A partition is acyclic when no path leaves it and comes back: then each of its inputs is there before it starts.
First, nodes are grouped by epoch, as TensorFlow Lite's two-colour grouping does: the number of changes between
"delegate" and "elsewhere" on the longest way from the graph's inputs. Then pairs of groups are merged while no path
between them passes through another node, so that at the end no two partitions of one delegate can be joined.
"""
from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence

from .dependencies import Predecessors, successors

Units = dict[int, set[int]]
"""A contracted graph: unit (its smallest node) -> the units it waits for."""

Groups = Sequence[tuple[int, ...]]


def unit_of_nodes(count: int, groups: Groups) -> list[int]:
    """For each node, the unit it belongs to: its group, or itself."""
    unit = list(range(count))
    for group in groups:
        for node in group:
            unit[node] = min(group)
    return unit


def contract(before: Predecessors, groups: Groups) -> Units:
    """The graph with every group drawn together into one unit."""
    unit = unit_of_nodes(len(before), groups)
    units: Units = {}
    for node, earlier in enumerate(before):
        units.setdefault(unit[node], set()).update(unit[p] for p in earlier if unit[p] != unit[node])
    return units


def topological(units: Mapping[int, Collection[int]]) -> list[int]:
    """Units in an order in which they can run, as close to the file's order as that allows.

    Raises:
        ValueError: there is a cycle.
    """
    waiting = {unit: len(earlier) for unit, earlier in units.items()}
    after = successors(units.items())
    ready = [unit for unit, count in waiting.items() if not count]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        unit = heapq.heappop(ready)
        order.append(unit)
        for later in after[unit]:
            waiting[later] -= 1
            if not waiting[later]:
                heapq.heappush(ready, later)
    if len(order) != len(units):
        raise ValueError("the groups wait for each other")
    return order


def _epochs(units: Units, mine: Collection[int]) -> list[tuple[int, ...]]:
    """Units of `mine` grouped by their epoch; epochs of `mine` are odd."""
    epoch: dict[int, int] = {}
    groups: dict[int, list[int]] = {}
    for unit in topological(units):
        own = unit in mine
        epoch[unit] = max((epoch[p] + ((p in mine) != own) for p in units[unit]), default=int(own))
        if own:
            groups.setdefault(epoch[unit], []).append(unit)
    return [tuple(group) for group in groups.values()]


def _two_steps(order: Sequence[int], after: Mapping[int, Sequence[int]], bit: Mapping[int, int]) -> dict[int, int]:
    """For each unit, the units that a path of at least two edges leads to, as a bit set."""
    reach: dict[int, int] = {}
    indirect: dict[int, int] = {}
    for unit in reversed(order):
        direct = far = 0
        for later in after[unit]:
            direct |= bit[later]
            far |= reach[later]
        indirect[unit], reach[unit] = far, direct | far
    return indirect


def _joinable(before: Predecessors, groups: Groups, mine: Groups) -> tuple[int, int] | None:
    """Two units of `mine` that no path through a third unit connects; None if there are none."""
    units = contract(before, [*groups, *mine])
    order = topological(units)
    bit = {unit: 1 << position for position, unit in enumerate(order)}
    indirect = _two_steps(order, successors(units.items()), bit)
    own = sorted((min(group) for group in mine), key=lambda unit: bit[unit])
    mask = sum(bit[unit] for unit in own)
    for unit in own:
        mask ^= bit[unit]
        candidates = mask & ~indirect[unit]
        if candidates:
            return unit, order[(candidates & -candidates).bit_length() - 1]
    return None


def partitions(before: Predecessors, supported: Collection[int], taken: Groups = ()) -> list[tuple[int, ...]]:
    """Maximal acyclic groups of the `supported` nodes.

    Args:
        before: the predecessors of every node.
        supported: nodes that may be grouped.
        taken: groups of earlier delegates, which stay whole.

    Returns:
        Groups in the order of their first nodes; each sorted, which is an order in which its nodes can run. No cycle
        runs through them and `taken`; joining any two of them would make one.
    """
    mine = [tuple(sorted(group)) for group in _epochs(contract(before, taken), set(supported))]
    while (pair := _joinable(before, taken, mine)) is not None:
        joined = tuple(sorted(node for group in mine if min(group) in pair for node in group))
        mine = [group for group in mine if min(group) not in pair] + [joined]
    return sorted(mine)
