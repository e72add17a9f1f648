"""Running one subgraph: prepare every node, assign nodes to delegates, lay out memory, bind, and a flat loop."""
from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence

import numpy as np

from .arena import allocate
from .context import Context
from .eager import EagerNode
from .folding import fold
from .graph import Graph, Node, Shape
from .kernels.registry import Kernel
from .memory import MemoryPlan, Use, plan_memory
from .node_errors import invoke_failure, preparing
from .op import Bind, Op, Operand, Run

KernelOf = Callable[[Node], Kernel]


class Execution:
    """A graph with operands, memory and bound kernels.

    Attributes:
        operands: one per tensor, shared by all nodes that touch it.
        memory: the plan of the arena, once allocated.
        is_ready: whether `invoke` may be called.
    """

    def __init__(
        self, graph: Graph, kernel_of: KernelOf, context: Context, *, preserve_all: bool = False
    ) -> None:
        self.graph = graph
        self.operands = [Operand(tensor) for tensor in graph.tensors]
        self.is_ready = False
        self.memory: MemoryPlan | None = None
        self._kernel_of = kernel_of
        self._preserve_all = preserve_all
        self._ops = [self._op(node, context) for node in graph.nodes]
        self._binds: dict[int, Bind] = {}
        self._folded: set[int] = set()
        self._eager: set[int] = set()
        self._prepared_shapes: list[Shape] | None = None
        self._variables: dict[int, np.ndarray] = {}
        self._runs: list[Run] = []

    def _op(self, node: Node, context: Context) -> Op:
        def operands(indices: Sequence[int]) -> list[Operand | None]:
            return [self.operands[i] if i >= 0 else None for i in indices]

        outputs = [self.operands[i] for i in node.outputs]
        return Op(node, operands(node.inputs), outputs, context, [x for x in operands(node.intermediates) if x])

    # ---------------------------------------------------------------------------------------------- preparing

    def resize(self, index: int, shape: Shape) -> None:
        """Give a tensor another shape; memory is gone until the next `allocate`."""
        self.operands[index].shape = shape
        self._forget()

    def resize_input(self, index: int, shape: Shape, strict: bool) -> None:
        """As `resize`, with LiteRT's checks; the present shape changes nothing.

        Raises:
            RuntimeError: a constant, a negative dimension, or a dimension that `strict` forbids to change.
        """
        operand = self.operands[index]
        if strict:
            _check_strict(operand, shape)
        if operand.shape == shape:
            return
        if operand.is_constant:
            raise RuntimeError(f"Attempting to resize a constant tensor: {operand.info}.")
        if any(n < 0 for n in shape):
            raise RuntimeError(f"Attempting to resize tensor {index} to the negative shape {list(shape)}.")
        self.resize(index, shape)

    def release(self) -> None:
        """Drop memory, bound kernels and compiled partitions."""
        self._forget()

    def _forget(self) -> None:
        self.is_ready, self._prepared_shapes, self._runs = False, None, []
        for operand in self.operands:
            operand.release()

    def input_shapes(self) -> list[Shape]:
        return [self.operands[i].shape for i in self.graph.inputs]

    def prepare(self) -> None:
        """Find the shapes of all tensors from those of the inputs.

        Raises:
            RuntimeError: a node cannot be prepared.
        """
        self._forget()
        self._binds, self._folded, self._eager = {}, set(), set()
        inputs = set(self.graph.inputs)
        for i, operand in enumerate(self.operands):
            if i not in inputs:
                operand.reset()
        for op in self._ops:
            self._prepare_node(op)
        self._prepared_shapes = self.input_shapes()

    def _prepare_node(self, op: Op) -> None:
        index = op.node.index
        op.forget_scratch()
        if any(x is not None and x.dynamic for x in op.inputs):
            for output in op.outputs:
                output.mark_dynamic()
        else:
            with preparing(op):
                self._binds[index] = self._kernel_of(op.node).prepare(op)
        if any(output.dynamic for output in op.outputs) or index not in self._binds:
            self._eager.add(index)
        elif fold(op, self._binds[index]):
            self._folded.add(index)

    # ---------------------------------------------------------------------------------------------- memory

    def allocate(self) -> None:
        """Prepare, lay out memory and bind every node.

        Raises:
            RuntimeError: a node cannot be prepared, or there is not enough memory.
        """
        self.prepare()
        order = [op.node.index for op in self._ops]
        self._allocate_variables()
        self._place([self._use(i) for i in order], order)
        self._runs = [self._bind(i) for i in order if i not in self._folded]
        self.is_ready = True

    def _use(self, index: int) -> Use:
        op = self._ops[index]
        node = op.node
        scratch = tuple(math.prod(shape) * dtype.itemsize for shape, dtype in op.scratch_shapes)
        reusable: tuple[int, ...] = ()
        if not self._preserve_all and index in self._binds and len(op.outputs):
            candidates = [node.inputs[i] for i in self._kernel_of(node).inplace if i < len(node.inputs)]
            dtype = op.outputs[0].dtype
            reusable = tuple(i for i in candidates if i >= 0 and self.operands[i].dtype == dtype)
        reads = tuple(i for i in (*node.inputs, *node.intermediates) if i >= 0)
        return Use(reads, node.outputs, reusable, () if index in self._eager else scratch)

    def _in_arena(self) -> dict[int, int]:
        """Bytes of every tensor that lives in the arena, by index."""
        return {
            i: math.prod(operand.shape) * operand.dtype.itemsize
            for i, operand in enumerate(self.operands)
            if operand.value is None and not operand.dynamic and not operand.is_variable
            and operand.dtype != np.object_
        }  # fmt: skip

    def _place(self, uses: list[Use], order: list[int]) -> None:
        sizes = self._in_arena()
        inputs, outputs = frozenset(self.graph.inputs), frozenset(self.graph.outputs)
        used = {i for use in uses for i in (*use.reads, *use.writes)} | inputs | outputs
        sizes = {i: size for i, size in sizes.items() if i in used}
        written = {i for use in uses for i in use.writes}
        from_start = inputs | {i for i in sizes if i not in written}
        to_end = from_start | outputs
        if self._preserve_all:
            from_start, to_end = frozenset(sizes), frozenset(sizes)
        self.memory = plan_memory(uses, sizes, from_start, to_end)
        block = allocate(self.memory.size)
        for i, offset in self.memory.tensors.items():
            self.operands[i].array = _view(block, offset, self.operands[i].shape, self.operands[i].dtype)
        for index, offsets in zip(order, self.memory.scratch, strict=True):
            op = self._ops[index]
            if index not in self._eager:
                op.scratch = [_view(block, o, *s) for o, s in zip(offsets, op.scratch_shapes, strict=False)]
        for operand in self.operands:
            if operand.dtype == np.object_ and operand.value is None and not operand.dynamic:
                operand.array = np.full(operand.shape, b"", object)

    def _allocate_variables(self) -> None:
        for i, operand in enumerate(self.operands):
            if operand.is_variable:
                array = self._variables.get(i)
                if array is None or array.shape != operand.shape:
                    self._variables[i] = np.empty(operand.shape, operand.dtype)
                operand.array = self._variables[i]
        self.reset_variables()

    def reset_variables(self) -> None:
        """Set variables to zero, those of int8 to their zero point."""
        for i, array in self._variables.items():
            quantization = self.operands[i].quantization
            is_coded = array.dtype == np.int8 and quantization is not None
            array.fill(quantization.zero_point if is_coded and quantization is not None else 0)

    def _bind(self, index: int) -> Run:
        op = self._ops[index]
        if index in self._eager:
            return EagerNode(op, self._kernel_of(op.node))
        with preparing(op):
            return self._binds[index]()

    # ---------------------------------------------------------------------------------------------- running

    def invoke(self) -> None:
        """Run all steps.

        Raises:
            RuntimeError: memory is not allocated, or a node cannot be run.
        """
        if not self.is_ready:
            raise RuntimeError("Invoke called on model that is not ready.")
        runs = iter(self._runs)
        try:
            for run in runs:
                run()
        except Exception as error:
            self._raise(error, len(self._runs) - operator.length_hint(runs) - 1)

    def _raise(self, error: Exception, position: int) -> None:
        order = [op for op in self._ops if op.node.index not in self._folded]
        raise invoke_failure(order[position], error) from error

    def prepare_for(self, shapes: Sequence[Shape]) -> list[Shape | None]:
        """See `CallableSubgraph`."""
        self._set_shapes(shapes)
        if self._prepared_shapes is None:
            self.prepare()
        outputs = [self.operands[i] for i in self.graph.outputs]
        return [None if operand.dynamic else operand.shape for operand in outputs]

    def _set_shapes(self, shapes: Sequence[Shape]) -> None:
        if len(shapes) != len(self.graph.inputs):
            raise RuntimeError(
                f"subgraph {self.graph.index} ({self.graph.name}) has {len(self.graph.inputs)} inputs, "
                f"and is called with {len(shapes)}"
            )
        for index, shape in zip(self.graph.inputs, shapes, strict=True):
            if self.operands[index].shape != shape:
                self.resize(index, shape)

    def call(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """See `CallableSubgraph`."""
        self._set_shapes([array.shape for array in inputs])
        if not self.is_ready:
            self.allocate()
        for index, array in zip(self.graph.inputs, inputs, strict=True):
            np.copyto(self.operands[index].array, array, casting="no")
        self.invoke()
        return [self.operands[i].array for i in self.graph.outputs]


def _check_strict(operand: Operand, shape: Shape) -> None:
    signature, index = operand.info.shape_signature, operand.info.index
    if len(shape) != len(signature):
        raise RuntimeError(
            f"Attempting to resize dimension {min(len(shape), len(signature))} of tensor {index} with rank "
            f"{len(signature)} to rank {len(shape)}. ResizeInputTensorStrict only allows mutating unknown dimensions "
            "identified by -1."
        )
    for axis, (fixed, new) in enumerate(zip(signature, shape, strict=True)):
        if fixed not in (-1, new):
            raise RuntimeError(
                f"Attempting to resize dimension {axis} of tensor {index} with value {operand.shape[axis]} to {new}. "
                "ResizeInputTensorStrict only allows mutating unknown dimensions identified by -1."
            )


def _view(block: np.ndarray, offset: int, shape: Shape, dtype: np.dtype) -> np.ndarray:
    return block[offset : offset + math.prod(shape) * dtype.itemsize].view(dtype).reshape(shape)
