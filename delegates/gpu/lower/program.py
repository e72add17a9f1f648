"""A partition as a program of GPU operations."""

from __future__ import annotations

import math

from ....core.delegate import Partition
from ....core.graph import TensorInfo
from ....core.schema import TensorType
from .. import ir
from ..layout import is_dense
from ..regions import between, whole
from .checks import CODES
from .constants import has_constant_value
from .context import Lowering
from .registry import lower_node
from .twin import zero_point


def lower(partition: Partition) -> ir.Program:
    """Lower all nodes of a partition; each must have passed `judge`."""
    lowered = Lowering(partition.graph)
    inputs = tuple(_host_input(lowered, partition.graph.tensors[t]) for t in partition.inputs)
    for index in partition.nodes:
        lower_node(partition.graph.nodes[index], lowered)
    outputs = _host_outputs(lowered, partition)
    return ir.Program(lowered.values, tuple(lowered.ops), inputs, outputs)


def _host_input(lowered: Lowering, tensor: TensorInfo) -> int | None:
    if tensor.shape is None or has_constant_value(lowered.graph, tensor):
        return None
    if tensor.type in CODES:
        host = lowered.new((math.prod(tensor.shape),), tensor.name, storage=CODES[tensor.type])
        dense = lowered.new(lowered.shape(host), tensor.name, codes=lowered.codes(tensor.index))
        lowered.add(ir.LoadCodes(inputs=(host,), output=dense, nodes=(), zero_point=zero_point(tensor)))
        lowered.by_tensor[tensor.index] = lowered.reshape(dense, tensor.shape, ())
        return host
    if tensor.type != TensorType.FLOAT32:
        return None
    host = lowered.new((math.prod(tensor.shape),), tensor.name)
    lowered.by_tensor[tensor.index] = lowered.reshape(host, tensor.shape, ())
    return host


def _host_outputs(lowered: Lowering, partition: Partition) -> tuple[int, ...]:
    """A dense value per output that no other output and no input shares its memory with."""
    made: list[int] = []
    taken: set[int] = set()
    own = {op.output for op in lowered.ops if not isinstance(op, ir.Alias)}
    for index in partition.outputs:
        tensor = partition.graph.tensors[index]
        value = lowered.by_tensor[index]
        root = ir.Program(ops=tuple(lowered.ops)).roots.get(value, value)
        shape = lowered.shape(value)
        if tensor.type in CODES:
            dense = lowered.reshape(value, (math.prod(shape),), ())
            host = lowered.new(lowered.shape(dense), tensor.name, storage=CODES[tensor.type])
            made.append(
                lowered.add(ir.StoreCodes(inputs=(dense,), output=host, nodes=(), zero_point=zero_point(tensor)))
            )
            continue
        if root in taken or root not in own or not is_dense(shape):
            value, root = _copied(lowered, value, tensor), -1
        taken.add(root)
        made.append(lowered.reshape(value, (math.prod(shape),), ()))
    return tuple(made)


def _copied(lowered: Lowering, value: int, tensor: TensorInfo) -> int:
    """A dense copy."""
    shape = lowered.shape(value)
    if not is_dense(shape):
        return lowered.reshape(value, (math.prod(shape),), ())
    output = lowered.new(shape, tensor.name)
    region = between(whole(shape), whole(shape))
    return lowered.add(ir.Copy(inputs=(value,), output=output, nodes=(), parts=((0, region),)))
