"""Plans cover every node once, run in a valid order, and say why a node is where it is."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_graphs import PickyDelegate, edge_lists, make_graph, tensor

from delegant.core.delegate import Attachment, CpuStep, DelegateStep, Policy
from delegant.core.errors import DelegantError
from delegant.core.schema import TensorType
from delegant.partitioner import plan, report
from delegant.partitioner.dependencies import predecessors

CHAIN = [[0], [1], [2], [3]]


def attach(nodes: Any, name: Any = "picky", policy: Any = Policy.PREFER) -> Any:
    return Attachment(PickyDelegate(nodes, name), policy)


def test_without_delegates_everything_runs_on_the_cpu_in_file_order() -> None:
    assignment = plan(make_graph(CHAIN), [])
    assert assignment.steps == tuple(CpuStep(k) for k in range(4))
    assert {p.rule for p in assignment.placements} == {"no_delegate"}


def test_the_first_delegate_comes_first_and_the_next_gets_the_rest() -> None:
    assignment = plan(make_graph(CHAIN), [attach({0, 1}, "a"), attach({1, 2}, "b")])
    assert [p.device for p in assignment.placements] == ["a", "a", "b", "cpu"]
    assert [p.partition for p in assignment.placements] == [0, 0, 1, None]
    assert assignment.placements[3].reason == "no kernel for ADD"


def test_a_partition_below_the_minimum_goes_to_the_next_delegate_or_the_cpu() -> None:
    graph = make_graph(CHAIN)
    assignment = plan(graph, [attach({0, 2, 3})], min_nodes=2)
    assert [p.device for p in assignment.placements] == ["cpu", "cpu", "picky", "picky"]
    assert assignment.placements[0].rule == "min_nodes" and "1 nodes" in assignment.placements[0].reason
    with pytest.raises(ValueError, match="min_nodes"):
        plan(graph, [], min_nodes=0)


def test_require_names_every_node_left_over_with_its_reason() -> None:
    graph = make_graph(CHAIN, ["ADD", "MUL", "ADD", "SUB"])
    with pytest.raises(DelegantError, match="2 of 4 nodes") as caught:
        plan(graph, [attach({0, 2}, policy=Policy.REQUIRE)])
    message = str(caught.value)
    assert "node 1 (MUL): no kernel for MUL [op]" in message and "node 3 (SUB)" in message
    assert caught.value.nodes == (1, 3) and caught.value.delegate == "picky"


def test_require_is_content_when_another_delegate_takes_the_rest() -> None:
    assignment = plan(make_graph(CHAIN), [attach({0, 1}, "a", Policy.REQUIRE), attach({2, 3}, "b")])
    assert [p.device for p in assignment.placements] == ["a", "a", "b", "b"]


def test_require_ignores_min_nodes() -> None:
    assignment = plan(make_graph([[0]]), [attach({0}, policy=Policy.REQUIRE)], min_nodes=5)
    assert assignment.placements[0].device == "picky"


@pytest.mark.parametrize(
    ("op", "changed", "rule"),
    [
        ("WHILE", {}, "control_flow"),
        ("READ_VARIABLE", {}, "variable"),
        ("HASHTABLE_FIND", {}, "resource"),
        ("STABLEHLO_SCATTER", {}, "subgraph"),
        ("RANDOM_UNIFORM", {}, "random"),
        ("ADD", {2: tensor(2, is_variable=True)}, "state"),
        ("ADD", {1: tensor(1, shape=None)}, "dynamic_shape"),
        ("ADD", {2: tensor(2, shape=(0, 3))}, "empty"),
        ("ADD", {1: tensor(1, type=TensorType.STRING, dtype=np.dtype(object))}, "dtype"),
    ],
)
def test_what_no_delegate_may_take(op: Any, changed: Any, rule: Any) -> None:
    graph = make_graph([[0], [1], [0]], ["ADD", op, "ADD"], outputs=[2, 3], changed=changed)
    placement = plan(graph, [attach({0, 1, 2})]).placements[1]
    assert (placement.device, placement.rule) == ("cpu", rule)


def test_a_node_that_combines_elements_is_offered_with_the_subgraph_that_says_how() -> None:
    graph = make_graph([[0], [1], [0]], ["ADD", "STABLEHLO_REDUCE", "ADD"], outputs=[2, 3])
    assignment = plan(replace(graph, regions={1: make_graph([[0]])}), [attach({0, 1, 2})])
    assert [placement.partition for placement in assignment.placements] == [0, 0, 0]


def test_nodes_that_nobody_reads_stay_on_the_cpu_even_under_require() -> None:
    graph = make_graph([[0], [0]], outputs=[1])
    placements = plan(graph, [attach({0, 1}, policy=Policy.REQUIRE)]).placements
    assert placements[1].rule == "unused" and placements[0].device == "picky"


def test_what_constants_determine_needs_no_device() -> None:
    graph = make_graph([[0], [1, 0]], changed={1: tensor(1, data=np.zeros((2, 3), np.float32))})
    assignment = plan(graph, [attach({0, 1}, policy=Policy.REQUIRE)])
    assert [p.rule for p in assignment.placements] == ["constant", "supported"]
    step = assignment.steps[1]
    assert isinstance(step, DelegateStep) and step.partition.inputs == (0,)
    assert report(assignment.steps, assignment.placements).share == 1.0


def test_side_effects_keep_their_order_around_partitions() -> None:
    # Independent effects 0 and 2; node 1 reads effect 0, node 3 reads effect 2.
    ops = ["READ_VARIABLE", "ADD", "ASSIGN_VARIABLE", "ADD"]
    steps = plan(make_graph([[0], [1], [0], [3]], ops), [attach({1, 3})]).steps
    effects = [s.node for s in steps if isinstance(s, CpuStep)]
    assert effects == [0, 2]


def test_report_counts_reasons_shares_and_bytes() -> None:
    graph = make_graph(CHAIN, ["ADD", "MUL", "ADD", "MUL"])
    assignment = plan(graph, [attach({0, 2})])
    summary = report(assignment.steps, assignment.placements)
    assert summary.delegated == 2 and summary.share == 0.5
    assert [(r.op, r.rule, r.count) for r in summary.refusals] == [("MUL", "op", 2)]
    assert [b.direction for b in summary.partitions[0].boundaries] == ["in", "out"]
    assert summary.transfer_bytes == 4 * 24
    assert "2 of 4 nodes" in str(summary) and "no kernel for MUL" in str(summary)


@given(edge_lists(), st.data())
def test_plans_of_random_graphs(edges: Any, data: Any) -> None:
    count = len(edges)
    ops = data.draw(st.lists(st.sampled_from(["ADD", "ADD", "WHILE"]), min_size=count, max_size=count))
    subsets = st.sets(st.sampled_from(range(count)))
    graph = make_graph(edges, ops)
    attachments = [attach(data.draw(subsets), "a"), attach(data.draw(subsets), "b")]
    assignment = plan(graph, attachments, min_nodes=data.draw(st.integers(1, 3)))
    ready, seen = set(graph.inputs), list[int]()
    for step in assignment.steps:
        nodes = step.partition.nodes if isinstance(step, DelegateStep) else (step.node,)
        if isinstance(step, DelegateStep):
            assert ready >= set(step.partition.inputs)
            assert all(n in attachments[step.attachment].delegate.nodes for n in nodes)
        for n in nodes:
            assert ready >= set(graph.nodes[n].inputs)
            ready.update(graph.nodes[n].outputs)
        seen += nodes
    assert sorted(seen) == list(range(count))
    assert [p.node for p in assignment.placements] == list(range(count))


@pytest.mark.parametrize(("op", "outputs"), [("SVDF", (1, 0)), ("ADD", (1,))])
def test_a_variable_goes_in_and_comes_out_where_a_node_updates_it(op: str, outputs: tuple[int, ...]) -> None:
    graph = make_graph([[0]], [op], changed={0: tensor(0, is_variable=True)})
    (step,) = plan(graph, [attach({0})]).steps
    assert isinstance(step, DelegateStep)
    assert (step.partition.inputs, step.partition.outputs) == ((0,), outputs)
    assert step.partition.states == outputs[1:]


def test_only_nodes_that_share_a_variable_keep_their_order() -> None:
    graph = make_graph([[0], [1], [0], [0]], ["SVDF", "SVDF", "SVDF", "WHILE"])
    graph = replace(graph, tensors=tuple(replace(t, is_variable=t.index < 2) for t in graph.tensors))
    graph = replace(graph, nodes=tuple(replace(n, outputs=(n.index + 2,)) for n in graph.nodes))
    assert [set(before) for before in predecessors(graph)] == [set(), set(), {0}, {2}]
