"""`delegant inspect`: what is in a model file."""
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .errors import reported
from .options import Json, Model
from .output import print_json, print_table, say, shape, short, size

if TYPE_CHECKING:
    from ..measure.summary import ModelSummary, SubgraphSummary, TensorSummary


@reported
def inspect(
    model: Model,
    full: Annotated[bool, typer.Option("--full", help="List every tensor and operator.")] = False,
    json: Json = False,
) -> None:
    """Show subgraphs, tensors, operators, signatures, metadata and sizes."""
    from ..measure.summary import inspect as inspect_model

    summary = inspect_model(model)
    if json:
        print_json(summary)
        return
    _print_head(summary)
    for subgraph in summary.subgraphs:
        _print_subgraph(subgraph, full)


def _print_head(summary: ModelSummary) -> None:
    say(f"{summary.model}: {size(summary.nbytes)}, of which constants {size(summary.constant_bytes)}")
    if summary.description:
        say(summary.description)
    for s in summary.signatures:
        say(f"signature {s.key} (subgraph {s.subgraph}): {_mapping(s.inputs)} -> {_mapping(s.outputs)}")
    for name, nbytes in summary.metadata.items():
        say(f"metadata {name}: {size(nbytes)}")


def _mapping(names: dict[str, str]) -> str:
    return ", ".join(f"{name} = {tensor}" if name != tensor else name for name, tensor in names.items()) or "nothing"


def _tensor_row(tensor: TensorSummary) -> tuple[str, ...]:
    nbytes = size(tensor.nbytes) if tensor.nbytes else ""
    return (
        str(tensor.index),
        tensor.kind,
        short(tensor.name, 60),
        tensor.type,
        shape(tensor.shape),
        tensor.quantization,
        nbytes,
    )


def _options(options: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in options.items())


def _print_subgraph(subgraph: SubgraphSummary, full: bool) -> None:
    say(f"\nsubgraph {subgraph.index} {subgraph.name}: {len(subgraph.operators)} operators, "
        f"{len(subgraph.tensors)} tensors")  # fmt: skip
    say(", ".join(f"{count} {op}" for op, count in subgraph.op_counts.items()))
    tensors = [t for t in subgraph.tensors if full or t.kind in ("input", "output", "variable")]
    columns = ("tensor", "kind", "name", "type", "shape", "quantization", "bytes")
    print_table("", columns, [_tensor_row(t) for t in tensors], right=(0, 6))
    if full:
        rows = [
            (str(o.index), o.op, str(o.version), str(list(o.inputs)), str(list(o.outputs)), _options(o.options))
            for o in subgraph.operators
        ]
        print_table("", ("node", "op", "version", "inputs", "outputs", "options"), rows, right=(0, 2))
