"""The interpreter, with the API of `ai_edge_litert.interpreter.Interpreter`."""
from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

import numpy as np

from .context import CallableSubgraph, Context
from .delegate import Attachment, Delegate, Planner
from .delegation.delegating import Delegation
from .graph import Shape
from .op_resolver import OpResolver
from .run import tensor_access
from .run.bindings import check_apart, checked, tensor_index
from .run.callee import Callee
from .run.constructor_arguments import OpResolverType, as_attachment, as_resolver, check_options, open_given
from .run.description import ModelDescription
from .run.execution import Execution
from .run.invocation import Invocation, Runner
from .run.loading import load_graphs
from .run.resource_shapes import fix_shapes
from .run.step_time import StepTime
from .signature_runner import SignatureRunner

__all__ = ["Interpreter", "OpResolverType"]


class Interpreter(ModelDescription):
    """Runs a TensorFlow Lite model.

    Call `allocate_tensors`, then `set_tensor`, `invoke`, `get_tensor`. Tensor indices come from `get_input_details` and
    `get_output_details`.
    """

    def __init__(
        self,
        model_path: str | bytes | os.PathLike[str] | None = None,
        model_content: bytes | None = None,
        experimental_delegates: Sequence[Attachment | Delegate] | None = None,
        num_threads: int | None = None,
        experimental_op_resolver_type: OpResolverType = OpResolverType.AUTO,
        experimental_preserve_all_tensors: bool = False,
        experimental_disable_delegate_clustering: bool = False,
        experimental_default_delegate_latest_features: bool = False,
        experimental_compress_quantization_zero_points: bool = False,
        experimental_disable_delegate_node_fusion: bool = False,
        experimental_force_delegate_node_profiling: bool = False,
        *,
        planner: Planner | None = None,
        op_resolver: OpResolver | None = None,
    ) -> None:
        """
        Args:
            model_path: a `.tflite` file; it is mapped into memory.
            model_content: the content of such a file; exactly one of the two must be given.
            experimental_delegates: delegates attached to the interpreter, with their policies.
            num_threads: how many threads a kernel may use; 1 if not given.
            experimental_op_resolver_type: accepted for compatibility, without effect.
            experimental_preserve_all_tensors: keep every intermediate tensor readable after `invoke`.
            experimental_disable_delegate_clustering: accepted for compatibility, as all arguments up to `planner`.
            planner: assigns nodes to the attached delegates; needed when there are any.
            op_resolver: which kernel runs which operator; by default those built in and registered.

        Raises:
            ValueError: bad arguments, or a file that is not a model this interpreter can run.
            TypeError: `model_content` is not bytes, or a delegate or resolver is not one.
        """
        check_options(num_threads, experimental_op_resolver_type)
        self._model = open_given(model_path, model_content)
        self._planner, self._attachments = planner, tuple(map(as_attachment, experimental_delegates or ()))
        if self._attachments and planner is None:
            raise ValueError("delegates need a planner that assigns nodes to them")
        self.experimental_compress_quantization_zero_points = experimental_compress_quantization_zero_points
        self._preserve_all = bool(experimental_preserve_all_tensors)
        self._loans = tensor_access.Loans()
        self._runner = Runner()
        self._load(int(num_threads or 1), as_resolver(op_resolver))

    def _load(self, num_threads: int, kernel_of: OpResolver) -> None:
        graphs = load_graphs(self._model, kernel_of.builtin)
        self._context = context = Context(num_threads, self._subgraph)
        fix_shapes(graphs, context.resources)
        self._signatures = {signature.signature_key: signature for signature in self._model.signature_defs}
        self._executions = [
            Execution(graph, kernel_of, context, self._delegation(), preserve_all=self._preserve_all)
            for graph in graphs
        ]
        self._callees = [Callee(execution, context) for execution in self._executions]

    def _delegation(self) -> Delegation | None:
        if not self._attachments or self._planner is None:
            return None
        return Delegation(self._planner, self._attachments)

    def _subgraph(self, index: int) -> CallableSubgraph:
        return self._callees[index]

    def __enter__(self) -> Interpreter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what delegates hold, once an `invoke_async` that runs is done. The interpreter must be allocated again
        before it can run."""
        self._runner.close()
        for execution in self._executions:
            execution.close()

    # ---------------------------------------------------------------------------------------------- running

    def allocate_tensors(self) -> None:
        """Find all shapes, lay out memory, prepare the kernels.

        Raises:
            RuntimeError: an operator cannot be prepared, or a view from `tensor()` is still held.
        """
        self._ensure_safe("allocate_tensors")
        self._allocate(0)

    def _allocate(self, subgraph: int) -> None:
        execution = self._executions[subgraph]
        if not execution.is_ready:
            with self._context.delegating(True):
                execution.allocate()

    def invoke(self) -> None:
        """Run the model on the present inputs.

        Raises:
            RuntimeError: tensors are not allocated, an operator failed, or a view from `tensor()` is still held.
        """
        self._ensure_safe("invoke")
        self._invoke(0)

    def invoke_async(self) -> Invocation:
        """Start to run the model on the present inputs, on another thread, and return at once.

        Until it is done, every call that would touch tensors raises RuntimeError, and bound arrays must be left alone.
        Several interpreters run at the same time: drivers, and NumPy in long calls, work without Python's lock.

        Returns:
            A `concurrent.futures.Future` that can be awaited too; its `result()` is None, or raises as `invoke` does.

        Raises:
            RuntimeError: tensors are not allocated, another run has not ended, or a view from `tensor()` is still held.
        """
        self._ensure_safe("invoke_async")
        execution = self._executions[0]
        execution.check_ready()
        return self._runner.start(execution.invoke)

    def invoke_profiled(self) -> tuple[StepTime, ...]:
        """Run the model as `invoke` does, and once more the kernels of each partition, for their times.

        Returns:
            The time of each node on the CPU and of each partition, in order.

        Raises:
            RuntimeError: see `invoke`.
        """
        self._ensure_safe("invoke_profiled")
        return self._executions[0].invoke_profiled()

    def _invoke(self, subgraph: int) -> None:
        self._executions[subgraph].invoke()

    def resize_tensor_input(self, input_index: int, tensor_size: Any, strict: bool = False) -> None:
        """Give an input another shape; `allocate_tensors` must be called again.

        Args:
            strict: only let dimensions change that the model leaves open (-1 in `shape_signature`).

        Raises:
            ValueError: `tensor_size` is not a list of ints.
            RuntimeError: no such tensor, a constant, a negative dimension, or a fixed one under `strict`.
        """
        self._ensure_safe("resize_tensor_input")
        sizes = np.array(tensor_size, np.int32)
        if sizes.ndim != 1:
            raise ValueError(f"Shape should be 1D instead of {sizes.ndim}.")
        self._resize(input_index, tuple(sizes.tolist()), strict, 0)

    def _resize(self, index: int, shape: Shape, strict: bool, subgraph: int) -> None:
        self._runner.check_idle("a signature runner")
        execution = self._executions[subgraph]
        if not 0 <= tensor_access.checked_index(index) < len(execution.operands):
            raise RuntimeError(f"tensor_index {index} was not in [0, {len(execution.operands)}).")
        tensor_access.check_resize(execution.operands[index], shape, strict)
        execution.resize(index, shape)

    def reset_all_variables(self) -> None:
        """Set all variable tensors, and what custom operators keep, to their initial value."""
        self._runner.check_idle("reset_all_variables")
        self._context.resources.reset_states()
        for execution in self._executions:
            execution.storage.reset_variables()

    # ---------------------------------------------------------------------------------------------- tensors

    def set_tensor(self, tensor_index: int, value: Any) -> None:
        """Copy `value` into a tensor.

        Raises:
            ValueError: no such tensor, another type or shape, a constant, or not allocated yet.
        """
        self._set(tensor_index, value, 0)

    def _set(self, index: int, value: Any, subgraph: int) -> None:
        self._runner.check_idle("set_tensor")
        operand = self._operand(index, subgraph)
        self._executions[subgraph].bound.check_not(index)
        tensor_access.write(operand, value)

    def get_tensor(self, tensor_index: int, subgraph_index: int = 0) -> np.ndarray:
        """A copy of a tensor. Intermediate tensors share memory unless all tensors are preserved.

        Raises:
            ValueError: no such tensor, or it has no memory.
        """
        self._runner.check_idle("get_tensor")
        return tensor_access.read(self._operand(tensor_index, subgraph_index))

    def tensor(self, tensor_index: int) -> Callable[[], np.ndarray]:
        """A function that returns a writable view of a tensor; the view must not be held over `invoke`."""

        def view() -> np.ndarray:
            self._runner.check_idle("tensor")
            return self._loans.lend(tensor_access.memory_of(self._operand(tensor_index, 0)))

        return view

    # ---------------------------------------------------------------------------------------------- bound arrays

    def bind_input(self, key: int | str, array: np.ndarray | None = None) -> np.ndarray:
        """Let each `invoke` read an input from an array of the caller's, without a copy.

        The binding lasts until `unbind`, `close`, or a `resize_tensor_input` that changes a shape: that ends all of
        them. While it lasts, `set_tensor` refuses the tensor: write into the array.

        Args:
            key: index or name of an input, or its name in a signature.
            array: of the input's shape and type, C-contiguous; it may be read-only. Without one, a new array is made
                that begins where devices like memory to begin.

        Returns:
            The array.

        Raises:
            ValueError: no such input, tensors are not allocated, the array does not fit or shares memory with that of
                an output, or the input holds strings.
            TypeError: `array` is no NumPy array.
            RuntimeError: a view from `tensor()` is still held.
        """
        return self._bind_array("input", key, array)

    def bind_output(self, key: int | str, array: np.ndarray | None = None) -> np.ndarray:
        """Let each `invoke` write an output into an array of the caller's, without a copy. See `bind_input`.

        Raises:
            ValueError: as there; also if the array is read-only, or only a run can tell the output's shape.
        """
        return self._bind_array("output", key, array)

    def unbind(self, key: int | str | None = None) -> None:
        """Give an input or output memory of its own again, which starts with what the array holds; without a key, all.

        Raises:
            ValueError: no such input or output.
        """
        self._ensure_safe("unbind")
        execution = self._executions[0]
        inputs, outputs = list(execution.bound.inputs), list(execution.bound.outputs)
        if key is not None:
            both = (*execution.graph.inputs, *execution.graph.outputs)
            index = tensor_index(key, "input or output", both, [*self._names("input"), *self._names("output")])
            inputs, outputs = [i for i in inputs if i == index], [i for i in outputs if i == index]
        for i in inputs:
            execution.bind_input(i, None)
        for i in outputs:
            execution.bind_output(i, None)

    def _bind_array(self, side: str, key: int | str, array: np.ndarray | None) -> np.ndarray:
        self._ensure_safe(f"bind_{side}")
        execution = self._executions[0]
        tensors = execution.graph.inputs if side == "input" else execution.graph.outputs
        index = tensor_index(key, side, tensors, self._names(side))
        execution.check_bindable(index, side)
        given = checked(execution.operands[index], array, side)
        check_apart(given, index, side, execution.bound)
        (execution.bind_input if side == "input" else execution.bind_output)(index, given)
        return given if array is None else array

    def _names(self, side: str) -> list[dict[str, int]]:
        """Names of the main graph's inputs or outputs: those of the tensors, then those of each signature."""
        graph = self._executions[0].graph
        tensors = graph.inputs if side == "input" else graph.outputs
        own = {graph.tensors[i].name: i for i in tensors}
        listed = self._get_full_signature_list()
        return [own, *(listed[key][f"{side}s"] for key in listed if self._signature_subgraph(key) == 0)]

    def get_signature_runner(self, signature_key: str | None = None) -> SignatureRunner:
        """A callable for a signature; the key may be left out where there is only one.

        Raises:
            ValueError: no such signature, or no key and not exactly one signature.
        """
        if signature_key is None:
            if len(self._signatures) != 1:
                raise ValueError(
                    f"SignatureDef signature_key is None and model has {len(self._signatures)} Signatures. "
                    "None is only allowed when the model has 1 SignatureDef"
                )
            signature_key = next(iter(self._signatures))
        return SignatureRunner(interpreter=self, signature_key=signature_key)

    def _safe_to_run(self) -> bool:
        return not self._loans.any()

    def _ensure_safe(self, call: str = "this") -> None:
        self._runner.check_idle(call)
        self._loans.check()
