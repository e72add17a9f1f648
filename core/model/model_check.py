"""Checks of a decoded model: every index in it refers to something that is there."""

from __future__ import annotations

from collections.abc import Iterable

from ..schema import (
    BlockwiseQuantization,
    Model,
    MultiAxisQuantization,
    Operator,
    QuantizationParameters,
    SignatureDef,
    SubGraph,
    Table,
    Tensor,
)


def check_model(model: Model) -> None:
    """Check every index of the model.

    Raises:
        ValueError: naming the first index that is out of range, in LiteRT's words where it has some.
    """
    if not model.subgraphs:
        raise ValueError("No subgraph in the model.")
    for number, subgraph in enumerate(model.subgraphs):
        _check_subgraph(model, subgraph, f"subgraph {number}")
    for entry in model.metadata:
        if entry.buffer >= len(model.buffers):
            raise ValueError(f"Metadata '{entry.name}' specifies out of range buffer {entry.buffer}.")
    for signature in model.signature_defs:
        _check_signature(model, signature)


def _check_subgraph(model: Model, subgraph: SubGraph, where: str) -> None:
    count = len(subgraph.tensors)
    for index, tensor in enumerate(subgraph.tensors):
        _check_tensor(model, tensor, index, count)
    _check_indices(subgraph.inputs, count, f"inputs of {where}")
    _check_indices(subgraph.outputs, count, f"outputs of {where}")
    for index, op in enumerate(subgraph.operators):
        _check_operator(model, op, f"operator {index} of {where}", count)


def _check_tensor(model: Model, tensor: Tensor, index: int, tensor_count: int) -> None:
    buffers = len(model.buffers)
    if tensor.buffer >= buffers:
        raise ValueError(f"Tensor {index} specifies out of range buffer {tensor.buffer} (only {buffers} buffers).")
    for name, shape in (("shape", tensor.shape), ("shape_signature", tensor.shape_signature)):
        if any(n < -1 for n in shape):
            raise ValueError(f"Tensor {index} '{tensor.name}' has a negative dimension in its {name} {list(shape)}.")
    if tensor.quantization is not None:
        try:
            _check_quantization(tensor.quantization, tensor.shape, tensor_count)
        except ValueError as error:
            raise ValueError(f"Tensor {index} has invalid quantization parameters: {error}") from None


def quantized_dimension(params: QuantizationParameters, rank: int) -> int:
    """The dimension that the scales run along: of a vector the only one, whatever the file says.

    Producers copy the dimension of the weights to the bias; tflite-micro runs such models.
    """
    return 0 if rank == 1 else params.quantized_dimension


def _check_quantization(params: QuantizationParameters, shape: tuple[int, ...], tensor_count: int) -> None:
    if isinstance(params.details, (BlockwiseQuantization, MultiAxisQuantization)):
        _check_details(params.details, shape, tensor_count)
        return
    scales, zero_points = len(params.scale), len(params.zero_point)
    if not scales:
        return
    if scales != zero_points:
        raise ValueError(
            f"QuantizationParam has {zero_points} zero_point values and {scales} scale values. Must have same number."
        )
    if scales == 1 or not shape:  # the dimension means nothing then, and some producers leave nonsense there
        return
    dimension = quantized_dimension(params, len(shape))
    _check_dimension(dimension, shape)
    if scales != shape[dimension]:
        raise ValueError(
            f"num_scales must be 1 for per-layer quantization, or {shape[dimension]} for per-axis "
            f"quantization, but got {scales}."
        )


def _check_details(
    details: BlockwiseQuantization | MultiAxisQuantization, shape: tuple[int, ...], tensor_count: int
) -> None:
    _check_indices((details.scales,), tensor_count, "scales")
    _check_indices((details.zero_points,), tensor_count, "zero_points", optional=True)
    if details.block_size < 0:
        raise ValueError(f"block_size must be non-negative. Was {details.block_size}.")
    if isinstance(details, MultiAxisQuantization):
        if not details.quantized_dimensions:
            raise ValueError("MultiAxisQuantization must have at least one quantized dimension.")
        for dimension in details.quantized_dimensions:
            _check_dimension(dimension, shape)


def _check_dimension(dimension: int, shape: tuple[int, ...]) -> None:
    if dimension < 0 or (shape and dimension >= len(shape)):
        raise ValueError(f"quantized_dimension must be in range [0, {len(shape)}). Was {dimension}.")


def _check_operator(model: Model, op: Operator, where: str, tensor_count: int) -> None:
    if op.opcode_index >= len(model.operator_codes):
        raise ValueError(
            f"Missing registration for opcode_index {op.opcode_index}: {where}, "
            f"and the model has {len(model.operator_codes)} operator codes."
        )
    _check_indices(op.inputs, tensor_count, f"inputs of {where}", optional=True)
    _check_indices(op.outputs, tensor_count, f"outputs of {where}")
    _check_indices(op.intermediates, tensor_count, f"intermediates of {where}", optional=True)
    for options in (op.builtin_options, op.builtin_options_2):
        if options is not None:
            for index in subgraphs_of(options):
                if not 0 <= index < len(model.subgraphs):
                    raise ValueError(
                        f"Invalid subgraph index {index} exceeds max subgraph index "
                        f"{len(model.subgraphs)}: options of {where}."
                    )


def subgraphs_of(options: Table) -> Iterable[int]:
    """The subgraphs that an operator's options refer to, by the names the schema gives such fields."""
    for name, _ in options.declaration:
        if name == "subgraph" or name.endswith("subgraph_index"):
            yield getattr(options, name)
        elif name.endswith("subgraph_indices") or name == "called_computations":
            yield from getattr(options, name)


def _check_indices(indices: Iterable[int], count: int, where: str, *, optional: bool = False) -> None:
    lowest = -1 if optional else 0
    for index in indices:
        if not lowest <= index < count:
            raise ValueError(f"Invalid tensor index {index} in {where}. The subgraph has {count} tensors.")


def _check_signature(model: Model, signature: SignatureDef) -> None:
    where = f"signature '{signature.signature_key}'"
    if signature.subgraph_index >= len(model.subgraphs):
        raise ValueError(
            f"Invalid subgraph index {signature.subgraph_index} exceeds max subgraph index "
            f"{len(model.subgraphs)}: {where}."
        )
    count = len(model.subgraphs[signature.subgraph_index].tensors)
    _check_indices((entry.tensor_index for entry in signature.inputs), count, f"inputs of {where}")
    _check_indices((entry.tensor_index for entry in signature.outputs), count, f"outputs of {where}")
