"""Running one subgraph: prepare every node, hand partitions to delegates, lay out memory, bind, and a flat loop."""
from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate, chain

import numpy as np

from ..context import Context
from ..delegate import Partition
from ..delegation.delegated_partition import DelegatedPartition
from ..delegation.delegating import Delegation
from ..errors import DelegantError
from ..graph import Graph, Node, Shape
from ..kernels.registry import Kernel
from ..model.model_check import subgraphs_of
from ..op import Bind, Op, Operand, Run
from ..steps import flattened, nothing
from ..subgraph_call import COMBINES, ONLY_CALLS
from .batching import Batch, PlannedStep, batches
from .bindings import BoundArrays, with_array
from .composing import compose
from .eager import EagerNode
from .folding import fold, is_idle, is_pure
from .memory import Use
from .node_errors import invoke_failure, preparing
from .numeric_environment import numeric_environment
from .resource_shapes import Reads, is_outdated, reads_of
from .step_time import StepTime, timed
from .storage import Storage
from .unrolling import LOOPS, unrolled

KernelOf = Callable[[Node], Kernel]


class Execution:
    """A graph with operands, memory and bound kernels.

    Attributes:
        operands: one per tensor, shared by all nodes that touch it.
        storage: the memory of the operands.
        delegation: the delegates, or None where there are none.
        is_prepared: whether shapes are known. output_shapes: those of the outputs, None where only a run can tell.
        is_ready: whether `invoke` may be called. has_run: whether it was, since then.
        bound: arrays of the caller's that inputs are read from and outputs are written to.
    """

    def __init__(
        self,
        graph: Graph,
        kernel_of: KernelOf,
        context: Context,
        delegation: Delegation | None = None,
        *,
        preserve_all: bool = False,
    ) -> None:
        self.graph = graph
        self.operands = [Operand(tensor) for tensor in graph.tensors]
        self.storage = Storage(graph, self.operands, preserve_all)
        self.delegation = delegation
        self.is_ready = self.has_run = False
        self._kernel_of = kernel_of
        self._context = context
        self._ops = [Op.of(node, self.operands, context) for node in graph.nodes]
        self._binds: dict[int, Bind] = {}
        self._folded: set[int] = set()
        self._eager: set[int] = set()
        self._called: dict[int, Graph] = {}
        self._regions: dict[int, Graph] = {}
        self.is_prepared = False
        self._reads: Reads = {}
        self.output_shapes: list[Shape | None] = []
        self._steps: list[PlannedStep] = []
        self._uses: list[Use] = []
        self._runs: list[Run] = []
        self._calls: tuple[Run, ...] = ()
        self._ends: list[int] = []
        self.bound = BoundArrays()

    # ---------------------------------------------------------------------------------------------- shapes

    def resize(self, index: int, shape: Shape) -> None:
        """Give an input another shape; memory is gone until the next `allocate`. The present shape changes nothing."""
        if self.operands[index].shape != shape:
            self.operands[index].shape = shape
            self.release()

    def release(self) -> None:
        """Drop memory and bound kernels; variables keep their values, and delegates what they have compiled."""
        if self.delegation is not None:
            self.delegation.rest()
        self.is_ready = self.has_run = self.is_prepared = False
        self._runs, self._steps, self._uses, self._calls, self._ends = [], [], [], (), []
        self.bound = BoundArrays()
        for operand in self.operands:
            operand.release()

    def close(self) -> None:
        """Drop what delegates have compiled, too."""
        self.release()
        if self.delegation is not None:
            self.delegation.close()

    def prepare(self) -> None:
        """Find the shapes of all tensors from those of the inputs.

        Raises:
            RuntimeError: a node cannot be prepared.
        """
        fixed = len(self._context.resources.shapes)
        self._prepare_all()
        if len(self._context.resources.shapes) < fixed:
            self._prepare_all()
        self._reads = reads_of(self._ops)

    def _prepare_all(self) -> None:
        self.release()
        self.storage.forget_added()
        self._binds, self._folded, self._eager, self._called, self._regions = {}, set(), set(), {}, {}
        inputs = set(self.graph.inputs)
        for i, operand in enumerate(self.operands):
            if i not in inputs:
                operand.reset()
            if any(n < 0 for n in operand.shape) and (i in inputs or operand.is_variable):
                raise RuntimeError(f"the shape of {operand} is open; call resize_tensor_input first.")
        for op in self._ops:
            self._prepare_node(op)
        outputs = [self.operands[i] for i in self.graph.outputs]
        self.output_shapes = [None if operand.dynamic else operand.shape for operand in outputs]
        self.is_prepared = True

    def _prepare_node(self, op: Op) -> None:
        index = op.node.index
        op.forget_memory()
        if any(x is not None and x.dynamic for x in op.inputs):
            self._eager.add(index)
            for output in op.outputs:
                output.mark_dynamic()
            return
        with preparing(op):
            self._binds[index] = self._kernel_of(op.node).prepare(op)
            if op.node.op in LOOPS and self.delegation is not None and self._context.delegates:
                self._unroll(op)
        if any(output.dynamic for output in op.outputs):
            self._eager.add(index)
            op.forget_memory()
        elif is_idle(op):
            self._binds[index] = lambda: nothing
            op.forget_memory()
        elif fold(op, self._binds[index]):
            self._folded.add(index)
        elif op.node.op in COMBINES or (self.delegation is not None and op.node.op in ONLY_CALLS):
            self._show_subgraph(op)

    def _unroll(self, op: Op) -> None:
        """Let delegates see all rounds of a loop, if it is known how many there are."""
        graph = None if self.storage.preserve_all else unrolled(op, self._prepared)
        if graph is not None:
            self._called[op.node.index] = graph
            for output, tensor in zip(op.outputs, graph.outputs, strict=True):
                output.resize(graph.tensors[tensor].shape or ())

    def _prepared(self, graph: Graph) -> Graph:
        execution = Execution(graph, self._kernel_of, self._context)
        execution.prepare()
        return execution.current_graph()

    def _show_subgraph(self, op: Op) -> None:
        """Let delegates see what a node runs, if they could compute it."""
        (callee,) = subgraphs_of(op.options)
        subgraph = self._context.subgraph(callee)
        if op.node.op in COMBINES:
            seen, graph = self._regions, subgraph.graph
        else:
            seen, graph = self._called, subgraph.current_graph()
        if is_pure(graph):
            seen[op.node.index] = graph

    def current_graph(self) -> Graph:
        """The graph with the shapes of now, None where they are known only at run time, and with folded constants."""
        tensors = tuple(operand.current_info() for operand in self.operands)
        return replace(self.graph, tensors=tensors, called=dict(self._called), regions=dict(self._regions))

    # ---------------------------------------------------------------------------------------------- memory

    def allocate(self) -> None:
        """Prepare, hand partitions to delegates, lay out memory and bind.

        Raises:
            RuntimeError: a node cannot be prepared, or there is not enough memory.
            DelegantError: a delegate failed under the policy REQUIRE.
        """
        with numeric_environment(self._context.num_threads):
            self.prepare()
            planned = [step for step in self._plan() if step not in self._folded]
            planned = self._composed(planned)
            self._batch(planned, self.storage.economical([self._use(step) for step in planned]))
            self.storage.allocate(self._uses, [self._op_of(step) for step in self._steps])
            self._runs = [self._bind(step) for step in self._steps]
        self._flatten()
        self.is_ready = True

    def _composed(self, planned: list[int | DelegatedPartition]) -> list[int | DelegatedPartition]:
        """The steps without nodes that are needless once others read what they read."""
        if self.storage.preserve_all:
            return planned
        ops = {step: self._ops[step] for step in planned if isinstance(step, int) and step not in self._eager}
        rest = (self._use(step).reads for step in planned if step not in ops)
        needless = compose(ops, self._kernel_of, {*self.graph.outputs, *chain.from_iterable(rest)})
        return [step for step in planned if step not in needless]

    def _batch(self, planned: Sequence[int | DelegatedPartition], uses: Sequence[Use]) -> None:
        """Set the steps and their uses, with one step for several nodes where that is possible."""
        on_cpu = {step: use for step, use in zip(planned, uses, strict=True) if isinstance(step, int)}
        ops = {step: self._ops[step] for step in on_cpu if step not in self._eager}
        found = list(batches(ops, self._binds, on_cpu, self._kernel_of, self.graph.outputs, self.storage))
        firsts = {batch.nodes[0]: batch for batch in found}
        rest = {node for batch in found for node in batch.nodes[1:]}
        for step, use in zip(planned, uses, strict=True):
            batch = firsts.get(step) if isinstance(step, int) else None
            if step not in rest:
                self._steps.append(step if batch is None else batch)
                self._uses.append(use if batch is None else batch.use)

    def _flatten(self) -> None:
        """List the calls of all steps, and where those of each step end."""
        calls = [flattened([run]) for run in self._runs]
        self._calls = tuple(chain.from_iterable(calls))
        self._ends = list(accumulate(map(len, calls)))

    def _plan(self) -> list[int | DelegatedPartition]:
        runs: list[int | DelegatedPartition] | None = None
        if self.delegation is not None:
            graph = self.current_graph()
            is_early = self._context.delegates
            runs = self.delegation.plan(graph, self._eager) if is_early else self.delegation.known(graph)
        return [op.node.index for op in self._ops] if runs is None else runs

    def _op_of(self, step: PlannedStep) -> Op | None:
        """The node of a step on the CPU."""
        if isinstance(step, Batch):
            return step.op
        return self._ops[step] if isinstance(step, int) else None

    def _use(self, step: int | DelegatedPartition) -> Use:
        if isinstance(step, DelegatedPartition):
            return Use(step.partition.inputs, step.partition.outputs)
        inplace = () if step in self._eager else self._kernel_of(self.graph.nodes[step]).inplace
        return self.storage.use(self._ops[step], inplace)

    def _bind(self, step: PlannedStep) -> Run:
        if isinstance(step, DelegatedPartition):
            return self._bind_partition(step)
        if isinstance(step, Batch):
            with preparing(step.op):
                return step.bind()
        op = self._ops[step]
        if step in self._eager:
            return EagerNode(op, self._kernel_of(op.node))
        with preparing(op):
            return self._binds[step]()

    def _bind_partition(self, delegated: DelegatedPartition) -> Run:
        assert self.delegation is not None
        inputs = [self.operands[i].array for i in delegated.partition.inputs]
        outputs = [self.operands[i] for i in delegated.partition.outputs]
        arrays = [np.empty_like(x.array) if x.is_constant else x.array for x in outputs]
        delegated.bind(inputs, arrays, self._bind_on_cpu, self.delegation.took_over)
        return delegated

    def _bind_on_cpu(self, partition: Partition) -> list[Run]:
        """Bind a partition's nodes, with memory of their own for what only the delegate held until now."""
        nodes = [i for i in partition.nodes if i not in self._folded]
        self.storage.allocate_inside([self._use(i) for i in nodes], [self._ops[i] for i in nodes])
        return [self._bind(i) for i in nodes]

    # ------------------------------------------------------------------------------------------ the caller's arrays

    def check_bindable(self, index: int, side: str) -> None:
        """
        Raises:
            ValueError: an "input" or "output" cannot be bound, whatever the array.
        """
        operand, failure = self.operands[index], f"Cannot bind {side}"
        if not self.is_ready:
            raise ValueError(f"{failure}: Tensor is unallocated. Try calling allocate_tensors() first")
        if operand.dtype.hasobject:
            raise ValueError(f"{failure}: tensor {index} ({operand.name}) holds strings.")
        if side == "output" and self.output_shapes[self.graph.outputs.index(index)] is None:
            raise ValueError(f"{failure}: only a run can tell the shape of tensor {index} ({operand.name}).")
        if side == "input" and not self.storage.is_in_arena(index):
            raise ValueError(f"{failure}: tensor {index} ({operand.name}) is a constant or a variable.")

    def bind_input(self, index: int, array: np.ndarray | None) -> None:
        """Read an input from this array at each run; None: from its own memory again."""
        self._place(index, array)
        self.bound.inputs = with_array(self.bound.inputs, index, array)

    def bind_output(self, index: int, array: np.ndarray | None) -> None:
        """Write an output into this array at each run; None: into its own memory again.

        What no step writes (constants, variables, inputs that are outputs too) is copied there after each run.
        """
        if self.storage.is_in_arena(index) and any(index in use.writes for use in self._uses):
            self._place(index, array)
        else:
            self.bound.copied = with_array(self.bound.copied, index, array)
        self.bound.outputs = with_array(self.bound.outputs, index, array)

    def _place(self, index: int, array: np.ndarray | None) -> None:
        """Move a tensor, keeping its value where it comes back to its own memory, and bind again what touches it."""
        before = self.operands[index].array
        moved = self.storage.place(index, array)
        if array is None:
            np.copyto(self.operands[index].array, before)
        with numeric_environment(self._context.num_threads):
            for k, use in enumerate(self._uses):
                if not moved.isdisjoint((*use.reads, *use.writes)):
                    self._runs[k] = self._bind(self._steps[k])
        self._flatten()

    # ---------------------------------------------------------------------------------------------- running

    def invoke(self) -> None:
        """Run all steps.

        Raises:
            RuntimeError: memory is not allocated, or a node cannot be run.
            DelegantError: a delegate failed under the policy REQUIRE.
        """
        self._keep_up()
        self._run_all(self._calls, self._ends)

    def _keep_up(self) -> None:
        """Prepare anew where a resource variable has another shape than was prepared for."""
        if not is_outdated(self._reads, self._context.resources):
            return
        values = {i: self.operands[i].array.copy() for i in self.graph.inputs}
        bound = self.bound
        self.allocate()
        for i, value in values.items():
            np.copyto(self.operands[i].array, value)
        for i, array in bound.inputs.items():
            self.bind_input(i, array)
        for i, array in bound.outputs.items():
            self.check_bindable(i, "output")
            self.bind_output(i, array)

    def invoke_profiled(self) -> tuple[StepTime, ...]:
        """As `invoke`, with the time that each step and each kernel took, in subgraphs that are called too."""
        times: list[StepTime] = []
        self._context.step_times = times
        try:
            self.invoke_timed(times)
        finally:
            self._context.step_times = None
        return tuple(times)

    def invoke_timed(self, times: list[StepTime]) -> None:
        """As `invoke`; adds to `times`."""
        self._keep_up()
        steps = zip(self._runs, self._steps, strict=True)
        runs = [timed(run, self.graph.index, step, times) for run, step in steps]
        self._run_all(runs, range(1, len(runs) + 1))

    def check_ready(self) -> None:
        """
        Raises:
            RuntimeError: memory is not allocated.
        """
        if not self.is_ready:
            raise RuntimeError("Invoke called on model that is not ready.")

    def _run_all(self, calls: Sequence[Run], ends: Sequence[int]) -> None:
        """
        Args:
            calls: those of all steps. ends: how many there are up to the end of each step.
        """
        self.check_ready()
        left = iter(calls)
        try:
            with numeric_environment(self._context.num_threads):
                for call in left:
                    call()
        except Exception as error:
            failed = len(calls) - operator.length_hint(left) - 1
            step = self._steps[bisect_right(ends, failed)]
            if isinstance(error, DelegantError) or isinstance(step, DelegatedPartition):
                raise
            raise invoke_failure(step.op if isinstance(step, Batch) else self._ops[step], error) from error
        self.has_run = True
        for index, array in self.bound.copied.items():
            np.copyto(array, self.operands[index].array)
