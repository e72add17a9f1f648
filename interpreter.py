"""The interpreter that users see: LiteRT's, plus delegates by name, policies and placement.

A program written for LiteRT changes one line: `from delegant.interpreter import Interpreter`.
"""
from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence

from .core.delegate import Assignment, Attachment, Delegate, Policy
from .core.errors import DelegantError
from .core.graph import Graph
from .core.interpreter import Interpreter as CoreInterpreter
from .core.interpreter import OpResolverType
from .core.op_resolver import OpResolver
from .core.signature_runner import SignatureRunner
from .delegates.registry import load_delegate
from .partitioner import PlacementReport, plan, report

__all__ = ["Delegate", "Interpreter", "OpResolverType", "SignatureRunner", "load_delegate"]

Attachable = str | Delegate | Attachment
"""A delegate's name, an open delegate, or one with a policy of its own."""


def parse_policy(policy: Policy | str) -> Policy:
    """A policy by its name.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return Policy(policy)
    except ValueError:
        raise ValueError(f"unknown policy {policy!r}: one of {', '.join(p.value for p in Policy)}") from None


class Interpreter(CoreInterpreter):
    """Runs a TensorFlow Lite model on the CPU and on delegates.

    interpreter = delegant.Interpreter("model.tflite", delegates=["webgpu"])
    interpreter.allocate_tensors()

    Attributes:
        delegates: the attached delegates, in order.
    """

    def __init__(
        self,
        model_path: str | bytes | os.PathLike[str] | None = None,
        model_content: bytes | None = None,
        experimental_delegates: Sequence[Attachable] | None = None,
        num_threads: int | None = None,
        experimental_op_resolver_type: OpResolverType = OpResolverType.AUTO,
        experimental_preserve_all_tensors: bool = False,
        experimental_disable_delegate_clustering: bool = False,
        experimental_default_delegate_latest_features: bool = False,
        experimental_compress_quantization_zero_points: bool = False,
        experimental_disable_delegate_node_fusion: bool = False,
        experimental_force_delegate_node_profiling: bool = False,
        *,
        delegates: Sequence[Attachable] | Attachable | None = None,
        policy: Policy | str = Policy.PREFER,
        min_nodes: int = 1,
        op_resolver: OpResolver | None = None,
    ) -> None:
        """
        Args:
            model_path: a `.tflite` file; it is mapped into memory.
            model_content: the content of such a file; exactly one of the two must be given.
            experimental_delegates: as `delegates`; LiteRT's name for it.
            num_threads: how many threads a CPU kernel may use; 1 if not given.
            experimental_preserve_all_tensors: keep every intermediate tensor readable after `invoke`; delegates then
                write each of them.
            delegates: what runs parts of the model, in order: names ("webgpu"), open delegates, or `Attachment`s. The
                first takes all it supports, the next is asked about the rest, the CPU runs what remains.
            policy: for delegates without a policy of their own. "require": an error names every node that is left to
                the CPU. "prefer": the CPU takes the rest. "auto": as "prefer", and partitions that measure slower
                than the CPU in the first runs are taken back.
            min_nodes: smallest partition a delegate is given; see `partitioner.plan`.
            op_resolver: which CPU kernel runs which operator; by default those built in and registered. Delegates do
                not see it.

        Other arguments are those of LiteRT and have no effect.

        Raises:
            ValueError: bad arguments, an unknown delegate or policy, or a file that is no model this can run.
            DelegantError: a delegate cannot be opened.
        """
        self._min_nodes, self._keep_all = min_nodes, bool(experimental_preserve_all_tensors)
        if min_nodes < 1:
            raise ValueError(f"min_nodes must be at least 1, got {min_nodes}")
        self._opened: list[Delegate] = []
        attachments = self._attach([*_listed(experimental_delegates), *_listed(delegates)], parse_policy(policy))
        self.delegates = tuple(attachment.delegate for attachment in attachments)
        try:
            super().__init__(
                model_path,
                model_content,
                attachments,
                num_threads,
                experimental_op_resolver_type,
                experimental_preserve_all_tensors,
                experimental_disable_delegate_clustering,
                experimental_default_delegate_latest_features,
                experimental_compress_quantization_zero_points,
                experimental_disable_delegate_node_fusion,
                experimental_force_delegate_node_profiling,
                planner=self._plan,
                op_resolver=op_resolver,
            )
        except BaseException:
            self._close_delegates()
            raise

    def _attach(self, sources: Sequence[Attachable], policy: Policy) -> list[Attachment]:
        """Open the delegates that are named; none stays open if one fails."""
        try:
            return [self._attachment(source, policy) for source in sources]
        except BaseException:
            self._close_delegates()
            raise

    def _attachment(self, source: Attachable, policy: Policy) -> Attachment:
        if isinstance(source, Attachment):
            return source
        if isinstance(source, Delegate):
            return Attachment(source, policy)
        if isinstance(source, str):
            delegate = load_delegate(source)
            self._opened.append(delegate)
            return Attachment(delegate, policy)
        raise TypeError(f"a delegate is a name, a Delegate or an Attachment, not {type(source).__name__}")

    def _plan(self, graph: Graph, attachments: Sequence[Attachment]) -> Assignment:
        """The planner that the core calls; an error also names what is refused in the subgraphs that the graph runs."""
        try:
            return self._planned(graph, attachments)
        except DelegantError as error:
            refusals = [error, *self._refusals(self._subgraphs_run_by(graph.index), attachments)]
            message = "\n".join(str(refusal.args[0]) for refusal in refusals)
            raise DelegantError(message, delegate=error.delegate, nodes=error.nodes) from None

    def _planned(self, graph: Graph, attachments: Sequence[Attachment]) -> Assignment:
        return plan(graph, attachments, min_nodes=self._min_nodes, keep_all=self._keep_all)

    def _refusals(self, graphs: Iterable[Graph], attachments: Sequence[Attachment]) -> Iterator[DelegantError]:
        for graph in graphs:
            try:
                self._planned(graph, attachments)
            except DelegantError as error:
                yield error

    def _allocate(self, subgraph: int) -> None:
        super()._allocate(subgraph)
        if self.delegates and os.environ.get("DELEGANT_DEBUG", "0") not in ("", "0"):
            print(f"delegant: {self.placement_report()}", file=sys.stderr)

    @property
    def graph(self) -> Graph:
        """The main graph, with the shapes of the last `allocate_tensors` where a delegate is attached."""
        return self.graph_of(0)

    def placement_report(self) -> PlacementReport:
        """Where the nodes of the main graph, and of the subgraphs that it runs, are placed, grouped and counted:
        partitions, reasons, bytes that cross.

        With delegates, it says something only after `allocate_tensors`.
        """
        return report(self._planned_steps(), self.placement)

    def close(self) -> None:
        """Free partitions and the delegates that were opened here by name. The interpreter cannot be used again."""
        super().close()
        self._close_delegates()

    def _close_delegates(self) -> None:
        while self._opened:
            self._opened.pop().close()


def _listed(sources: Sequence[Attachable] | Attachable | None) -> list[Attachable]:
    if sources is None:
        return []
    return [sources] if isinstance(sources, (str, Delegate, Attachment)) else list(sources)
