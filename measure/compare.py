"""Compare what a delegate computes with what the CPU computes."""
from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass

import numpy as np

from ..core.delegate import Delegate, Partition, Policy
from ..core.graph import Graph, Node
from ..interpreter import Interpreter
from .inputs import Inputs
from .metrics import TensorError, tensor_error
from .progress import Progress, silent
from .session import ModelSource, Target, choose_inputs, feed, model_name, open_model, read_outputs, target_of

States = dict[int, np.ndarray]
"""Values of variable tensors, by index."""


@dataclass(frozen=True)
class OutputComparison:
    """One output of the model."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    error: TensorError


@dataclass(frozen=True)
class LayerComparison:
    """One tensor inside the model.

    Attributes:
        node, op: what makes it; device: where that ran.
        error: its distance from the CPU's tensor in a whole run, with all that came before it on the delegate too.
        local: the distance when the node alone runs on the delegate, from the CPU's inputs: the error it adds itself.
            None for nodes on the CPU, and where the delegate cannot run the node on its own.
        subgraph: where node and tensor are. In a subgraph that is called several times they are those of the last call.
    """

    node: int
    op: str
    device: str
    tensor: int
    name: str
    error: TensorError
    local: TensorError | None
    subgraph: int = 0


@dataclass(frozen=True)
class Comparison:
    """A delegate's results beside the CPU's.

    Attributes:
        target: what was compared with the CPU.
        share: share of the nodes that ran on it.
        outputs: one entry per output; layers: one per tensor that a node makes, in running order, if asked for.
    """

    model: str
    target: Target
    share: float
    outputs: tuple[OutputComparison, ...]
    layers: tuple[LayerComparison, ...] = ()

    @property
    def max_abs(self) -> float:
        """The largest absolute error of any output."""
        return max((o.error.max_abs for o in self.outputs), default=0.0)

    @property
    def relative(self) -> float:
        """The largest error of any output, relative to that output's largest magnitude."""
        return max((o.error.relative for o in self.outputs), default=0.0)

    @property
    def worst_layer(self) -> LayerComparison | None:
        """The tensor whose own node adds the largest error relative to its range."""
        own = [layer for layer in self.layers if layer.local is not None]
        return max(own, key=lambda layer: layer.local.relative if layer.local else 0.0, default=None)


def compare(
    model: ModelSource,
    delegate: str | Delegate,
    inputs: Inputs | None = None,
    *,
    per_layer: bool = False,
    policy: Policy | str = Policy.PREFER,
    seed: int = 0,
    progress: Progress = silent,
) -> Comparison:
    """Run a model on the CPU and with a delegate, and compare every output, or every tensor.

    Args:
        model: path or content of a .tflite file.
        delegate: a name, or an open delegate.
        inputs: arrays by name or in order; random by default.
        per_layer: compare the tensors between the nodes too. The delegate then has to write each of them, so that
            fused kernels are cut apart, and every node runs once more by itself, from the CPU's inputs.
        policy: what the delegate does with nodes it does not support.
        seed: for random inputs.

    Raises:
        ValueError: the model cannot be read or the inputs do not fit.
        DelegantError: the delegate cannot be opened or, under the policy "require", fails.
    """
    progress("running on the CPU", 0, 2)
    with ExitStack() as stack:
        reference = stack.enter_context(closing(open_model(model, experimental_preserve_all_tensors=per_layer)))
        values = choose_inputs(reference, inputs, seed)
        tested = open_model(model, delegate, policy, experimental_preserve_all_tensors=per_layer)
        stack.enter_context(closing(tested))
        before: States = {}
        for position, interpreter in enumerate((reference, tested)):
            feed(interpreter, values)
            before = before or _states(interpreter)
            interpreter.invoke()
            progress(f"running with {tested.delegates[0].name}", position + 1, 2)
        layers = _layers(tested, reference, tested.delegates[0], before, progress) if per_layer else ()
        share, outputs = tested.placement_report().share, _outputs(tested, reference)
        return Comparison(model_name(model), target_of(tested), share, outputs, layers)


def _outputs(tested: Interpreter, reference: Interpreter) -> tuple[OutputComparison, ...]:
    pairs = zip(read_outputs(tested), read_outputs(reference), strict=True)
    return tuple(
        OutputComparison(r.name, r.value.shape, str(r.value.dtype), tensor_error(t.value, r.value)) for t, r in pairs
    )


def _states(interpreter: Interpreter) -> States:
    """The variable tensors of the main graph."""
    return {t.index: interpreter.get_tensor(t.index) for t in interpreter.graph_of(0).tensors if t.is_variable}


def _layers(
    tested: Interpreter, reference: Interpreter, delegate: Delegate, before: States, progress: Progress
) -> tuple[LayerComparison, ...]:
    """Every tensor that a node makes, in the main graph and in those that it runs and that were run."""
    layers: list[LayerComparison] = []
    placements = tested.placement
    for number, placement in enumerate(placements):
        progress("comparing layers", number, len(placements))
        if not (reference.has_run(placement.subgraph) and tested.has_run(placement.subgraph)):
            continue
        graph, device = tested.graph_of(placement.subgraph), placement.device
        node = graph.nodes[placement.node]
        expected, actual = (
            [interpreter.get_tensor(t, graph.index) for t in node.outputs] for interpreter in (reference, tested)
        )
        states = before if placement.subgraph == 0 else {}
        local = _run_alone(graph, node, delegate, reference, states) if device == delegate.name else None
        for k, t in enumerate(node.outputs):
            error, name = tensor_error(actual[k], expected[k]), graph.tensors[t].name
            own = None if local is None else tensor_error(local[k], expected[k])
            layers.append(LayerComparison(node.index, node.op, device, t, name, error, own, graph.index))
    return tuple(layers)


def _run_alone(
    graph: Graph, node: Node, delegate: Delegate, reference: Interpreter, states: States
) -> Sequence[np.ndarray] | None:
    """The outputs of one node on the delegate, from the CPU's inputs; None if it cannot run by itself.

    Args:
        states: the variable tensors before the run; they have changed since.
    """
    if not states.keys() >= set(graph.updated_by(node)):
        return None
    reads = tuple(dict.fromkeys(t for t in node.inputs if t >= 0 and not graph.tensors[t].is_constant))
    writes = (*node.outputs, *graph.updated_by(node))
    outputs = [np.empty(graph.tensors[t].shape or (), graph.tensors[t].dtype) for t in writes]
    inputs = [states[t] if t in states else reference.get_tensor(t, graph.index) for t in reads]
    try:
        with closing(delegate.compile(Partition(graph, (node.index,), reads, writes))) as compiled:
            compiled.run([np.ascontiguousarray(array) for array in inputs], outputs)
    except Exception:  # a delegate may raise anything; the whole run has shown what it can do
        return None
    return outputs[: len(node.outputs)]
