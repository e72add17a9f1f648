"""Whether a plan can be run: planners may be anyone's."""
from __future__ import annotations

from collections.abc import Collection
from typing import NoReturn

from ..delegate import Assignment, Attachment, CpuStep, Partition
from ..errors import DelegantError
from ..graph import Graph


def check_assignment(
    graph: Graph, assignment: Assignment, attachments: Collection[Attachment], eager: Collection[int]
) -> None:
    """Check that every node runs once, after what it reads, and that partitions hand over all that is needed.

    Args:
        eager: nodes whose shapes are known only at run time; they cannot be delegated.

    Raises:
        DelegantError: naming the first step that cannot be run.
    """
    if [p.node for p in assignment.placements] != [node.index for node in graph.nodes]:
        _fail("does not have one placement per node, in order")
    written = {t for node in graph.nodes for t in node.outputs}
    done: list[int] = []
    missing = set(written)
    for step in assignment.steps:
        nodes = (step.node,) if isinstance(step, CpuStep) else step.partition.nodes
        for index in nodes:
            node = graph.nodes[index] if 0 <= index < len(graph.nodes) else _fail(f"has no node {index}")
            unread = [t for t in node.inputs if t in missing and not graph.tensors[t].is_constant]
            if unread:
                _fail(f"runs node {index} ({node.op}) before tensor {unread[0]} is there")
            missing.difference_update(node.outputs)
        if not isinstance(step, CpuStep):
            if not 0 <= step.attachment < len(attachments):
                _fail(f"uses attachment {step.attachment}, and there are {len(attachments)}")
            _check_partition(graph, step.partition, eager)
        done.extend(nodes)
    if sorted(done) != list(range(len(graph.nodes))):
        _fail(f"runs nodes {sorted(done)}, not each of the {len(graph.nodes)} once")


def _check_partition(graph: Graph, partition: Partition, eager: Collection[int]) -> None:
    own = set(partition.nodes)
    dynamic = own.intersection(eager)
    if dynamic:
        _fail(f"delegates nodes {sorted(dynamic)}, whose shapes are known only at run time")
    made = {t for i in own for t in graph.nodes[i].outputs}
    read_outside = {t for node in graph.nodes if node.index not in own for t in node.inputs} | set(graph.outputs)
    updated = {t for i in own for t in graph.updated_by(graph.nodes[i])}
    needed = {t for t in made & read_outside if not graph.tensors[t].is_constant} | updated
    unknown, lost = set(partition.outputs) - made - updated, needed - set(partition.outputs)
    read = {t for i in own for t in graph.nodes[i].inputs if t >= 0} - made
    unfed = {t for t in read if not graph.tensors[t].is_constant} - set(partition.inputs)
    for tensors, what in ((unknown, "claims to make"), (lost, "does not hand over"), (unfed, "is not given")):
        if tensors:
            _fail(f"has a partition of nodes {list(partition.nodes)} that {what} tensors {sorted(tensors)}")


def _fail(what: str) -> NoReturn:
    raise DelegantError(f"the plan {what}")
