"""A partition as a program of GPU operations."""

from __future__ import annotations

import math

from ....core.delegate import Partition
from ....core.graph import Node, Shape, TensorInfo
from ....core.schema import TensorType
from ....shaders.kernels.region_copy import Axis, Region
from ..program import ir
from ..program.ir_integer import LoadIntegers, StoreIntegers
from ..program.layout import is_dense
from ..program.regions import between, whole
from .checks import CODES
from .constants import consumers, is_known
from .context import Lowering
from .inline import flattened, members
from .integer_checks import check_loaded
from .integers import INTEGERS, needs_whole
from .registry import lower_node
from .twin import zero_point


def lower(partition: Partition, widened: bool = False) -> ir.Program:
    """Lower all nodes of a partition; each must have passed `judge`, with `widened` as it is here."""
    lowered = Lowering(flattened(partition.graph), widened)
    inputs = tuple(_host_input(lowered, lowered.graph.tensors[t], partition) for t in partition.inputs)
    for index in partition.nodes:
        for node in members(partition.graph, index):
            lower_node(node, lowered)
    outputs = _host_outputs(lowered, partition)
    faults, checks = _faults(lowered), tuple(message for _, message in lowered.faults)
    return ir.Program(lowered.values, tuple(lowered.ops), inputs, outputs, checks, faults)


def _host_input(lowered: Lowering, tensor: TensorInfo, partition: Partition) -> int | None:
    if tensor.shape is None or is_known(lowered.graph, tensor):
        return None
    if tensor.type in CODES:
        host = lowered.new((math.prod(tensor.shape),), tensor.name, storage=CODES[tensor.type])
        dense = lowered.new(lowered.shape(host), tensor.name, codes=lowered.codes(tensor.index))
        lowered.add(ir.LoadCodes(inputs=(host,), output=dense, nodes=(), zero_point=zero_point(tensor)))
        lowered.by_tensor[tensor.index] = lowered.reshape(dense, tensor.shape, ())
        return host
    if tensor.type in INTEGERS:
        return _host_integers(lowered, tensor, tensor.shape, partition)
    if tensor.type != TensorType.FLOAT32:
        return None
    host = lowered.new((math.prod(tensor.shape),), tensor.name)
    lowered.by_tensor[tensor.index] = lowered.reshape(host, tensor.shape, ())
    return host


def _host_integers(lowered: Lowering, tensor: TensorInfo, shape: Shape, partition: Partition) -> int:
    host = lowered.new((math.prod(shape),), tensor.name, storage=INTEGERS[tensor.type])
    dense = host
    if tensor.type != TensorType.INT32:
        dense = lowered.add(LoadIntegers(inputs=(host,), output=_words(lowered, host), nodes=()))
    if needs_whole(lowered.graph, tensor, _readers(lowered, tensor, partition)):
        check_loaded(lowered, dense, tensor)
    lowered.by_tensor[tensor.index] = lowered.reshape(dense, shape, ())
    return host


def _readers(lowered: Lowering, tensor: TensorInfo, partition: Partition) -> list[Node]:
    """The partition's nodes that read a tensor."""
    own = set(partition.nodes)
    return [node for node in consumers(lowered.graph).get(tensor.index, ()) if node.index in own]


def _words(lowered: Lowering, value: int) -> int:
    return lowered.new(lowered.shape(value), lowered.values[value].name, storage="i32")


def _faults(lowered: Lowering) -> int | None:
    """All that the checks found, side by side; None where nothing is checked."""
    if not lowered.faults:
        return None
    made = lowered.new((len(lowered.faults),), "faults", storage="i32")
    regions = [Region((Axis(1, 1, 1),), to_offset=position) for position in range(len(lowered.faults))]
    inputs = tuple(value for value, _ in lowered.faults)
    return lowered.add(ir.Copy(inputs=inputs, output=made, nodes=(), parts=tuple(enumerate(regions))))


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
        if tensor.type in (TensorType.BOOL, TensorType.INT64):
            dense = lowered.reshape(value, (math.prod(shape),), ())
            host = lowered.new(lowered.shape(dense), tensor.name, storage=INTEGERS[tensor.type])
            made.append(lowered.add(StoreIntegers(inputs=(dense,), output=host, nodes=())))
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
    output = lowered.like(value, shape)
    region = between(whole(shape), whole(shape))
    return lowered.add(ir.Copy(inputs=(value,), output=output, nodes=(), parts=((0, region),)))
