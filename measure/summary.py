"""What is in a model file, as plain data."""
from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from ..core.model.reader import open_model, read_model
from ..core.schema import BuiltinOperator, Model, Operator, SubGraph, Tensor, TensorType
from ..core.schema.operator_options import builtin_code_of, operator_name
from .session import ModelSource, model_name


@dataclass(frozen=True)
class TensorSummary:
    """One tensor. `kind` is "input", "output", "constant", "variable" or "activation"; `nbytes` counts constants."""

    index: int
    name: str
    type: str
    shape: tuple[int, ...]
    kind: str
    quantization: str
    nbytes: int


@dataclass(frozen=True)
class OperatorSummary:
    """One operator call; -1 among the inputs is an optional one left out."""

    index: int
    op: str
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: dict[str, Any]


@dataclass(frozen=True)
class SubgraphSummary:
    """One subgraph; `op_counts` is sorted by count."""

    index: int
    name: str
    tensors: tuple[TensorSummary, ...]
    operators: tuple[OperatorSummary, ...]
    op_counts: dict[str, int]


@dataclass(frozen=True)
class SignatureSummary:
    """A signature: tensor names by the names it gives them."""

    key: str
    subgraph: int
    inputs: dict[str, str]
    outputs: dict[str, str]


@dataclass(frozen=True)
class ModelSummary:
    """A model file.

    Attributes:
        nbytes: size of the file; constant_bytes: of the tensors' constants in it, each buffer counted once.
        metadata: size in bytes by name.
    """

    model: str
    nbytes: int
    version: int
    description: str
    constant_bytes: int
    subgraphs: tuple[SubgraphSummary, ...]
    signatures: tuple[SignatureSummary, ...]
    metadata: dict[str, int]


def inspect(model: ModelSource) -> ModelSummary:
    """Read a model file without preparing it to run.

    Raises:
        ValueError: the file is missing, damaged or no model.
    """
    content = read_model(model) if isinstance(model, bytes) else open_model(model)
    nbytes = len(model) if isinstance(model, bytes) else os.path.getsize(model)
    used = {t.buffer for s in content.subgraphs for t in s.tensors}
    return ModelSummary(
        model_name(model),
        nbytes,
        content.version,
        content.description or "",
        sum(len(content.buffers[b].data or b"") for b in used if b < len(content.buffers)),
        tuple(_subgraph(content, s, k) for k, s in enumerate(content.subgraphs)),
        _signatures(content),
        {m.name or "": len(content.buffers[m.buffer].data or b"") for m in content.metadata},
    )


def _subgraph(model: Model, subgraph: SubGraph, index: int) -> SubgraphSummary:
    tensors = tuple(_tensor(model, subgraph, t, k) for k, t in enumerate(subgraph.tensors))
    operators = tuple(_operator(model, op, k) for k, op in enumerate(subgraph.operators))
    counts = dict(Counter(op.op for op in operators).most_common())
    return SubgraphSummary(index, subgraph.name or "", tensors, operators, counts)


def _tensor(model: Model, subgraph: SubGraph, tensor: Tensor, index: int) -> TensorSummary:
    nbytes = len(model.buffers[tensor.buffer].data or b"")
    kinds = {
        "input": index in subgraph.inputs,
        "output": index in subgraph.outputs,
        "variable": tensor.is_variable,
        "constant": nbytes > 0,
    }
    kind = next((name for name, holds in kinds.items() if holds), "activation")
    shape = tuple(tensor.shape_signature or tensor.shape)
    type_name = TensorType(tensor.type).name
    return TensorSummary(index, tensor.name or "", type_name, shape, kind, _quantization(tensor), nbytes)


def _quantization(tensor: Tensor) -> str:
    """The quantization in a few words."""
    params = tensor.quantization
    if params is None or (not params.scale and params.details is None):
        return ""
    if params.details is not None:
        return type(params.details).__name__
    if len(params.scale) > 1:
        return f"{len(params.scale)} scales along dimension {params.quantized_dimension}"
    zero_point = int(params.zero_point[0]) if len(params.zero_point) else 0
    return f"{float(params.scale[0]):.6g} * (q {'-' if zero_point >= 0 else '+'} {abs(zero_point)})"


def _operator(model: Model, op: Operator, index: int) -> OperatorSummary:
    code = model.operator_codes[op.opcode_index]
    is_custom = builtin_code_of(code) == BuiltinOperator.CUSTOM
    name = code.custom_code if is_custom else operator_name(code)
    options = op.builtin_options if op.builtin_options is not None else op.builtin_options_2
    return OperatorSummary(index, name or "CUSTOM", code.version, tuple(op.inputs), tuple(op.outputs), _plain(options))


def _plain(record: Any) -> dict[str, Any]:
    """An options record as a dict, with enums by name."""
    if not is_dataclass(record):
        return {}
    values = {f.name: getattr(record, f.name) for f in fields(record)}
    return {name: value.name if isinstance(value, Enum) else value for name, value in values.items()}


def _signatures(model: Model) -> tuple[SignatureSummary, ...]:
    found = []
    for signature in model.signature_defs:
        tensors = model.subgraphs[signature.subgraph_index].tensors
        inputs = {m.name: tensors[m.tensor_index].name or "" for m in signature.inputs}
        outputs = {m.name: tensors[m.tensor_index].name or "" for m in signature.outputs}
        found.append(SignatureSummary(signature.signature_key, signature.subgraph_index, inputs, outputs))
    return tuple(found)
