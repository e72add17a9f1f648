"""A program in the making: values for tensors, operations in order."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ....core.graph import Graph, Node, Shape, TensorInfo
from ....core.schema import ActivationFunctionType, TensorType
from ....shaders.traced.storage import Codes
from ..program import ir
from ..program.ir_integer import Map
from ..program.layout import row, same_memory
from ..program.regions import between, reshaping, whole
from .checks import CODES
from .constants import device_constant
from .integers import is_integer


class Lowering:
    """What lowerings write to; `widened`: integer weights beside float activations become floats."""

    def __init__(self, graph: Graph, widened: bool = False) -> None:
        self.graph = self._real = graph
        self.widened = widened
        self.values: dict[int, ir.Value] = {}
        self.ops: list[ir.GpuOp] = []
        self.by_tensor: dict[int, int] = {}
        self.faults: list[tuple[int, str]] = []

    # --- values

    def new(
        self,
        shape: Shape,
        name: str = "",
        data: np.ndarray | None = None,
        storage: str = "f32",
        codes: Codes | None = None,
        whole: bool = False,
    ) -> int:
        """A new value."""
        made = len(self.values)
        self.values[made] = ir.Value(made, tuple(int(n) for n in shape), data, name, storage, codes, whole)
        return made

    def codes(self, tensor: int) -> Codes | None:
        """How small integers hold a tensor of codes: bytes are unsigned, as products of bytes want it."""
        info = self._real.tensors[tensor]
        zeros = None if info.quantization is None else info.quantization.zero_points
        if info.type not in CODES or (zeros is not None and zeros.size > 1):
            return None
        zero = int(zeros[0]) if zeros is not None and zeros.size else 0
        if info.type == TensorType.INT16:
            return Codes("i16", zero)
        return Codes("u8", zero + 128 if info.type == TensorType.INT8 else zero)

    def hold_whole(self, value: int) -> None:
        """A value is of floats that have to keep all their bits."""
        self.values[value] = replace(self.values[value], whole=True)

    def known(self, data: np.ndarray, name: str = "") -> int:
        """A constant of float32 or int32."""
        storage = "i32" if data.dtype == np.int32 else "f32"
        return self.new(data.shape, name, np.array(data, order="C"), storage)

    def shape(self, value: int) -> Shape:
        return self.values[value].shape

    def storage(self, value: int) -> str:
        return self.values[value].storage

    def tensor(self, node: Node, position: int) -> TensorInfo:
        """The input at `position`, which must be there."""
        tensor = self.graph.tensor(node.inputs[position])
        assert tensor is not None
        return tensor

    def constant(self, node: Node, position: int) -> np.ndarray | None:
        """Value of a constant input, float32 or int32; None where it is left out or computed."""
        tensor = self.graph.tensor(node.inputs[position]) if position < len(node.inputs) else None
        return None if tensor is None else device_constant(self.graph, tensor)

    def integers(self, node: Node, position: int) -> tuple[int, ...]:
        """A constant integer input, flat."""
        data = self.tensor(node, position).data
        assert data is not None
        return tuple(int(v) for v in data.reshape(-1))

    def input(self, node: Node, position: int) -> int:
        """Value of an input, computed or constant."""
        tensor = self.tensor(node, position)
        if tensor.index not in self.by_tensor:
            data = device_constant(self.graph, tensor)
            assert data is not None, f"{tensor} is read before it is made"
            self.by_tensor[tensor.index] = self.known(data, tensor.name)
        return self.by_tensor[tensor.index]

    def output(self, node: Node, position: int = 0) -> int:
        """A new value for an output."""
        tensor = self.graph.tensors[node.outputs[position]]
        assert tensor.shape is not None
        storage, codes = "i32" if is_integer(tensor) else "f32", self.codes(tensor.index)
        self.by_tensor[tensor.index] = self.new(tensor.shape, tensor.name, storage=storage, codes=codes)
        return self.by_tensor[tensor.index]

    def update(self, node: Node, position: int, value: int) -> None:
        """Nodes from here on, and the host, find this value in the variable that is an input."""
        self.by_tensor[self.tensor(node, position).index] = value

    def like(self, value: int, shape: Shape) -> int:
        """A new value of the kind of another."""
        source = self.values[value]
        return self.new(shape, source.name, storage=source.storage, codes=source.codes)

    @contextlib.contextmanager
    def seeing(self, graph: Graph) -> Iterator[None]:
        """Lowerings inside find tensors as `graph` has them; it has the same tensors under the same indices."""
        self.graph, before = graph, self.graph
        yield
        self.graph = before

    # --- operations

    def add(self, op: ir.GpuOp) -> int:
        """Appends an operation; gives its output."""
        self.ops.append(op)
        return op.output

    def reshape(self, value: int, shape: Shape, nodes: tuple[int, ...], output: int | None = None) -> int:
        """The value under another shape: its own memory where that fits, else one or two copies."""
        old = self.shape(value)
        made = self.like(value, shape) if output is None else output
        if same_memory(old, shape):
            return self.add(ir.Alias(inputs=(value,), output=made, nodes=nodes))
        if row(old) % row(shape) and row(shape) % row(old):
            flat = self.reshape(value, (int(np.prod(old)),), nodes)
            return self.reshape(flat, shape, nodes, made)
        return self.add(ir.Copy(inputs=(value,), output=made, nodes=nodes, parts=((0, reshaping(old, shape)),)))

    def reshaped(self, value: int, shape: Shape, nodes: tuple[int, ...]) -> int:
        """The value, or a constant of it, under a shape."""
        if self.shape(value) == shape:
            return value
        data = self.values[value].data
        return self.reshape(value, shape, nodes) if data is None else self.known(data.reshape(shape))

    def spread(self, value: int, shape: Shape, nodes: tuple[int, ...]) -> int:
        """The value, a scalar perhaps, broadcast to a shape."""
        if self.shape(value) == shape:
            return value
        output = self.like(value, shape)
        region = between(whole(shape), np.broadcast_to(whole(self.shape(value)), shape))
        return self.add(ir.Copy(inputs=(value,), output=output, nodes=nodes, parts=((0, region),)))

    def map(
        self,
        function: str,
        inputs: Sequence[int],
        output: int,
        nodes: tuple[int, ...],
        parameters: tuple[float, ...] = (),
    ) -> int:
        """Adds a function of `shaders.kernels.maps`."""
        made = Map(inputs=tuple(inputs), output=output, nodes=nodes, function=function, parameters=parameters)
        return self.add(made)

    # --- what only the data can show

    def check(self, wrong: int, nodes: tuple[int, ...], message: str) -> None:
        """The run fails with `message` where an element of an int32 value is not 0; the CPU then takes over."""
        axes = tuple(range(len(self.shape(wrong))))
        if axes:
            kept = self.new((1,) * len(axes), storage="i32")
            self.add(ir.Reduce(inputs=(wrong,), output=kept, nodes=nodes, kind="max", axes=axes))
            wrong = self.reshape(kept, (1,), nodes)
        self.faults.append((wrong, message))

    def check_range(self, value: int, low: int, high: int, nodes: tuple[int, ...], message: str) -> None:
        """The run fails where an element of an int32 value is below `low` or above `high`."""
        if self.values[value].data is None:
            outside = self.new(self.shape(value), storage="i32")
            self.check(self.map("OUTSIDE", (value,), outside, nodes, (low, high)), nodes, message)


def activation_steps(options: object) -> tuple[ir.Step, ...]:
    """The fused activation of an options record as steps."""
    function = getattr(options, "fused_activation_function", ActivationFunctionType.NONE)
    return () if function == ActivationFunctionType.NONE else (ir.Unary(ActivationFunctionType(function).name),)
