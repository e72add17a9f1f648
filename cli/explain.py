"""`delegant explain`: where every node would run, and why."""
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..core.delegate import Policy
from .errors import reported
from .options import DeviceName, Json, KeepFloat, Model, PolicyOption, Precision, open_delegate
from .output import counted, device_name, node, print_json, print_table, say, size
from .progress import watched

if TYPE_CHECKING:
    from ..core.delegate import NodePlacement
    from ..measure.explain import Explanation
    from ..partitioner import PlacementReport
    from ..partitioner.report import Refusal


@reported
def explain(
    model: Model,
    delegate: Annotated[
        str | None, typer.Option("--delegate", "-d", help="Delegate to plan for. All by default.")
    ] = None,
    device: DeviceName = None,
    precision: Precision = None,
    fp32: KeepFloat = None,
    policy: PolicyOption = Policy.PREFER,
    min_nodes: Annotated[int, typer.Option("--min-nodes", min=1, help="Smallest partition for the delegate.")] = 1,
    nodes: Annotated[bool, typer.Option("--nodes", help="List every node.")] = False,
    json: Json = False,
) -> None:
    """Say which nodes a delegate takes, and why not the others."""
    from ..core.errors import DeviceUnavailableError
    from ..delegates.registry import known_delegates
    from ..measure.explain import explain as explain_model

    names = [delegate] if delegate else list(known_delegates())
    found: list[Explanation] = []
    missing: list[DeviceUnavailableError] = []
    with watched(f"planning {model.name}"):
        for name in names:
            try:
                opened = open_delegate(name, device, precision, fp32)
            except DeviceUnavailableError as error:
                missing.append(error)
                continue
            found.append(explain_model(model, opened, policy=policy, min_nodes=min_nodes))
    if missing and not found:
        raise missing[0]
    if json:
        print_json(found)
        return
    for explanation in found:
        print_explanation(explanation, nodes)
    for problem in missing:
        say(f"\n{problem}")


def print_explanation(explanation: Explanation, nodes: bool = False) -> None:
    """Print a placement: summary, partitions, reasons, and on request every node."""
    placement = explanation.placement
    target = explanation.target
    say(f"{explanation.model} with {target.name} on {device_name(target.device, target.is_software)}")
    if any(p.subgraph for p in placement.nodes):
        say("1:2 stands for node or partition 2 of subgraph 1, 1:ADD for an ADD in it; the others are the main graph's")
    say(
        f"{placement.delegated} of {placement.running} nodes on {target.name} ({placement.share:.0%}), "
        f"{counted(len(placement.partitions), 'partition')}, {size(placement.transfer_bytes)} cross per run\n"
    )
    if placement.partitions:
        rows = [
            (node(p.number, p.subgraph), p.device, str(len(p.nodes)), size(p.transfer_bytes))
            for p in placement.partitions
        ]
        print_table("", ("partition", "device", "nodes", "crossing"), rows, right=(0, 2, 3))
        say()
    if placement.refusals:
        reasons = [(str(r.count), _op(r), r.rule, r.reason) for r in placement.refusals]
        print_table("on the CPU", ("nodes", "op", "rule", "reason"), reasons, right=(0,))
        say()
    if placement.remarks:
        said = [(str(r.count), _op(r), r.rule, r.reason) for r in placement.remarks]
        print_table("on the delegate", ("nodes", "op", "rule", "reason"), said, right=(0,))
        say()
    if nodes:
        _print_nodes(placement)


def _op(refusal: Refusal) -> str:
    return f"{refusal.subgraph}:{refusal.op}" if refusal.subgraph else refusal.op


def _print_nodes(placement: PlacementReport) -> None:
    rows = [
        (node(p.node, p.subgraph), p.op, p.device, _partition(p), p.rule, p.reason)
        for p in placement.nodes
    ]
    print_table("", ("node", "op", "device", "partition", "rule", "reason"), rows, right=(0, 3))


def _partition(placement: NodePlacement) -> str:
    return "" if placement.partition is None else node(placement.partition, placement.subgraph)
