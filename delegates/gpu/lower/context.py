"""A program in the making: values for tensors, operations in order."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np

from ....core.graph import Graph, Node, Shape, TensorInfo
from ....core.schema import ActivationFunctionType
from ....shaders.storage import Codes
from .. import ir
from ..layout import row, same_memory
from ..regions import between, split, whole
from .checks import CODES
from .constants import constant_value


class Lowering:
    """What lowerings write to."""

    def __init__(self, graph: Graph) -> None:
        self.graph = self._real = graph
        self.values: dict[int, ir.Value] = {}
        self.ops: list[ir.GpuOp] = []
        self.by_tensor: dict[int, int] = {}

    # --- values

    def new(
        self,
        shape: Shape,
        name: str = "",
        data: np.ndarray | None = None,
        storage: str = "f32",
        codes: Codes | None = None,
    ) -> int:
        """A new value."""
        made = len(self.values)
        self.values[made] = ir.Value(made, tuple(int(n) for n in shape), data, name, storage, codes)
        return made

    def codes(self, tensor: int) -> Codes | None:
        """How bytes hold a tensor of 8-bit codes: unsigned, as products of bytes want it."""
        info = self._real.tensors[tensor]
        zeros = None if info.quantization is None else info.quantization.zero_points
        if info.type not in CODES or (zeros is not None and zeros.size > 1):
            return None
        zero = int(zeros[0]) if zeros is not None and zeros.size else 0
        return Codes("u8", zero + 128 if CODES[info.type] == "i8" else zero)

    def shape(self, value: int) -> Shape:
        return self.values[value].shape

    def tensor(self, node: Node, position: int) -> TensorInfo:
        """The input at `position`, which must be there."""
        tensor = self.graph.tensor(node.inputs[position])
        assert tensor is not None
        return tensor

    def constant(self, node: Node, position: int) -> np.ndarray | None:
        """Float32 value of a constant input; None where it is left out or computed."""
        tensor = self.graph.tensor(node.inputs[position]) if position < len(node.inputs) else None
        return None if tensor is None else constant_value(self.graph, tensor)

    def integers(self, node: Node, position: int) -> tuple[int, ...]:
        """A constant integer input, flat."""
        data = self.tensor(node, position).data
        assert data is not None
        return tuple(int(v) for v in data.reshape(-1))

    def input(self, node: Node, position: int) -> int:
        """Value of an input, computed or constant."""
        tensor = self.tensor(node, position)
        if tensor.index not in self.by_tensor:
            data = constant_value(self.graph, tensor)
            assert data is not None, f"{tensor} is read before it is made"
            self.by_tensor[tensor.index] = self.new(data.shape, tensor.name, np.ascontiguousarray(data))
        return self.by_tensor[tensor.index]

    def output(self, node: Node, position: int = 0) -> int:
        """A new value for an output."""
        tensor = self.graph.tensors[node.outputs[position]]
        assert tensor.shape is not None
        self.by_tensor[tensor.index] = self.new(tensor.shape, tensor.name, codes=self.codes(tensor.index))
        return self.by_tensor[tensor.index]

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
        old, source = self.shape(value), self.values[value]
        made = self.new(shape, source.name, codes=source.codes) if output is None else output
        if same_memory(old, shape):
            return self.add(ir.Alias(inputs=(value,), output=made, nodes=nodes))
        if row(old) % row(shape) and row(shape) % row(old):
            flat = self.reshape(value, (int(np.prod(old)),), nodes)
            return self.reshape(flat, shape, nodes, made)
        long, short = max(row(old), row(shape)), min(row(old), row(shape))
        common = (int(np.prod(old)) // long, long // short, short)
        region = between(split(whole(shape), common), split(whole(old), common))
        return self.add(ir.Copy(inputs=(value,), output=made, nodes=nodes, parts=((0, region),)))


def activation_steps(options: object) -> tuple[ir.Step, ...]:
    """The fused activation of an options record as steps."""
    function = getattr(options, "fused_activation_function", ActivationFunctionType.NONE)
    return () if function == ActivationFunctionType.NONE else (ir.Unary(ActivationFunctionType(function).name),)
