"""Partitions are acyclic, disjoint, complete and cannot be joined: on graphs of any form."""
from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_graphs import edge_lists, make_graph

from delegant.partitioner.dependencies import partition_inputs, partition_outputs, predecessors
from delegant.partitioner.partition import contract, partitions, topological

CHAIN = ((), (0,), (1,), (2,), (3,))


def before_of(edges: Any) -> Any:
    return tuple(frozenset(e) for e in edges)


def is_acyclic(before: Any, groups: Any) -> Any:
    try:
        topological(contract(before, groups))
    except ValueError:
        return False
    return True


def test_a_chain_breaks_at_what_is_not_supported() -> None:
    assert partitions(before_of(CHAIN), {0, 1, 3, 4}) == [(0, 1), (3, 4)]


def test_nodes_apart_in_the_file_join_when_no_path_forbids_it() -> None:
    # 0 -> 1 (cpu) and, independently of it, 0 -> 2 -> 3.
    assert partitions(before_of([(), (0,), (0,), (2,)]), {0, 2, 3}) == [(0, 2, 3)]


def test_a_source_and_a_late_node_join_though_their_epochs_differ() -> None:
    # Node 0 needs nothing and nobody supported needs it before 2, which waits for the CPU node 1.
    assert partitions(before_of([(), (), (1,)]), {0, 2}) == [(0, 2)]


def test_a_path_through_the_cpu_keeps_two_partitions_apart() -> None:
    assert partitions(before_of([(), (0,), (0, 1)]), {0, 2}) == [(0,), (2,)]


def test_groups_of_earlier_delegates_stay_whole_and_out_of_cycles() -> None:
    # 0 -> 1 -> 2 -> 3 with {0, 2} impossible as one group once 1 belongs to another delegate.
    assert partitions(before_of(CHAIN[:4]), {0, 2, 3}, [(1,)]) == [(0,), (2, 3)]


def test_topological_refuses_a_cycle() -> None:
    with pytest.raises(ValueError, match="wait for each other"):
        topological({0: {1}, 1: {0}})


@given(edge_lists(), st.data())
def test_partitions_of_random_graphs(edges: Any, data: Any) -> None:
    graph = make_graph(edges)
    before = predecessors(graph)
    nodes = range(len(edges))
    supported = data.draw(st.sets(st.sampled_from(nodes)))
    groups = partitions(before, supported)
    assert sorted(itertools.chain(*groups)) == sorted(supported)
    assert is_acyclic(before, groups)
    for a, b in itertools.combinations(groups, 2):
        rest = [g for g in groups if g not in (a, b)]
        assert not is_acyclic(before, [*rest, (*a, *b)]), f"{a} and {b} could be one partition"


@given(edge_lists(), st.data())
def test_a_second_delegate_leaves_the_first_ones_groups_alone(edges: Any, data: Any) -> None:
    before = predecessors(make_graph(edges))
    colour = data.draw(st.lists(st.integers(0, 2), min_size=len(edges), max_size=len(edges)))
    first = partitions(before, {k for k, c in enumerate(colour) if c == 1})
    second = partitions(before, {k for k, c in enumerate(colour) if c == 2}, first)
    assert sorted(itertools.chain(*second)) == [k for k, c in enumerate(colour) if c == 2]
    assert is_acyclic(before, [*first, *second])


@given(edge_lists(), st.data())
def test_inputs_and_outputs_are_exactly_what_crosses(edges: Any, data: Any) -> None:
    graph = make_graph(edges)
    group = sorted(data.draw(st.sets(st.sampled_from(range(len(edges))), min_size=1)))
    made = {k + 1 for k in group}
    read_inside = {t for k in group for t in edges[k]}
    read_outside = {t for k, e in enumerate(edges) if k not in group for t in e} | set(graph.outputs)
    assert set(partition_inputs(graph, group)) == read_inside - made
    assert set(partition_outputs(graph, group)) == made & read_outside
    assert set(partition_outputs(graph, group, keep_all=True)) == made
